// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/base64.h"

#include <array>

namespace sekisho {

namespace {

constexpr uint8_t not_a_sextet = 0x80, white = 0x81, padding = 0x82;  // all have the high bit: one test finds them

constexpr std::array<uint8_t, 256> make_table() {
  std::array<uint8_t, 256> table{};
  table.fill(not_a_sextet);
  uint8_t value = 0;
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
    table[static_cast<uint8_t>(c)] = value++;
  for (const char c : std::string_view(" \t\r\n\v\f")) table[static_cast<uint8_t>(c)] = white;
  table['='] = padding;
  return table;
}
constexpr std::array<uint8_t, 256> table = make_table();

// Whole quanta of four alphabet characters; stops at the first other one. Stores four bytes to keep three.
struct Progress {
  const uint8_t* in;
  uint8_t* out;
};
Progress decode_quanta(Progress at, const uint8_t* in_end, const uint8_t* out_end) {
  while (in_end - at.in >= 4 && out_end - at.out >= 4) {
    const uint32_t a = table[at.in[0]], b = table[at.in[1]], c = table[at.in[2]], d = table[at.in[3]];
    if ((a | b | c | d) & not_a_sextet) break;
    store_be32(at.out, a << 26 | b << 20 | c << 14 | d << 8);
    at.in += 4;
    at.out += 3;
  }
  return at;
}

}  // namespace

size_t base64_decode(Base64State& state, Bytes in, std::span<uint8_t> out) {
  const uint8_t* const in_end = in.data() + in.size();
  const uint8_t* const out_end = out.data() + out.size();
  Progress at{in.data(), out.data()};
  while (at.in != in_end) {
    if (state.sextets == 0) at = decode_quanta(at, in_end, out_end);
    if (at.in == in_end) break;
    const uint8_t value = table[*at.in++];
    if (value == padding) {
      at.out += base64_finish(state, {at.out, static_cast<size_t>(out_end - at.out)});
    } else if (value & not_a_sextet) {
      state.odd |= value == not_a_sextet;
    } else {
      state.bits = state.bits << 6 | value;
      if (++state.sextets < 4) continue;
      *at.out++ = static_cast<uint8_t>(state.bits >> 16);
      *at.out++ = static_cast<uint8_t>(state.bits >> 8);
      *at.out++ = static_cast<uint8_t>(state.bits);
      state.sextets = 0;
    }
  }
  return static_cast<size_t>(at.out - out.data());
}

size_t base64_finish(Base64State& state, std::span<uint8_t> out) {
  size_t written = 0;
  if (state.sextets >= 2) out[written++] = static_cast<uint8_t>(state.bits >> (6 * state.sextets - 8));
  if (state.sextets == 3) out[written++] = static_cast<uint8_t>(state.bits >> 2);
  state.odd |= state.sextets == 1;
  state.sextets = 0;
  return written;
}

}  // namespace sekisho
