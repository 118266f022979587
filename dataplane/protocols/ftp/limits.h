// SPDX-License-Identifier: Apache-2.0
// Bounds of the FTP parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho::ftp {

// A command or reply line, bytes with its end. Past it: anomaly `ftp.line_too_long`; the first bytes are read
// as the line and the rest is skipped to its LF.
inline constexpr size_t line_bytes_max = 4096;
// Commands whose reply is outstanding, count. Past it: anomaly `ftp.pipeline_full`; their transactions end as
// incomplete and their replies are not matched.
inline constexpr unsigned outstanding_max = 16;
// A command's name, bytes (RFC 959 5.3.1 has 4). Past it: cut there.
inline constexpr size_t verb_bytes_max = 16;
// The user's name kept for the commands that follow, bytes. Past it: cut there.
inline constexpr size_t user_bytes_max = 64;
// The name of a file whose command came before the data connection was agreed on (pipelining), bytes. Past
// it: cut there.
inline constexpr size_t name_bytes_max = 254;
// Reply lines observed of one command, count. Past it: not observed; the reply is read to its end.
inline constexpr uint32_t reply_lines_max = 32;

}  // namespace sekisho::ftp
