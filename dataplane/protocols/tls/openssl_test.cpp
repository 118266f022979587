// SPDX-License-Identifier: Apache-2.0
// Differential tests: real OpenSSL clients and servers in memory; what they say of a connection is what we
// read of its bytes.
#include <boost/test/unit_test.hpp>
#include <ctime>

#include "dataplane/protocols/parser_harness.h"
#include "dataplane/protocols/tls/hello.h"
#include "dataplane/protocols/tls/test_handshake.h"
#include "dataplane/protocols/tls/test_openssl.h"

using namespace sekisho;
using namespace sekisho::test;
namespace t = sekisho::tls::test;
using namespace std::string_literals;

namespace sekisho {
extern const Protocol tls_protocol;
}

namespace {

// All that both say until both are satisfied or silent. `session`: the client's, once the server has given
// one.
struct Spoken {
  Conversation conversation;
  uint16_t version = 0;
  uint16_t cipher = 0;
  std::string server_alpn;
  t::Owned<SSL_SESSION> session;
  bool resumed = false;
};

Spoken speak(const t::PeerOptions& client_options, const t::PeerOptions& server_options,
             const t::Identity& identity) {
  Spoken out;
  t::Peer client_peer = t::Peer::client(client_options),
          server_peer = t::Peer::server(server_options, identity);
  std::string heard;
  for (int turn = 0; turn < 8; ++turn) {
    const std::string asked = client_peer.say(heard);
    if (!asked.empty()) out.conversation.push_back(client(asked));
    heard = asked.empty() && turn > 0 ? "" : server_peer.say(asked);
    if (!heard.empty()) out.conversation.push_back(server(heard));
    if (asked.empty() && heard.empty()) break;
  }
  SSL* ssl = client_peer.ssl();
  BOOST_REQUIRE(SSL_is_init_finished(ssl));
  out.version = static_cast<uint16_t>(SSL_version(ssl));
  out.cipher = static_cast<uint16_t>(SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(ssl)));
  const unsigned char* alpn = nullptr;
  unsigned alpn_bytes = 0;
  SSL_get0_alpn_selected(ssl, &alpn, &alpn_bytes);
  if (alpn_bytes > 0) out.server_alpn.assign(reinterpret_cast<const char*>(alpn), alpn_bytes);
  out.session.reset(SSL_get1_session(ssl));
  out.resumed = SSL_session_reused(ssl) == 1;
  SSL_shutdown(ssl);
  return out;
}

Report report_of(const Spoken& spoken) { return sekisho::test::run(tls_protocol, spoken.conversation); }

std::string bytes_of_digest(const X509* certificate, const EVP_MD* kind) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  X509_digest(certificate, kind, digest, &size);
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    if (digest[i] >= 0x20 && digest[i] < 0x7F && digest[i] != '\\') {
      out += static_cast<char>(digest[i]);
    } else {
      static constexpr char digits[] = "0123456789abcdef";
      out += {'\\', 'x', digits[digest[i] >> 4], digits[digest[i] & 15]};
    }
  }
  return out;
}
std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(ascii_lower(static_cast<uint8_t>(c)));
  return text;
}
uint64_t seconds_of(const ASN1_TIME* time) {
  tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  return static_cast<uint64_t>(timegm(&parts));
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_version_cipher_and_alpn_is_what_openssl_negotiated) {
  const t::Identity identity = t::make_identity("www.example.test", "DNS:www.example.test", 4711, 86400);
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION})
    for (const std::string& groups : {"P-256"s, "X25519:P-256"s, "P-521:P-384:P-256:X25519:X448:ffdhe2048"s})
      for (const std::vector<std::string>& alpn : {std::vector<std::string>{}, {"h2", "http/1.1"}, {"x"}}) {
        const t::PeerOptions offered{.lowest = TLS1_VERSION,
                                     .highest = version,
                                     .groups = groups,
                                     .ciphers = "ALL:@SECLEVEL=0",
                                     .server_name = "www.example.test",
                                     .alpn = alpn};
        const Spoken spoken =
            speak(offered, {.lowest = TLS1_VERSION, .ciphers = "ALL:@SECLEVEL=0"}, identity);
        const Report report = report_of(spoken);
        BOOST_TEST(spoken.version == version);
        BOOST_TEST(report.value("tls.version") == std::to_string(spoken.version));
        BOOST_TEST(report.value("tls.client_version") == std::to_string(version));
        BOOST_TEST(report.value("tls.cipher") == std::to_string(spoken.cipher));
        BOOST_TEST(report.value("tls.sni") == "www.example.test");
        BOOST_TEST(report.count("1 tls.client_alpn=") == alpn.size());
        if (version < TLS1_3_VERSION) BOOST_TEST(report.value("tls.server_alpn") == spoken.server_alpn);
        BOOST_TEST(report.count("1 tls.subject=") == (version < TLS1_3_VERSION ? 1U : 0U));
        BOOST_TEST(report.count("anomaly") == 0U);
        BOOST_TEST(report.has("end 1 complete"));
        BOOST_TEST(report.has("status done"));
        if (version < TLS1_3_VERSION || groups == "P-256")
          BOOST_TEST(check_split_and_cut(tls_protocol, {spoken.conversation.front()}) == "");
      }
}

