// SPDX-License-Identifier: Apache-2.0
#include "dataplane/decode/checksum.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "dataplane/decode/test_frames.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

// RFC 1071 1, word by word.
uint16_t by_the_book(Bytes bytes) {
  uint32_t sum = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    sum += i % 2 == 0 ? uint32_t{bytes[i]} << 8 : bytes[i];
    if (sum > 0xffff) sum -= 0xffff;
  }
  return static_cast<uint16_t>(~sum);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_example_of_rfc_1071_sums_up) {
  const Frame words = from_hex("0001f203f4f5f6f7");
  BOOST_TEST(internet_checksum(words) == uint16_t(~0xddf2));
}

BOOST_AUTO_TEST_CASE(a_header_with_its_checksum_gives_zero_and_without_gives_the_checksum) {
  Frame header = from_hex("450000730000400040110000c0a80001c0a800c7");
  BOOST_TEST(ipv4_header_checksum(header) == 0xb861);
  store_be16(&header[10], 0xb861);
  BOOST_TEST(ipv4_header_checksum(header) == 0);
}

BOOST_AUTO_TEST_CASE(simd_and_plain_sums_agree_with_the_book_at_every_length_and_alignment) {
  std::mt19937 random(3);
  for (size_t length = 0; length < 300; ++length) {
    for (size_t shift = 0; shift < 4; ++shift) {
      Frame memory(length + shift);  // exact: an over-read is seen
      for (uint8_t& byte : memory) byte = random() % 3 == 0 ? 0xff : static_cast<uint8_t>(random());
      const Bytes bytes = Bytes(memory).subspan(shift);
      BOOST_TEST(internet_checksum(bytes) == by_the_book(bytes));
      BOOST_TEST(ones_sum(bytes) % 0xffff == ones_sum_plain(bytes) % 0xffff);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_longest_datagram_of_ones_does_not_overflow) {
  const Frame ones(65535, 0xff);
  BOOST_TEST(internet_checksum(ones) == by_the_book(ones));
}

BOOST_AUTO_TEST_CASE(the_pseudo_header_counts_for_both_ip_versions) {
  std::mt19937 random(4);
  for (const bool is_ipv4 : {true, false}) {
    for (int round = 0; round < 200; ++round) {
      Frame segment(8 + random() % 100);
      for (uint8_t& byte : segment) byte = static_cast<uint8_t>(random());
      FiveTuple tuple = tuple_of({}, 1, 2);
      if (!is_ipv4)
        for (uint8_t& byte : tuple.source) byte = static_cast<uint8_t>(random());
      if (!is_ipv4) tuple.destination = v6(static_cast<uint32_t>(random()));
      const size_t skip = is_ipv4 ? 12 : 0;
      Frame pseudo(tuple.source.begin() + skip, tuple.source.end());
      pseudo.insert(pseudo.end(), tuple.destination.begin() + skip, tuple.destination.end());
      pseudo = pseudo + be32(tuple.ip_protocol) + be32(static_cast<uint32_t>(segment.size()));
      BOOST_TEST(transport_checksum(tuple, segment) == by_the_book(pseudo + segment));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_udp_sum_of_zero_is_sent_as_all_ones) {
  const FiveTuple tuple = tuple_of({}, 1, 2);
  Frame datagram = from_hex("00010002000a00000000");
  store_be16(&datagram[8], transport_checksum(tuple, datagram));
  BOOST_TEST(transport_checksum(tuple, datagram) == 0);
  BOOST_TEST(udp_checksum_to_send(tuple, datagram) == 0xffff);
}
