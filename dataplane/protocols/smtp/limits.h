// SPDX-License-Identifier: Apache-2.0
// Bounds of the SMTP parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho::smtp {

// A command or reply line, bytes with its end (RFC 5321 4.5.3.1 asks for 512 and 1000). Past it: anomaly `smtp.line_too_long`;
// the first bytes are read as the line and the rest is skipped to its LF.
inline constexpr size_t line_bytes_max = 8192;
// Commands whose reply is outstanding, count. Past it: anomaly `smtp.pipeline_full`; replies past the kept ones are not matched.
inline constexpr size_t outstanding_max = 64;
// Recipients observed in one transaction, count. Past it: anomaly `smtp.too_many_recipients`; the rest is counted in rcpt_count.
inline constexpr uint32_t recipients_max = 1000;
// The client's name kept for the transactions that follow, bytes. Past it: cut there, as the field's maximum does.
inline constexpr size_t helo_bytes_max = 512;
// The greeting kept until the first transaction begins, bytes. Past it: cut there.
inline constexpr size_t banner_bytes_max = 256;
// A line of message text that may be a command in another reading, bytes. Past it: the line's rest is not looked at.
inline constexpr size_t shadow_line_bytes_max = 320;
// Digits of a BDAT size: the counter has 63 bits. Past it: anomaly `smtp.bdat_malformed`; the command is not obeyed.
inline constexpr size_t bdat_digits_max = 18;

}  // namespace sekisho::smtp
