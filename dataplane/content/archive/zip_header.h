// SPDX-License-Identifier: Apache-2.0
// The headers of a zip (APPNOTE 6.3.10, 4.3): of a member in front of its content, and of the same member in the directory at the end.
#pragma once

#include "matchers/base/bytes.h"

namespace sekisho::archive {

enum class ZipSignature : uint32_t {
  member = 0x04034b50,
  descriptor = 0x08074b50,
  directory = 0x02014b50,
  extra_data = 0x08064b50,
  directory64 = 0x06064b50,
  locator64 = 0x07064b50,
  signature = 0x05054b50,
  end = 0x06054b50
};

inline constexpr size_t zip_member_bytes = 30, zip_directory_bytes = 46;  // of the fixed parts

struct ZipMember {
  uint16_t flags = 0;
  uint16_t method = 0;
  uint16_t name_bytes = 0;
  uint16_t extra_bytes = 0;
  uint16_t comment_bytes = 0;      // of a directory entry
  uint64_t compressed_bytes = 0;
  uint64_t bytes = 0;

  bool has_aes = false;            // the extra field of WinZip's AES is there

  // APPNOTE 4.4.4: bit 0; bit 6 and bit 13 of strong encryption, whose own bit 0 somebody may have cleared. Method 99 is WinZip's AES.
  bool is_encrypted() const { return (flags & 0x2041) != 0 || has_aes || method == 99; }
  bool sizes_follow() const { return (flags & 0x0008) != 0; }  // in a data descriptor
};

inline uint16_t load_le16(const uint8_t* p) { return static_cast<uint16_t>(p[0] | p[1] << 8); }
inline uint32_t load_le32(const uint8_t* p) { return p[0] | uint32_t{p[1]} << 8 | uint32_t{p[2]} << 16 | uint32_t{p[3]} << 24; }
inline uint64_t load_le64(const uint8_t* p) { return load_le32(p) | uint64_t{load_le32(p + 4)} << 32; }

// `fixed`: the fixed part, whose signature has been seen.
ZipMember read_member_header(const uint8_t* fixed);
ZipMember read_directory_entry(const uint8_t* fixed);
// Of the extra fields: 64-bit sizes (4.5.3), where the header says that they are there; encryption.
void read_extra(Bytes extra, ZipMember& member);

}  // namespace sekisho::archive
