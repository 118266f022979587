// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "dataplane/content/decoder_harness.h"
#include "dataplane/content/dns_message.h"
#include "dataplane/content/limits.h"

using namespace sekisho;
using namespace sekisho::test;

BOOST_AUTO_TEST_SUITE(dns_message_body)

namespace {
const std::string query("\0\0\1\0\0\1\0\0\0\0\0\0\3www\7example\3com\0\0\1\0\1", 33);
}  // namespace

BOOST_AUTO_TEST_CASE(a_body_that_is_a_dns_message_becomes_a_transaction_and_passes_on) {
  BOOST_TEST(check_decoder_splits(dns_message_decoder, query) == "");
  const Recording report = run_decoder(dns_message_decoder, whole(query));
  BOOST_TEST(report.value("dns.query.name") == "www.example.com");
  BOOST_TEST(report.value("dns.query.type") == "1");
  BOOST_TEST(report.count("anomaly ") == 0U);
  BOOST_TEST(report.lines.back().find("bytes=\\x00\\x00\\x01") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_message_that_breaks_off_is_read_as_far_as_it_came) {
  DecoderOptions options;
  options.end = BodyEnd::truncated;
  const Recording report = run_decoder(dns_message_decoder, whole(query.substr(0, query.size() - 2)), options);
  BOOST_TEST(report.value("dns.query.name") == "www.example.com");
  BOOST_TEST(report.count("end 2 incomplete") + report.count("end 1 incomplete") == 1U);
}

BOOST_AUTO_TEST_CASE(a_message_longer_than_its_bound_is_read_to_it) {
  const std::string body = query + std::string(dns_body_bytes_max, 'x');
  const Recording report = run_decoder(dns_message_decoder, whole(body));
  BOOST_TEST(report.value("dns.query.name") == "www.example.com");
  BOOST_TEST(report.value("dns.message_bytes") == std::to_string(dns_body_bytes_max));
}

BOOST_AUTO_TEST_CASE(what_is_behind_a_hole_is_not_read_as_if_it_followed) {
  const Recording report = run_decoder(dns_message_decoder, {{query.substr(0, 20)}, {"", 5}, {query.substr(25)}});
  BOOST_TEST(report.value("dns.query.name") == "");
}

BOOST_AUTO_TEST_SUITE_END()
