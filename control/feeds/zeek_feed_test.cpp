// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/sample_feed.h"

using namespace sekisho;

namespace {

const std::string head = "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url\n";

FeedContent read(std::string_view text, FeedFormat format = FeedFormat::zeek) { return parsed_as(sample_feed(format), text); }
std::string refusal(std::string_view text) {
  const auto content = parse_feed(sample_feed(FeedFormat::zeek), text, sample_now_s);
  BOOST_REQUIRE(!content.has_value());
  return describe(content.error());
}
// The only row or problem of one line.
std::string one(const std::string& indicator, const std::string& type) { return rows_and_problems(read(head + indicator + "\t" + type + "\t-\t-\t-\n")); }

}  // namespace

BOOST_AUTO_TEST_CASE(every_type_of_zeek_has_its_kind) {
  BOOST_TEST(one("192.0.2.1", "Intel::ADDR") == "address/exact/192.0.2.1;");
  BOOST_TEST(one("192.0.2.0/24", "Intel::SUBNET") == "address/cidr/192.0.2.0/24;");
  BOOST_TEST(one("evil.test/a?b", "Intel::URL") == "url/exact/evil.test/a?b;");
  BOOST_TEST(one("Evil/1.0 (x)", "Intel::SOFTWARE") == "user_agent/exact/Evil/1.0 (x);");
  BOOST_TEST(one("m@evil.test", "Intel::EMAIL") == "mail_address/exact/m@evil.test;");
  BOOST_TEST(one("evil.test", "Intel::DOMAIN") == "domain/exact/evil.test;");
  BOOST_TEST(one("mallory", "Intel::USER_NAME") == "account/exact/mallory;");
  BOOST_TEST(one(std::string(32, 'a'), "Intel::FILE_HASH") == "md5/exact/" + std::string(32, 'a') + ";");
  BOOST_TEST(one(std::string(40, 'a'), "Intel::FILE_HASH") == "sha1/exact/" + std::string(40, 'a') + ";");
  BOOST_TEST(one(std::string(64, 'a'), "Intel::FILE_HASH") == "sha256/exact/" + std::string(64, 'a') + ";");
  BOOST_TEST(one("evil.exe", "Intel::FILE_NAME") == "file_name/exact/evil.exe;");
  BOOST_TEST(one(std::string(40, 'b'), "Intel::CERT_HASH") == "certificate_sha1/exact/" + std::string(40, 'b') + ";");
}

BOOST_AUTO_TEST_CASE(types_without_a_kind_and_digests_of_odd_length_are_rejected) {
  BOOST_TEST(one("ab", "Intel::PUBKEY_HASH") == "feeds/acme:2: \"ab\" of type \"Intel::PUBKEY_HASH\" has no indicator kind; line skipped;");
  BOOST_TEST(one("abc", "Intel::FILE_HASH") == "feeds/acme:2: \"abc\" of type \"Intel::FILE_HASH\" has no indicator kind; line skipped;");
  BOOST_TEST(one("x", "Evil") == "feeds/acme:2: \"x\" of type \"Evil\" has no indicator kind; line skipped;");
}

BOOST_AUTO_TEST_CASE(source_description_and_address_make_the_note) {
  const FeedContent content = read(head + "evil.test\tIntel::DOMAIN\tAcme\tcampaign \\x09x\\zz\thttps://acme.test/1\nb.test\tIntel::DOMAIN\t-\tonly\t-\n");
  BOOST_REQUIRE(content.rows.size() == 2U);
  BOOST_TEST(content.rows[0].indicator.note == "Acme: campaign \tx\\zz (https://acme.test/1)");
  BOOST_TEST(content.rows[1].indicator.note == "only");
  BOOST_TEST(content.rows[1].line == 3U);
}

BOOST_AUTO_TEST_CASE(columns_stand_in_any_order_and_unknown_ones_are_said) {
  const FeedContent content = read("#fields\tmeta.do_notice\tindicator_type\tmeta.colour\tindicator\nT\tIntel::ADDR\tred\t192.0.2.1\n");
  BOOST_TEST(rows_and_problems(content) == "address/exact/192.0.2.1;feeds/acme:1: column \"meta.colour\" is ignored;");
}

BOOST_AUTO_TEST_CASE(what_zeek_meets_in_one_place_only_or_never_is_rejected) {
  const FeedContent content = read("#fields\tindicator\tindicator_type\tmeta.if_in\tmeta.whitelist\na.test\tIntel::DOMAIN\tHTTP::IN_HOST_HEADER\t-\n"
                                   "b.test\tIntel::DOMAIN\t-\tT\nc.test\tIntel::DOMAIN\t-\tF\n");
  BOOST_TEST(content.report.rejected == 2U);
  BOOST_TEST(content.report.loaded == 1U);
}

BOOST_AUTO_TEST_CASE(rows_of_the_wrong_width_are_rejected) {
  BOOST_TEST(rows_and_problems(read(head + "a.test\tIntel::DOMAIN\n")) == "feeds/acme:2: 2 cells where \"#fields\" names 5; line skipped;");
  BOOST_TEST(read(head + "a.test\tIntel::DOMAIN\t-\t-\t-\t-\n").report.rejected == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_without_its_header_is_refused_as_a_whole) {
  BOOST_TEST(refusal("a.test\tIntel::DOMAIN\n") == "feeds/acme:1: a line stands before \"#fields\"");
  BOOST_TEST(refusal("# nothing\n") == "feeds/acme: no \"#fields\" line");
  BOOST_TEST(refusal("#fields\tindicator\n") == "feeds/acme:1: \"#fields\" does not name \"indicator_type\" once");
  BOOST_TEST(refusal("#fields\tindicator\tindicator\tindicator_type\n") == "feeds/acme:1: \"#fields\" does not name \"indicator\" once");
}

BOOST_AUTO_TEST_CASE(a_zeek_file_is_told_by_its_header_and_may_be_cut_anywhere) {
  const std::string text = "# head\n" + head + "evil.test\tIntel::DOMAIN\tAcme\t\\x41\t-\n";
  BOOST_TEST(rows_and_problems(read(text, FeedFormat::automatic)) == "domain/exact/evil.test;");
  cut_at_every_byte(sample_feed(FeedFormat::zeek), text);
}
