// SPDX-License-Identifier: Apache-2.0
// Bounds of the Kerberos parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>

namespace sekisho::krb5 {

// A message on a stream, bytes. Past it: anomaly `krb5.long_message`, it is skipped.
inline constexpr size_t message_bytes_max = 60000;
// Items looked at in one sequence, count. Past it: the rest is not read, no counter: no message has as many.
inline constexpr unsigned items_max = 64;
// A principal's name as text, bytes; one more than the field catalogue keeps, so that the record marks the
// cut.
inline constexpr size_t name_bytes_max = 513;

}  // namespace sekisho::krb5
