// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "dataplane/protocols/parser_harness.h"
#include "dataplane/protocols/websocket/connection.h"

namespace sekisho {
extern const Protocol websocket_protocol;
}

using namespace sekisho;
using namespace sekisho::test;
namespace ws = sekisho::websocket;

BOOST_AUTO_TEST_SUITE(websocket)

namespace {

constexpr uint8_t fin = 0x80, compressed = 0x40;
constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;

std::string length_of(size_t size, uint8_t mask_bit) {
  std::string out;
  if (size < 126) return out += static_cast<char>(size | mask_bit);
  const unsigned bytes = size < 65536 ? 2 : 8;
  out += static_cast<char>((bytes == 2 ? 126 : 127) | mask_bit);
  for (unsigned i = bytes; i-- > 0;) out += static_cast<char>(uint64_t{size} >> 8 * i & 255);
  return out;
}
std::string from_server(uint8_t first, std::string_view payload) {
  return std::string(1, static_cast<char>(first)) + length_of(payload.size(), 0) + std::string(payload);
}
std::string from_client(uint8_t first, std::string_view payload) {
  constexpr std::string_view mask = "\x37\xfa\x21\x3d";
  std::string out = std::string(1, static_cast<char>(first)) + length_of(payload.size(), 0x80) + std::string(mask);
  for (size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ mask[i % 4]);
  return out;
}
Report talk(const Conversation& conversation) {
  BOOST_TEST(check_split_and_cut(websocket_protocol, conversation) == "");
  return run(websocket_protocol, conversation);
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_is_asked_for_only_behind_an_upgrade) {
  BOOST_TEST((websocket_protocol.only_after == HandoffHint::websocket));
  const auto probe = [](std::string_view bytes) { return websocket_protocol.probe(as_bytes(bytes), c2s, Transport::stream); };
  BOOST_TEST((probe("\x81\x85") == ProbeResult::certain));
  BOOST_TEST((probe("\x16\x03\x01") == ProbeResult::not_for_us));
  BOOST_TEST((probe("GET / HTTP/1.1") == ProbeResult::not_for_us));
}

BOOST_AUTO_TEST_CASE(messages_of_both_sides_are_unmasked_and_counted) {
  const Report report = talk({client(from_client(fin | ws::text, "Hello")), server(from_server(fin | ws::binary, "World!")),
                              client(from_client(fin | ws::close, "\x03\xe8")), server(from_server(fin | ws::close, "\x03\xe8"))});
  BOOST_TEST(report.text() ==
             "begin 1 c2s\nbody 1 websocket_message name= type= complete bytes=Hello\n"
             "body 1 websocket_message name= type= complete bytes=World!\n"
             "1 websocket.messages_toserver=1\n1 websocket.messages_toclient=1\n1 websocket.bytes_toserver=5\n"
             "1 websocket.bytes_toclient=6\nend 1 complete\nstatus done\n");
}

BOOST_AUTO_TEST_CASE(a_message_in_fragments_is_one_body_and_control_frames_stand_between) {
  const Report report = talk({client(from_client(ws::text, "Hel") + from_client(fin | ws::ping, "?") + from_client(ws::continuation, "") +
                                     from_client(fin | ws::continuation, "lo"))});
  BOOST_TEST(report.has("body 1 websocket_message name= type= complete bytes=Hello"));
  BOOST_TEST(report.count("anomaly ") == 0U);
}

BOOST_AUTO_TEST_CASE(lengths_of_every_form_are_read) {
  for (const size_t size : {size_t{0}, size_t{125}, size_t{126}, size_t{65535}, size_t{65536}, size_t{70000}}) {
    const Report report = run(websocket_protocol, {client(from_client(fin | ws::binary, std::string(size, 'x')))});
    BOOST_TEST(report.has("body 1 websocket_message name= type= complete bytes=" + std::string(size, 'x')));
  }
}

BOOST_AUTO_TEST_CASE(compressed_messages_of_a_side_are_one_deflate_stream) {
  const Report report = talk({server(from_server(fin | compressed | ws::text, "\xf2\x48\xcd\xc9\xc9\x07") + from_server(fin | compressed | ws::text, "\xf2\x00\x11")),
                              end(c2s), end(s2c)});
  BOOST_TEST(report.count("body 1 websocket_message deflate") == 1U);
  BOOST_TEST(report.has("1 websocket.messages_toclient=2"));
  BOOST_TEST(report.count("anomaly ") == 0U);
}

BOOST_AUTO_TEST_CASE(what_the_rfc_forbids_is_told_and_read_all_the_same) {
  const auto anomaly = [](const std::string& bytes) {
    const Report report = talk({client(bytes)});
    for (const std::string& line : report.lines)
      if (line.starts_with("anomaly ")) return line.substr(line.rfind(' ') + 1);
    return std::string();
  };
  BOOST_TEST(anomaly(from_server(fin | ws::text, "unmasked")) == "websocket.mask_odd");
  BOOST_TEST(anomaly(from_client(fin | 0x20 | ws::text, "rsv2")) == "websocket.frame_invalid");
  BOOST_TEST(anomaly(from_client(fin | 5, "opcode")) == "websocket.frame_invalid");
  BOOST_TEST(anomaly(from_client(ws::ping, "in fragments")) == "websocket.frame_invalid");
  BOOST_TEST(anomaly(from_client(fin | ws::ping, std::string(126, 'p'))) == "websocket.frame_invalid");
  BOOST_TEST(anomaly(from_client(fin | ws::continuation, "of nothing")) == "websocket.fragments_odd");
  BOOST_TEST(anomaly(from_client(ws::text, "one") + from_client(fin | ws::text, "two")) == "websocket.fragments_odd");
}

BOOST_AUTO_TEST_CASE(a_length_of_64_bits_is_malformed) {
  const Report report = talk({client(std::string_view("\x82\xff\x80\0\0\0\0\0\0\0\1\2\3\4", 14))});
  BOOST_TEST(report.has("status malformed"));
  BOOST_TEST(report.has("anomaly 1 websocket.length_invalid"));
}

BOOST_AUTO_TEST_CASE(a_hole_inside_a_payload_keeps_the_mask_and_one_across_frames_does_not) {
  const std::string frame = from_client(fin | ws::text, "0123456789");
  const Report inside = run(websocket_protocol, {client(frame.substr(0, 8)), gap(c2s, 3), client(frame.substr(11))});
  BOOST_TEST(inside.has("body 1 websocket_message name= type= complete bytes=01<gap 3>56789"));
  const Report across = run(websocket_protocol, {client(frame.substr(0, 8)), gap(c2s, 20), client(frame), end(c2s), end(s2c)});
  BOOST_TEST(across.has("anomaly 1 websocket.framing_lost"));
  BOOST_TEST(across.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_SUITE_END()
