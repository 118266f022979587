// SPDX-License-Identifier: Apache-2.0
// The header of a tar's member: 512 bytes (IEEE 1003.1 pax, "ustar Interchange Format"; GNU tar's manual, "Basic Tar Format").
#pragma once

#include "matchers/base/bytes.h"

namespace sekisho::archive {

inline constexpr size_t tar_block_bytes = 512;

// Views into a block that outlives it.
class TarHeader {
 public:
  explicit TarHeader(const uint8_t* block) : block_(block) {}

  bool is_zero() const;
  // The one mark that all tars share. The sum of signed bytes is as good to GNU tar.
  bool checksum_is_right() const;
  // Octal digits, or the base-256 of large files. False: neither.
  bool size(uint64_t& bytes) const;
  char type() const { return static_cast<char>(block_[156]); }
  Bytes name() const { return text(0, 100); }
  Bytes link() const { return text(157, 100); }
  // In front of the name, with a slash between; GNU's own headers have times there.
  Bytes prefix() const { return is_posix() ? text(345, 155) : Bytes{}; }
  // GNU's sparse files: more headers of where the pieces lie follow.
  bool sparse_goes_on() const { return block_[482] != 0; }

 private:
  Bytes text(size_t at, size_t most) const;
  bool is_posix() const { return as_text({block_ + 257, 6}) == std::string_view("ustar\0", 6); }

  const uint8_t* block_;
};

// Of a block of GNU's sparse map behind the header: whether another follows.
inline bool sparse_map_goes_on(const uint8_t* block) { return block[504] != 0; }
// Whether a file with these first bytes is a tar, whatever its age.
bool begins_tar(Bytes start);

}  // namespace sekisho::archive
