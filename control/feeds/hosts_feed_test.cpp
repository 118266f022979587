// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/limits.h"
#include "control/feeds/sample_feed.h"

using namespace sekisho;

namespace {

std::string read(std::string_view text, FeedFormat format = FeedFormat::hosts) { return rows_and_problems(parsed_as(sample_feed(format), text)); }

}  // namespace

BOOST_AUTO_TEST_CASE(each_name_of_a_hosts_line_is_met_alone) {
  BOOST_TEST(read("# head\n0.0.0.0 ads.test\n127.0.0.1\tbad.test evil.test # why\r\n:: six.test\n\n") ==
             "domain/exact/ads.test;domain/exact/bad.test;domain/exact/evil.test;domain/exact/six.test;");
}

BOOST_AUTO_TEST_CASE(the_machine_itself_is_no_indicator) {
  const FeedContent content = parsed_as(sample_feed(FeedFormat::hosts), "127.0.0.1 localhost localhost.localdomain\n0.0.0.0 0.0.0.0\n::1 ip6-loopback\n");
  BOOST_TEST(content.report.loaded == 0U);
  BOOST_TEST(content.report.rejected == 4U);
  BOOST_TEST(describe(content.report.problems[0]) == "feeds/acme:1: \"localhost\" is the machine itself; line skipped");
}

BOOST_AUTO_TEST_CASE(an_address_of_somewhere_is_rejected_with_its_line) {
  BOOST_TEST(read("192.0.2.1 evil.test\n0.0.0.0\n") ==
             "feeds/acme:1: \"192.0.2.1\" is not an address of nowhere: 0.0.0.0, 127.0.0.1, ::, ::1; line skipped;"
             "feeds/acme:2: \"0.0.0.0\" stands without a name; line skipped;");
}

BOOST_AUTO_TEST_CASE(a_hosts_file_is_told_by_its_first_line) {
  BOOST_TEST(read("# head\n0.0.0.0 a.test\n", FeedFormat::automatic) == "domain/exact/a.test;");
  BOOST_TEST(read("a.test\n0.0.0.0 b.test\n", FeedFormat::automatic) == "domain/subdomains/a.test;domain/subdomains/b.test;");
}

BOOST_AUTO_TEST_CASE(hostile_hosts_lines_are_rejected) {
  const FeedContent content = parsed_as(sample_feed(FeedFormat::hosts), "0.0.0.0 com\n0.0.0.0 a..b\n0.0.0.0 \x1b[2J.test\n0.0.0.0 " +
                                                                            std::string(feed_line_bytes_max, 'a') + ".test\n");
  BOOST_TEST(content.report.loaded == 0U);
  BOOST_TEST(content.report.rejected == 4U);
  cut_at_every_byte(sample_feed(FeedFormat::hosts), "0.0.0.0 ads.test bad.test # x\n::1 localhost\n");
}
