// SPDX-License-Identifier: Apache-2.0
#include "dataplane/verdict/block_page.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "dataplane/decode/test_frames.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

std::string page(uint64_t reference) {
  BlockPage room;
  return std::string(as_text(write_block_page(reference, room)));
}

Frame request_frame(const IpSpec& spec) {
  return ethernet_ip(ip(spec, tcp(spec, TcpSpec{}, text("GET / HTTP/1.1\r\n\r\n"))));
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_page_is_one_whole_response_that_ends_the_connection) {
  for (const uint64_t reference : {uint64_t{0}, ~uint64_t{0}}) {
    const std::string text = page(reference);
    BOOST_TEST(text.starts_with("HTTP/1.1 403 Forbidden\r\n"));
    BOOST_TEST(text.find("Connection: close\r\n") != std::string::npos);
    BOOST_TEST(text.find("flow " + std::to_string(reference) + "<") != std::string::npos);
    const size_t body = text.find("\r\n\r\n") + 4;
    BOOST_TEST(text.find("Content-Length: " + std::to_string(text.size() - body) + "\r\n") !=
               std::string::npos);
    BOOST_TEST(text.size() <= block_page_bytes_max);
  }
}

BOOST_AUTO_TEST_CASE(the_page_goes_to_the_client_with_the_servers_numbers_and_its_end) {
  for (const IpSpec& spec :
       {IpSpec{.protocol = 6}, IpSpec{.source = v6(1), .destination = v6(2), .protocol = 6}}) {
    const Decoded cause = decoded(request_frame(spec));
    InjectedFrame frame;
    BOOST_REQUIRE(build_block_page(cause, Toward::sender, {7000, 1018}, 42, frame));
    const Decoded answer = decoded({frame.bytes.begin(), frame.bytes.begin() + frame.length});
    BOOST_TEST((answer.tuple == reversed(cause.tuple)));
    BOOST_TEST(answer.tcp.sequence == 7000U);
    BOOST_TEST(answer.tcp.acknowledgment == 1018U);
    BOOST_TEST(answer.tcp.flags == (tcp_flag::ack | tcp_flag::psh | tcp_flag::fin));
    BOOST_TEST(std::string(as_text(answer.payload())) == page(42));
    BOOST_TEST((answer.checksum == ChecksumState::good));
  }
}
