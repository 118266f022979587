// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <random>

#include "dataplane/protocols/parser_harness.h"
#include "dataplane/protocols/tls/connection.h"
#include "dataplane/protocols/tls/test_handshake.h"

using namespace sekisho;
using namespace sekisho::test;
namespace t = sekisho::tls::test;
using namespace std::string_literals;

BOOST_TEST_DONT_PRINT_LOG_VALUE(ProbeResult)

namespace sekisho {
extern const Protocol tls_protocol;
}

namespace {

constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;

Report run(const Conversation& conversation) { return sekisho::test::run(tls_protocol, conversation); }
std::string check(const Conversation& conversation) { return check_split_and_cut(tls_protocol, conversation); }
ProbeResult probe(const std::string& bytes) {
  const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  return tls_protocol.probe(copy, c2s, Transport::stream);
}

std::string hello_1_3(std::string_view host = "www.example.test") {
  return t::client_hello(0x0303, {0x1301, 0xC02F}, t::server_name(host) + t::groups({29}) + t::alpn({"h2", "http/1.1"}) +
                                                       t::supported_versions({0x0304, 0x0303}));
}
std::string answer_1_3() { return t::server_hello(0x0303, 0x1301, t::extension(43, t::u16(0x0304)) + t::extension(51, "key")); }
std::string answer_1_2() {
  return t::server_hello(0x0303, 0xC02F, t::extension(0xFF01, std::string(1, '\0')) + t::alpn({"http/1.1"}));
}
std::string second_certificate() {
  t::TestCertificate issuer;
  issuer.serial = "\x07";
  return issuer.der();
}
// Everything the server says in clear in a full TLS 1.2 handshake, in one record.
std::string server_flight() {
  return t::record(22, answer_1_2() + t::certificate_message({t::TestCertificate{}.der(), second_certificate()}) +
                           t::handshake(12, "key exchange") + t::handshake(14, ""), 0x0303);
}
Conversation full_1_2() {
  return {client(t::record(22, hello_1_3())), server(server_flight()),
          client(t::record(22, t::handshake(16, "key")) + t::change_cipher_spec())};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_tls_1_3_connection_is_over_with_the_server_hello) {
  const Conversation conversation = {client(t::record(22, hello_1_3())),
                                     server(t::record(22, answer_1_3(), 0x0303) + t::change_cipher_spec() + t::application_data())};
  BOOST_TEST(
      run(conversation).text() ==
      "begin 1 c2s\n1 tls.record_version=769\n1 tls.client_version=772\n1 "
      "tls.client_ciphers=\\x13\\x01\\xc0/\n"
      "1 tls.client_extensions=\\x00\\x00\\x00\\x0a\\x00\\x10\\x00+\n1 tls.client_groups=\\x00\\x1d\n1 "
      "tls.sni=www.example.test\n"
      "1 tls.client_alpn=h2\n1 tls.client_alpn=http/1.1\n1 tls.ja3=471e5d2208dbff3ee633f8a3b80bae10\n"
      "1 tls.ja3_string=771,4865-49199,0-10-16-43,29,\n1 tls.ja4=t13d0204h2_c1929292aa6b_b0ac53b37fa7\n"
      "1 tls.version=772\n1 tls.cipher=4865\n1 tls.server_extensions=\\x00+\\x003\n1 tls.group=27493\n1 "
      "tls.ja3s=f4febc55ea12b31ae17cfb7e614afda8\n"
      "1 tls.ja3s_string=771,4865,43-51\n1 tls.session_resumed=0\nend 1 complete\nstatus done\n");
  BOOST_TEST(check(conversation) == "");
}

BOOST_AUTO_TEST_CASE(up_to_tls_1_2_the_certificate_is_observed) {
  const Report report = run(full_1_2());
  BOOST_TEST(report.value("tls.version") == "771");
  BOOST_TEST(report.value("tls.server_alpn") == "http/1.1");
  BOOST_TEST(report.value("tls.subject") == "C=JP, CN=www.example.test");
  BOOST_TEST(report.value("tls.subject_cn") == "www.example.test");
  BOOST_TEST(report.value("tls.issuer") == "C=JP, O=Example, Inc., CN=Example CA");
  BOOST_TEST(report.value("tls.serial") == "5E:E4:01");
  BOOST_TEST(report.value("tls.not_before") == "1767225600");
  BOOST_TEST(report.value("tls.not_after") == "1798761600");
  BOOST_TEST(report.has("1 tls.san=www.example.test"));
  BOOST_TEST(report.has("1 tls.san=*.example.test"));
  BOOST_TEST(report.has("1 tls.san=192.1.2.3"));
  BOOST_TEST(report.count("1 tls.fingerprint_sha1=") == 1U);
  BOOST_TEST(report.count("1 tls.fingerprint_sha256=") == 1U);
  BOOST_TEST(report.count("1 tls.chain_sha1=") == 2U);
  BOOST_TEST(report.value("tls.chain_sha1") == report.value("tls.fingerprint_sha1"));
  BOOST_TEST(report.value("tls.session_resumed") == "0");
  BOOST_TEST(report.count("anomaly") == 0U);
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.has("status done"));
  BOOST_TEST(check(full_1_2()) == "");
}