BOOST_AUTO_TEST_CASE(the_lists_of_a_hello_are_what_openssl_was_told_to_offer) {
  const t::PeerOptions options{.lowest = TLS1_2_VERSION,
                               .groups = "X448:P-384:X25519",
                               .signature_algorithms = "ed25519:ECDSA+SHA256:RSA-PSS+SHA512",
                               .ciphers = "ECDHE-RSA-AES128-GCM-SHA256",
                               .server_name = "a.test"};
  const std::string message = t::openssl_client_hello(options);
  const tls::ClientHello hello = tls::read_client_hello(as_bytes(message).subspan(4));
  BOOST_TEST(hello.whole);
  const auto numbers = [](const tls::NumberList& list) {
    std::string out;
    for (size_t i = 0; i < list.count(); ++i) out += std::to_string(list[i]) + ' ';
    return out;
  };
  BOOST_TEST(numbers(hello.groups) == "30 24 29 ");
  BOOST_TEST(numbers(hello.signature_algorithms) == "2055 1027 2054 ");
  BOOST_TEST(numbers(hello.ciphers).starts_with("4866 4867 4865 49199 "));
  const Report report = sekisho::test::run(tls_protocol, {client(t::record(22, message))});
  BOOST_TEST(report.value("tls.client_groups") == "\\x00\\x1e\\x00\\x18\\x00\\x1d");
  BOOST_TEST(report.value("tls.client_signature_algorithms") == "\\x08\\x07\\x04\\x03\\x08\\x06");
}

BOOST_AUTO_TEST_CASE(certificates_say_what_openssl_put_into_them) {
  struct Case {
    std::string common_name, names;
    std::vector<std::string> observed;
    uint64_t serial;
  };
  const Case cases[] = {
      {"one.test", "", {}, 1},
      {"two.test", "DNS:two.test,DNS:*.two.test", {"two.test", "*.two.test"}, 0x80},
      {"three.test", "IP:192.0.2.9,IP:2001:db8::1,DNS:x.test", {"192.0.2.9", "x.test"}, 0xFFEEDDCCBBAA9988},
      {"v\xC3\xBC.test", "email:a@b.test,URI:http://c.test/d,DNS:d.test", {"d.test"}, 0x0123456789}};
  for (const Case& one : cases) {
    const t::Identity identity = t::make_identity(one.common_name, one.names, one.serial, 90L * 86400);
    const Spoken spoken =
        speak({.highest = TLS1_2_VERSION, .server_name = one.common_name == "one.test" ? "" : "sni.test"}, {},
              identity);
    const Report report = report_of(spoken);
    const X509* x = identity.certificate.get();
    BOOST_TEST(report.value("tls.fingerprint_sha1") == bytes_of_digest(x, EVP_sha1()));
    BOOST_TEST(report.value("tls.fingerprint_sha256") == bytes_of_digest(x, EVP_sha256()));
    BOOST_TEST(report.value("tls.chain_sha1") == bytes_of_digest(x, EVP_sha1()));
    BOOST_TEST(report.value("tls.not_before") == std::to_string(seconds_of(X509_get0_notBefore(x))));
    BOOST_TEST(report.value("tls.not_after") == std::to_string(seconds_of(X509_get0_notAfter(x))));
    BIGNUM* serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), nullptr);
    char* hex = BN_bn2hex(serial);
    std::string observed = report.value("tls.serial");
    std::erase(observed, ':');
    BOOST_TEST(lower(observed).substr(observed.find_first_not_of('0')) ==
               lower(hex).substr(std::string(hex).find_first_not_of('0')));
    OPENSSL_free(hex);
    BN_free(serial);
    for (const std::string& name : one.observed) BOOST_TEST(report.has("1 tls.san=" + name));
    BOOST_TEST(report.value("tls.subject").starts_with("C=JP, O=Example, Inc., CN="));
    BOOST_TEST(report.value("tls.issuer") == report.value("tls.subject"));
    BOOST_TEST(report.count("anomaly 1 tls.sni_missing") == (one.common_name == "one.test" ? 1U : 0U));
    BOOST_TEST(report.has("end 1 complete"));
  }
}

