// SPDX-License-Identifier: Apache-2.0
#include "control/spool/segment.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "control/spool/crc32c.h"
#include "control/spool/limits.h"

namespace sekisho {

namespace {

constexpr uint32_t record_magic = 0x31706b53;  // "Skp1"
constexpr size_t name_digits = 16, salt_digits = 8;

struct DiskHeader {
  uint32_t magic;
  uint32_t length;
  uint64_t sequence;
  uint32_t payload_crc;
  uint32_t header_crc;
};
static_assert(sizeof(DiskHeader) == segment_header_bytes);

uint32_t header_crc(uint32_t salt, const DiskHeader& header) {
  return crc32c(salt, {reinterpret_cast<const uint8_t*>(&header), offsetof(DiskHeader, header_crc)});
}

// Bytes to skip to the next place where a record may begin; at least 1.
size_t to_next_magic(Bytes bytes) {
  for (size_t at = 1; at < bytes.size(); ++at) {
    const size_t seen = std::min(sizeof record_magic, bytes.size() - at);
    if (std::memcmp(bytes.data() + at, &record_magic, seen) == 0) return at;
  }
  return bytes.size();
}

template <typename Number>
bool parse_hex(std::string_view digits, Number& number) {
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
}

}  // namespace

std::string segment_file_name(const SegmentName& name) {
  char text[40];
  std::snprintf(text, sizeof text, "%016llx-%08x.seg", static_cast<unsigned long long>(name.first_sequence), name.salt);
  return text;
}

std::optional<SegmentName> parse_segment_file_name(std::string_view file_name) {
  constexpr std::string_view ending = ".seg";
  if (file_name.size() != name_digits + 1 + salt_digits + ending.size() || !file_name.ends_with(ending) ||
      file_name[name_digits] != '-')
    return std::nullopt;
  SegmentName name;
  if (!parse_hex(file_name.substr(0, name_digits), name.first_sequence) ||
      !parse_hex(file_name.substr(name_digits + 1, salt_digits), name.salt))
    return std::nullopt;
  return name;
}

void append_record(std::string& out, uint32_t salt, uint64_t sequence, Bytes payload) {
  DiskHeader header{record_magic, static_cast<uint32_t>(payload.size()), sequence, crc32c(salt, payload), 0};
  header.header_crc = header_crc(salt, header);
  out.append(reinterpret_cast<const char*>(&header), sizeof header);
  out.append(as_text(payload));
}

Scanned scan_record(uint32_t salt, Bytes bytes) {
  const size_t magic_seen = std::min(sizeof record_magic, bytes.size());
  if (std::memcmp(bytes.data(), &record_magic, magic_seen) != 0) return {ScanStatus::damaged, to_next_magic(bytes)};
  if (bytes.size() < segment_header_bytes) return {};
  DiskHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.header_crc != header_crc(salt, header) || header.length > spool_payload_bytes_max)
    return {ScanStatus::damaged, to_next_magic(bytes)};
  if (bytes.size() - segment_header_bytes < header.length) return {};
  const Bytes payload = bytes.subspan(segment_header_bytes, header.length);
  const size_t used = segment_header_bytes + header.length;
  if (crc32c(salt, payload) != header.payload_crc) return {ScanStatus::damaged, used};
  return {ScanStatus::record, used, header.sequence, payload};
}

}  // namespace sekisho
