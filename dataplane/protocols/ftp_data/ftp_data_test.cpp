// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "dataplane/protocols/parser_harness.h"

using namespace sekisho;
using test::client;
using test::end;
using test::gap;
using test::server;

namespace sekisho {
extern const Protocol ftp_data_protocol;
}

namespace {
constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;
}

BOOST_AUTO_TEST_CASE(a_connection_is_one_file_in_the_direction_that_speaks) {
  const test::Conversation down{server("the "), server("file"), end(s2c), end(c2s)};
  BOOST_TEST(test::check_split_and_cut(ftp_data_protocol, down) == "");
  const test::Report report = test::run(ftp_data_protocol, down);
  BOOST_TEST(report.text().find("complete bytes=the file") != std::string::npos);
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(test::run(ftp_data_protocol, {client("up"), end(c2s)}).has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(a_side_that_speaks_out_of_turn_does_not_hide_the_other) {
  const test::Conversation both{server("x"), client("the file"), end(c2s), end(s2c)};
  BOOST_TEST(test::check_split_and_cut(ftp_data_protocol, both) == "");
  BOOST_TEST(test::run(ftp_data_protocol, both).text().find("complete bytes=the file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reset_and_a_hole_are_told) {
  const test::Report cut = test::run(ftp_data_protocol, {server("half"), end(s2c, EndReason::reset)});
  BOOST_TEST(cut.has("end 1 incomplete"));
  BOOST_TEST(cut.text().find("truncated") != std::string::npos);
  const test::Report hole = test::run(ftp_data_protocol, {server("a"), gap(s2c, 5), server("b"), end(s2c)});
  BOOST_TEST(hole.has("end 1 complete"));
  BOOST_TEST(test::run(ftp_data_protocol, {end(c2s), end(s2c)}).count("begin") == 0U);
}

BOOST_AUTO_TEST_CASE(nothing_is_ever_detected_as_one) {
  for (const Direction direction : {c2s, s2c})
    BOOST_TEST((ftp_data_protocol.probe(as_bytes("anything"), direction, Transport::stream) ==
                ProbeResult::not_for_us));
}