BOOST_AUTO_TEST_CASE(offsets_are_those_of_the_stream_also_across_records) {
  const std::string hello = hello_1_3();
  const size_t sni_in_message = hello.find("www.example.test");
  for (const size_t size : {size_t{1000}, size_t{10}}) {
    const Report report = run({client(t::records(hello, size))});
    for (size_t i = 0; i < report.lines.size(); ++i)
      if (report.lines[i] == "1 tls.sni=www.example.test")
        BOOST_TEST(report.offsets[i] == sni_in_message + 5 * (sni_in_message / size + 1));
  }
}

BOOST_AUTO_TEST_CASE(a_hello_in_many_records_is_read_and_told) {
  for (const size_t size : {size_t{1}, size_t{3}, size_t{50}}) {
    const Conversation conversation = {client(t::records(hello_1_3(), size)), server(t::records(answer_1_3(), size))};
    const Report report = run(conversation);
    BOOST_TEST(report.value("tls.sni") == "www.example.test");
    BOOST_TEST(report.count("anomaly 1 tls.hello_fragmented") == 2U);
    BOOST_TEST(report.has("end 1 complete"));
    if (size == 50) BOOST_TEST(check(conversation) == "");
  }
}

BOOST_AUTO_TEST_CASE(a_certificate_that_spans_records_is_read) {
  const std::string flight = answer_1_2() + t::certificate_message({t::TestCertificate{}.der(), second_certificate()}) +
                             t::handshake(14, "");
  const Conversation conversation = {client(t::record(22, hello_1_3())), server(t::records(flight, 100))};
  const Report report = run(conversation);
  const Report whole = run(full_1_2());
  BOOST_TEST(report.value("tls.fingerprint_sha256") == whole.value("tls.fingerprint_sha256"));
  BOOST_TEST(report.value("tls.subject") == "C=JP, CN=www.example.test");
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(check(conversation) == "");
}

BOOST_AUTO_TEST_CASE(a_resumed_session_has_no_certificate) {
  const Conversation conversation = {
      client(t::record(22, hello_1_3())),
      server(t::record(22, answer_1_2() + t::handshake(4, "ticket")) + t::change_cipher_spec() + t::record(22, "encrypted!"))};
  const Report report = run(conversation);
  BOOST_TEST(report.value("tls.session_resumed") == "1");
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.has("status done"));
  BOOST_TEST(check(conversation) == "");
  const Report psk = run({client(t::record(22, hello_1_3())),
                          server(t::record(22, t::server_hello(0x0303, 0x1301, t::extension(43, t::u16(0x0304)) +
                                                                                   t::extension(41, t::u16(0)))))});
  BOOST_TEST(psk.value("tls.session_resumed") == "1");
}

