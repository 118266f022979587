// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>

#include "dataplane/protocols/parser_harness.h"
#include "dataplane/protocols/quic/connection.h"
#include "dataplane/protocols/quic/test_initial.h"
#include "dataplane/protocols/tls/test_openssl.h"

using namespace sekisho;
using namespace sekisho::test;
using quic::test::crypto;
using quic::test::InitialPacket;
namespace t = sekisho::tls::test;
using namespace std::string_literals;

BOOST_TEST_DONT_PRINT_LOG_VALUE(ProbeResult)

namespace sekisho {
extern const Protocol quic_protocol;
}

namespace {

constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;

// A packet of another type: first byte's type bits as in version 1.
std::string other_packet(unsigned type, const std::string& destination, const std::string& payload) {
  return t::u8(0xC0 | type << 4) + quic::test::u32(1) + t::with_u8(destination) + t::with_u8("s") +
         quic::test::varint(payload.size()) + payload;
}
// What a server sends that took a hello.
const Turn taken = server(other_packet(2, "client", std::string(100, 'h')));

Report run(const Conversation& datagrams) {
  return sekisho::test::run(quic_protocol, datagrams, {.transport = Transport::datagram});
}
ProbeResult probe(const std::string& bytes) {
  const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  return quic_protocol.probe(copy, c2s, Transport::datagram);
}

std::string hello_for(std::string_view host, const std::string& more = {}) {
  return t::client_hello(0x0303, {0x1301, 0x1302},
                         t::server_name(host) + t::groups({29}) + t::alpn({"h3", "hq"}) +
                             t::supported_versions({0x0304}) + more);
}
std::string hello() { return hello_for("www.example.test"); }
// One that does not fit one datagram, as with post-quantum key shares.
std::string large_hello(size_t filler = 1800) {
  return hello_for("www.example.test", t::extension(51, std::string(filler, 'k')));
}

const InitialPacket packet;

}  // namespace

BOOST_AUTO_TEST_CASE(a_hello_in_one_packet_is_reported_and_the_flow_is_over_when_the_server_took_it) {
  const Turn asked = client(packet.datagram(crypto(0, hello())));
  const Report report = run({asked, asked, taken, asked});
  BOOST_TEST(report.text() ==
             "begin 1 c2s\n1 quic.version=1\n1 quic.sni=www.example.test\n1 quic.client_alpn=h3\n1 "
             "quic.client_alpn=hq\n"
             "1 quic.ja3=20b342d227d18a6d09f5640d619cbaf7\n1 quic.ja3_string=771,4865-4866,0-10-16-43,29,\n"
             "1 quic.ja4=q13d0204h3_62ed6f6ca7ad_b0ac53b37fa7\nend 1 complete\nstatus done\n");
}

BOOST_AUTO_TEST_CASE(each_version_that_can_be_read_is_read) {
  for (const uint32_t version :
       {quic::version_1, quic::version_2, 0xFF000016U, 0xFF000017U, 0xFF00001CU, 0xFF00001DU, 0xFF000020U,
        0xFF000021U, 0xFF000022U, 0xFACEB001U, 0xFACEB002U}) {
    const std::string datagram = InitialPacket{.version = version}.datagram(crypto(0, hello()));
    BOOST_TEST((probe(datagram) == ProbeResult::certain));
    const Report report = run({client(datagram)});
    BOOST_TEST(report.value("quic.version") == std::to_string(version));
    BOOST_TEST(report.value("quic.sni") == "www.example.test");
    BOOST_TEST(report.has("end 1 complete"));
  }
}

