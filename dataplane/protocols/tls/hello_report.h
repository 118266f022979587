// SPDX-License-Identifier: Apache-2.0
// What is observed of hellos, and what is odd in them.
#pragma once

#include "dataplane/observe/sink.h"
#include "dataplane/protocols/tls/fingerprint.h"
#include "dataplane/protocols/tls/handshake.h"
#include "dataplane/protocols/tls/hello.h"

namespace sekisho::tls {

// Where a ClientHello's values go, and what its oddities are called, in the protocol that carries it. Names
// are static.
struct HelloFields {
  Field sni, client_alpn, ja3, ja3_string, ja4, ech;
  Ja4Transport ja4_transport;
  const char *sni_missing, *sni_duplicate, *malformed, *cut, *oversized;
};
inline constexpr HelloFields tls_hello_fields = {
    .sni = Field::tls_sni,
    .client_alpn = Field::tls_client_alpn,
    .ja3 = Field::tls_ja3,
    .ja3_string = Field::tls_ja3_string,
    .ja4 = Field::tls_ja4,
    .ech = Field::tls_ech,
    .ja4_transport = Ja4Transport::tcp,
    .sni_missing = "tls.sni_missing",
    .sni_duplicate = "tls.sni_duplicate",
    .malformed = "tls.malformed",
    .cut = "tls.hello_cut",
    .oversized = "tls.hello_oversized",
};

// What all that carry TLS have: server names, ALPN, ECH, fingerprints. `message` carried `hello`.
void observe_client_hello(const ClientHello& hello, const HandshakeMessage& message,
                          const HelloFields& fields, Sink& sink, TxId tx);
// What only `tls` rows tell: versions, ciphers, extensions, groups, signature algorithms, what it would
// resume.
void observe_client_offer(const ClientHello& hello, const HandshakeMessage& message, Sink& sink, TxId tx);
// Versions, cipher, group, extensions, ALPN, JA3S.
void observe_server_hello(const ServerHello& hello, const HandshakeMessage& message, Sink& sink, TxId tx);

// Observes the host names of every server_name extension; what is missing or said twice is an anomaly.
void observe_server_names(const ClientHello& hello, const HandshakeMessage& message,
                          const HelloFields& fields, Sink& sink, TxId tx);
// A number that tells the server names of two hellos apart; not collision-proof against an adversary's client and server
// together, who need no handshake to agree.
uint64_t server_names_mark(const ClientHello& hello);

}  // namespace sekisho::tls
