// SPDX-License-Identifier: Apache-2.0
#include "dataplane/decode/keyed_hash.h"

#include <immintrin.h>

#include <bit>

namespace sekisho {

namespace {

struct SipState {
  uint64_t a, b, c, d;

  explicit SipState(const uint64_t (&key)[2])
      : a(key[0] ^ 0x736f6d6570736575), b(key[1] ^ 0x646f72616e646f6d), c(key[0] ^ 0x6c7967656e657261),
        d(key[1] ^ 0x7465646279746573) {}

  void round() {
    a += b, b = std::rotl(b, 13) ^ a, a = std::rotl(a, 32);
    c += d, d = std::rotl(d, 16) ^ c;
    a += d, d = std::rotl(d, 21) ^ a;
    c += b, b = std::rotl(b, 17) ^ c, c = std::rotl(c, 32);
  }
  template <int rounds>
  void absorb(uint64_t word) {
    d ^= word;
    for (int i = 0; i < rounds; ++i) round();
    a ^= word;
  }
  template <int rounds>
  uint64_t finish() {
    c ^= 0xff;
    for (int i = 0; i < rounds; ++i) round();
    return a ^ b ^ c ^ d;
  }
};

uint64_t load_u64(const uint8_t* at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// All ones where the endpoints are to be swapped, so that both directions of a conversation read alike. Without a branch:
// which side sorts first is a coin toss that no predictor learns.
uint64_t swap_mask(const FiveTuple& tuple) {
  const uint64_t one_0 = load_u64(&tuple.source[0]), two_0 = load_u64(&tuple.destination[0]);
  const uint64_t one_1 = load_u64(&tuple.source[8]), two_1 = load_u64(&tuple.destination[8]);
  const bool swap = (one_1 > two_1) |
                    ((one_1 == two_1) & ((one_0 > two_0) | ((one_0 == two_0) & (tuple.source_port > tuple.destination_port))));
  return uint64_t{0} - uint64_t{swap};
}

// Ports (turned with the endpoints), path and protocol.
uint64_t rest_of(const FiveTuple& tuple, uint64_t mask) {
  const uint64_t turn = uint64_t{static_cast<uint16_t>(tuple.source_port ^ tuple.destination_port)} & mask;
  return (tuple.source_port ^ turn) << 48 | (tuple.destination_port ^ turn) << 32 | uint64_t{tuple.path} << 16 | tuple.ip_protocol;
}

// What the conversation travels in.
uint64_t surroundings_of(const FiveTuple& tuple) { return uint64_t{tuple.tunnel} << 32 | tuple.vlans; }

}  // namespace

template <int block_rounds, int final_rounds>
uint64_t siphash(const uint64_t (&key)[2], Bytes bytes) {
  SipState state(key);
  size_t at = 0;
  for (; bytes.size() - at >= 8; at += 8) state.absorb<block_rounds>(load_u64(&bytes[at]));
  uint64_t last = uint64_t{bytes.size()} << 56;
  for (size_t i = 0; at + i < bytes.size(); ++i) last |= uint64_t{bytes[at + i]} << (8 * i);
  state.absorb<block_rounds>(last);
  return state.finish<final_rounds>();
}
template uint64_t siphash<1, 3>(const uint64_t (&key)[2], Bytes bytes);
template uint64_t siphash<2, 4>(const uint64_t (&key)[2], Bytes bytes);

KeyedHash::KeyedHash(const uint64_t (&key)[2], Method method) : key_{key[0], key[1]}, method_(method) {
  for (unsigned i = 0; i < round_key_count * 2; ++i) {
    const uint8_t label = static_cast<uint8_t>(i);
    round_keys_[i / 2][i % 2] = siphash<2, 4>(key, {&label, 1});
  }
}

KeyedHash::Method KeyedHash::fastest() {
  static const Method method =
      __builtin_cpu_supports("aes") && __builtin_cpu_supports("sse4.1") ? Method::aes : Method::siphash;
  return method;
}

// Each endpoint goes through three rounds under keys of its own (three make every output bit depend on every input bit,
// with at least nine active S-boxes), the sum of both through three more.
[[gnu::target("aes,sse4.1")]] uint64_t KeyedHash::hash_aes(const FiveTuple& tuple) const {
  const auto* keys = reinterpret_cast<const __m128i*>(round_keys_);
  const uint64_t mask = swap_mask(tuple);
  const __m128i source = _mm_loadu_si128(reinterpret_cast<const __m128i*>(tuple.source.data()));
  const __m128i destination = _mm_loadu_si128(reinterpret_cast<const __m128i*>(tuple.destination.data()));
  const __m128i turn = _mm_and_si128(_mm_xor_si128(source, destination), _mm_set1_epi64x(static_cast<int64_t>(mask)));
  __m128i low = _mm_xor_si128(_mm_xor_si128(source, turn), keys[0]);
  __m128i high = _mm_xor_si128(_mm_xor_si128(destination, turn), keys[1]);
  for (int round = 2; round < 5; ++round) {
    low = _mm_aesenc_si128(low, keys[round]);
    high = _mm_aesenc_si128(high, keys[round + 1]);
  }
  __m128i state = _mm_xor_si128(_mm_add_epi64(low, high), _mm_set_epi64x(static_cast<int64_t>(surroundings_of(tuple)), static_cast<int64_t>(rest_of(tuple, mask))));
  for (int round = 5; round < 8; ++round) state = _mm_aesenc_si128(state, keys[round]);
  return static_cast<uint64_t>(_mm_extract_epi64(state, 0) ^ _mm_extract_epi64(state, 1));
}

uint64_t KeyedHash::hash_siphash(const FiveTuple& tuple) const {
  const uint64_t mask = swap_mask(tuple);
  const FiveTuple ordered = mask != 0 ? reversed(tuple) : tuple;
  SipState state(key_);
  for (const uint8_t* at : {&ordered.source[0], &ordered.source[8], &ordered.destination[0], &ordered.destination[8]})
    state.absorb<1>(load_u64(at));
  state.absorb<1>(rest_of(tuple, mask));
  state.absorb<1>(surroundings_of(tuple));
  return state.finish<3>();
}

}  // namespace sekisho
