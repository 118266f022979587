// SPDX-License-Identifier: Apache-2.0
// Bounds of the LDAP parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho::ldap {

// What is read of one message, bytes. Past it (entries with certificates and pictures): the beginning is
// read, the rest skipped by its length, no counter.
inline constexpr size_t message_bytes_max = 16384;
// A message's length as it says, bytes. Past it: anomaly `ldap.bad_message`, that side's reading ends.
inline constexpr uint64_t declared_bytes_max = uint64_t{1} << 31;
// Requests whose answer is outstanding, count. Past it: anomaly `ldap.requests_full`, the oldest ends as
// incomplete.
inline constexpr unsigned outstanding_max = 32;
// Answers of one request that are observed (entries of a search), count. Past it: not observed, the last one
// (the result) is.
inline constexpr unsigned responses_max = 64;
// Items observed of one list (attributes asked for, referrals), count. Past it: not observed.
inline constexpr unsigned items_max = 64;
// A client's bytes kept between its StartTLS and the answer, bytes: it must send none (RFC 4511 4.14.1). Past
// it: anomaly `ldap.early_data`, the connection is not read further.
inline constexpr size_t early_bytes_max = 4096;

}  // namespace sekisho::ldap