BOOST_AUTO_TEST_CASE(an_anonymous_key_exchange_ends_without_a_certificate) {
  const Report report = run({client(t::record(22, hello_1_3())),
                             server(t::record(22, answer_1_2() + t::handshake(12, "key") + t::handshake(14, "")))});
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.value("tls.subject") == "");
}

BOOST_AUTO_TEST_CASE(a_hello_retry_is_followed_by_a_second_hello_and_the_real_answer) {
  const std::string retry = t::server_hello(0x0303, 0x1301, t::extension(43, t::u16(0x0304)), t::retry_random());
  const Conversation same = {client(t::record(22, hello_1_3()) + t::application_data()),
                             server(t::record(22, retry) + t::change_cipher_spec()),
                             client(t::change_cipher_spec() + t::record(22, hello_1_3())), server(t::record(22, answer_1_3()))};
  const Report report = run(same);
  BOOST_TEST(report.count("1 tls.sni=") == 1U);
  BOOST_TEST(report.count("1 tls.ja3s=") == 1U);
  BOOST_TEST(report.value("tls.ja3s_string") == "771,4865,43-51");
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(check(same) == "");

  Conversation other = same;
  other[2] = client(t::change_cipher_spec() + t::record(22, hello_1_3("evil.test")));
  const Report changed = run(other);
  BOOST_TEST(changed.has("1 tls.sni=evil.test"));
  BOOST_TEST(changed.count("anomaly 1 tls.sni_changed") == 1U);
}

BOOST_AUTO_TEST_CASE(draft_versions_are_told_as_sent) {
  const Report draft_28 = run({client(t::record(22, hello_1_3())),
                               server(t::record(22, t::server_hello(0x0303, 0x1301, t::extension(43, t::u16(0x7F1C)))))});
  BOOST_TEST(draft_28.value("tls.version") == "32540");
  BOOST_TEST(draft_28.has("status done"));
  const std::string draft_19 = t::handshake(2, t::u16(0x7F13) + std::string(32, 's') + t::u16(0x1301) + t::u16(4) + t::extension(40, ""));
  const Report early = run({client(t::record(22, hello_1_3())), server(t::record(22, draft_19))});
  BOOST_TEST(early.value("tls.version") == "32531");
  BOOST_TEST(early.value("tls.cipher") == "4865");
  BOOST_TEST(early.value("tls.ja3s_string") == "32531,4865,40");
}

BOOST_AUTO_TEST_CASE(an_ssl2_hello_may_open_a_later_version) {
  const std::string body = t::u8(1) + t::u16(0x0301) + t::u16(6) + t::u16(0) + t::u16(16) + "\x00\x00\x2F\x00\x00\x35"s + std::string(16, 'c');
  const Conversation conversation = {client(t::u16(0x8000 | static_cast<unsigned>(body.size())) + body + "more"),
                                     server(t::record(22, t::server_hello(0x0301, 0x2F, "") +
                                                              t::certificate_message({t::TestCertificate{}.der()})))};
  const Report report = run(conversation);
  BOOST_TEST(report.value("tls.record_version") == "2");
  BOOST_TEST(report.value("tls.client_version") == "769");
  BOOST_TEST(report.value("tls.version") == "769");
  BOOST_TEST(report.value("tls.serial") == "5E:E4:01");
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(check(conversation) == "");
}

BOOST_AUTO_TEST_CASE(an_ssl2_server_shows_its_certificate) {
  const std::string der = t::TestCertificate{}.der();
  const std::string asked = t::u8(1) + t::u16(2) + t::u16(3) + t::u16(0) + t::u16(16) + "\x01\x00\x80"s + std::string(16, 'c');
  const std::string body = t::u8(4) + t::u8(0) + t::u8(1) + t::u16(2) + t::with_u16(der).substr(0, 2) + t::u16(3) + t::u16(16) + der +
                           "\x01\x00\x80"s + std::string(16, 'i');
  const Conversation conversation = {client(t::u16(0x8000 | static_cast<unsigned>(asked.size())) + asked),
                                     server(t::u16(0x8000 | static_cast<unsigned>(body.size())) + body)};
  const Report report = run(conversation);
  BOOST_TEST(report.value("tls.version") == "2");
  BOOST_TEST(report.value("tls.subject_cn") == "www.example.test");
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(check(conversation) == "");
}

