// SPDX-License-Identifier: Apache-2.0
// Authorization and Proxy-Authorization: the scheme, and of Basic (RFC 7617) and Digest (RFC 7616 3.4) the
// user's name, and realms (RFC 9110 11.5).
#pragma once

#include "dataplane/observe/sink.h"

namespace sekisho::http1 {

struct CredentialFields {
  Field scheme;
  Field user;
};
// Authorization, Proxy-Authorization: also the realm that Digest credentials are for.
// The password is neither observed nor kept.
void read_credentials(std::string_view value, uint64_t offset, TxId tx, CredentialFields fields, Sink& sink);
// WWW-Authenticate, Proxy-Authenticate (RFC 9110 11.6.1): the realm of each challenge. (Their schemes are in
// the field as sent.)
void read_challenges(std::string_view value, uint64_t offset, TxId tx, Sink& sink);

}  // namespace sekisho::http1
