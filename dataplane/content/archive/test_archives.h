// SPDX-License-Identifier: Apache-2.0
// Archives made by hand, for tests: what writers produce, and what they never would.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/content/test_deflate.h"

namespace sekisho::test {

inline std::string le16(unsigned value) { return {static_cast<char>(value), static_cast<char>(value >> 8)}; }
inline std::string le32(uint64_t value) { return le16(static_cast<unsigned>(value & 0xffff)) + le16(static_cast<unsigned>(value >> 16 & 0xffff)); }
inline std::string le64(uint64_t value) { return le32(value & 0xffffffff) + le32(value >> 32); }

enum class Sizes { in_header, behind_signed, behind_unsigned, behind_64, in_zip64 };

struct Member {
  std::string name, content;
  unsigned method = 8;
  unsigned flags = 0;
  Sizes sizes = Sizes::in_header;
  bool listed = true;
  std::string listed_as;   // another name in the directory
  std::string extra;       // field of the local header
};

// A zip as writers make it, APPNOTE 4.3.
inline std::string zip_of(const std::vector<Member>& members) {
  std::string out, directory;
  for (const Member& member : members) {
    const std::string packed = member.method == 8 ? deflated(member.content, raw) : member.content;
    const bool behind = member.sizes != Sizes::in_header && member.sizes != Sizes::in_zip64;
    const unsigned flags = member.flags | (behind ? 8U : 0U);
    const std::string crc = le32(crc32(0, reinterpret_cast<const Bytef*>(member.content.data()), static_cast<uInt>(member.content.size())));
    const std::string sizes = le32(packed.size()) + le32(member.content.size());
    const std::string zip64 = le16(1) + le16(16) + le64(member.content.size()) + le64(packed.size());
    const bool is_64 = member.sizes == Sizes::in_zip64;
    out += "PK\3\4" + le16(20) + le16(flags) + le16(member.method) + le32(0) + (behind ? le32(0) : crc) +
           (behind ? le64(0) : is_64 ? le64(~0ULL) : sizes) + le16(static_cast<unsigned>(member.name.size())) +
           le16(static_cast<unsigned>((is_64 ? zip64.size() : 0) + member.extra.size())) + member.name + (is_64 ? zip64 : "") + member.extra + packed;
    if (member.sizes == Sizes::behind_signed) out += "PK\7\10" + crc + sizes;
    if (member.sizes == Sizes::behind_unsigned) out += crc + sizes;
    if (member.sizes == Sizes::behind_64) out += "PK\7\10" + crc + le64(packed.size()) + le64(member.content.size());
    const std::string name = member.listed_as.empty() ? member.name : member.listed_as;
    if (member.listed)
      directory += "PK\1\2" + le16(20) + le16(20) + le16(flags) + le16(member.method) + le32(0) + crc + sizes +
                   le16(static_cast<unsigned>(name.size())) + le16(0) + le16(3) + le16(0) + le16(0) + le32(0) + le32(0) + name +
                   "rem";
  }
  const size_t at = out.size();
  return out + directory + "PK\5\6" + le16(0) + le16(0) + le16(static_cast<unsigned>(members.size())) +
         le16(static_cast<unsigned>(members.size())) + le32(directory.size()) + le32(at) + le16(0);
}

inline std::string octal(uint64_t value, size_t digits) {
  std::string out(digits, '0');
  for (size_t i = digits; i-- > 0; value >>= 3) out[i] = static_cast<char>('0' + (value & 7));
  return out + '\0';
}
inline std::string padded(std::string text, size_t bytes) {
  text.resize(std::max(text.size(), bytes), '\0');
  return text.substr(0, bytes);
}
// With the sum of its first block put right.
inline std::string tar_with_checksum(std::string tar) {
  tar.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (size_t i = 0; i < 512; ++i) sum += static_cast<uint8_t>(tar[i]);
  return tar.replace(148, 8, octal(sum, 6) + " ");
}
inline std::string tar_member(const std::string& name, const std::string& content, char type = '0', const std::string& prefix = "",
                       const std::string& size = "") {
  std::string header = padded(name, 100) + octal(0644, 7) + octal(0, 7) + octal(0, 7) + (size.empty() ? octal(content.size(), 11) : size) +
                       octal(0, 11) + std::string(8, ' ') + type + padded("", 100) + std::string("ustar\0", 6) + "00" + padded("", 80) + padded(prefix, 155) +
                       padded("", 12);
  BOOST_REQUIRE(header.size() == 512U);
  return tar_with_checksum(header) + padded(content, (content.size() + 511) / 512 * 512);
}
inline const std::string tar_end(1024, '\0');

}  // namespace sekisho::test
