// SPDX-License-Identifier: Apache-2.0
// Who logs in by NTLM (MS-NLMP), wherever the messages travel: SMB, LDAP, inside SPNEGO or bare. Hashes and
// challenges are never given out.
#pragma once

#include "dataplane/observe/sink.h"

namespace sekisho {

// Where the values go.
struct NtlmFields {
  Field user, domain, host;
};

// Observes user, domain and workstation of the AUTHENTICATE message in `token`, if one is there: at its
// beginning, or inside what wraps it. True where the token holds any NTLM message. `offset`: of token[0] in
// its direction's stream.
bool observe_ntlm(Bytes token, uint64_t offset, const NtlmFields& fields, Sink& sink, TxId tx);
// "6.1 build 7601 rev 15" of a message that tells the system's version, into `field`.
void observe_ntlm_version(Bytes token, uint64_t offset, Field field, Sink& sink, TxId tx);

}  // namespace sekisho
