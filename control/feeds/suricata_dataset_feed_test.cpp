// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/sample_feed.h"

using namespace sekisho;

namespace {

FeedConfig dataset(std::optional<Kind> kind) {
  FeedConfig feed = sample_feed(FeedFormat::suricata_dataset);
  feed.kind = kind;
  return feed;
}
std::string read(Kind kind, std::string_view text) { return rows_and_problems(parsed_as(dataset(kind), text)); }

}  // namespace

BOOST_AUTO_TEST_CASE(strings_stand_in_base64_and_are_of_the_kind_that_the_feed_names) {
  BOOST_TEST(read(Kind::domain, "ZXZpbC50ZXN0\n") == "domain/exact/evil.test;");
  BOOST_TEST(read(Kind::user_agent, "RXZpbC8xLjA=\r\n") == "user_agent/exact/Evil/1.0;");
  BOOST_TEST(read(Kind::domain, "evil.test\n") == "feeds/acme:1: \"evil.test\" is not base64; line skipped;");
}

BOOST_AUTO_TEST_CASE(digests_and_addresses_stand_as_they_are) {
  const std::string md5(32, 'a'), sha256(64, 'b');
  BOOST_TEST(read(Kind::md5, md5 + "\n" + sha256 + "\n").starts_with("md5/exact/" + md5 + ";feeds/acme:2: "));
  BOOST_TEST(read(Kind::sha256, sha256 + "\n") == "sha256/exact/" + sha256 + ";");
  BOOST_TEST(read(Kind::address, "192.0.2.1\n2001:db8::1\n::ffff:192.0.2.2\n") ==
             "address/exact/192.0.2.1;address/exact/2001:db8::1;address/exact/::ffff:192.0.2.2;");
}

BOOST_AUTO_TEST_CASE(a_reputation_goes_into_the_note) {
  const FeedContent content = parsed_as(dataset(Kind::address), "192.0.2.1, 90\n192.0.2.2\n");
  BOOST_REQUIRE(content.rows.size() == 2U);
  BOOST_TEST(content.rows[0].indicator.note == "reputation 90");
  BOOST_TEST(content.rows[1].indicator.note == "");
}

BOOST_AUTO_TEST_CASE(a_dataset_without_a_kind_is_refused) {
  const auto content = parse_feed(dataset({}), "ZXZpbC50ZXN0\n", sample_now_s);
  BOOST_REQUIRE(!content.has_value());
  BOOST_TEST(describe(content.error()) == "feeds/acme: a dataset does not tell the kind of its values: the feed needs its `kind`");
  cut_at_every_byte(dataset(Kind::domain), "ZXZpbC50ZXN0,1\n");
}
