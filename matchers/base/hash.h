// SPDX-License-Identifier: Apache-2.0
// The 64-bit hash of the matcher image. Part of the image's format: a change is a new format version.
//
// Why our own: a URL is looked up at each of its path boundaries, so the hash of every prefix must fall out of one walk over
// the bytes; library hashes (XXH3, wyhash) take another road for each length. Built, like wyhash, on the folded
// 64x64->128 multiplication; 16 bytes a step. It is seeded, not keyed for secrecy: a flood of colliding values costs a bounded
// walk (Table::probe_max lines) and comparisons that fail, never a wrong answer.
#pragma once

#include <cstring>

#include "matchers/base/bytes.h"

namespace sekisho {

__extension__ using Uint128 = unsigned __int128;

inline uint64_t fold_multiply(uint64_t a, uint64_t b) {
  const Uint128 product = Uint128{a} * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline uint64_t load_u64(const uint8_t* at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
inline uint32_t load_u32(const uint8_t* at) {
  uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

struct HashKey {
  explicit HashKey(uint64_t seed)
      : start(fold_multiply(seed ^ 0x9e3779b97f4a7c15, 0xd1b54a32d192ed03)),
        secret(fold_multiply(seed ^ 0x8cb92ba72f3d8dd7, 0xaaaaaaaaaaaaaaab)) {}
  uint64_t start;
  uint64_t secret;
};

// Walks over bytes from the left and can give the hash of what lies before any position that it has not yet passed.
class PrefixHasher {
 public:
  PrefixHasher(const HashKey& key, const uint8_t* bytes) : secret_(key.secret), state_(key.start), bytes_(bytes) {}

  // The hash of the first `length` bytes; lengths must not fall from call to call.
  uint64_t prefix(size_t length) {
    for (; length - done_ >= 16; done_ += 16)
      state_ = fold_multiply(load_u64(bytes_ + done_) ^ secret_, load_u64(bytes_ + done_ + 8) ^ state_);
    return finish(length);
  }

 private:
  uint64_t finish(size_t length) const {
    const uint8_t* tail = bytes_ + done_;
    const size_t count = length - done_;
    uint64_t low = 0, high = 0;
    if (count >= 8) {
      low = load_u64(tail);
      high = load_u64(tail + count - 8);
    } else if (count >= 4) {
      low = load_u32(tail);
      high = load_u32(tail + count - 4);
    } else if (count > 0) {
      low = uint64_t{tail[0]} << 16 | uint64_t{tail[count / 2]} << 8 | tail[count - 1];
    }
    return fold_multiply(fold_multiply(low ^ secret_, high ^ state_) ^ length, secret_ | 1);
  }

  uint64_t secret_;
  uint64_t state_;
  const uint8_t* bytes_;
  size_t done_ = 0;
};

inline uint64_t hash_bytes(const HashKey& key, Bytes bytes) {
  return PrefixHasher(key, bytes.data()).prefix(bytes.size());
}

// The image's checksum: four independent lanes, so that it runs at memory speed. Finds damage, not malice
// (that is the work of the seals and the signature).
inline uint64_t checksum_bytes(Bytes bytes) {
  constexpr uint64_t multiplier = 0x9e3779b97f4a7c15;
  uint64_t lanes[4] = {1, 2, 3, 4};
  const uint8_t* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 64; left -= 64, at += 64)
    for (size_t lane = 0; lane < 4; ++lane)
      lanes[lane] = fold_multiply(load_u64(at + 16 * lane) ^ lanes[lane], load_u64(at + 16 * lane + 8) ^ multiplier) + lanes[lane];
  uint64_t sum = hash_bytes(HashKey(bytes.size()), {at, left});
  for (const uint64_t lane : lanes) sum = fold_multiply(sum ^ lane, multiplier);
  return sum;
}

}  // namespace sekisho
