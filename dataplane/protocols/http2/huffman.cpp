// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http2/huffman.h"

#include <array>

namespace sekisho::http2 {

namespace {

constexpr unsigned symbol_count = 257, end_of_string = 256, bits_max = 30, fast_bits = 9;

// Bits of each symbol's code. The code is canonical: within a length, codes ascend with the symbols.
constexpr std::array<uint8_t, symbol_count> code_bits = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6,  10, 10, 12, 13, 6,  8,  11, 10, 10, 8,  11, 8,  6,  6,  6,  5,  5,  5,  6,  6,  6,  6,  6,  6,  6,  7,  8,  15, 6,  12, 10,
    13, 6,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  8,  7,  8,  13, 19, 13, 14, 6,
    15, 5,  6,  5,  6,  5,  6,  6,  6,  5,  7,  7,  6,  6,  6,  5,  6,  7,  6,  5,  5,  6,  7,  7,  7,  7,  7,  15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30};

struct Symbol {
  uint16_t value = 0;
  uint8_t bits = 0;
};

struct Code {
  std::array<uint32_t, bits_max + 1> first{};    // the first code of a length
  std::array<uint16_t, bits_max + 1> count{};    // how many have it
  std::array<uint16_t, bits_max + 1> start{};    // where they begin in `symbols`
  std::array<uint16_t, symbol_count> symbols{};  // by length, then by value
  std::array<Symbol, 1U << fast_bits> fast{};    // by the next bits; bits == 0: a longer code
};

constexpr Code make_code() {
  Code code;
  for (const uint8_t bits : code_bits) ++code.count[bits];
  uint32_t next = 0;
  uint16_t at = 0;
  for (unsigned bits = 1; bits <= bits_max; ++bits) {
    code.first[bits] = next;
    code.start[bits] = at;
    for (unsigned symbol = 0; symbol < symbol_count; ++symbol) {
      if (code_bits[symbol] != bits) continue;
      code.symbols[at++] = static_cast<uint16_t>(symbol);
      if (bits <= fast_bits)
        for (uint32_t tail = 0; tail < 1U << (fast_bits - bits); ++tail)
          code.fast[next << (fast_bits - bits) | tail] = {static_cast<uint16_t>(symbol), static_cast<uint8_t>(bits)};
      ++next;
    }
    next <<= 1;
  }
  return code;
}
constexpr Code code = make_code();

// The symbol at the front of 32 bits. Some code fits whatever they are.
Symbol symbol_at(uint32_t window) {
  const Symbol fast = code.fast[window >> (32 - fast_bits)];
  if (fast.bits != 0) return fast;
  for (unsigned bits = fast_bits + 1; bits <= bits_max; ++bits) {
    const uint32_t index = (window >> (32 - bits)) - code.first[bits];
    if (index < code.count[bits]) return {code.symbols[code.start[bits] + index], static_cast<uint8_t>(bits)};
  }
  return {end_of_string, bits_max};
}

}  // namespace

HuffmanResult huffman_decode(Bytes in, std::span<char> out) {
  constexpr unsigned padding_bits_max = 7;
  uint64_t bits = 0;
  unsigned have = 0;
  size_t next = 0, size = 0;
  for (;;) {
    while (have <= 56 && next < in.size()) {
      bits = bits << 8 | in[next++];
      have += 8;
    }
    if (have == 0) return {true, size};
    // Missing bits count as ones: then padding reads as the start of EOS.
    const uint32_t window = have >= 32 ? static_cast<uint32_t>(bits >> (have - 32))
                                       : static_cast<uint32_t>(bits << (32 - have)) | ((uint32_t{1} << (32 - have)) - 1);
    const Symbol symbol = symbol_at(window);
    if (symbol.bits > have) return {have <= padding_bits_max && window == ~uint32_t{0}, size};
    if (symbol.value == end_of_string) return {false, size};
    if (size < out.size()) out[size] = static_cast<char>(symbol.value);
    ++size;
    have -= symbol.bits;
  }
}

}  // namespace sekisho::http2
