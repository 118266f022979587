// SPDX-License-Identifier: Apache-2.0
#include "matchers/normalise/idna.h"

#include <algorithm>
#include <array>
#include <optional>

namespace sekisho {

namespace {

constexpr size_t label_bytes_max = 63;  // RFC 1035 2.3.4
constexpr size_t code_points_max = 64;  // more cannot encode into 63 bytes

struct CodePoints {
  std::array<uint32_t, code_points_max> values;
  size_t count = 0;
};

struct Decoded {
  uint32_t value;
  size_t bytes;  // 0 = not UTF-8 (RFC 3629)
};

Decoded decode_utf8(Bytes in) {
  const uint8_t lead = in[0];
  if (lead < 0x80) return {lead, 1};
  const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || in.size() < bytes) return {0, 0};
  uint32_t value = lead & (0x7fU >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if ((in[i] & 0xc0) != 0x80) return {0, 0};
    value = value << 6 | (in[i] & 0x3fU);
  }
  constexpr uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < least[bytes] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return {0, 0};
  return {value, bytes};
}

enum class Step : uint8_t {
  every,  // each letter of the range moves by `shift`
  even,   // capitals at even code points, small letters one above
  odd     // capitals at odd code points
};
struct FoldRange {
  uint32_t first, last;
  Step step;
  int32_t shift;
};
constexpr FoldRange fold_ranges[] = {
    {0x41, 0x5a, Step::every, 32},      {0xc0, 0xd6, Step::every, 32},       {0xd8, 0xde, Step::every, 32},
    {0x100, 0x12f, Step::even, 1},      {0x132, 0x137, Step::even, 1},       {0x139, 0x148, Step::odd, 1},
    {0x14a, 0x177, Step::even, 1},      {0x178, 0x178, Step::every, -121},   {0x179, 0x17e, Step::odd, 1},
    {0x391, 0x3a1, Step::every, 32},    {0x3a3, 0x3ab, Step::every, 32},     {0x400, 0x40f, Step::every, 80},
    {0x410, 0x42f, Step::every, 32},    {0x460, 0x481, Step::even, 1},       {0x48a, 0x4bf, Step::even, 1},
    {0x4d0, 0x52f, Step::even, 1},      {0x531, 0x556, Step::every, 48},     {0x1e00, 0x1e95, Step::even, 1},
    {0x1ea0, 0x1eff, Step::even, 1},    {0xff01, 0xff20, Step::every, -0xfee0},
    {0xff21, 0xff3a, Step::every, -0xfec0},                                  {0xff3b, 0xff5e, Step::every, -0xfee0}};

uint32_t fold(uint32_t c) {
  const auto* range = std::find_if(std::begin(fold_ranges), std::end(fold_ranges), [c](const FoldRange& r) { return c <= r.last; });
  if (range == std::end(fold_ranges) || c < range->first) return c;
  if (range->step == Step::even && c % 2 != 0) return c;
  if (range->step == Step::odd && c % 2 == 0) return c;
  return static_cast<uint32_t>(static_cast<int32_t>(c) + range->shift);
}

std::optional<CodePoints> decode_label(Bytes label) {
  CodePoints out;
  while (!label.empty()) {
    const Decoded decoded = decode_utf8(label);
    if (decoded.bytes == 0 || out.count == code_points_max) return std::nullopt;
    out.values[out.count++] = fold(decoded.value);
    label = label.subspan(decoded.bytes);
  }
  return out;
}

// RFC 3492 section 5 and 6; at most 64 code points, so nothing can overflow 32 bits: delta < 0x110000 * 65.
namespace punycode {

constexpr uint32_t base = 36, t_min = 1, t_max = 26, skew = 38, damp = 700;

uint8_t digit(uint32_t value) { return static_cast<uint8_t>(value < 26 ? 'a' + value : '0' + (value - 26)); }

uint32_t adapt(uint32_t delta, uint32_t count, uint32_t divisor) {
  delta /= divisor;
  delta += delta / count;
  uint32_t k = 0;
  for (; delta > (base - t_min) * t_max / 2; k += base) delta /= base - t_min;
  return k + (base - t_min + 1) * delta / (delta + skew);
}

void put_number(uint32_t number, uint32_t bias, Writer& out) {
  for (uint32_t k = base;; k += base) {
    const uint32_t t = k <= bias ? t_min : k >= bias + t_max ? t_max : k - bias;
    if (number < t) break;
    out.put(digit(t + (number - t) % (base - t)));
    number = (number - t) / (base - t);
  }
  out.put(digit(number));
}

void encode(const CodePoints& in, Writer& out) {
  uint32_t handled = 0;
  for (size_t i = 0; i < in.count; ++i) {
    if (in.values[i] >= 0x80) continue;
    out.put(static_cast<uint8_t>(in.values[i]));
    ++handled;
  }
  const uint32_t basic = handled;
  if (basic > 0) out.put(uint8_t{'-'});
  uint32_t n = 0x80, delta = 0, bias = 72;
  while (handled < in.count) {
    uint32_t next = 0x110000;
    for (size_t i = 0; i < in.count; ++i)
      if (in.values[i] >= n) next = std::min(next, in.values[i]);
    delta += (next - n) * (handled + 1);
    n = next;
    for (size_t i = 0; i < in.count; ++i) {
      if (in.values[i] < n) ++delta;
      if (in.values[i] != n) continue;
      put_number(delta, bias, out);
      bias = adapt(delta, handled + 1, handled == basic ? damp : 2);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++n;
  }
}

}  // namespace punycode

}  // namespace

void put_a_label(Bytes label, Writer& out) {
  const size_t start = out.length();
  if (const auto points = decode_label(label)) {
    const bool ascii = std::all_of(points->values.begin(), points->values.begin() + points->count,
                                   [](uint32_t c) { return c < 0x80; });
    if (ascii) {  // fullwidth letters fold into ASCII
      for (size_t i = 0; i < points->count; ++i) out.put(static_cast<uint8_t>(points->values[i]));
      return;
    }
    std::array<uint8_t, 512> encoded;
    Writer label_out(encoded);
    label_out.put("xn--");
    punycode::encode(*points, label_out);
    if (!label_out.overflow() && label_out.length() <= label_bytes_max) {
      out.put(label_out.written());
      return;
    }
  }
  out.cut(start);
  for (const uint8_t byte : label) out.put(ascii_lower(byte));
}

size_t dot_bytes(Bytes bytes) {
  if (bytes[0] == '.') return 1;
  if (bytes.size() < 3) return 0;
  const uint32_t three = load_be24(bytes.data());
  return three == 0xe38082 || three == 0xefbc8e || three == 0xefbda1 ? 3 : 0;  // U+3002 U+FF0E U+FF61
}

}  // namespace sekisho
