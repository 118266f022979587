// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <vector>

#include "dataplane/protocols/quic/initial_keys.h"
#include "dataplane/protocols/quic/test_initial.h"

using namespace sekisho;
using namespace sekisho::quic;
namespace t = sekisho::quic::test;

namespace {

std::string hex(Bytes bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const uint8_t byte : bytes) out += {digits[byte >> 4], digits[byte & 15]};
  return out;
}
InitialKeys keys_of(uint32_t version, Sender sender) {
  static constexpr uint8_t connection_id[] = {0x83, 0x94, 0xC8, 0xF0, 0x3E, 0x51, 0x57, 0x08};
  return make_initial_keys(*wording_of(version), connection_id, sender);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_keys_of_the_rfcs_examples_come_out) {
  const InitialKeys client = keys_of(version_1, Sender::client);  // RFC 9001 A.1
  BOOST_TEST(hex(client.key) == "1f369613dd76d5467730efcbe3b1a22d");
  BOOST_TEST(hex(client.iv) == "fa044b2f42a3fd3b46fb255c");
  BOOST_TEST(hex(client.header_protection) == "9f50449e04a0e810283a1e9933adedd2");
  const InitialKeys server = keys_of(version_1, Sender::server);
  BOOST_TEST(hex(server.key) == "cf3a5331653c364c88f0f379b6067e37");
  BOOST_TEST(hex(server.iv) == "0ac1493ca1905853b0bba03e");
  BOOST_TEST(hex(server.header_protection) == "c206b8d9b9f0f37644430b490eeaa314");
  const InitialKeys second = keys_of(version_2, Sender::client);  // RFC 9369 A.1
  BOOST_TEST(hex(second.key) == "8b1a0bc121284290a29e0971b5cd045d");
  BOOST_TEST(hex(second.iv) == "91f73e2351d8fa91660e909f");
  BOOST_TEST(hex(second.header_protection) == "45b95e15235d6f45a6b19cbcb0294ba9");
}

BOOST_AUTO_TEST_CASE(packet_numbers_are_completed_as_rfc_9000_says) {
  BOOST_TEST(whole_packet_number(0xa82f30ea + 1, 0x9b32, 2) == 0xa82f9b32U);  // A.3
  BOOST_TEST(whole_packet_number(0, 0, 1) == 0U);
  BOOST_TEST(whole_packet_number(0, 200, 1) == 200U);
  BOOST_TEST(whole_packet_number(250, 3, 1) == 259U);
  BOOST_TEST(whole_packet_number(260, 250, 1) == 250U);
}

BOOST_AUTO_TEST_CASE(a_packet_opens_under_its_keys_whatever_the_length_of_its_number) {
  for (const uint32_t version : {version_1, version_2, 0xFF00001DU, 0xFF000017U, 0xFF000016U})
    for (unsigned number_bytes = 1; number_bytes <= 4; ++number_bytes) {
      t::InitialPacket packet{
          .version = version, .token = "token", .number = 0x7B, .number_bytes = number_bytes};
      const std::string sealed = packet.with("\x01\x01\x01 frames");
      const std::vector<uint8_t> copy(sealed.begin(), sealed.end());
      std::vector<uint8_t> memory(copy.size());
      Opened opened;
      const size_t number_at = 1 + 4 + 1 + 8 + 1 + 6 + 1 + 5 + 1;
      BOOST_TEST(open_initial(keys_of(version, Sender::client), copy, number_at, 0, memory, opened));
      BOOST_TEST(opened.number == 0x7BU);
      BOOST_TEST(as_text(opened.payload) == "\x01\x01\x01 frames");
      BOOST_TEST(!open_initial(keys_of(version, Sender::server), copy, number_at, 0, memory, opened));
      for (size_t cut = 0; cut < copy.size(); ++cut) {
        const std::vector<uint8_t> part(copy.begin(), copy.begin() + static_cast<std::ptrdiff_t>(cut));
        if (cut >= number_at)
          BOOST_REQUIRE(!open_initial(keys_of(version, Sender::client), part, number_at, 0, memory, opened));
      }
    }
}
