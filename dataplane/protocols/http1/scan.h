// SPDX-License-Identifier: Apache-2.0
// Looking through heads many bytes at a time: where a line ends, where white space is. SSE2, which every
// x86-64 has; each beside what it means in plain code, against which scan_test.cpp holds it.
#pragma once

#include <emmintrin.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "dataplane/protocols/http1/characters.h"

namespace sekisho::http1 {

// Position of the first character that lenient receivers take for white space; the text's size where there is
// none.
inline size_t find_loose_space_plain(std::string_view text, size_t at = 0) {
  while (at < text.size() && !is_loose_space(static_cast<uint8_t>(text[at]))) ++at;
  return at;
}
inline size_t find_loose_space(std::string_view text) {
  size_t at = 0;
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i from_tab = _mm_sub_epi8(bytes, _mm_set1_epi8('\t'));
    const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(from_tab, _mm_set1_epi8('\r' - '\t')), from_tab);
    const __m128i found = _mm_or_si128(controls, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')));
    if (const int mask = _mm_movemask_epi8(found); mask != 0)
      return at + static_cast<size_t>(std::countr_zero(static_cast<unsigned>(mask)));
  }
  return find_loose_space_plain(text, at);
}

// is_token() for a text that stands at the beginning of `around`: letters, digits and hyphens sixteen at a
// time, as most field names have no others.
inline bool is_token_in(std::string_view around, size_t size) {
  const std::string_view text = around.substr(0, size);
  if (size == 0 || size > 16 || around.size() < 16) return is_token(text);
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(around.data()));
  const auto in_range = [](__m128i value, char from, char to) {
    const __m128i distance = _mm_sub_epi8(value, _mm_set1_epi8(from));
    return _mm_cmpeq_epi8(_mm_min_epu8(distance, _mm_set1_epi8(static_cast<char>(to - from))), distance);
  };
  const __m128i letters = in_range(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
  const __m128i others = _mm_or_si128(in_range(bytes, '0', '9'), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
  const unsigned fits = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(letters, others)));
  const unsigned all = (1U << size) - 1;
  return (fits & all) == all || is_token(text);
}

// One line of a head, without its line end.
struct Line {
  std::string_view text;
  size_t next = 0;                        // where the following one begins
  bool bare_lf = false;                   // ended by LF alone
  size_t colon = std::string_view::npos;  // the first one in `text`
  bool controls = false;                  // holds a NUL, or a CR that is not of its end
};

// The line from `at` on; the last one may have no end.
inline Line line_at(std::string_view text, size_t at) {
  Line line;
  const size_t lf = text.find('\n', at);
  const size_t end = lf == std::string_view::npos ? text.size() : lf;
  const bool cr = lf != std::string_view::npos && lf > at && text[lf - 1] == '\r';
  line.text = text.substr(at, end - at - (cr ? 1 : 0));
  line.next = lf == std::string_view::npos ? text.size() : lf + 1;
  line.bare_lf = lf != std::string_view::npos && !cr;
  line.colon = line.text.find(':');
  line.controls =
      line.text.find('\0') != std::string_view::npos || line.text.find('\r') != std::string_view::npos;
  return line;
}

// Position of the first LF at or behind `at` that an empty line follows (LF, or CR LF); where there is none,
// of the first LF that may be one yet, when more bytes come, or the text's size.
inline size_t find_empty_line_plain(std::string_view text, size_t at) {
  for (; at < text.size(); ++at) {
    if (text[at] != '\n') continue;
    const size_t cr = at + 1 < text.size() && text[at + 1] == '\r' ? 1 : 0;
    if (at + 1 + cr >= text.size() || text[at + 1 + cr] == '\n') break;
  }
  return at;
}
inline size_t find_empty_line(std::string_view text, size_t at) {
  constexpr size_t block_bytes = 32, step = block_bytes - 2;  // the longest is LF CR LF: blocks overlap
  for (; at + block_bytes <= text.size(); at += step) {
    const auto* block = reinterpret_cast<const __m128i*>(text.data() + at);
    const __m128i parts[] = {_mm_loadu_si128(block), _mm_loadu_si128(block + 1)};
    const auto where = [&](char c) {
      const auto equal = [&](__m128i part) {
        return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(part, _mm_set1_epi8(c))));
      };
      return equal(parts[0]) | equal(parts[1]) << 16;
    };
    const unsigned ends = where('\n');
    if (ends == 0) continue;
    const unsigned empty = ends & (ends >> 1 | (where('\r') >> 1 & ends >> 2));
    if (empty != 0) return at + static_cast<size_t>(std::countr_zero(empty));
  }
  return find_empty_line_plain(text, at);
}

