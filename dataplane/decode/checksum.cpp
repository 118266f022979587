// SPDX-License-Identifier: Apache-2.0
#include "dataplane/decode/checksum.h"

#include <immintrin.h>

namespace sekisho {

namespace {

// RFC 1071 2(B): summed in the machine's byte order, only the folded result needs swapping. 32-bit words in a 64-bit
// sum cannot overflow before 2^32 of them.
uint16_t fold(uint64_t sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return __builtin_bswap16(static_cast<uint16_t>(sum));
}

uint64_t words_of(uint64_t pair) { return (pair & 0xffffffff) + (pair >> 32); }

uint64_t load_u64(const uint8_t* at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

[[gnu::target("avx2")]] uint64_t ones_sum_avx2(Bytes bytes) {
  const uint8_t* at = bytes.data();
  size_t left = bytes.size();
  const __m256i zero = _mm256_setzero_si256();
  __m256i sum_a = zero, sum_b = zero;
  for (; left >= 64; left -= 64, at += 64) {
    const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 32));
    sum_a = _mm256_add_epi64(sum_a, _mm256_unpacklo_epi32(first, zero));
    sum_b = _mm256_add_epi64(sum_b, _mm256_unpackhi_epi32(first, zero));
    sum_a = _mm256_add_epi64(sum_a, _mm256_unpacklo_epi32(second, zero));
    sum_b = _mm256_add_epi64(sum_b, _mm256_unpackhi_epi32(second, zero));
  }
  alignas(32) uint64_t lanes[4];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), _mm256_add_epi64(sum_a, sum_b));
  return lanes[0] + lanes[1] + lanes[2] + lanes[3] + ones_sum_plain({at, left});
}

using OnesSum = uint64_t (*)(Bytes);
const OnesSum fastest_ones_sum = __builtin_cpu_supports("avx2") ? ones_sum_avx2 : ones_sum_plain;

uint64_t pseudo_header_sum(const FiveTuple& tuple, size_t segment_bytes) {
  // The prefix of a mapped IPv4 address is all ones, and that is zero to a one's complement sum: no case distinction.
  uint64_t sum = words_of(load_u64(&tuple.source[0])) + words_of(load_u64(&tuple.source[8])) +
                 words_of(load_u64(&tuple.destination[0])) + words_of(load_u64(&tuple.destination[8]));
  sum += __builtin_bswap32(static_cast<uint32_t>(segment_bytes));
  return sum + __builtin_bswap32(uint32_t{tuple.ip_protocol});
}

}  // namespace

uint64_t ones_sum_plain(Bytes bytes) {
  const uint8_t* at = bytes.data();
  size_t left = bytes.size();
  uint64_t sum = 0;
  for (; left >= 8; left -= 8, at += 8) sum += words_of(load_u64(at));
  uint64_t tail = 0;  // RFC 1071: padded with zero on the right
  if (left != 0) std::memcpy(&tail, at, left);
  return sum + words_of(tail);
}

uint64_t ones_sum(Bytes bytes) { return fastest_ones_sum(bytes); }

uint16_t internet_checksum(Bytes bytes) { return static_cast<uint16_t>(~fold(ones_sum(bytes))); }

uint16_t transport_checksum(const FiveTuple& tuple, Bytes segment) {
  return static_cast<uint16_t>(~fold(pseudo_header_sum(tuple, segment.size()) + ones_sum(segment)));
}

uint16_t udp_checksum_to_send(const FiveTuple& tuple, Bytes datagram) {
  const uint16_t checksum = transport_checksum(tuple, datagram);
  return checksum != 0 ? checksum : uint16_t{0xffff};
}

}  // namespace sekisho
