// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "dataplane/protocols/ldap/limits.h"
#include "dataplane/protocols/parser_test.h"

using namespace sekisho;
using namespace sekisho::test;
using namespace std::string_literals;

namespace sekisho {
extern const Protocol ldap_protocol;
}

namespace {

std::string byte(size_t value) { return {static_cast<char>(value)}; }
std::string ber(unsigned tag, const std::string& content) {
  if (content.size() < 0x80) return byte(tag) + byte(content.size()) + content;
  return byte(tag) + "\x84\0"s + byte(content.size() >> 16) + byte(content.size() >> 8 & 255) +
         byte(content.size() & 255) + content;
}
std::string octets(const std::string& text) { return ber(4, text); }
std::string number(unsigned value) { return ber(2, byte(value)); }
std::string enumerated(unsigned value) { return ber(10, byte(value)); }
std::string message(unsigned id, const std::string& operation) { return ber(0x30, number(id) + operation); }

std::string bind(unsigned id, const std::string& name, const std::string& choice) {
  return message(id, ber(0x60, number(3) + octets(name) + choice));
}
std::string result(unsigned id, unsigned tag, unsigned code, const std::string& text = "",
                   const std::string& more = "") {
  return message(id, ber(tag, enumerated(code) + octets("") + octets(text) + more));
}
std::string search(unsigned id, const std::string& base) {
  return message(
      id, ber(0x63, octets(base) + enumerated(2) + enumerated(0) + number(0) + number(0) + ber(1, "\0"s) +
                        ber(0x87, "objectClass") + ber(0x30, octets("cn") + octets("servicePrincipalName"))));
}
std::string entry(unsigned id, const std::string& name, const std::string& attributes = "") {
  return message(id, ber(0x64, octets(name) + ber(0x30, attributes)));
}
std::string attribute(const std::string& name, const std::string& value) {
  return ber(0x30, octets(name) + ber(0x31, octets(value)));
}
const std::string starttls = message(1, ber(0x77, ber(0x80, "1.3.6.1.4.1.1466.20037")));

// An AUTHENTICATE message of NTLM for CORP\alice at DESK-7.
std::string ntlm() {
  const auto le = [](size_t value, unsigned count) {
    std::string out;
    for (unsigned i = 0; i < count; ++i) out += byte(value >> 8 * i & 255);
    return out;
  };
  const auto wide = [](const std::string& text) {
    std::string out;
    for (const char c : text) out += std::string{c, '\0'};
    return out;
  };
  const auto place = [&](size_t length, size_t at) { return le(length, 2) + le(length, 2) + le(at, 4); };
  return "NTLMSSP\0"s + le(3, 4) + place(0, 64) + place(0, 64) + place(8, 64) + place(10, 72) +
         place(12, 82) + place(0, 64) + le(1, 4) + wide("CORP") + wide("alice") + wide("DESK-7");
}

const ParserUnderTest parser(ldap_protocol);
Report run(const Conversation& conversation) { return parser.run(conversation); }
void check_splits(const Conversation& conversation) { parser.check_splits(conversation); }
ProbeResult probe(const std::string& bytes, Direction direction = c2s,
                  Transport transport = Transport::stream) {
  return parser.probe(bytes, direction, transport);
}

}  // namespace

BOOST_AUTO_TEST_CASE(requests_meet_their_answers_by_number) {
  const Conversation conversation{
      client(bind(1, "cn=admin,dc=corp", ber(0x80, "secret"))),
      server(result(1, 0x61, 0)),
      client(search(2, "dc=corp,dc=test") + search(3, "")),
      server(result(3, 0x65, 32, "no such object") + entry(2, "cn=a,dc=corp") + result(2, 0x65, 0)),
      client(message(4, "\x42\0"s)),
      end(c2s),
      end(s2c)};
  BOOST_TEST(
      run(conversation).text() ==
      "begin 1 c2s\n1 ldap.message_id=1\n1 ldap.operation=0\n1 ldap.version=3\n1 "
      "ldap.bind_name=cn=admin,dc=corp\n"
      "1 ldap.response_operation=1\n1 ldap.result=0\nend 1 complete\n"
      "begin 2 c2s\n2 ldap.message_id=2\n2 ldap.operation=3\n2 ldap.name=dc=corp,dc=test\n2 ldap.scope=2\n"
      "2 ldap.attribute=cn\n2 ldap.attribute=servicePrincipalName\n"
      "begin 3 c2s\n3 ldap.message_id=3\n3 ldap.operation=3\n3 ldap.name=\n3 ldap.scope=2\n"
      "3 ldap.attribute=cn\n3 ldap.attribute=servicePrincipalName\n"
      "3 ldap.response_operation=5\n3 ldap.result=32\n3 ldap.diagnostic=no such object\nend 3 complete\n"
      "2 ldap.response_operation=4\n2 ldap.entry=cn=a,dc=corp\n2 ldap.response_operation=5\n2 ldap.result=0\n"
      "end 2 complete\n"
      "begin 4 c2s\n4 ldap.message_id=4\n4 ldap.operation=2\nend 4 complete\nstatus need_more\n");
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_password_is_never_observed) {
  const Report report =
      run({client(bind(1, "cn=admin", ber(0x80, "secret"))), server(result(1, 0x61, 49, "bad"))});
  BOOST_TEST(report.text().find("secret") == std::string::npos);
  BOOST_TEST(report.value("ldap.result") == "49");
}

