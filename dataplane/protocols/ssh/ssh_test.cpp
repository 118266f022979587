// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/parser_test.h"
#include "dataplane/protocols/ssh/limits.h"

using namespace sekisho;
using namespace sekisho::test;
using namespace std::string_literals;

namespace sekisho {
extern const Protocol ssh_protocol;
}

namespace {

std::string u32(size_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}
std::string packet(const std::string& payload) {
  const std::string padding(8, '\0');
  return u32(1 + payload.size() + padding.size()) + static_cast<char>(padding.size()) + payload + padding;
}
std::string list(const std::string& names) { return u32(names.size()) + names; }

const std::string kex = list("curve25519-sha256,diffie-hellman-group14-sha256"),
                  host_keys = list("ssh-ed25519");
const std::string to_server_ciphers = list("chacha20-poly1305@openssh.com,aes128-ctr"),
                  to_client_ciphers = list("aes256-ctr");
const std::string kexinit = "\x14" + std::string(16, 'r') + kex + host_keys + to_server_ciphers +
                            to_client_ciphers + list("hmac-sha2-256") + list("hmac-sha2-512") +
                            list("none,zlib@openssh.com") + list("none") + list("") + list("") +
                            "\0\0\0\0\0"s;

const ParserUnderTest parser(ssh_protocol);
Report run(const Conversation& conversation) { return parser.run(conversation); }
void check_splits(const Conversation& conversation) { parser.check_splits(conversation); }
ProbeResult probe(const std::string& bytes, Direction direction = c2s) {
  return parser.probe(bytes, direction);
}

}  // namespace

// After a packet the parser waits for the next one's head, not for as many bytes as the last packet had.
BOOST_AUTO_TEST_CASE(a_bad_packet_behind_a_good_one_is_told_in_pieces_too) {
  const std::string good = packet("\x02"), bad(5, '\0');
  const Report whole = run({client("SSH-2.0-a\n" + good + bad)});
  const Report pieces = run({client("SSH-2.0-a\n" + good), client(bad)});
  BOOST_TEST(whole.has("anomaly 1 ssh.bad_packet"));
  BOOST_TEST(test::first_difference(whole, pieces, "in pieces") == "");
}

