// SPDX-License-Identifier: Apache-2.0
#include "control/patterns/encoded.h"

#include <cstring>

namespace sekisho {

namespace {

// refusals | each: index, length, reason | length, database. Numbers are 64 bits in this machine's order: the bytes never leave it.
class Reader {
 public:
  explicit Reader(Bytes bytes) : left_(bytes) {}
  uint64_t number() {
    const Bytes raw = take(sizeof(uint64_t));
    uint64_t value = 0;
    if (raw.size() == sizeof value) std::memcpy(&value, raw.data(), sizeof value);
    return value;
  }
  Bytes take(uint64_t count) {
    good_ = good_ && count <= left_.size();
    if (!good_) return {};
    const Bytes out = left_.first(count);
    left_ = left_.subspan(count);
    return out;
  }
  bool good() const { return good_; }
  bool at_end() const { return good_ && left_.empty(); }

 private:
  Bytes left_;
  bool good_ = true;
};

void put(std::vector<uint8_t>& out, uint64_t number) {
  const auto* raw = reinterpret_cast<const uint8_t*>(&number);
  out.insert(out.end(), raw, raw + sizeof number);
}
void put(std::vector<uint8_t>& out, Bytes bytes) {
  put(out, bytes.size());
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

std::vector<uint8_t> encode(const CompiledPatterns& compiled) {
  std::vector<uint8_t> out;
  put(out, compiled.refused.size());
  for (const PatternRefusal& refusal : compiled.refused) {
    put(out, refusal.index);
    put(out, as_bytes(refusal.reason));
  }
  put(out, Bytes(compiled.database));
  return out;
}

std::optional<CompiledPatterns> decode(Bytes bytes, size_t count) {
  Reader in(bytes);
  CompiledPatterns out;
  const uint64_t refusals = in.number();
  if (refusals > count) return std::nullopt;
  for (uint64_t i = 0; i < refusals && in.good(); ++i) {
    const uint64_t index = in.number();
    const Bytes reason = in.take(in.number());
    if (index >= count || (i != 0 && index <= out.refused.back().index)) return std::nullopt;
    out.refused.push_back({index, std::string(as_text(reason))});
  }
  const Bytes database = in.take(in.number());
  if (!in.at_end()) return std::nullopt;
  out.database.assign(database.begin(), database.end());
  return out;
}

}  // namespace sekisho