BOOST_AUTO_TEST_CASE(a_missing_a_second_and_an_odd_server_name_are_told) {
  const auto names = [](const std::string& extensions) {
    return run({client(t::record(22, t::client_hello(0x0303, {1}, extensions)))});
  };
  BOOST_TEST(names("").count("anomaly 1 tls.sni_missing") == 1U);
  BOOST_TEST(names(t::extension(0, t::with_u16(""))).count("anomaly 1 tls.sni_missing") == 1U);
  const Report twice = names(t::extension(0, t::with_u16(t::host_name("a.test") + t::host_name("b.test"))));
  BOOST_TEST(twice.count("anomaly 1 tls.sni_duplicate") == 1U);
  BOOST_TEST(twice.has("1 tls.sni=a.test"));
  BOOST_TEST(twice.has("1 tls.sni=b.test"));
  const Report two_extensions = names(t::server_name("a.test") + t::server_name("b.test"));
  BOOST_TEST(two_extensions.count("anomaly 1 tls.sni_duplicate") == 1U);
  BOOST_TEST(two_extensions.has("1 tls.sni=b.test"));
  const Report other_type = names(t::extension(0, t::with_u16(t::u8(7) + t::with_u16("x") + t::host_name("c.test"))));
  BOOST_TEST(other_type.value("tls.sni") == "c.test");
}

BOOST_AUTO_TEST_CASE(an_encrypted_client_hello_is_told) {
  const Report report = run({client(t::record(22, t::client_hello(0x0303, {1}, t::server_name("public.test") + t::extension(0xFE0D, "x"))))});
  BOOST_TEST(report.value("tls.ech") == "1");
  BOOST_TEST(report.value("tls.sni") == "public.test");
}

BOOST_AUTO_TEST_CASE(what_a_client_would_resume_is_told) {
  const auto offered = [](const std::string& hello) {
    return run({client(t::record(22, hello))}).value("tls.resumption_offered");
  };
  const std::string with_id = t::handshake(1, t::u16(0x0303) + std::string(32, 'r') + t::with_u8("session") +
                                                  t::with_u16(t::u16(0x2F)) + t::with_u8(t::u8(0)));
  BOOST_TEST(offered(with_id) == "1");
  BOOST_TEST(offered(t::client_hello(0x0303, {1}, t::extension(35, "ticket"))) == "2");
  BOOST_TEST(offered(t::client_hello(0x0303, {1}, t::extension(35, ""))) == "");
  BOOST_TEST(offered(t::client_hello(
                 0x0303, {1},
                 t::supported_versions({0x0304}) + t::extension(42, "") + t::extension(41, "psk"))) == "12");
}

BOOST_AUTO_TEST_CASE(post_quantum_hellos_are_read_in_any_cut) {
  // X25519MLKEM768 (0x11EC) has a share of 1,216 bytes, so that the hello takes two segments; three such
  // shares take more.
  const auto share = [](unsigned group, size_t size) {
    return t::u16(group) + t::with_u16(std::string(size, 'k'));
  };
  for (const std::string& shares : {share(0x11EC, 1216) + share(29, 32),
                                    share(0x11EC, 1216) + share(0x11ED, 1665) + share(0x11EB, 1249)}) {
    const std::string hello =
        t::client_hello(0x0303, {0x1301},
                        t::groups({0x11EC, 29}) + t::extension(51, t::with_u16(shares)) +
                            t::supported_versions({0x0304}) + t::server_name("pq.test"));
    const std::string answer = t::server_hello(
        0x0303, 0x1301, t::extension(43, t::u16(0x0304)) + t::extension(51, share(0x11EC, 1120)));
    const Conversation conversation = {client(t::record(22, hello)), server(t::record(22, answer))};
    const Report report = run(conversation);
    BOOST_TEST(report.value("tls.sni") == "pq.test");
    BOOST_TEST(report.value("tls.client_groups") == "\\x11\\xec\\x00\\x1d");
    BOOST_TEST(report.value("tls.group") == "4588");
    BOOST_TEST(report.count("anomaly") == 0U);
    BOOST_TEST(report.has("end 1 complete"));
    BOOST_TEST(run({client(t::records(hello, 1400)), server(t::record(22, answer))}).value("tls.sni") ==
               "pq.test");
  }
}

