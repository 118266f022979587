// SPDX-License-Identifier: Apache-2.0
// Bounds of the POP3 parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho::pop3 {

// A command or reply line, bytes with its end (RFC 2449 4 asks for 255 and 512). Past it: anomaly
// `pop3.line_too_long`; the first bytes are read as the line and the rest is skipped to its LF.
inline constexpr size_t line_bytes_max = 8192;
// Commands whose reply is outstanding, count (RFC 2449 6.6). Past it: anomaly `pop3.pipeline_full`; their
// transactions end as incomplete and their replies are not matched.
inline constexpr unsigned outstanding_max = 64;
// A command's name, bytes (RFC 1939 3 has 4). Past it: cut there.
inline constexpr size_t verb_bytes_max = 16;
// Arguments observed of one command, count. Past it: not observed.
inline constexpr unsigned arguments_max = 8;
// Lines of one listing observed (CAPA, LIST, UIDL), count. Past it: not observed; the listing is read to its
// end.
inline constexpr uint32_t response_lines_max = 64;
// The user's name kept for the mails that follow, bytes. Past it: cut there, as the field's maximum does.
inline constexpr size_t user_bytes_max = 256;
// The greeting kept until the first transaction begins, bytes. Past it: cut there.
inline constexpr size_t banner_bytes_max = 256;

}  // namespace sekisho::pop3
