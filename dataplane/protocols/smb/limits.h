// SPDX-License-Identifier: Apache-2.0
// Bounds of the SMB parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho::smb {

// What is read of one message, bytes: its commands, not the content of files. Past it: the rest is skipped by
// its length, no counter; commands that begin there are not seen.
inline constexpr size_t message_bytes_max = 8192;
// Commands in one message, count (MS-SMB2 3.2.4.1.4). Past it: anomaly `smb.long_chain`, the rest is not
// read.
inline constexpr unsigned commands_max = 32;
// Commands whose answer is outstanding, count. Past it: anomaly `smb.requests_full`, the oldest ends as
// incomplete.
inline constexpr unsigned outstanding_max = 24;
// Open files whose names are kept for the commands that follow, count. Past it: the oldest is forgotten;
// commands on it name no file.
inline constexpr unsigned files_max = 6;
// The name of an open file that is kept, bytes of UTF-8. Past it: the name is observed once, at its opening,
// and not kept.
inline constexpr size_t kept_name_bytes_max = 192;
// A name as text, bytes of UTF-8; one more than the field catalogue keeps, so that the record marks the cut.
inline constexpr size_t name_bytes_max = 1025;
// Dialects of one negotiation observed, count. Past it: not observed.
inline constexpr unsigned dialects_max = 16;

}  // namespace sekisho::smb