BOOST_AUTO_TEST_CASE(an_ntlm_bind_names_its_user_inside_sasl_and_bare) {
  for (const std::string& choice :
       {ber(0xA3, octets("GSS-SPNEGO") + octets("wrapped" + ntlm())), ber(0x8B, ntlm())}) {
    const Report report = run({client(bind(1, "", choice))});
    BOOST_TEST(report.value("ldap.domain") == "CORP");
    BOOST_TEST(report.value("ldap.user") == "alice");
    BOOST_TEST(report.value("ldap.host") == "DESK-7");
  }
  BOOST_TEST(run({client(bind(1, "", ber(0xA3, octets("GSSAPI"))))}).value("ldap.sasl_mechanism") ==
             "GSSAPI");
}

BOOST_AUTO_TEST_CASE(starttls_hands_both_directions_to_tls) {
  const std::string accepted = result(1, 0x78, 0);
  const Conversation conversation{client(starttls + "\x16\3\1"), server(accepted + "\x16\3\3")};
  const Report report = run(conversation);
  BOOST_TEST(report.value("ldap.extended_name") == "1.3.6.1.4.1.1466.20037");
  BOOST_TEST(report.value("ldap.starttls") == "1");
  BOOST_TEST(report.has("handoff c2s " + std::to_string(starttls.size())));
  BOOST_TEST(report.has("handoff s2c " + std::to_string(accepted.size())));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_refused_starttls_goes_on_in_clear) {
  const Conversation conversation{client(starttls), server(result(1, 0x78, 2)), client(search(2, "dc=a"))};
  const Report report = run(conversation);
  BOOST_TEST(report.value("ldap.starttls") == "");
  BOOST_TEST(report.has("2 ldap.name=dc=a"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(what_a_client_sends_behind_starttls_is_bounded) {
  const std::string early(ldap::early_bytes_max, 'x');
  const Report report = run({client(starttls + early)});
  BOOST_TEST(report.has("anomaly 0 ldap.early_data"));
  BOOST_TEST(report.has("status done"));
  BOOST_TEST(run({client(starttls + early.substr(1)), server(result(1, 0x78, 0))}).value("ldap.starttls") ==
             "1");
}

BOOST_AUTO_TEST_CASE(an_entry_that_asks_to_load_code_is_observed) {
  const std::string attributes = attribute("javaClassName", "a") +
                                 attribute("javacodebase", "http://evil.test:8000/") +
                                 attribute("javaFactory", "Exploit");
  const Report report = run({client(search(2, "a")), server(entry(2, "a", attributes) + result(2, 0x65, 0))});
  BOOST_TEST(report.value("ldap.java_url") == "http://evil.test:8000/");
}

BOOST_AUTO_TEST_CASE(referrals_are_observed_in_results_and_references) {
  const Report report =
      run({client(search(2, "a")), server(message(2, ber(0x73, octets("ldap://a.test/"))) +
                                          result(2, 0x65, 10, "", ber(0xA3, octets("ldap://b.test/"))))});
  BOOST_TEST(report.has("1 ldap.referral=ldap://a.test/"));
  BOOST_TEST(report.has("1 ldap.referral=ldap://b.test/"));
}

BOOST_AUTO_TEST_CASE(a_long_entry_is_read_in_its_beginning_and_passed) {
  const std::string attributes = attribute("userCertificate", std::string(3 * ldap::message_bytes_max, 'c'));
  const Conversation conversation{client(search(2, "a")),
                                  server(entry(2, "cn=a", attributes) + result(2, 0x65, 0)), end(s2c)};
  const Report report = run(conversation);
  BOOST_TEST(report.value("ldap.entry") == "cn=a");
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.count("anomaly") == 0U);
}

BOOST_AUTO_TEST_CASE(answers_and_open_requests_are_bounded) {
  std::string entries;
  for (unsigned i = 0; i < ldap::responses_max + 5; ++i) entries += entry(1, "cn=a");
  const Report many = run({client(search(1, "a")), server(entries + result(1, 0x65, 0))});
  BOOST_TEST(many.count("1 ldap.entry=") == ldap::responses_max);
  BOOST_TEST(many.has("1 ldap.result=0"));
  std::string requests;
  for (unsigned i = 1; i <= ldap::outstanding_max; ++i) requests += search(i, "a");
  BOOST_TEST(run({client(requests)}).count("anomaly") == 0U);
  const Report full = run({client(requests + search(100, "a"))});
  BOOST_TEST(full.has("anomaly 1 ldap.requests_full"));
  BOOST_TEST(full.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(behind_a_protecting_bind_what_is_no_message_is_passed_in_silence) {
  const std::string wrapped = "\0\0\0\x10"s + std::string(16, '\x05');
  const Conversation conversation{client(bind(1, "", ber(0xA3, octets("GSSAPI")))),
                                  server(result(1, 0x61, 0)), client(wrapped), server(wrapped)};
  const Report report = run(conversation);
  BOOST_TEST(report.count("anomaly") == 0U);
  BOOST_TEST(report.has("status done"));
  check_splits(conversation);
  BOOST_TEST(run({client(search(1, "a") + wrapped)}).has("anomaly 0 ldap.bad_message"));
}

BOOST_AUTO_TEST_CASE(a_hole_in_a_long_entry_is_passed_and_any_other_ends_what_is_open) {
  const std::string long_entry =
      entry(2, "cn=a", attribute("userCertificate", std::string(2 * ldap::message_bytes_max, 'c')));
  const size_t seen = ldap::message_bytes_max + 100;
  const Report passed = run({client(search(2, "a")), server(long_entry.substr(0, seen)),
                             gap(s2c, long_entry.size() - seen), server(result(2, 0x65, 0))});
  BOOST_TEST(passed.has("end 1 complete"));
  const Report ended = run({client(search(2, "a")), gap(s2c, 10), server(result(2, 0x65, 0))});
  BOOST_TEST(ended.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(the_probe_takes_ldap_and_leaves_other_der_alone) {
  const std::string bound = bind(1, "cn=admin", ber(0x80, "secret"));
  for (size_t cut = 1; cut <= bound.size(); ++cut)
    BOOST_TEST((probe(bound.substr(0, cut)) == (cut < 9 ? ProbeResult::unsure : ProbeResult::certain)), cut);
  BOOST_TEST((probe(result(1, 0x61, 0), s2c) == ProbeResult::certain));
  BOOST_TEST((probe(result(1, 0x61, 0), c2s) == ProbeResult::not_for_us));
  BOOST_TEST((probe(search(1, ""), c2s, Transport::datagram) == ProbeResult::certain));
  BOOST_TEST((probe(search(1, "").substr(0, 12), c2s, Transport::datagram) == ProbeResult::not_for_us));
  BOOST_TEST((probe("\x30\x26\2\1\0\4\6public\xa0\x19"s) == ProbeResult::not_for_us));  // SNMP
  BOOST_TEST((probe("\x6a\x81\xc0\x30"s) == ProbeResult::not_for_us));                  // Kerberos
  BOOST_TEST((probe("\x30\x05\2\1\1\x42\1"s) == ProbeResult::not_for_us));
  BOOST_TEST(run({client("0 is no message")}).text() == "status not_this_protocol\n");
}

BOOST_AUTO_TEST_CASE(a_datagrams_search_is_a_transaction) {
  const Report report = test::run(ldap_protocol,
                                  {{c2s, search(7, ""), InputKind::datagram},
                                   {s2c, entry(7, "") + result(7, 0x65, 0), InputKind::datagram}},
                                  {.transport = Transport::datagram});
  BOOST_TEST(report.has("1 ldap.message_id=7"));
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.count("begin") == 1U);
}

BOOST_AUTO_TEST_CASE(any_byte_changed_never_breaks_the_parser) {
  std::mt19937 random(1);
  const std::string asked = bind(1, "", ber(0xA3, octets("GSS-SPNEGO") + octets(ntlm()))) + search(2, "dc=a");
  const std::string answered = result(1, 0x61, 14) +
                               entry(2, "cn=a", attribute("javaCodeBase", "http://a.test/")) +
                               result(2, 0x65, 0);
  for (int round = 0; round < 3000; ++round) {
    std::string client_bytes = asked, server_bytes = answered;
    for (int changes = 0; changes < 3; ++changes) {
      client_bytes[random() % client_bytes.size()] = static_cast<char>(random());
      server_bytes[random() % server_bytes.size()] = static_cast<char>(random());
    }
    const Report report = run(
        {client(client_bytes), server(server_bytes), end(c2s, EndReason::reset), end(s2c, EndReason::reset)});
    BOOST_REQUIRE(report.count("begin") == report.count("end "));
    BOOST_REQUIRE(report.count("CONTRACT") == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_sessions_state_is_as_small_as_the_readme_says) {
  BOOST_TEST(ldap_protocol.state_bytes <= 576U);
}
