// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/limits.h"
#include "control/feeds/sample_feed.h"
#include "control/publish/temporary_folder.h"

using namespace sekisho;

namespace {

FeedContent read(const std::string& text) { return parsed_as(sample_feed(FeedFormat::suricata_rules), text); }

// What one rule of these options becomes.
std::string one(const std::string& options, const std::string& header = "alert http $HOME_NET any -> $EXTERNAL_NET any") {
  std::string out = rows_and_problems(read(header + " (msg:\"M\"; " + options + " sid:7; rev:1;)\n"));
  for (const std::string_view part : {"feeds/acme:1: rule \"7\" ", "; line skipped;"})
    if (const size_t at = out.find(part); at != std::string::npos) out.erase(at, part.size());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_content_in_the_host_is_a_domain) {
  BOOST_TEST(one("http.host; content:\"evil.test\"; bsize:9;") == "domain/exact/evil.test;");
  BOOST_TEST(one("http.host; bsize:9; content:\"evil.test\";") == "domain/exact/evil.test;");
  BOOST_TEST(one("http.host; content:\"evil.test\"; startswith; endswith; fast_pattern;") == "domain/exact/evil.test;");
  BOOST_TEST(one("http.host; content:\"evil.test\"; depth:9; isdataat:!1,relative;") == "domain/exact/evil.test;");
  BOOST_TEST(one("http.host; content:\".evil.test\"; endswith;") == "domain/subdomains/evil.test;");
  BOOST_TEST(one("http.host; dotprefix; content:\".evil.test\"; endswith; nocase;") == "domain/subdomains/evil.test;");
  BOOST_TEST(one("http.host; content:\"evil.test\";") == "domain/literal/evil.test;");
  BOOST_TEST(one("http.host; content:\"evil\"; startswith;") == "domain/regex/(?i)^evil;");
  BOOST_TEST(one("http.host; content:\"evil.test\"; endswith;") == "domain/regex/(?i)evil\\.test$;");
  BOOST_TEST(one("content:\"evil.test\"; http_host;") == "domain/literal/evil.test;");
}

BOOST_AUTO_TEST_CASE(every_buffer_that_is_a_field_has_its_kind) {
  BOOST_TEST(one("dns.query; content:\"evil.test\"; bsize:9;") == "domain/exact/evil.test;");
  BOOST_TEST(one("dns_query; content:\"evil.test\"; depth:9; isdataat:!1,relative;") == "domain/exact/evil.test;");
  BOOST_TEST(one("tls.sni; content:\"evil.test\"; startswith; endswith;") == "domain/exact/evil.test;");
  BOOST_TEST(one("tls_sni; content:\"evil.test\";") == "domain/literal/evil.test;");
  BOOST_TEST(one("http.user_agent; content:\"Evil/1.0\"; bsize:8;") == "user_agent/exact/Evil/1.0;");
  BOOST_TEST(one("content:\"Evil/\"; http_user_agent; nocase;") == "user_agent/literal/Evil/;");
  BOOST_TEST(one("ja3.hash; content:\"e7d705a3286e19ea42f587b344ee6865\";") == "ja3/exact/e7d705a3286e19ea42f587b344ee6865;");
  BOOST_TEST(one("tls.cert_fingerprint; content:\"00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33\";") ==
             "certificate_sha1/exact/00112233445566778899aabbccddeeff00112233;");
  BOOST_TEST(one("tls.cert_serial; content:\"0A:0B:0C\";") == "certificate_serial/exact/0A0B0C;");
  BOOST_TEST(one("file.name; content:\"evil.exe\"; startswith; endswith;") == "file_name/exact/evil.exe;");
}

BOOST_AUTO_TEST_CASE(a_content_in_the_uri_is_a_part_of_urls_and_with_its_host_a_url) {
  BOOST_TEST(one("http.uri; content:\"/gate.php?id=\";") == "url/literal//gate.php?id=;");
  BOOST_TEST(one("http.uri; content:\"/gate\"; startswith;") == "url/regex/^[^/]*\\/gate;");
  BOOST_TEST(one("http.uri; content:\"/gate\"; bsize:5; nocase;") == "url/regex/(?i)^[^/]*\\/gate$;");
  BOOST_TEST(one("urilen:5; content:\"/gate\"; http_uri;") == "url/regex/^[^/]*\\/gate$;");
  BOOST_TEST(one("http.host; content:\"evil.test\"; bsize:9; http.uri; content:\"/gate\"; bsize:5;") == "url/exact/evil.test/gate;");
  BOOST_TEST(one("http.uri; content:\"/gate\"; startswith; http.host; content:\"evil.test\"; bsize:9;") == "url/regex/^evil\\.test\\/gate;");
  BOOST_TEST(one("http.host; content:\".evil.test\"; endswith; http.uri; content:\"x.exe\"; endswith;") ==
             "url/regex/^([^/]*\\.)?evil\\.test/.*x\\.exe$;");
  BOOST_TEST(one("http.uri; content:\"/a\";") == "looks for \"/a\" anywhere, which is too short");
  BOOST_TEST(one("http.host; content:\"evil\"; http.uri; content:\"/gate\";") == "looks for a part of a host name and of a URI");
}

BOOST_AUTO_TEST_CASE(addresses_in_the_header_are_indicators_where_nothing_else_is_asked) {
  BOOST_TEST(one("threshold:type limit, track by_src, seconds 60, count 1;", "alert ip [192.0.2.1,192.0.2.0/24, 2001:db8::1] any -> $HOME_NET any") ==
             "address/exact/192.0.2.1;address/cidr/192.0.2.0/24;address/exact/2001:db8::1;");
  BOOST_TEST(one("", "alert tcp $HOME_NET any -> 192.0.2.1 any") == "address/exact/192.0.2.1;");
  BOOST_TEST(one("", "alert tcp $HOME_NET any -> 192.0.2.1 443") == "is bound to a port: an address is met on all");
  BOOST_TEST(one("", "alert ip [192.0.2.0/24,!192.0.2.1] any -> any any") == "leaves addresses out of a list");
  BOOST_TEST(one("", "alert ip 192.0.2.1 any -> 192.0.2.2 any") == "names addresses on both sides: an indicator is one value");
  BOOST_TEST(one("", "alert ip any any -> any any") == "names neither an address nor a content");
  BOOST_TEST(one("tls.sni; content:\"evil.test\"; bsize:9;", "alert tls any any -> 192.0.2.1 any") ==
             "is bound to addresses and to a content: an indicator is one value");
}

BOOST_AUTO_TEST_CASE(a_question_in_the_form_of_dns_messages_is_a_domain) {
  BOOST_TEST(one("content:\"|04|evil|04|test|00|\"; nocase; fast_pattern;", "alert udp any any -> any 53") == "domain/subdomains/evil.test;");
  BOOST_TEST(one("content:\"|04|evil|04|test\";", "alert udp any any -> any 53") == "looks at the payload, not at a field");
  BOOST_TEST(one("content:\"|ff|evil|00|\";", "alert udp any any -> any 53") == "looks at the payload, not at a field");
}

BOOST_AUTO_TEST_CASE(what_no_indicator_can_say_is_rejected_with_its_reason) {
  BOOST_TEST(one("http.host; content:\"evil.test\"; pcre:\"/x/\";") == "uses \"pcre\"");
  BOOST_TEST(one("http.host; content:!\"evil.test\";") == "is met where something is missing");
  BOOST_TEST(one("content:\"evil\";") == "looks at the payload, not at a field");
  BOOST_TEST(one("file.data; content:\"evil\";") == "uses \"file.data\"");
  BOOST_TEST(one("http.host; content:\"evil.test\"; http.user_agent; content:\"Evil\";") == "needs several values at once: an indicator is one");
  BOOST_TEST(one("http.host; content:\"a.test\"; content:\"b.test\"; content:\"c.test\";") == "needs several values at once: an indicator is one");
  BOOST_TEST(one("http.host; content:\"evil.test\"; offset:3;") == "looks in a part of its buffer (offset)");
  BOOST_TEST(one("http.host; content:\"evil.test\"; depth:20;") == "looks in a part of its buffer (depth)");
  BOOST_TEST(one("http.host; content:\"evil.test\"; bsize:>5;") == "compares its buffer's size");
  BOOST_TEST(one("http.host; content:\"evil.test\"; bsize:20;") == "has a buffer longer than its content (bsize)");
  BOOST_TEST(one("http.host; content:\"evil.test\"; flowbits:isset,x;") == "depends on what other rules met");
  BOOST_TEST(one("http.host; content:\"evil.test\"; flowbits:noalert;") == "raises no alert");
  BOOST_TEST(one("http.host; content:\"evil.test\"; threshold:type threshold, track by_src, count 5, seconds 1;") == "counts before it alerts");
  BOOST_TEST(one("http.host; content:\"e|00|vil\";") == "looks for bytes that are no text");
  BOOST_TEST(one("http.host; content:\"|0|\";") == "has a content that cannot be read: \"\"|0|\"\"");
  BOOST_TEST(one("http.host; nocase; content:\"evil.test\";") == "has \"nocase\" before a content");
  BOOST_TEST(one("http.host; content:\"evil.test\"; bsize:9;", "pass http any any -> any any") == "is a pass rule: what it lets through");
}

BOOST_AUTO_TEST_CASE(message_severity_confidence_and_action_come_from_the_rule) {
  const FeedContent content = read(
      "drop tls any any -> any any (msg:\"ET MALWARE a\\; b\"; tls.sni; content:\"a.test\"; bsize:6; classtype:trojan-activity; "
      "metadata:created_at 2026_01_01, confidence High, signature_severity Critical; sid:11;)\n"
      "reject tls any any -> any any (tls.sni; content:\"b.test\"; bsize:6; priority:3; sid:12;)\n"
      "alert tls any any -> any any (msg:\"c\"; tls.sni; content:\"c.test\"; bsize:6; classtype:trojan-activity; sid:13;)\n"
      "alert tls any any -> any any (tls.sni; content:\"d.test\"; bsize:6;)\n");
  BOOST_REQUIRE(content.rows.size() == 4U);
  const auto& rows = content.rows;
  BOOST_TEST(rows[0].indicator.note == "ET MALWARE a; b (sid 11)");
  BOOST_TEST(rows[0].indicator.severity == 4);
  BOOST_TEST(rows[0].indicator.confidence == 90);
  BOOST_TEST((rows[0].asked == Action::drop));
  BOOST_TEST(rows[1].indicator.note == "sid 12");
  BOOST_TEST(rows[1].indicator.severity == 1);
  BOOST_TEST((rows[1].asked == Action::reset));
  BOOST_TEST(rows[2].indicator.severity == 3);
  BOOST_TEST(!rows[2].asked.has_value());
  BOOST_TEST(rows[3].indicator.severity == 2);
  BOOST_TEST(rows[3].indicator.confidence == 50);
}

BOOST_AUTO_TEST_CASE(the_report_tells_the_share_that_was_taken) {
  const FeedContent content = read(
      "# head\n#alert http any any -> any any (http.host; content:\"off.test\"; sid:1;)\n"
      "alert http any any -> any any ( \\\n  http.host; content:\"a.test\"; \\\n  bsize:6; sid:2;)\n"
      "alert tcp any any -> any any (content:\"x\"; sid:3;)\nalert http any any -> any any (http.host; content:\"a.test\"; bsize:6; sid:4;)\n");
  BOOST_TEST(content.report.told == "took 2 of 3 rules");
  BOOST_TEST(content.report.loaded == 1U);
  BOOST_TEST(content.report.duplicate == 1U);
  BOOST_REQUIRE(content.report.problems.size() == 1U);
  BOOST_TEST(describe(content.report.problems[0]) == "feeds/acme:6: rule \"3\" looks at the payload, not at a field; line skipped");
}

BOOST_AUTO_TEST_CASE(lists_of_digests_are_read_from_beside_the_rules) {
  const TemporaryFolder folder;
  FeedConfig feed = sample_feed(FeedFormat::automatic);
  feed.path = folder.file("a.rules");
  folder.write("bad.md5", "# head\n" + std::string(32, 'a') + "  a file\n\n" + std::string(32, 'b') + "\nzz\n");
  folder.write("a.rules", "alert http any any -> any any (msg:\"F\"; filemd5:bad.md5; sid:1;)\n"
                          "alert http any any -> any any (filesha256:missing; sid:2;)\n"
                          "alert http any any -> any any (filemd5:../../etc/passwd; sid:3;)\n"
                          "alert http any any -> any any (filemd5:!bad.md5; sid:4;)\n");
  const auto content = read_feed(feed, sample_now_s);
  BOOST_REQUIRE(content.has_value());
  BOOST_TEST(content->report.loaded == 2U);
  BOOST_TEST(content->report.rejected == 4U);
  BOOST_TEST((content->rows[1].indicator.kind == Kind::md5));
  BOOST_TEST(content->rows[1].indicator.note == "F (sid 1)");
  BOOST_TEST(content->report.told == "took 1 of 4 rules");
}

BOOST_AUTO_TEST_CASE(rules_are_told_by_their_first_line_and_may_be_cut_anywhere) {
  const std::string text = "# head\nalert dns any any -> any any (msg:\"M\"; dns.query; content:\"|65|vil.te\\\"st\"; nocase; bsize:10; sid:1; rev:2;)\n"
                           "alert ip [192.0.2.1,192.0.2.2] any -> any any (sid:2;)\n";
  BOOST_TEST(parsed_as(sample_feed(FeedFormat::automatic), text).report.told == "took 1 of 2 rules");
  cut_at_every_byte(sample_feed(FeedFormat::suricata_rules), text);
}

BOOST_AUTO_TEST_CASE(a_rule_that_is_too_long_or_never_ends_costs_itself) {
  const std::string good = "alert dns any any -> any any (dns.query; content:\"a.test\"; bsize:6; sid:1;)\n";
  const FeedContent content = read("alert ip [" + std::string(feed_line_bytes_max, '1') + "] any -> any any (sid:1;)\n" + good + "alert tcp \\\n");
  BOOST_TEST(content.report.loaded == 1U);
  BOOST_TEST(content.report.rejected == 2U);
}
