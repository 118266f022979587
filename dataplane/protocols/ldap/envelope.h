// SPDX-License-Identifier: Apache-2.0
// What every LDAP message begins with (RFC 4511 4.1.1): its length, number and operation.
#pragma once

#include "matchers/base/bytes.h"

namespace sekisho::ldap {

// Tags of the operations, RFC 4511 4.2 to 4.13.
namespace operation {
inline constexpr uint8_t bind_request = 0x60, bind_response = 0x61, unbind_request = 0x42,
                         search_request = 0x63, search_entry = 0x64, search_done = 0x65,
                         modify_request = 0x66, modify_response = 0x67, add_request = 0x68,
                         add_response = 0x69, del_request = 0x4A, del_response = 0x6B, mod_dn_request = 0x6C,
                         mod_dn_response = 0x6D, compare_request = 0x6E, compare_response = 0x6F,
                         abandon_request = 0x50, search_reference = 0x73, extended_request = 0x77,
                         extended_response = 0x78, intermediate_response = 0x79;
}
bool is_request(uint8_t tag);
bool is_response(uint8_t tag);
// The number of the choice, as it is observed.
constexpr unsigned number_of(uint8_t tag) { return tag & 0x1FU; }

struct Envelope {
  uint32_t id = 0;
  uint8_t tag = 0;
  uint64_t bytes = 0;     // of the whole message
  size_t content_at = 0;  // of the operation's content, from the message's first octet
  uint64_t content_bytes = 0;
};

enum class Reading : uint8_t { no, cut, yes };
// Reads as much of the head as `message` holds. `cut`: more bytes are needed; `no`: it is no message.
Reading read_envelope(Bytes message, Envelope& envelope);

}  // namespace sekisho::ldap
