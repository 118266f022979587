// SPDX-License-Identifier: Apache-2.0
// The digests of a file while it passes. `peek` gives the digests as if the file ended here: they are looked up before the
// segment that may be its last one is forwarded (DESIGN 7).
#pragma once

#include <cstdint>
#include <type_traits>

#include "matchers/base/bytes.h"

namespace sekisho {

enum class HashKinds : uint8_t { none = 0, md5 = 1, sha1 = 2, sha256 = 4, all = 7 };
constexpr HashKinds operator|(HashKinds a, HashKinds b) {
  return static_cast<HashKinds>(static_cast<uint8_t>(a) | static_cast<uint8_t>(b));
}
constexpr bool has(HashKinds set, HashKinds kind) { return (static_cast<uint8_t>(set) & static_cast<uint8_t>(kind)) != 0; }

struct FileDigests {
  HashKinds kinds = HashKinds::none;  // which of these are set
  uint8_t md5[16];
  uint8_t sha1[20];
  uint8_t sha256[32];
};

// Trivially copyable, no allocation ever; a few hundred bytes. Not thread-safe: it belongs to a flow.
class FileHash {
 public:
  explicit FileHash(HashKinds kinds = HashKinds::none);
  HashKinds kinds() const { return kinds_; }
  void update(Bytes bytes);
  FileDigests peek() const;

 private:
  static constexpr size_t md5_bytes = 96, sha1_bytes = 96, sha256_bytes = 112;  // of OpenSSL's contexts, checked in the .cpp
  alignas(8) uint8_t md5_[md5_bytes];
  alignas(8) uint8_t sha1_[sha1_bytes];
  alignas(8) uint8_t sha256_[sha256_bytes];
  HashKinds kinds_;
};
static_assert(std::is_trivially_copyable_v<FileHash>);

}  // namespace sekisho
