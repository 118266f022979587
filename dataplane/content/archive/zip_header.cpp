// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/archive/zip_header.h"

#include <algorithm>

namespace sekisho::archive {

ZipMember read_member_header(const uint8_t* fixed) {
  ZipMember member;
  member.flags = load_le16(fixed + 6);
  member.method = load_le16(fixed + 8);
  member.compressed_bytes = load_le32(fixed + 18);
  member.bytes = load_le32(fixed + 22);
  member.name_bytes = load_le16(fixed + 26);
  member.extra_bytes = load_le16(fixed + 28);
  return member;
}

ZipMember read_directory_entry(const uint8_t* fixed) {
  ZipMember member;
  member.flags = load_le16(fixed + 8);
  member.method = load_le16(fixed + 10);
  member.compressed_bytes = load_le32(fixed + 20);
  member.bytes = load_le32(fixed + 24);
  member.name_bytes = load_le16(fixed + 28);
  member.extra_bytes = load_le16(fixed + 30);
  member.comment_bytes = load_le16(fixed + 32);
  return member;
}

void read_extra(Bytes extra, ZipMember& member) {
  constexpr uint16_t zip64_id = 1, strong_id = 0x17, aes_id = 0x9901;
  constexpr uint64_t in_extra = 0xffffffff;
  while (extra.size() >= 4) {
    const uint16_t id = load_le16(extra.data());
    const size_t size = std::min<size_t>(load_le16(extra.data() + 2), extra.size() - 4);
    Bytes value = extra.subspan(4, size);
    extra = extra.subspan(4 + size);
    member.has_aes |= id == aes_id || id == strong_id;
    if (id != zip64_id) continue;
    for (uint64_t* field : {&member.bytes, &member.compressed_bytes}) {
      if (*field != in_extra || value.size() < 8) continue;
      *field = load_le64(value.data());
      value = value.subspan(8);
    }
  }
}

}  // namespace sekisho::archive