BOOST_AUTO_TEST_CASE(a_connection_tells_versions_and_fingerprints_and_is_done) {
  const Conversation conversation{server("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"),
                                  client("SSH-2.0-OpenSSH_7.4\r\n" + packet(kexinit)),
                                  server(packet(kexinit) + packet("\x1f"
                                                                  "host key"))};
  BOOST_TEST(run(conversation).text() ==
             "begin 1 s2c\n1 ssh.server_protocol=2.0\n1 ssh.server_software=OpenSSH_9.2p1 Debian-2+deb12u3\n"
             "1 ssh.client_protocol=2.0\n1 ssh.client_software=OpenSSH_7.4\n"
             "1 ssh.client_hassh=c001f560064f07fd2a02d1c93cb2c90f\n"
             "1 "
             "ssh.client_hassh_string=curve25519-sha256,diffie-hellman-group14-sha256;chacha20-poly1305@"
             "openssh.com,aes128-ctr;"
             "hmac-sha2-256;none,zlib@openssh.com\n"
             "1 ssh.server_hassh=9872d914bc3c6656730f743e57ac6262\n"
             "1 "
             "ssh.server_hassh_string=curve25519-sha256,diffie-hellman-group14-sha256;aes256-ctr;hmac-sha2-"
             "512;none\n"
             "end 1 complete\nstatus done\n");
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_servers_greeting_before_its_version_is_passed) {
  const Conversation conversation{server("Welcome\r\nto SSH-2.0-land\r\nSSH-1.99-Cisco_server-1.24\n"),
                                  client("SSH-2.0-x\r\n"), server(packet(kexinit)), client(packet(kexinit))};
  const Report report = run(conversation);
  BOOST_TEST(report.value("ssh.server_protocol") == "1.99");
  BOOST_TEST(report.value("ssh.server_software") == "Cisco_server-1.24");
  BOOST_TEST(report.has("end 1 complete"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(version_1_has_no_list_of_algorithms) {
  const Conversation conversation{server("SSH-1.5-1.2.26\n"), client("SSH-1.5-1.2.26\n"
                                                                     "\0\0\0\x09rest"s)};
  const Report report = run(conversation);
  BOOST_TEST(report.value("ssh.client_software") == "1.2.26");
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.has("status done"));
  check_splits(conversation);
  const Conversation older_client{server("SSH-1.99-s\n"), client("SSH-1.5-c\n")};
  BOOST_TEST(run(older_client).has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(packets_before_the_kexinit_are_skipped_up_to_a_bound) {
  const std::string ignore = packet(
      "\x02"
      "anything");
  const auto told = [&](unsigned count) {
    std::string packets;
    for (unsigned i = 0; i < count; ++i) packets += ignore;
    return run({client("SSH-2.0-c\r\n" + packets + packet(kexinit))});
  };
  BOOST_TEST(told(ssh::packets_before_kexinit_max - 1).count("1 ssh.client_hassh=") == 1U);
  const Report past = told(ssh::packets_before_kexinit_max);
  BOOST_TEST(past.count("1 ssh.client_hassh=") == 0U);
  BOOST_TEST(past.has("anomaly 1 ssh.no_kexinit"));
}

BOOST_AUTO_TEST_CASE(a_packet_that_is_none_is_told_and_ends_its_side) {
  const Conversation conversation{client("SSH-2.0-c\r\n" + u32(ssh::packet_bytes_max + 1) + "\x04rest"),
                                  server("SSH-2.0-s\r\n" + packet(kexinit))};
  const Report report = run(conversation);
  BOOST_TEST(report.has("anomaly 1 ssh.bad_packet"));
  BOOST_TEST(report.count("1 ssh.server_hassh=") == 1U);
  BOOST_TEST(report.has("end 1 incomplete"));
  check_splits(conversation);
  BOOST_TEST(run({client("SSH-2.0-c\r\n" + u32(5) + "\x04rest")}).has("anomaly 1 ssh.bad_packet"));
  std::string lying = kexinit;
  lying[17] = '\x7f';
  BOOST_TEST(run({client("SSH-2.0-c\r\n" + packet(lying))}).has("anomaly 1 ssh.bad_kexinit"));
}

BOOST_AUTO_TEST_CASE(a_line_without_end_is_read_to_its_bound) {
  const Conversation conversation{
      client("SSH-2.0-" + std::string(ssh::line_bytes_max * 3, 'x') + "\r\n" + packet(kexinit))};
  const Report report = run(conversation);
  BOOST_TEST(report.has("anomaly 1 ssh.line_too_long"));
  BOOST_TEST(report.value("ssh.client_software").size() == ssh::line_bytes_max - 8);
  BOOST_TEST(report.count("1 ssh.client_hassh=") == 1U);
}

BOOST_AUTO_TEST_CASE(a_server_that_never_says_a_version_is_given_up) {
  std::string lines;
  for (unsigned i = 0; i < ssh::lines_before_version_max; ++i) lines += "no\n";
  const Report report = run({client("SSH-2.0-c\r\n"), server(lines + "SSH-2.0-late\n")});
  BOOST_TEST(report.has("anomaly 1 ssh.no_version"));
  BOOST_TEST(report.value("ssh.server_software") == "");
}

BOOST_AUTO_TEST_CASE(one_side_alone_a_hole_and_an_early_end_leave_an_incomplete_transaction) {
  const Report one_sided = run({client("SSH-2.0-c\r\n" + packet(kexinit)), end(c2s), end(s2c)});
  BOOST_TEST(one_sided.count("1 ssh.client_hassh=") == 1U);
  BOOST_TEST(one_sided.has("end 1 incomplete"));
  const Report holed = run({client("SSH-2.0-c\r\n"), server("SSH-2.0-s\r\n"), gap(c2s, 100),
                            client(packet(kexinit)), server(packet(kexinit))});
  BOOST_TEST(holed.count("1 ssh.client_hassh=") == 0U);
  BOOST_TEST(holed.has("end 1 incomplete"));
  BOOST_TEST(holed.has("status done"));
}

BOOST_AUTO_TEST_CASE(the_probe_knows_a_version_from_either_side) {
  const std::string version = "SSH-2.0-x\r\n";
  for (size_t cut = 0; cut < version.size(); ++cut)
    BOOST_TEST((probe(version.substr(0, cut)) == (cut < 5 ? ProbeResult::unsure : ProbeResult::certain)));
  BOOST_TEST((probe("SSH-agent\r\n") == ProbeResult::not_for_us));
  BOOST_TEST((probe("hello\r\nSSH-2.0-x\r\n", s2c) == ProbeResult::certain));
  BOOST_TEST((probe("hello\r\nSSH-2.0-x\r\n", c2s) == ProbeResult::not_for_us));
  BOOST_TEST((probe("GET / HTTP/1.1\r\n") == ProbeResult::not_for_us));
  BOOST_TEST(run({client("GET / HTTP/1.1\r\n")}).text() == "status not_this_protocol\n");
}

BOOST_AUTO_TEST_CASE(a_connections_state_is_as_small_as_the_readme_says) {
  BOOST_TEST(ssh_protocol.state_bytes <= 64U);
}
