// SPDX-License-Identifier: Apache-2.0
// AES-128-GCM with AES-NI and PCLMULQDQ. The plain twin in aes_gcm.cpp is the specification.
#include <immintrin.h>

#include <algorithm>

#include "dataplane/protocols/quic/aes_gcm.h"

#define SEKISHO_FAST __attribute__((target("aes,pclmul,ssse3,sse4.1")))

namespace sekisho::quic {

namespace {

constexpr int rounds = 10;
constexpr size_t lanes =
    4;  // blocks at a time: one block's instructions wait for each other, four blocks' do not

struct Schedule {
  __m128i keys[rounds + 1];
};

// One round key from the one before it (FIPS 197 5.2).
template <int constant>
SEKISHO_FAST __m128i next_key(__m128i key) {
  const __m128i word = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(key, constant), 0xFF);
  key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
  key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
  return _mm_xor_si128(key, word);
}

SEKISHO_FAST Schedule expand(const AesKey& key) {
  Schedule out;
  out.keys[0] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(key.data()));
  out.keys[1] = next_key<0x01>(out.keys[0]);
  out.keys[2] = next_key<0x02>(out.keys[1]);
  out.keys[3] = next_key<0x04>(out.keys[2]);
  out.keys[4] = next_key<0x08>(out.keys[3]);
  out.keys[5] = next_key<0x10>(out.keys[4]);
  out.keys[6] = next_key<0x20>(out.keys[5]);
  out.keys[7] = next_key<0x40>(out.keys[6]);
  out.keys[8] = next_key<0x80>(out.keys[7]);
  out.keys[9] = next_key<0x1B>(out.keys[8]);
  out.keys[10] = next_key<0x36>(out.keys[9]);
  return out;
}

SEKISHO_FAST __m128i encrypt(const Schedule& schedule, __m128i block) {
  block = _mm_xor_si128(block, schedule.keys[0]);
  for (int i = 1; i < rounds; ++i) block = _mm_aesenc_si128(block, schedule.keys[i]);
  return _mm_aesenclast_si128(block, schedule.keys[rounds]);
}

SEKISHO_FAST void encrypt_lanes(const Schedule& schedule, __m128i (&blocks)[lanes]) {
  for (__m128i& block : blocks) block = _mm_xor_si128(block, schedule.keys[0]);
  for (int i = 1; i < rounds; ++i)
    for (__m128i& block : blocks) block = _mm_aesenc_si128(block, schedule.keys[i]);
  for (__m128i& block : blocks) block = _mm_aesenclast_si128(block, schedule.keys[rounds]);
}

SEKISHO_FAST __m128i load(const uint8_t* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }
SEKISHO_FAST __m128i reversed(__m128i block) {
  return _mm_shuffle_epi8(block, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}
// The last, short block of a text, zeros behind it.
SEKISHO_FAST __m128i load_part(Bytes bytes) {
  AesBlock block{};
  std::copy(bytes.begin(), bytes.end(), block.begin());
  return load(block.data());
}

// A product of two field elements (Gueron and Kounavis, "Intel Carry-Less Multiplication Instruction and its
// Usage for Computing the GCM Mode", 2010, figures 5 and 7) before its reduction, so that several can be
// summed and reduced once.
struct Product {
  __m128i low, middle, high;
};
SEKISHO_FAST Product multiply_wide(__m128i a, __m128i b) {
  return {_mm_clmulepi64_si128(a, b, 0x00),
          _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x10), _mm_clmulepi64_si128(a, b, 0x01)),
          _mm_clmulepi64_si128(a, b, 0x11)};
}
SEKISHO_FAST void add_to(Product& sum, const Product& other) {
  sum.low = _mm_xor_si128(sum.low, other.low);
  sum.middle = _mm_xor_si128(sum.middle, other.middle);
  sum.high = _mm_xor_si128(sum.high, other.high);
}

// Shifts the 256 bits left by one (the operands are bit-reflected) and reduces them modulo x^128 + x^7 + x^2
// + x + 1.
SEKISHO_FAST __m128i reduce(const Product& product) {
  __m128i low = _mm_xor_si128(product.low, _mm_slli_si128(product.middle, 8));
  __m128i high = _mm_xor_si128(product.high, _mm_srli_si128(product.middle, 8));
  const __m128i low_carry = _mm_srli_epi32(low, 31), high_carry = _mm_srli_epi32(high, 31);
  low = _mm_or_si128(_mm_slli_epi32(low, 1), _mm_slli_si128(low_carry, 4));
  high = _mm_or_si128(_mm_slli_epi32(high, 1), _mm_slli_si128(high_carry, 4));
  high = _mm_or_si128(high, _mm_srli_si128(low_carry, 12));
  const __m128i folded =
      _mm_xor_si128(_mm_xor_si128(_mm_slli_epi32(low, 31), _mm_slli_epi32(low, 30)), _mm_slli_epi32(low, 25));
  low = _mm_xor_si128(low, _mm_slli_si128(folded, 12));
  const __m128i shifted =
      _mm_xor_si128(_mm_xor_si128(_mm_srli_epi32(low, 1), _mm_srli_epi32(low, 2)), _mm_srli_epi32(low, 7));
  const __m128i rest = _mm_xor_si128(shifted, _mm_srli_si128(folded, 4));
  return _mm_xor_si128(high, _mm_xor_si128(low, rest));
}
SEKISHO_FAST __m128i multiply(__m128i a, __m128i b) { return reduce(multiply_wide(a, b)); }