BOOST_AUTO_TEST_CASE(a_hello_in_many_frames_packets_and_datagrams_is_put_together) {
  const std::string message = large_hello();
  const Report whole = run({client(packet.datagram(crypto(0, message)))});
  BOOST_TEST(whole.has("end 1 complete"));
  // Two datagrams, either order.
  const std::string first = packet.datagram(crypto(0, message.substr(0, 1000)));
  const std::string second = InitialPacket{.number = 1}.datagram(crypto(1000, message.substr(1000)));
  BOOST_TEST(run({client(first), client(second)}).text() == whole.text());
  BOOST_TEST(run({client(second), client(first)}).text() == whole.text());
  BOOST_TEST(run({client(first), client(first), client(second)}).text() == whole.text());
  // Two packets of one datagram, others between them.
  const std::string coalesced =
      packet.with(crypto(1000, message.substr(1000))) +
      other_packet(1, packet.destination, std::string(100, 'z')) +
      InitialPacket{.number = 1}.with(crypto(0, message.substr(0, 1000)) + "\0\0\0"s);
  BOOST_TEST(run({client(coalesced)}).text() == whole.text());
  // Many frames in one packet, shuffled, overlapping, PING, ACK and PADDING between them.
  std::mt19937 random(1);
  std::vector<size_t> places;
  for (size_t at = 0; at < message.size(); at += 37) places.push_back(at);
  for (int round = 0; round < 50; ++round) {
    std::shuffle(places.begin(), places.end(), random);
    std::string frames;
    for (const size_t at : places) {
      frames += crypto(at, message.substr(at, 37 + random() % 20));
      frames += std::vector<std::string>{"", "\x01", "\0\0\0"s, "\x02\x05\x00\x01\x00\x00\x02"s,
                                         "\x03\x05\x00\x00\x01\x01\x02\x03"s}[random() % 5];
    }
    const Report report = run({client(packet.datagram(frames))});
    BOOST_REQUIRE(report.text() == whole.text());
  }
}

BOOST_AUTO_TEST_CASE(a_hello_byte_by_byte_in_any_order_is_put_together) {
  const std::string message = hello();
  std::vector<size_t> places(message.size());
  std::iota(places.begin(), places.end(), 0);
  std::shuffle(places.begin(), places.end(), std::mt19937(1));
  std::string frames;
  for (const size_t at : places) frames += crypto(at, message.substr(at, 1));
  BOOST_TEST(run({client(packet.datagram(frames))}).value("quic.sni") == "www.example.test");
  Conversation datagrams;
  for (size_t i = 0; i < places.size(); i += 4) {
    frames.clear();
    for (size_t k = i; k < std::min(i + 4, places.size()); ++k)
      frames += crypto(places[k], message.substr(places[k], 1));
    if (datagrams.size() < quic::initial_datagrams_max - 1)
      datagrams.push_back(client(InitialPacket{.number = i}.datagram(frames)));
  }
  BOOST_TEST(run(datagrams).value("quic.sni") == "www.example.test");
}

BOOST_AUTO_TEST_CASE(what_is_not_authentic_is_as_if_it_had_not_come) {
  std::string forged = packet.datagram(crypto(0, hello_for("decoy.test")));
  forged.back() ^= 1;
  const Report report = run({client(forged), client(packet.datagram(crypto(0, hello())))});
  BOOST_TEST(report.count("1 quic.sni=") == 1U);
  BOOST_TEST(report.value("quic.sni") == "www.example.test");
  BOOST_TEST(report.has("end 1 complete"));
  // Keys of the server's packets are others.
  const Report wrong_side =
      run({client(InitialPacket{.sender = quic::Sender::server}.datagram(crypto(0, hello())))});
  BOOST_TEST(wrong_side.text() == "status need_more\n");
}