BOOST_AUTO_TEST_CASE(a_hello_of_more_than_one_record_is_read_up_to_what_can_be_carried) {
  const auto sized = [](size_t padding) {
    return t::client_hello(0x0303, {0x1301},
                           t::server_name("large.test") + t::extension(21, std::string(padding, '\0')) +
                               t::supported_versions({0x0304}));
  };
  const Report over_16k = run({client(t::records(sized(20000), 16384)), end(c2s), end(s2c)});
  BOOST_TEST(over_16k.value("tls.sni") == "large.test");
  BOOST_TEST(over_16k.count("1 tls.ja4=") == 1U);
  BOOST_TEST(over_16k.count("anomaly 1 tls.handshake_too_long") == 0U);
  const Report over_64k =
      run({client(t::records(t::handshake(1, sized(65000).substr(4) + std::string(3000, 'x')), 16384)),
           end(c2s), end(s2c)});
  BOOST_TEST(over_64k.value("tls.sni") == "large.test");
  BOOST_TEST(over_64k.count("1 tls.ja4=") == 0U);
  BOOST_TEST(over_64k.count("anomaly") > 0U);
}

BOOST_AUTO_TEST_CASE(a_fatal_alert_ends_the_connection) {
  const Conversation conversation = {client(t::record(22, hello_1_3())), server(t::alert(1, 112) + t::alert(2, 40) + "more")};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 tls.alert=112"));
  BOOST_TEST(report.has("1 tls.alert=40"));
  BOOST_TEST(report.value("tls.version") == "772");  // nothing negotiated: the client's highest
  BOOST_TEST(report.has("end 1 incomplete"));
  BOOST_TEST(report.has("status done"));
  BOOST_TEST(check(conversation) == "");
}