// All lines of a text in turn: what line_at() says of each, in one pass. The text outlives it.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) { load(); }

  bool at_end() const { return at_ >= text_.size(); }
  size_t at() const { return at_; }
  Line next() {
    Line line;
    size_t end = text_.size();
    bool has_end = false;
    for (;;) {
      if (ends_ != 0) {
        const unsigned bit = static_cast<unsigned>(std::countr_zero(ends_));
        const uint64_t before = (uint64_t{1} << bit) - 1;
        line.controls |= (controls_ & before) != 0;
        if (line.colon == std::string_view::npos && (colons_ & before) != 0) line.colon = first_of(colons_);
        controls_ &= ~before;
        colons_ &= ~before;
        ends_ &= ends_ - 1;
        end = block_ + bit;
        has_end = true;
        break;
      }
      line.controls |= controls_ != 0;
      if (line.colon == std::string_view::npos && colons_ != 0) line.colon = first_of(colons_);
      if (block_ + block_bytes >= text_.size()) break;
      block_ += block_bytes;
      load();
    }
    const bool cr = has_end && end > at_ && text_[end - 1] == '\r';
    line.text = text_.substr(at_, end - at_ - (cr ? 1 : 0));
    line.next = at_ = has_end ? end + 1 : end;
    line.bare_lf = has_end && !cr;
    return line;
  }
  // Goes on at `at`, where a line begins, at or past at().
  void skip_to(size_t at) {
    at_ = at;
    if (at >= block_ + block_bytes) {
      block_ = at / block_bytes * block_bytes;
      if (block_ < text_.size()) load();
    }
    const uint64_t from = at >= block_ + block_bytes ? 0 : ~uint64_t{0} << (at - block_);
    ends_ &= from;
    controls_ &= from;
    colons_ &= from;
  }

 private:
  static constexpr size_t block_bytes = 64;

  void load() {
    char tail[block_bytes];
    const char* bytes = text_.data() + block_;
    const size_t size = text_.size() - block_;
    if (size < block_bytes) {
      std::memset(tail, ' ', sizeof tail);
      if (size != 0) std::memcpy(tail, bytes, size);
      bytes = tail;
    }
    const auto* part = reinterpret_cast<const __m128i*>(bytes);
    const Block block{{_mm_loadu_si128(part), _mm_loadu_si128(part + 1), _mm_loadu_si128(part + 2),
                       _mm_loadu_si128(part + 3)}};
    ends_ = block.where('\n');
    colons_ = block.where(':');
    const uint64_t crs = block.where('\r'), nuls = block.where('\0');
    const bool ends_next = size > block_bytes && text_[block_ + block_bytes] == '\n';
    controls_ = nuls | (crs & ~(ends_ >> 1 | uint64_t{ends_next} << 63));
  }
  // Of a line that begins at at_.
  size_t first_of(uint64_t mask) const { return block_ + static_cast<size_t>(std::countr_zero(mask)) - at_; }
  struct Block {
    __m128i parts[4];
    uint64_t where(char c) const {
      return equal(0, c) | equal(1, c) << 16 | equal(2, c) << 32 | equal(3, c) << 48;
    }
    uint64_t equal(unsigned part, char c) const {
      return static_cast<uint16_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(parts[part], _mm_set1_epi8(c))));
    }
  };

  std::string_view text_;
  size_t at_ = 0;
  size_t block_ = 0;   // begins at this position; the masks are of what is not given out of it
  uint64_t ends_ = 0;  // LF
  uint64_t colons_ = 0;
  uint64_t controls_ = 0;  // NUL, and CR without LF behind it
};

}  // namespace sekisho::http1
