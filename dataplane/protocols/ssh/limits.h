// SPDX-License-Identifier: Apache-2.0
// Bounds of the SSH parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho::ssh {

// A line before the first packet, bytes with its end (RFC 4253 4.2 asks for 255). Past it: anomaly
// `ssh.line_too_long`, the beginning is read as the line and the rest skipped.
inline constexpr size_t line_bytes_max = 1024;
// Lines that a server may say before its version, count. Past it: anomaly `ssh.no_version`, its side is not
// read further.
inline constexpr unsigned lines_before_version_max = 64;
// Packets of a side before its KEXINIT that are skipped (IGNORE, DEBUG), count. Past it: anomaly
// `ssh.no_kexinit`, its side is not read further.
inline constexpr unsigned packets_before_kexinit_max = 8;
// A packet before the keys, bytes (RFC 4253 6.1 asks for 35,000). Past it: anomaly `ssh.bad_packet`, its side
// is not read further.
inline constexpr uint32_t packet_bytes_max = 36000;
// The algorithms' names as one text, bytes; one more than the field catalogue keeps, so that the record marks
// the cut. The fingerprint is of all of them.
inline constexpr size_t algorithms_bytes_max = 8193;

}  // namespace sekisho::ssh
