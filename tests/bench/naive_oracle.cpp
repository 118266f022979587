// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/naive_oracle.h"

#include "matchers/normalise/address.h"
#include "matchers/normalise/normalise.h"

namespace sekisho {

namespace {

std::string text_of(Bytes bytes) { return std::string(as_text(bytes)); }

// At a boundary of the path or query, as matchers/README.md puts it.
bool ends_at_boundary(const std::string& url, size_t length) {
  constexpr std::string_view before = "/?&", behind = "/?&=";
  return length == url.size() || before.find(url[length]) != std::string_view::npos || behind.find(url[length - 1]) != std::string_view::npos;
}

}  // namespace

NaiveOracle::NaiveOracle(std::span<const Indicator> indicators) {
  std::vector<uint8_t> room;
  for (const Indicator& one : indicators) {
    if (one.kind == Kind::address && one.mode == MatchMode::cidr) {
      const auto cidr = parse_cidr(one.value);
      if (!cidr) continue;
      const Address last = last_of(*cidr);
      uint8_t base[address_text_max];
      std::string text = text_of({base, format_address(cidr->base, base)});
      text.append(1, '/').append(std::to_string(is_v4(cidr->base) ? cidr->bits - 96 : cidr->bits));
      ranges_.push_back({text_of(cidr->base), text_of(last), std::move(text)});
      continue;
    }
    room.resize(normalised_bytes_max(one.value.size()));
    if (const auto value = normalise(one.kind, as_bytes(one.value), room)) listed_[static_cast<size_t>(one.kind)][text_of(*value)].insert(one.mode);
  }
}

void NaiveOracle::add_if_listed(Kind kind, const std::string& part, bool whole, Answer& out) const {
  const auto& map = listed_[static_cast<size_t>(kind)];
  const auto found = map.find(part);
  if (found == map.end()) return;
  for (const MatchMode mode : found->second)
    if (whole || mode != MatchMode::exact) out.emplace(part, mode);
}

NaiveOracle::Answer NaiveOracle::ask(Kind kind, const std::string& value) const {
  Answer out;
  add_if_listed(kind, value, true, out);
  if (kind == Kind::domain)
    for (size_t at = 0; at < value.size(); ++at)
      if (value[at] == '.') add_if_listed(kind, value.substr(at + 1), false, out);
  if (kind == Kind::url)
    for (size_t length = 1; length < value.size(); ++length)
      if (ends_at_boundary(value, length)) add_if_listed(kind, value.substr(0, length), false, out);
  if (kind == Kind::address)
    for (const Range& range : ranges_)
      if (range.first <= value && value <= range.last) out.emplace(range.text, MatchMode::cidr);
  return out;
}

}  // namespace sekisho
