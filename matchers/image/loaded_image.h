// SPDX-License-Identifier: Apache-2.0
// For tests: a list of indicators, built, loaded into memory of exactly its size, and open.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "matchers/image/image.h"
#include "matchers/normalise/normalise.h"

namespace sekisho::test {

// 64 B aligned, exact size: ASan sees a read past the end.
class AlignedBytes {
 public:
  explicit AlignedBytes(Bytes bytes) : size_(bytes.size()), memory_(nullptr, &std::free) {
    void* memory = nullptr;
    if (posix_memalign(&memory, 64, std::max<size_t>(bytes.size(), 1)) != 0) throw std::bad_alloc();
    memory_.reset(static_cast<uint8_t*>(memory));
    if (!bytes.empty()) std::memcpy(memory, bytes.data(), bytes.size());
  }
  std::span<uint8_t> span() { return {memory_.get(), size_}; }
  Bytes bytes() const { return {memory_.get(), size_}; }

 private:
  size_t size_;
  std::unique_ptr<uint8_t, decltype(&std::free)> memory_;
};

inline Indicator indicator(Kind kind, std::string value, MatchMode mode = MatchMode::exact) {
  Indicator out;
  out.kind = kind;
  out.mode = mode;
  out.value = std::move(value);
  out.feed = "feed";
  return out;
}

struct LoadedImage {
  explicit LoadedImage(std::span<const Indicator> list, uint32_t generation = 1)
      : memory(make(list, generation, report)), image(open(memory.bytes())), scratch(std::move(image->make_scratch().value())) {}
  explicit LoadedImage(std::initializer_list<Indicator> list) : LoadedImage(std::span(list.begin(), list.size())) {}

  // The original values of the indicators that one value meets, "offset:length" added where it is a part.
  std::vector<std::string> find(Kind kind, Bytes value, int64_t now_s = 1000) {
    const std::vector<uint8_t> exact(value.begin(), value.end());
    const Query query{exact, kind, 7};
    std::vector<Hit> hits(32);
    hits.resize(image->find({&query, 1}, now_s, *scratch, hits, dropped));
    return told(hits, value.size());
  }
  // As traffic gives it.
  std::vector<std::string> find_text(Kind kind, std::string_view text, int64_t now_s = 1000) {
    std::vector<uint8_t> room(normalised_bytes_max(text.size()));
    const auto value = normalise(kind, as_bytes(text), room);
    return value ? find(kind, *value, now_s) : std::vector<std::string>{"(not of this kind)"};
  }
  std::vector<std::string> find_number(Kind kind, uint64_t number) {
    return find(kind, {reinterpret_cast<const uint8_t*>(&number), sizeof number});
  }
  std::vector<std::string> scan(Kind kind, std::string_view value, int64_t now_s = 1000) {
    const std::vector<uint8_t> exact(value.begin(), value.end());
    std::vector<Hit> hits(128);
    hits.resize(image->scan(kind, exact, 7, now_s, *scratch, hits, dropped));
    return told(hits, value.size());
  }
  std::vector<std::string> told(std::span<const Hit> hits, size_t whole) const {
    std::vector<std::string> out;
    for (const Hit& hit : hits) {
      const IndicatorEntry entry = image->indicator(hit.indicator);
      out.emplace_back(image->text(entry.original_offset, entry.original_length));
      if (hit.offset != 0 || hit.length != whole) out.back() += " @" + std::to_string(hit.offset) + ":" + std::to_string(hit.length);
    }
    return out;
  }

  BuildReport report;
  AlignedBytes memory;
  std::unique_ptr<const Image> image;
  ScratchPointer scratch;
  uint64_t dropped = 0;

 private:
  static AlignedBytes make(std::span<const Indicator> list, uint32_t generation, BuildReport& report) {
    const auto built = build_image(list, generation, report);
    if (!built) throw std::runtime_error(built.error().text);
    return AlignedBytes(*built);
  }
  static std::unique_ptr<const Image> open(Bytes bytes) {
    auto opened = Image::open(bytes);
    if (!opened) throw std::runtime_error(opened.error().text);
    return std::move(*opened);
  }
};

}  // namespace sekisho::test
