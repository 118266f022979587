// SPDX-License-Identifier: Apache-2.0
// Captures that lie in memory: both containers, and damage named by its place.
#include "tools/read/capture_file.h"

#include <boost/test/unit_test.hpp>

using namespace sekisho;

namespace {

class Maker {
 public:
  Maker& u32(uint32_t value) {
    const auto* at = reinterpret_cast<const uint8_t*>(&value);
    bytes.insert(bytes.end(), at, at + sizeof value);
    return *this;
  }
  Maker& text(std::string_view value) {
    bytes.insert(bytes.end(), value.begin(), value.end());
    return *this;
  }
  Maker& pcap_header() { return u32(0xa1b2c3d4).u32(4 << 16 | 2).u32(0).u32(0).u32(65535).u32(1); }
  Maker& pcap_packet(std::string_view frame) {
    return u32(1)
        .u32(2)
        .u32(static_cast<uint32_t>(frame.size()))
        .u32(static_cast<uint32_t>(frame.size()))
        .text(frame);
  }
  Maker& section() { return u32(0x0a0d0d0a).u32(28).u32(0x1a2b3c4d).u32(1).u32(~0U).u32(~0U).u32(28); }
  Maker& interface() { return u32(1).u32(20).u32(1).u32(0).u32(20); }
  Maker& packet_of(uint32_t interface, std::string_view four_bytes) {
    return u32(6).u32(36).u32(interface).u32(0).u32(7).u32(4).u32(4).text(four_bytes).u32(36);
  }

  std::vector<uint8_t> bytes;
};

}  // namespace

BOOST_AUTO_TEST_CASE(packets_of_a_pcap_in_memory_are_views_of_it) {
  Maker capture;
  capture.pcap_header().pcap_packet("first").pcap_packet("second");
  auto file = CaptureFile::of(capture.bytes, "m");
  BOOST_REQUIRE(file.has_value());
  const auto first = file->next();
  BOOST_REQUIRE(first.has_value());
  BOOST_TEST(as_text(first->bytes) == "first");
  BOOST_TEST((first->bytes.data() == capture.bytes.data() + 40));
  BOOST_TEST(first->wall_ns == 1'000'002'000U);
  BOOST_TEST(as_text(file->next()->bytes) == "second");
  BOOST_TEST(!file->next().has_value());
  BOOST_TEST(!file->error().has_value());
}

BOOST_AUTO_TEST_CASE(packets_of_a_pcapng_tell_their_interface) {
  Maker capture;
  capture.section().interface().interface().packet_of(1, "abcd").packet_of(0, "efgh");
  auto file = CaptureFile::of(capture.bytes, "m");
  BOOST_REQUIRE(file.has_value());
  BOOST_TEST(file->next()->interface == 1U);
  BOOST_TEST(file->next()->interface == 0U);
  BOOST_TEST(!file->next().has_value());
}

BOOST_AUTO_TEST_CASE(damage_is_named_by_file_and_offset_and_ends_the_reading) {
  Maker capture;
  capture.pcap_header().pcap_packet("first").u32(1);
  auto file = CaptureFile::of(capture.bytes, "m");
  BOOST_REQUIRE(file->next().has_value());
  BOOST_TEST(!file->next().has_value());
  BOOST_REQUIRE(file->error().has_value());
  BOOST_TEST(describe(*file->error()).find("m") == 0U);
  BOOST_TEST(file->error()->text.find("offset 45") != std::string::npos);
  BOOST_TEST(!file->next().has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_capture_is_refused) {
  const std::vector<uint8_t> text{'h', 'e', 'l', 'l', 'o'};
  const auto file = CaptureFile::of(text, "m");
  BOOST_REQUIRE(!file.has_value());
  BOOST_TEST(file.error().text == "not a pcap or pcapng file");
}
