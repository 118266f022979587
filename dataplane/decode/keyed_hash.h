// SPDX-License-Identifier: Apache-2.0
// KeyedHash: five-tuple to 64 bits under a secret, the same for both directions of a conversation.
//
// Keyed because senders choose the tuples: under a linear hash such as CRC32C or Toeplitz 65,536 flows share one value
// whatever the seed. AES rounds where the CPU has them, SipHash-1-3 elsewhere; the two give different values, so a hash
// never leaves the process. Thread-safety: immutable after construction; every lcore of a process may share one.
#pragma once

#include <cstdint>

#include "dataplane/decode/five_tuple.h"
#include "matchers/base/bytes.h"

namespace sekisho {

// SipHash (Aumasson, Bernstein 2012) with its rounds for each block and at the end.
template <int block_rounds, int final_rounds>
uint64_t siphash(const uint64_t (&key)[2], Bytes bytes);
extern template uint64_t siphash<1, 3>(const uint64_t (&key)[2], Bytes bytes);
extern template uint64_t siphash<2, 4>(const uint64_t (&key)[2], Bytes bytes);

class KeyedHash {
 public:
  enum class Method : uint8_t { aes, siphash };

  explicit KeyedHash(const uint64_t (&key)[2]) : KeyedHash(key, fastest()) {}
  KeyedHash(const uint64_t (&key)[2], Method method);

  // The tuple's `reserved` byte does not count.
  uint64_t operator()(const FiveTuple& tuple) const {
    return method_ == Method::aes ? hash_aes(tuple) : hash_siphash(tuple);
  }
  static Method fastest();

 private:
  static constexpr unsigned round_key_count = 8;

  uint64_t hash_aes(const FiveTuple& tuple) const;
  uint64_t hash_siphash(const FiveTuple& tuple) const;

  alignas(16) uint64_t round_keys_[round_key_count][2];
  uint64_t key_[2];
  Method method_;
};

}  // namespace sekisho
