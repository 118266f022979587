// SPDX-License-Identifier: Apache-2.0
// X.509 certificates (RFC 5280 4.1) and the Certificate message that carries them up to TLS 1.2 (RFC 5246 7.4.2).
#pragma once

#include "dataplane/observe/sink.h"
#include "dataplane/protocols/tls/handshake.h"

namespace sekisho::tls {

struct Certificate {
  Bytes serial;   // the integer's octets
  Bytes issuer;   // a Name's content
  Bytes subject;
  int64_t not_before_s = 0, not_after_s = 0;  // since 1970; before it negative
  bool has_validity = false;
  Bytes names;    // content of subjectAltName's GeneralNames
  bool whole = false;  // everything above was where it should be
};

// `der`: the whole certificate. What stands before the first fault is there.
Certificate read_certificate(Bytes der);

// Seconds since 1970 of a UTCTime or GeneralizedTime (RFC 5280 4.1.2.5; offsets and missing seconds as older issuers wrote
// them). False where it is none.
bool read_time(uint8_t tag, Bytes text, int64_t& seconds);

// Observes the chain of a Certificate message: the leaf's contents and fingerprints, each member's SHA-1.
void observe_chain(const HandshakeMessage& message, Sink& sink, TxId tx);
// The same for a leaf that travels alone (SSLv2).
void observe_leaf(Bytes der, const HandshakeMessage& message, Sink& sink, TxId tx);

}  // namespace sekisho::tls
