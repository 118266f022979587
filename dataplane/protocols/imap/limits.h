// SPDX-License-Identifier: Apache-2.0
// Bounds of the IMAP parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho::imap {

// A token that is kept (an atom, a name, a status text), bytes. Past it: its rest is read and not kept;
// values are cut there. Lines and literals have no bound: they are read as they come.
inline constexpr size_t token_bytes_max = 256;
// Digits of a literal's size: the counter has 63 bits. Past it: anomaly `imap.literal_malformed`; it is read
// as text.
inline constexpr unsigned literal_digits_max = 18;
// Commands whose tagged reply is outstanding, count. Past it: anomaly `imap.pipeline_full`; the oldest ends
// as incomplete.
inline constexpr unsigned outstanding_max = 16;
// A tag observed, bytes. Past it: cut there (replies are matched by all of it).
inline constexpr size_t tag_bytes_max = 64;
// A tag kept for the second and later mails of one FETCH, bytes. Past it: those mails are observed without
// it.
inline constexpr size_t short_tag_bytes_max = 8;
// Mails and parts that are being fetched piece by piece (BODY[]<0>, <1000>, ...) at once, count. Past it: the
// one not continued for longest ends as truncated.
inline constexpr unsigned contents_max = 4;
// First bytes of a part whose header is not there, from which its encoding is guessed, bytes.
inline constexpr size_t guess_bytes_max = 80;
// The user's name kept for the mails that follow, bytes. Past it: cut there.
inline constexpr size_t user_bytes_max = 96;
// The greeting kept until the first transaction begins, bytes. Past it: cut there.
inline constexpr size_t banner_bytes_max = 96;

}  // namespace sekisho::imap