BOOST_AUTO_TEST_CASE(one_side_alone_gives_what_it_has) {
  const Report client_only = run({client(t::record(22, hello_1_3())), end(c2s), end(s2c)});
  BOOST_TEST(client_only.value("tls.sni") == "www.example.test");
  BOOST_TEST(client_only.value("tls.version") == "772");
  BOOST_TEST(client_only.has("end 1 incomplete"));
  const Report server_only = run({server(server_flight()), end(c2s), end(s2c)});
  BOOST_TEST(server_only.has("begin 1 s2c"));
  BOOST_TEST(server_only.value("tls.subject_cn") == "www.example.test");
  BOOST_TEST(server_only.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(a_hello_cut_by_the_end_or_a_gap_gives_its_name_and_no_fingerprint) {
  const std::string bytes = t::record(22, hello_1_3());
  const std::string cut = bytes.substr(0, bytes.size() - 5);
  for (const Turn& stop : {end(c2s, EndReason::reset), gap(c2s, 100)}) {
    const Report report = run({client(cut), stop, end(c2s), end(s2c)});
    BOOST_TEST(report.value("tls.sni") == "www.example.test");
    BOOST_TEST(report.count("anomaly 1 tls.hello_cut") == 1U);
    BOOST_TEST(report.count("1 tls.ja") == 0U);
    BOOST_TEST(report.has("end 1 incomplete"));
  }
}

BOOST_AUTO_TEST_CASE(a_gap_before_the_certificate_leaves_the_connection_incomplete) {
  const Report report = run({client(t::record(22, hello_1_3())), server(t::record(22, answer_1_2())), gap(s2c, 2000), server("xyz")});
  BOOST_TEST(report.value("tls.version") == "771");
  BOOST_TEST(report.has("end 1 incomplete"));
  BOOST_TEST(report.has("status done"));
}

BOOST_AUTO_TEST_CASE(what_is_no_record_ends_the_parser) {
  const Conversation conversation = {client(t::record(22, hello_1_3())), server("HTTP/1.1 400 Bad Request\r\n")};
  const Report report = run(conversation);
  BOOST_TEST(report.count("anomaly 1 tls.malformed") == 1U);
  BOOST_TEST(report.has("end 1 incomplete"));
  BOOST_TEST(report.has("status malformed"));
  BOOST_TEST(check(conversation) == "");
  BOOST_TEST(run({client("GET / HTTP/1.1\r\n\r\n")}).text() == "status not_this_protocol\n");
}

BOOST_AUTO_TEST_CASE(another_record_inside_a_handshake_message_ends_the_parser) {
  const std::string hello = hello_1_3();
  const Conversation conversation = {client(t::record(22, hello.substr(0, 50)) + t::alert(1, 0) + t::record(22, hello.substr(50)))};
  const Report report = run(conversation);
  BOOST_TEST(report.count("anomaly 0 tls.malformed") == 1U);
  BOOST_TEST(report.has("status malformed"));
  BOOST_TEST(check(conversation) == "");
}

BOOST_AUTO_TEST_CASE(a_hello_whose_lengths_lie_is_told_and_has_no_fingerprint) {
  std::string body = t::client_hello_body(0x0303, {1, 2}, t::server_name("a.test"));
  body += "x";
  const Report trailing = run({client(t::record(22, t::handshake(1, body)))});
  BOOST_TEST(trailing.count("anomaly 1 tls.malformed") == 1U);
  BOOST_TEST(trailing.value("tls.sni") == "a.test");
  BOOST_TEST(trailing.count("1 tls.ja") == 0U);
}

BOOST_AUTO_TEST_CASE(a_chain_longer_than_the_carry_still_shows_its_leaf) {
  std::vector<std::string> chain = {t::TestCertificate{}.der()};
  while (chain.size() < 30) chain.push_back(t::item(0x30, std::string(3000, 'x')));
  const std::string flight = answer_1_2() + t::certificate_message(chain);
  const std::string bytes = t::records(flight, 16384);
  for (const size_t piece : {bytes.size(), size_t{1460}}) {
    Conversation conversation = {client(t::record(22, hello_1_3()))};
    for (size_t at = 0; at < bytes.size(); at += piece) conversation.push_back(server(bytes.substr(at, piece)));
    const Report report = run(conversation);
    BOOST_TEST(report.value("tls.subject_cn") == "www.example.test");
    BOOST_TEST(report.count("anomaly 1 tls.handshake_too_long") == 1U);
    BOOST_TEST(report.count("1 tls.chain_sha1=") == 22U);
    BOOST_TEST(report.count("CONTRACT") == 0U);
    BOOST_TEST(report.has("status done"));
  }
}

BOOST_AUTO_TEST_CASE(chains_and_names_are_observed_up_to_their_bounds) {
  const auto chain_of = [](size_t count) {
    const std::vector<std::string> chain(count, t::item(0x30, "x"));
    return run({client(t::record(22, hello_1_3())), server(t::record(22, answer_1_2() + t::certificate_message(chain)))});
  };
  BOOST_TEST(chain_of(tls::chain_certificates_max).count("anomaly 1 tls.many_certificates") == 0U);
  const Report one_more = chain_of(tls::chain_certificates_max + 1);
  BOOST_TEST(one_more.count("anomaly 1 tls.many_certificates") == 1U);
  BOOST_TEST(one_more.count("1 tls.chain_sha1=") == tls::chain_certificates_max);

  const auto names_of = [](size_t count) {
    t::TestCertificate certificate;
    certificate.names.clear();
    for (size_t i = 0; i < count; ++i) certificate.names += t::item(0x82, "a");
    const std::string flight = answer_1_2() + t::certificate_message({certificate.der()});
    return run({client(t::record(22, hello_1_3())), server(t::record(22, flight))});
  };
  BOOST_TEST(names_of(tls::certificate_names_max - 1).count("anomaly") == 0U);  // one is the subject's
  const Report many = names_of(tls::certificate_names_max);
  BOOST_TEST(many.count("anomaly 1 tls.many_names") == 1U);
  BOOST_TEST(many.count("1 tls.san=") == tls::certificate_names_max - 1);
}

BOOST_AUTO_TEST_CASE(odd_chains_are_told) {
  const auto chain = [](const std::string& list) {
    return run({client(t::record(22, hello_1_3())), server(t::record(22, answer_1_2() + t::handshake(11, list)))});
  };
  const std::string der = t::TestCertificate{}.der();
  const Report empty_second = chain(t::with_u24(t::with_u24(der) + t::with_u24("")));
  BOOST_TEST(empty_second.count("anomaly 1 tls.empty_certificate") == 1U);
  BOOST_TEST(empty_second.value("tls.serial") == "5E:E4:01");
  BOOST_TEST(chain(t::with_u24(t::u24(5000) + der)).count("anomaly 1 tls.certificate_cut") == 1U);
  BOOST_TEST(chain(t::with_u24(t::with_u24(der)) + "x").count("anomaly 1 tls.malformed_certificate") == 1U);
  t::TestCertificate nul;
  nul.names = t::item(0x82, "bank.test\0.evil.test"s);
  BOOST_TEST(chain(t::with_u24(t::with_u24(nul.der()))).count("anomaly 1 tls.nul_in_name") == 1U);
}

BOOST_AUTO_TEST_CASE(a_connection_met_in_its_middle_has_nothing_to_say) {
  const Report report = run({client(t::application_data()), server(t::application_data())});
  BOOST_TEST(report.text() == "status done\n");
}

BOOST_AUTO_TEST_CASE(the_probe_knows_hellos_of_either_side) {
  BOOST_TEST((probe(t::record(22, hello_1_3())) == ProbeResult::certain));
  BOOST_TEST((probe(t::record(22, answer_1_2())) == ProbeResult::certain));
  BOOST_TEST((probe(t::records(hello_1_3(), 1)) == ProbeResult::certain));
  const std::string ssl2 = "\x80\x1C\x01\x03\x01\x00\x03\x00\x00\x00\x10"s;
  BOOST_TEST((probe(ssl2) == ProbeResult::certain));
  BOOST_TEST((probe(ssl2.substr(0, 10)) == ProbeResult::unsure));
  for (size_t cut = 0; cut < 6; ++cut)
    BOOST_TEST((probe(t::record(22, hello_1_3()).substr(0, cut)) == ProbeResult::unsure));
  BOOST_TEST((probe(t::application_data()) == ProbeResult::unsure));
  BOOST_TEST((probe("GET / HTTP/1.1") == ProbeResult::not_for_us));
  BOOST_TEST((probe("\x16\x05\x01\x00\x10\x01"s) == ProbeResult::not_for_us));
  BOOST_TEST((probe("\x80garbage garbage"s) == ProbeResult::not_for_us));
}

BOOST_AUTO_TEST_CASE(unwanted_fields_are_not_computed_into_the_report) {
  FieldMask wanted;
  wanted.set(Field::tls_sni);
  const Report report = sekisho::test::run(tls_protocol, full_1_2(), {.wanted = wanted});
  BOOST_TEST(report.text() == "begin 1 c2s\n1 tls.sni=www.example.test\nend 1 complete\nstatus done\n");
}

BOOST_AUTO_TEST_CASE(any_byte_changed_never_breaks_the_parser) {
  std::mt19937 random(1);
  for (int round = 0; round < 1500; ++round) {
    Conversation conversation = full_1_2();
    for (int changes = 0; changes < 3; ++changes) {
      std::string& bytes = conversation[random() % 2].bytes;
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    conversation.push_back(end(c2s));
    conversation.push_back(end(s2c));
    const Report report = run(conversation);
    BOOST_REQUIRE(report.count("begin") == report.count("end "));
    BOOST_REQUIRE(report.count("CONTRACT") == 0U);
  }
}