class Ghash {
 public:
  SEKISHO_FAST explicit Ghash(__m128i subkey) : sum_(_mm_setzero_si128()) {
    powers_[0] = reversed(subkey);
    for (size_t i = 1; i < lanes; ++i) powers_[i] = multiply(powers_[i - 1], powers_[0]);
  }
  SEKISHO_FAST void add(Bytes bytes) {
    for (; bytes.size() >= lanes * 16; bytes = bytes.subspan(lanes * 16)) add_lanes(bytes.data());
    for (; bytes.size() >= 16; bytes = bytes.subspan(16)) add_block(load(bytes.data()));
    if (!bytes.empty()) add_block(load_part(bytes));
  }
  SEKISHO_FAST void add_lengths(size_t associated_bytes, size_t text_bytes) {
    const __m128i lengths =
        _mm_set_epi64x(static_cast<int64_t>(associated_bytes * 8), static_cast<int64_t>(text_bytes * 8));
    sum_ = multiply(_mm_xor_si128(sum_, lengths), powers_[0]);
  }
  SEKISHO_FAST __m128i sum() const { return reversed(sum_); }

 private:
  SEKISHO_FAST void add_block(__m128i block) {
    sum_ = multiply(_mm_xor_si128(sum_, reversed(block)), powers_[0]);
  }
  SEKISHO_FAST void add_lanes(const uint8_t* at) {
    Product product = multiply_wide(_mm_xor_si128(sum_, reversed(load(at))), powers_[lanes - 1]);
    for (size_t i = 1; i < lanes; ++i)
      add_to(product, multiply_wide(reversed(load(at + 16 * i)), powers_[lanes - 1 - i]));
    sum_ = reduce(product);
  }

  __m128i sum_;
  __m128i powers_[lanes];  // of the subkey
};

SEKISHO_FAST __m128i counter_block(__m128i nonce, uint32_t counter) {
  return _mm_insert_epi32(nonce, static_cast<int>(__builtin_bswap32(counter)), 3);
}

SEKISHO_FAST void decrypt(const Schedule& schedule, __m128i nonce, Bytes text, uint8_t* out) {
  uint32_t counter = 2;
  size_t at = 0;
  for (; text.size() - at >= lanes * 16; at += lanes * 16) {
    __m128i stream[lanes];
    for (__m128i& block : stream) block = counter_block(nonce, counter++);
    encrypt_lanes(schedule, stream);
    for (size_t i = 0; i < lanes; ++i)
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + at + 16 * i),
                       _mm_xor_si128(stream[i], load(&text[at + 16 * i])));
  }
  for (; at < text.size(); at += 16) {
    AesBlock stream;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(stream.data()),
                     encrypt(schedule, counter_block(nonce, counter++)));
    for (size_t i = 0; i < std::min<size_t>(16, text.size() - at); ++i)
      out[at + i] = text[at + i] ^ stream[i];
  }
}

}  // namespace

bool aes_gcm_is_fast() {
  return __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul") &&
         __builtin_cpu_supports("sse4.1");
}

SEKISHO_FAST AesBlock aes_encrypt_block_fast(const AesKey& key, const uint8_t* block) {
  AesBlock out;
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out.data()), encrypt(expand(key), load(block)));
  return out;
}

SEKISHO_FAST bool gcm_open_fast(const AesKey& key, const GcmNonce& nonce, Bytes associated, Bytes sealed,
                                std::span<uint8_t> out) {
  if (sealed.size() < gcm_tag_bytes) return false;
  const Schedule schedule = expand(key);
  const Bytes text = sealed.first(sealed.size() - gcm_tag_bytes);
  const __m128i base = load_part(nonce);
  Ghash ghash(encrypt(schedule, _mm_setzero_si128()));
  ghash.add(associated);
  ghash.add(text);
  ghash.add_lengths(associated.size(), text.size());
  const __m128i tag = _mm_xor_si128(ghash.sum(), encrypt(schedule, counter_block(base, 1)));
  if (_mm_movemask_epi8(_mm_cmpeq_epi8(tag, load(&sealed[text.size()]))) != 0xFFFF) return false;
  decrypt(schedule, base, text, out.data());
  return true;
}

}  // namespace sekisho::quic
