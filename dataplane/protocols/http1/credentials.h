// SPDX-License-Identifier: Apache-2.0
// Authorization and Proxy-Authorization: the scheme, and of Basic (RFC 7617) and Digest (RFC 7616 3.4) the user's name.
#pragma once

#include "dataplane/observe/sink.h"

namespace sekisho::http1 {

struct CredentialFields {
  Field scheme;
  Field user;
};
// The password is neither observed nor kept.
void read_credentials(std::string_view value, uint64_t offset, TxId tx, CredentialFields fields, Sink& sink);

}  // namespace sekisho::http1
