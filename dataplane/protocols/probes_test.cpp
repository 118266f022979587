// SPDX-License-Identifier: Apache-2.0
// All probes against the first bytes of all protocols: each is known to its own and taken by no other.
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

#include "dataplane/protocols/protocol.h"

using namespace sekisho;
using namespace std::string_literals;

namespace {

constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;
constexpr Transport stream = Transport::stream, datagram = Transport::datagram;

struct FirstBytes {
  const char* protocol;  // "" = none of ours
  Transport transport;
  Direction direction;
  std::string bytes;
};

std::string dhcp_message() {
  return "\1\1\6\0\x12\x34\x56\x78"s + std::string(228, '\0') + "\x63\x82\x53\x63\x35\1\1\xff";
}
std::string dns_query() { return "\0\7\1\0\0\1\0\0\0\0\0\0\1a\4test\0\0\1\0\1"s; }
std::string ntp_answer() {
  return "\x24\2\6\xec\0\0\1\0\0\0\2\0\xc0\0\2\1"s + std::string(24, '\x11') + "\xe8\x1a\x2b\x3c\x12\x34\x56\x78"s;
}
std::string kerberos() { return "\x6a\x0e\x30\x0c\xa1\3\2\1\5\xa2\3\2\1\x0a\xa4\0"s; }

const std::vector<FirstBytes> first_bytes = {
    {"http", stream, c2s, "GET /index.html HTTP/1.1\r\nHost: a.test\r\n\r\n"},
    {"http", stream, s2c, "HTTP/1.1 200 OK\r\n\r\n"},
    {"dns", datagram, c2s, dns_query()},
    {"dns", stream, c2s, "\0\x18"s + dns_query()},
    {"smtp", stream, s2c, "220 mx.test ESMTP Postfix\r\n"},
    {"smtp", stream, c2s, "EHLO client.test\r\n"},
    {"pop3", stream, s2c, "+OK ready\r\n"},
    {"imap", stream, s2c, "* OK [CAPABILITY IMAP4rev1] ready\r\n"},
    {"tls", stream, c2s, "\x16\3\1\0\xc8\1\0\0\xc4\3\3"s},
    {"dhcp", datagram, c2s, dhcp_message()},
    {"ssh", stream, c2s, "SSH-2.0-OpenSSH_9.2p1\r\n"},
    {"ssh", stream, s2c, "SSH-1.99-Cisco-1.25\r\n"},
    {"ntp", datagram, s2c, ntp_answer()},
    {"rdp", stream, c2s, "\3\0\0\x2b\x26\xe0\0\0\0\0\0Cookie: mstshash=alice\r\n\1\0\x08\0\3\0\0\0"s},
    {"rdp", stream, s2c, "\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\2\x1f\x08\0\2\0\0\0"s},
    {"smb", stream, c2s, "\0\0\0\x54\xffSMB\x72\0\0\0\0\x18\x01\x28"s},
    {"smb", stream, c2s, "\0\0\0\x6c\xfeSMB\x40\0\0\0"s},
    {"ldap", stream, c2s, "\x30\x0c\2\1\1\x60\7\2\1\3\4\0\x80\0"s},
    {"ldap", stream, s2c, "\x30\x0c\2\1\1\x61\7\x0a\1\0\4\0\4\0"s},
    {"krb5", datagram, c2s, kerberos()},
    {"krb5", stream, c2s, "\0\0\0\x10"s + kerberos()},
    {"", datagram, c2s, "\x30\x26\2\1\0\4\6public\xa0\x19\2\1\1\2\1\0\2\1\0\x30\x0e\x30\x0c"s},  // SNMP
    {"", datagram, c2s, "\x21\0\0\x20"s + std::string(28, 'i')},                                  // IKE and the like
    {"", stream, c2s, "\3\0\0\x16\x11\xe0\0\0\0\1\0\xc0\1\x0a\xc1\2\1\0\xc2\2\1\2"s},             // S7 over X.224
    {"", stream, c2s, "\0\x5a\0\0\1\0\0\0\1\x36\1\x2c\0\0\x08\0"s},                               // an Oracle listener's
    {"", stream, s2c, "\x4a\0\0\0\x0a" "8.0.36\0"s},                                              // MySQL
    {"", stream, c2s, "\0\0\0\x08\4\xd2\x16\x2f"s},                                               // PostgreSQL asks for TLS
    {"", stream, c2s, "\x13" "BitTorrent protocol\0\0\0\0"s},
    {"", stream, c2s, "\x10\x1a\0\4MQTT\4\2\0\x3c"s},
};

ProbeResult ask(const Protocol& protocol, const FirstBytes& said, size_t size) {
  const std::vector<uint8_t> copy(said.bytes.begin(), said.bytes.begin() + static_cast<std::ptrdiff_t>(size));
  return protocol.probe(copy, said.direction, said.transport);
}

// Those that detection asks.
template <typename Visit>
void each_candidate(Transport transport, Visit visit) {
  const ProtocolTable table = protocol_table();
  for (size_t i = 0; i < table.count; ++i) {
    const Protocol& protocol = *table.protocols[i];
    const bool speaks = transport == stream ? protocol.over_stream : protocol.over_datagram;
    if (speaks && protocol.only_after == HandoffHint::any) visit(protocol);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_protocols_first_bytes_are_known_to_its_own_probe_alone) {
  for (const FirstBytes& said : first_bytes)
    each_candidate(said.transport, [&](const Protocol& protocol) {
      const bool own = protocol.name == said.protocol;
      const bool certain = ask(protocol, said, said.bytes.size()) == ProbeResult::certain;
      BOOST_TEST(certain == own, protocol.name << " asked about " << said.protocol << " " << said.bytes.substr(0, 8));
    });
}

BOOST_AUTO_TEST_CASE(no_probe_is_certain_of_anothers_beginning_however_short) {
  for (const FirstBytes& said : first_bytes)
    for (size_t size = 0; size < said.bytes.size(); ++size)
      each_candidate(said.transport, [&](const Protocol& protocol) {
        if (protocol.name == said.protocol) return;
        BOOST_TEST((ask(protocol, said, size) != ProbeResult::certain),
                   protocol.name << " asked about " << size << " bytes of " << said.protocol);
      });
}

BOOST_AUTO_TEST_CASE(random_bytes_are_nobodys) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(1 + random() % 200, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    for (const Transport transport : {stream, datagram})
      each_candidate(transport, [&](const Protocol& protocol) {
        const FirstBytes said{"", transport, c2s, bytes};
        BOOST_REQUIRE((ask(protocol, said, bytes.size()) != ProbeResult::certain));
      });
  }
}
