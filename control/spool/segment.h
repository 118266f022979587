// SPDX-License-Identifier: Apache-2.0
// A segment is a file of records, each  magic | length | sequence | payload crc | header crc | payload. There is no index and no
// file header: what a reader needs it finds by scanning, and a damaged record costs itself alone.
//
// Payloads hold bytes that attackers chose, so a payload may imitate a record. Both sums are therefore salted with the segment's
// random salt, which stands in the file's name (<first sequence>-<salt>.seg): after damage the scan cannot be led into a payload.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "matchers/base/bytes.h"

namespace sekisho {

inline constexpr size_t segment_header_bytes = 24;

struct SegmentName {
  uint64_t first_sequence = 0;
  uint32_t salt = 0;
};
std::string segment_file_name(const SegmentName& name);
std::optional<SegmentName> parse_segment_file_name(std::string_view file_name);

void append_record(std::string& out, uint32_t salt, uint64_t sequence, Bytes payload);

enum class ScanStatus : uint8_t { record, need_more, damaged };
struct Scanned {
  ScanStatus status = ScanStatus::need_more;
  size_t used = 0;        // bytes to go on by: of the record, or to the next place worth a look
  uint64_t sequence = 0;
  Bytes payload;          // within the bytes given
};
// Looks at the start of `bytes`. `need_more`: what is there may be a record's beginning. Linear: a payload is summed only behind a
// header whose own sum is right.
Scanned scan_record(uint32_t salt, Bytes bytes);

}  // namespace sekisho
