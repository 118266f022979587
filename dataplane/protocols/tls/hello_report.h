// SPDX-License-Identifier: Apache-2.0
// What is observed of hellos, and what is odd in them.
#pragma once

#include "dataplane/observe/sink.h"
#include "dataplane/protocols/tls/handshake.h"
#include "dataplane/protocols/tls/hello.h"

namespace sekisho::tls {

// Everything but the record's version. `message` carried `hello`.
void observe_client_hello(const ClientHello& hello, const HandshakeMessage& message, Sink& sink, TxId tx);
// Versions, cipher, ALPN, JA3S.
void observe_server_hello(const ServerHello& hello, const HandshakeMessage& message, Sink& sink, TxId tx);

// Observes the host names of every server_name extension; what is missing or said twice is an anomaly.
void observe_server_names(const ClientHello& hello, const HandshakeMessage& message, Sink& sink, TxId tx);
// A number that tells the server names of two hellos apart; not collision-proof against an adversary's client and server
// together, who need no handshake to agree.
uint64_t server_names_mark(const ClientHello& hello);

}  // namespace sekisho::tls
