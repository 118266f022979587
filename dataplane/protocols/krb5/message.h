// SPDX-License-Identifier: Apache-2.0
// One Kerberos message (RFC 4120 5): requests to a KDC, its answers, and errors.
#pragma once

#include "dataplane/observe/sink.h"

namespace sekisho::krb5 {

// RFC 4120 5.10.
namespace message_type {
inline constexpr unsigned as_req = 10, as_rep = 11, tgs_req = 12, tgs_rep = 13, error = 30;
}
constexpr bool is_request(unsigned type) {
  return type == message_type::as_req || type == message_type::tgs_req;
}

enum class Plausibility : uint8_t { no, cut, yes };
// Is this the beginning of such a message of `whole_bytes`? `message` may be cut.
Plausibility judge(Bytes message, size_t whole_bytes);
// Of a message that judge() took.
unsigned type_of(Bytes message);

// What a transaction has been told already.
struct Told {
  bool realm = false, client = false, service = false;
};
// Observes names, realm, types of encryption and error. What `told` has is not observed again. False where
// the message has not its type's shape; what could be read is observed.
bool observe_message(Bytes message, uint64_t offset, Told& told, Sink& sink, TxId tx);

}  // namespace sekisho::krb5