BOOST_AUTO_TEST_CASE(behind_a_retry_the_keys_are_of_the_servers_identifier) {
  const std::string message = large_hello();
  const InitialPacket again{.destination = "retried!", .token = std::string(70, 't'), .number = 2};
  const InitialPacket last{.destination = "retried!", .token = std::string(70, 't'), .number = 3};
  const std::string retry = t::u8(0xF0) + quic::test::u32(1) + t::with_u8("client") + t::with_u8("retried!") +
                            "token" + std::string(16, 'i');
  const Report report = run({client(packet.datagram(crypto(0, message.substr(0, 900)))), server(retry),
                             client(again.datagram(crypto(0, message.substr(0, 900)))),
                             client(last.datagram(crypto(900, message.substr(900))))});
  BOOST_TEST(report.value("quic.sni") == "www.example.test");
  BOOST_TEST(report.count("anomaly") == 0U);
  BOOST_TEST(report.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(the_keys_stay_when_the_server_has_chosen_its_identifier) {
  const std::string message = large_hello();
  const InitialPacket later{.destination = "theirs", .keyed_by = packet.destination, .number = 1};
  const Report report = run({client(packet.datagram(crypto(0, message.substr(0, 900)))),
                             client(later.datagram(crypto(900, message.substr(900))))});
  BOOST_TEST(report.value("quic.sni") == "www.example.test");
  BOOST_TEST(report.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(behind_version_negotiation_the_client_speaks_another_version) {
  const std::string reserved = t::u8(0xC0) + quic::test::u32(0x1A2A3A4A) + t::with_u8("12345678") +
                               t::with_u8("c") + std::string(1200, 'x');
  const std::string negotiation =
      t::u8(0x80) + quic::test::u32(0) + t::with_u8("c") + t::with_u8("12345678") + quic::test::u32(1);
  BOOST_TEST((probe(reserved) == ProbeResult::certain));
  BOOST_TEST((probe(negotiation) == ProbeResult::unsure));
  const std::string message = large_hello();
  const Report report =
      run({client(reserved), server(negotiation),
           client(InitialPacket{.version = quic::version_2}.datagram(crypto(0, message.substr(0, 900)))),
           server(negotiation), client(packet.datagram(crypto(0, message)))});
  BOOST_TEST(report.value("quic.sni") == "www.example.test");
  BOOST_TEST(report.value("quic.version") == "1");
  BOOST_TEST(report.count("anomaly") == 0U);
}

BOOST_AUTO_TEST_CASE(a_hello_that_servers_drop_for_its_datagrams_size_hides_no_other) {
  const std::string decoy = packet.with(crypto(0, hello_for("decoy.test")));
  const Report report = run({client(decoy), client(decoy), client(packet.datagram(crypto(0, hello())))});
  BOOST_TEST(report.has("1 quic.sni=decoy.test"));
  BOOST_TEST(report.has("2 quic.sni=www.example.test"));
  BOOST_TEST(report.count("begin") == 2U);
  BOOST_TEST(report.count("anomaly 0 quic.initial_too_small") == 2U);
  BOOST_TEST(report.has("end 2 complete"));
  // A part of one is not kept: the connection's own differ.
  const Report part = run({client(packet.with(crypto(0, hello_for("decoy.test").substr(0, 80)))),
                           client(packet.datagram(crypto(0, hello())))});
  BOOST_TEST(part.value("quic.sni") == "www.example.test");
  BOOST_TEST(part.count("anomaly 0 quic.crypto_overlap") == 0U);
}

BOOST_AUTO_TEST_CASE(a_hello_that_servers_refuse_hides_no_other) {
  const std::string decoy = crypto(0, hello_for("decoy.test"));
  for (const InitialPacket& refused :
       {InitialPacket{.destination = "short"}, InitialPacket{.first_bits = 0x08}, InitialPacket{.first_bits = 0x40},
        InitialPacket{.version = 0xFF000016}}) {
    const Report report = run({client(refused.datagram(decoy)), client(packet.datagram(crypto(0, hello()))), taken});
    BOOST_TEST(report.has("1 quic.sni=decoy.test"));
    BOOST_TEST(report.has("2 quic.sni=www.example.test"));
    BOOST_TEST(report.has("status done"));
  }
  // What a server took, another hello can still follow before it says so.
  const Report twice = run({client(packet.datagram(crypto(0, hello()))),
                            client(InitialPacket{.destination = "another!"}.datagram(decoy))});
  BOOST_TEST(twice.has("2 quic.sni=decoy.test"));
}

BOOST_AUTO_TEST_CASE(two_connections_at_once_on_one_flow_are_told) {
  const std::string message = large_hello();
  const InitialPacket second{.destination = "elsewhere"};
  const Conversation start = {client(packet.datagram(crypto(0, message.substr(0, 900))))};
  Conversation part = start;
  part.push_back(client(second.datagram(crypto(0, message.substr(0, 900)))));
  const Report interleaved = run(part);
  BOOST_TEST(interleaved.count("anomaly 0 quic.connections_interleaved") == 1U);
  BOOST_TEST(interleaved.has("status malformed"));
  // The first one's hello is still put together; a whole one of the second is read by itself.
  part.push_back(client(second.datagram(crypto(0, hello_for("second.test")))));
  part.push_back(client(InitialPacket{.number = 1}.datagram(crypto(900, message.substr(900)))));
  const Report both = run(part);
  BOOST_TEST(both.has("1 quic.sni=second.test"));
  BOOST_TEST(both.has("2 quic.sni=www.example.test"));
  BOOST_TEST(both.has("end 2 complete"));
}

BOOST_AUTO_TEST_CASE(other_bytes_at_the_same_place_are_malformed) {
  const std::string one = large_hello(),
                    two = hello_for("other.example.test", t::extension(51, std::string(1800, 'k')));
  const Report report = run({client(packet.datagram(crypto(0, one.substr(0, 1000)))),
                             client(InitialPacket{.number = 1}.datagram(crypto(0, two.substr(0, 1000))))});
  BOOST_TEST(report.count("anomaly 0 quic.crypto_overlap") == 1U);
  BOOST_TEST(report.has("status malformed"));
}

BOOST_AUTO_TEST_CASE(what_no_receiver_takes_in_an_initial_packet_is_malformed) {
  for (const std::string& frames : {"\x08\x00stream"s, "\x06\x00\x40"s, "\x06\x00\x7F\xFFshort"s, "\x02\x01"s,
                                    crypto(0, "\x02\x00\x00\x01x"s)}) {
    const Report report = run({client(packet.datagram("\x01" + frames))});
    BOOST_TEST(report.count("begin") == 0U);
  }
  const Report stream = run({client(packet.datagram("\x08\x00stream"s))});
  BOOST_TEST(stream.count("anomaly 0 quic.malformed") == 1U);
  BOOST_TEST(stream.has("status malformed"));
  const Report no_hello = run({client(packet.datagram(crypto(0, "\x02\x00\x00\x01x"s)))});
  BOOST_TEST(no_hello.count("anomaly 0 quic.malformed") == 1U);
  const Report closed = run({client(packet.datagram("\x1C\x00\x00\x00"s + crypto(0, hello())))});
  BOOST_TEST(closed.text() == "status need_more\n");
}

BOOST_AUTO_TEST_CASE(a_hello_longer_than_can_be_kept_gives_its_name) {
  const std::string message = large_hello(60000);
  Conversation datagrams;
  for (size_t at = 0; at < message.size() && datagrams.size() < 40; at += 1100)
    datagrams.push_back(
        client(InitialPacket{.number = at / 1100}.datagram(crypto(at, message.substr(at, 1100)))));
  const Report report = run(datagrams);
  BOOST_TEST(report.count("anomaly 0 quic.hello_too_long") == 1U);
  BOOST_TEST(report.count("anomaly 1 quic.hello_cut") == 1U);
  BOOST_TEST(report.value("quic.sni") == "www.example.test");
  BOOST_TEST(report.count("1 quic.ja") == 0U);
  BOOST_TEST(report.has("status malformed"));
  // One of exactly the bound is whole.
  const std::string most = large_hello(quic::hello_bytes_max - large_hello(0).size());
  BOOST_TEST(most.size() == quic::hello_bytes_max);
  datagrams.clear();
  for (size_t at = 0; at < most.size(); at += 1100)
    datagrams.push_back(
        client(InitialPacket{.number = at / 1100}.datagram(crypto(at, most.substr(at, 1100)))));
  BOOST_TEST(run(datagrams).has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(without_a_hello_the_search_ends_at_its_bound) {
  Conversation datagrams(quic::initial_datagrams_max - 1, client(packet.datagram("\x01")));
  datagrams.push_back(client(packet.datagram(crypto(0, hello()))));
  BOOST_TEST(run(datagrams).has("end 1 complete"));
  datagrams.insert(datagrams.begin(), client(packet.datagram("\x01")));
  const Report report = run(datagrams);
  BOOST_TEST(report.count("anomaly 0 quic.hello_not_found") == 1U);
  BOOST_TEST(report.count("begin") == 0U);
  BOOST_TEST(report.has("status malformed"));
}

BOOST_AUTO_TEST_CASE(googles_versions_are_recognised) {
  const std::string q043 = t::u8(0x0D) + "12345678Q043" + t::u8(1) + std::string(12, 'h') + "CHLO";
  const std::string q046 = t::u8(0xC3) + "Q046" + t::u8(0x50) + "12345678" + std::string(40, 'x');
  for (const std::string& datagram : {q043, q046}) {
    BOOST_TEST((probe(datagram) == ProbeResult::certain));
    const Report report = run({client(datagram), client(datagram)});
    BOOST_TEST(report.value("quic.version") ==
               std::to_string(load_be32(quic::test::bytes_of(datagram) + (datagram == q043 ? 9 : 1))));
    BOOST_TEST(report.has("end 1 incomplete"));
    BOOST_TEST(report.count("begin") == 1U);
    // Nor do they hide another version behind them.
    BOOST_TEST(run({client(datagram), client(packet.datagram(crypto(0, hello())))}).has("2 quic.sni=www.example.test"));
  }
}

BOOST_AUTO_TEST_CASE(a_hello_that_stays_in_pieces_gives_its_name) {
  const std::string message = large_hello();
  const Turn first = client(packet.datagram(crypto(0, message.substr(0, 900))));
  const Report ended = run({first, end(c2s, EndReason::timeout), end(s2c, EndReason::timeout)});
  BOOST_TEST(ended.value("quic.sni") == "www.example.test");
  BOOST_TEST(ended.count("anomaly 1 quic.hello_cut") == 1U);
  BOOST_TEST(ended.has("end 1 incomplete"));
  // The server goes on: it has what we lack.
  const Report answered = run({first, server(other_packet(2, "client", std::string(100, 'h'))),
                               client(other_packet(2, "server", "ack"))});
  BOOST_TEST(answered.value("quic.sni") == "www.example.test");
  BOOST_TEST(answered.has("status done"));
  // A Handshake packet of the client's own proves nothing.
  const Report forged = run({first, client(other_packet(2, "server", "x")), server("stateless reset"),
                             client(InitialPacket{.number = 1}.datagram(crypto(900, message.substr(900))))});
  BOOST_TEST(forged.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(a_flow_met_from_its_other_side_is_read_as_well) {
  const Report report = run({server(packet.datagram(crypto(0, hello())))});
  BOOST_TEST(report.has("begin 1 s2c"));
  BOOST_TEST(report.value("quic.sni") == "www.example.test");
}

BOOST_AUTO_TEST_CASE(oddities_of_the_hello_have_quics_names) {
  const std::string no_name =
      t::client_hello(0x0303, {0x1301}, t::extension(0xFE0D, "x") + t::supported_versions({0x0304}));
  const Report missing = run({client(packet.datagram(crypto(0, no_name)))});
  BOOST_TEST(missing.count("anomaly 1 quic.sni_missing") == 1U);
  BOOST_TEST(missing.value("quic.ech") == "1");
  std::string lying = t::client_hello_body(0x0303, {1}, t::server_name("a.test")) + "x";
  const Report malformed = run({client(packet.datagram(crypto(0, t::handshake(1, lying))))});
  BOOST_TEST(malformed.count("anomaly 1 quic.malformed_hello") == 1U);
  BOOST_TEST(malformed.value("quic.sni") == "a.test");
  BOOST_TEST(malformed.count("anomaly 1 tls.") == 0U);
}

BOOST_AUTO_TEST_CASE(the_probe_knows_long_headers_of_versions_that_exist) {
  const std::string initial = packet.datagram(crypto(0, hello()));
  for (size_t cut = 0; cut < 23; ++cut)
    BOOST_TEST(
        (probe(initial.substr(0, cut)) == (cut < 21 ? ProbeResult::not_for_us : ProbeResult::certain)));
  BOOST_TEST((probe("\x40 short header") == ProbeResult::not_for_us));
  BOOST_TEST((probe(t::u8(0xC0) + quic::test::u32(0x12345678) + t::with_u8("12345678") + t::with_u8("c")) ==
              ProbeResult::not_for_us));
  BOOST_TEST((probe(t::u8(0xC0) + quic::test::u32(1) + t::with_u8(std::string(20, 'd')) + t::with_u8("c")) ==
              ProbeResult::certain));
  BOOST_TEST((probe(t::u8(0xC0) + quic::test::u32(1) + t::with_u8(std::string(21, 'd')) + t::with_u8("c")) ==
              ProbeResult::not_for_us));
}

BOOST_AUTO_TEST_CASE(openssls_hellos_are_read_as_openssl_wrote_them) {
  const std::vector<std::string> groups = {"X25519", "P-256", "X25519:P-256:P-384:P-521:X448",
                                           "P-521:ffdhe2048:ffdhe3072"};
  std::mt19937 random(1);
  for (const std::string& list : groups)
    for (const std::string& host :
         {"a.test"s, "www.example.test"s, std::string(63, 'l') + ".long.example.test"}) {
      const t::PeerOptions options{
          .lowest = TLS1_3_VERSION, .groups = list, .server_name = host, .alpn = {"h3", "h3-29"}};
      const std::string message = t::openssl_client_hello(options);
      std::string frames;
      for (size_t at = 0; at < message.size();) {
        const size_t size = std::min<size_t>(1 + random() % 100, message.size() - at);
        frames.insert(random() % 2 ? 0 : frames.size(), crypto(at, message.substr(at, size)));
        at += size;
      }
      const Report report = run({client(packet.datagram(frames))});
      BOOST_TEST(report.value("quic.sni") == host);
      BOOST_TEST(report.has("1 quic.client_alpn=h3"));
      BOOST_TEST(report.has("1 quic.client_alpn=h3-29"));
      BOOST_TEST(report.value("quic.ja4").substr(0, 4) == "q13d");
      BOOST_TEST(report.has("end 1 complete"));
      BOOST_TEST(report.count("anomaly") == 0U);
    }
}

BOOST_AUTO_TEST_CASE(any_byte_changed_or_cut_never_breaks_the_parser) {
  const std::string message = hello();
  const Conversation datagrams = {
      client(packet.datagram(crypto(0, message.substr(0, 60)))),
      client(InitialPacket{.number = 1}.datagram(crypto(60, message.substr(60))))};
  std::mt19937 random(1);
  for (int round = 0; round < 600; ++round) {
    Conversation changed = datagrams;
    std::string& bytes = changed[random() % 2].bytes;
    if (round % 2 == 0) {
      bytes[random() % 60] = static_cast<char>(random());
    } else {
      bytes.resize(random() % bytes.size());
    }
    changed.push_back(end(c2s));
    const Report report = run(changed);
    BOOST_REQUIRE(report.count("begin") == report.count("end "));
    BOOST_REQUIRE(report.count("CONTRACT") == 0U);
  }
  // Behind the protection as well: frames of junk.
  for (int round = 0; round < 600; ++round) {
    std::string frames = crypto(0, message);
    for (int changes = 0; changes < 3; ++changes)
      frames[random() % frames.size()] = static_cast<char>(random());
    const Report report = run({client(packet.datagram(frames)), end(c2s)});
    BOOST_REQUIRE(report.count("begin") == report.count("end "));
  }
}

BOOST_AUTO_TEST_CASE(unwanted_fields_are_not_computed_into_the_report) {
  FieldMask wanted;
  wanted.set(Field::quic_sni);
  const Report report = sekisho::test::run(quic_protocol, {client(packet.datagram(crypto(0, hello())))},
                                           {.transport = Transport::datagram, .wanted = wanted});
  BOOST_TEST(report.text() == "begin 1 c2s\n1 quic.sni=www.example.test\nend 1 complete\nstatus need_more\n");
}