BOOST_AUTO_TEST_CASE(resumption_is_told_as_openssl_did_it) {
  const t::Identity identity = t::make_identity("www.example.test", "", 1, 86400);
  const t::PeerOptions options{
      .lowest = TLS1_2_VERSION, .highest = TLS1_2_VERSION, .server_name = "www.example.test"};
  // Tickets need the same server context: both connections of one server.
  t::Peer first_client = t::Peer::client(options), first_server = t::Peer::server(options, identity);
  std::string heard;
  for (int turn = 0; turn < 4; ++turn) heard = first_server.say(first_client.say(heard));
  BOOST_REQUIRE(SSL_is_init_finished(first_client.ssl()));
  const t::Owned<SSL_SESSION> session(SSL_get1_session(first_client.ssl()));
  SSL_shutdown(first_client.ssl());
  t::PeerOptions again = options;
  again.resumed = session.get();
  t::Peer client_peer = t::Peer::client(again);
  const std::string asked = client_peer.say();
  Report report = sekisho::test::run(tls_protocol, {client(asked)});
  const uint64_t offered = std::stoull("0" + report.value("tls.resumption_offered"));
  BOOST_TEST((offered & tls::resumption::session_ticket) != 0U);
  BOOST_TEST((offered & tls::resumption::pre_shared_key) == 0U);
  // The same server answers with its short handshake: nothing but ServerHello and ChangeCipherSpec in clear.
  SSL_clear(first_server.ssl());
  SSL_set_accept_state(first_server.ssl());
  const std::string answer = first_server.say(asked);
  const std::string finished = client_peer.say(answer);
  BOOST_REQUIRE(SSL_session_reused(client_peer.ssl()) == 1);
  report = sekisho::test::run(tls_protocol, {client(asked), server(answer), client(finished)});
  BOOST_TEST(report.value("tls.session_resumed") == "1");
  BOOST_TEST(report.count("1 tls.subject=") == 0U);
  BOOST_TEST(report.has("end 1 complete"));
  // A first connection offers nothing.
  BOOST_TEST(sekisho::test::run(tls_protocol, {client(t::Peer::client(options).say())})
                 .count("1 tls.resumption_offered=") == 0U);
}

BOOST_AUTO_TEST_CASE(a_hello_retry_of_openssls_is_followed) {
  const t::Identity identity = t::make_identity("www.example.test", "", 1, 86400);
  // The client's key share is for its first group; the server takes only the second.
  const Spoken spoken =
      speak({.lowest = TLS1_3_VERSION, .groups = "X25519:P-384", .server_name = "www.example.test"},
            {.lowest = TLS1_3_VERSION, .groups = "P-384"}, identity);
  const Report report = report_of(spoken);
  BOOST_TEST(report.value("tls.version") == "772");
  BOOST_TEST(report.value("tls.group") == "24");
  BOOST_TEST(report.count("1 tls.sni=") == 1U);
  BOOST_TEST(report.count("1 tls.ja3s=") == 1U);
  BOOST_TEST(report.count("anomaly") == 0U);
  BOOST_TEST(report.has("end 1 complete"));
}
