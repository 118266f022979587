// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/limits.h"
#include "control/feeds/sample_feed.h"

using namespace sekisho;

namespace {

const FeedConfig stix = sample_feed(FeedFormat::stix);

std::string indicator(std::string_view pattern, std::string_view more = "") {
  return R"({"type":"indicator","id":"indicator--1","pattern":")" + std::string(pattern) + R"(","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z")" +
         (more.empty() ? "" : ",") + std::string(more) + "}";
}

std::string bundle(std::string_view objects) { return R"({"type":"bundle","id":"bundle--1","objects":[)" + std::string(objects) + "]}"; }

std::string told(std::string_view text) { return rows_and_problems(parsed_as(stix, text)); }

Indicator only_of(std::string_view objects) {
  const FeedContent content = parsed_as(stix, bundle(objects));
  BOOST_TEST_REQUIRE(rows_and_problems(content).find("skipped") == std::string::npos, rows_and_problems(content));
  BOOST_TEST_REQUIRE(content.rows.size() == 1U);
  return content.rows[0].indicator;
}

std::string refusal(std::string_view text) {
  const std::vector<char> copy(text.begin(), text.end());
  const auto content = parse_feed(stix, {copy.data(), copy.size()}, sample_now_s);
  return content ? "none" : describe(content.error());
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_indicator_object_is_a_row_with_what_it_says) {
  const Indicator row = only_of(indicator("[domain-name:value = 'evil.test']",
      R"("name":"C2 of X","description":"seen \"twice\"","valid_until":"2027-01-01T00:00:00Z","confidence": 85 ,"indicator_types":["malicious-activity"],
         "kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"initial-access"},{"kill_chain_name":"mitre-attack","phase_name":"command-and-control"}],
         "object_marking_refs":["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"])"));
  BOOST_TEST(row.value == "evil.test");
  BOOST_TEST(row.note == "C2 of X (indicator--1): seen \"twice\"");
  BOOST_TEST(row.confidence == 85);
  BOOST_TEST(row.severity == 2);
  BOOST_TEST((row.tlp == Tlp::green));
  BOOST_TEST(row.phase_hint != 0);
  BOOST_TEST(row.valid_from_s == 1'767'225'600);
  BOOST_TEST(row.valid_until_s == 1'798'761'600);
}

BOOST_AUTO_TEST_CASE(the_strictest_marking_counts_wherever_it_is_defined) {
  const auto marked = [](std::string_view refs, std::string_view definitions = "") {
    return std::string(tlp_name(only_of(indicator("[file:size = 1]", R"("object_marking_refs":[)" + std::string(refs) + "]") + std::string(definitions)).tlp));
  };
  BOOST_TEST(marked("") == "clear");
  BOOST_TEST(marked(R"("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9","marking-definition--f88d31f6-486f-44da-b317-01333bde0b82")") == "amber");
  BOOST_TEST(marked(R"("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003")") == "amber+strict");
  BOOST_TEST(marked(R"("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1")") == "red");
  BOOST_TEST(marked(R"("m1")", R"(,{"type":"marking-definition","id":"m1","definition_type":"tlp","definition":{"tlp":"amber"}})") == "amber");
  BOOST_TEST(marked(R"("m1")", R"(,{"type":"marking-definition","id":"m1","name":"TLP:RED"})") == "red");
  BOOST_TEST(marked(R"("m1")", R"(,{"type":"marking-definition","id":"m1","extensions":{"x":5,"extension-definition--60a3c5c5":{"tlp_2_0":"green"}}})") == "green");
  BOOST_TEST(marked(R"("m1")", R"(,{"type":"marking-definition","id":"m1","definition_type":"statement","definition":{"statement":"ours"}})") == "clear");
}

BOOST_AUTO_TEST_CASE(a_pattern_of_alternatives_is_a_row_for_each) {
  BOOST_TEST(told(bundle(indicator("[domain-name:value IN ('a.test','b.test') OR ipv4-addr:value ISSUBSET '192.0.2.0/24'] OR [url:value = 'http://c.test/x']"))) ==
             "domain/exact/a.test;domain/exact/b.test;address/cidr/192.0.2.0/24;url/exact/http://c.test/x;");
}

BOOST_AUTO_TEST_CASE(what_says_too_little_alone_is_rejected_and_may_stand_with_others) {
  BOOST_TEST(told(bundle(indicator("[network-traffic:dst_port = 443]"))).find("\"443\" says too little alone: a port is met everywhere; line skipped;") != std::string::npos);
  BOOST_TEST(told(bundle(indicator("[ipv4-addr:value = '192.0.2.1' AND network-traffic:dst_port = 443]"))) == "compound/exact/address=192.0.2.1 AND port=443;");
}

BOOST_AUTO_TEST_CASE(values_that_must_meet_are_a_compound) {
  BOOST_TEST(told(bundle(indicator("[file:size = 1 AND file:name = 'a b']"))) == "compound/exact/file_size=1 AND file_name=\"a b\";");
  BOOST_TEST(told(bundle(indicator("[file:name = 'a' AND file:size != 5]"))) == "compound/exact/file_name=a AND NOT file_size=5;");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_said_is_told_with_line_object_and_reason) {
  const auto reason = [](std::string_view object, std::string_view expected) {
    const std::string all = told(bundle("\n" + std::string(object)));
    BOOST_TEST(all == "feeds/acme:2: " + std::string(expected) + "; line skipped;");
  };
  const std::string begin = "\"indicator--1\": ";
  reason(indicator("[file:name != 'x']"), begin + "pattern \"[file:name != 'x']\": \"x\" is met where it is missing: it cannot stand alone");
  reason(indicator("[file:size = 1] FOLLOWEDBY [file:size = 2]"),
         begin + "pattern \"[file:size = 1] FOLLOWEDBY [file:size = 2]\": needs correlation over several observations: unsupported");
  reason(indicator("[mutex:name IN ('a', 'b')]"),
         begin + "pattern \"[mutex:name IN ('a', 'b')]\": \"mutex:name IN ('a', 'b')\" with \"a\" is no value that is looked for in traffic; and 1 more of its parts");
  reason(indicator("[file:size = "), begin + "pattern \"[file:size = \": a value is expected at byte 13");
  reason(indicator("[ipv4-addr:value = '256.1.1.1']"), begin + "\"256.1.1.1\" is not of the form address");
  reason(indicator("[file:size = 1]", R"("confidence":101)"), begin + "\"101\" is not a confidence: 0 to 100");
  reason(indicator("[file:size = 1]", R"("confidence":"high")"), begin + "\"confidence\" is not of the type that STIX gives it");
  reason(indicator("[file:size = 1]", R"("labels":["x",5])"), begin + "\"labels\" is not of the type that STIX gives it");
  reason(indicator("[file:size = 1]", R"("valid_until":"soon")"), begin + "\"soon\" is not a time");
  reason(indicator("[file:size = 1]", R"("indicator_types":["benign"])"), begin + "is benign, says the feed: what it names is not stopped");
  reason(R"({"type":"indicator","id":"indicator--1","pattern":"alert tcp any any","pattern_type":"snort"})", begin + "has a pattern of type \"snort\": unsupported");
  reason(R"({"type":"indicator","id":"indicator--1","pattern":5})", begin + "\"pattern\" is not of the type that STIX gives it");
  reason(R"({"type":"indicator","pattern":null})", "an indicator without id: has no pattern");
  reason(R"({"id":"a\nb","type":"indicator"})", "\"a?b\": has no pattern");
}

BOOST_AUTO_TEST_CASE(a_part_that_can_be_said_is_taken_and_the_rest_told) {
  const FeedContent content = parsed_as(stix, bundle(indicator("[file:size = 1 OR mutex:name = 'm']")));
  BOOST_TEST(content.report.loaded == 1U);
  BOOST_TEST(content.report.rejected == 1U);
  BOOST_TEST(content.report.told == "took 1 of 1 indicators");
}

BOOST_AUTO_TEST_CASE(of_one_id_the_latest_version_counts_and_a_revoked_one_is_none) {
  const auto version = [](std::string_view id, std::string_view modified, std::string_view size, std::string_view more = "") {
    return R"({"type":"indicator","id":")" + std::string(id) + R"(","modified":")" + std::string(modified) + R"(","pattern":"[file:size = )" + std::string(size) + "]\"" + std::string(more) + "}";
  };
  const FeedContent content =
      parsed_as(stix, bundle(version("a", "2026-01-01T00:00:00.000Z", "1") + "," + version("a", "2026-01-01T00:00:00.001Z", "2") + "," + version("a", "2025-01-01T00:00:00Z", "3") + "," +
                             version("b", "2026-01-01T00:00:00Z", "4") + "," + version("b", "2026-02-01T00:00:00Z", "4", ",\"revoked\":true") + "," + version("c", "2026-02-01T00:00:00Z", "5")));
  BOOST_TEST(rows_and_problems(content) == "file_size/exact/2;file_size/exact/5;");
  BOOST_TEST(content.report.told == "took 2 of 2 indicators; revoked: 1; older versions: 3");
}

BOOST_AUTO_TEST_CASE(other_objects_and_members_are_passed_over) {
  BOOST_TEST(told(bundle(R"({"type":"malware","id":"malware--1","pattern":"[","objects":[{"type":"indicator","pattern":"[file:size = 7]"}]},)" + indicator("[file:size = 1]",
                  R"("x_more":{"pattern":[{"a":[1,2,{"b":"]}"}]}]},"external_references":[{"source_name":"x","url":"http://x.test/"}])") + R"(,{},{"type":"indicator-like"})")) ==
             "file_size/exact/1;");
  BOOST_TEST(told(R"({"more":false,"objects":[)" + indicator("[file:size = 1]") + "]}") == "file_size/exact/1;");
  BOOST_TEST(told(R"({"type":"bundle","id":"bundle--1"})").empty());
  BOOST_TEST(told(bundle("")).empty());
}

BOOST_AUTO_TEST_CASE(stix_2_0_is_read) {
  BOOST_TEST(told(R"({"type":"bundle","id":"bundle--1","spec_version":"2.0","objects":[{"type":"indicator","id":"indicator--1","created":"2016-01-01T00:00:00Z",
      "labels":["malicious-activity"],"pattern":"[file:hashes.'SHA-1' = 'da39a3ee5e6b4b0d3255bfef95601890afd80709']","valid_from":"2016-01-01T00:00:00Z"}]})") ==
             "sha1/exact/da39a3ee5e6b4b0d3255bfef95601890afd80709;");
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_bundle_is_an_error_of_the_whole) {
  BOOST_TEST(refusal("") == "feeds/acme:1: is not JSON, or not all of it: Empty: no JSON found");
  BOOST_TEST(refusal("[]").starts_with("feeds/acme:1: is not JSON, or not all of it"));
  BOOST_TEST(refusal("{}") == "feeds/acme: is no STIX bundle: it has no \"objects\"");
  BOOST_TEST(refusal(R"({"objects":5})").starts_with("feeds/acme:1: is not JSON, or not all of it"));
  BOOST_TEST(refusal(R"({"objects":[5]})").starts_with("feeds/acme:1: is not JSON, or not all of it"));
  BOOST_TEST(refusal(bundle(indicator("[file:size = 1]")) + " {}") == "feeds/acme: something stands behind the JSON document");
  BOOST_TEST(refusal(bundle(indicator("[file:size = 1]") + ",\n\n{\"type\":\"indicator\",\"id\" 5}")).starts_with("feeds/acme:3: is not JSON"));
  BOOST_TEST(refusal(bundle(indicator("\xff"))).starts_with("feeds/acme:1: is not JSON"));
  BOOST_TEST(refusal(bundle(indicator("\\x"))).starts_with("feeds/acme:1: is not JSON"));
  BOOST_TEST(refusal(bundle(indicator("[file:size = 1]")) + "\n") == "none");
}

BOOST_AUTO_TEST_CASE(a_bundle_that_is_cut_anywhere_is_refused_as_a_whole) {
  const std::string text = bundle(R"({"type":"identity","name":"x"},)" + indicator("[file:size = 1]", R"("labels":["a"],"revoked":false,"confidence":5,
      "kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"discovery"}],"object_marking_refs":["m1"])") +
                                  R"(,{"type":"marking-definition","id":"m1","definition":{"tlp":"red"}})");
  BOOST_TEST(refusal(text) == "none");
  for (size_t size = 0; size < text.size(); ++size) BOOST_TEST(refusal(text.substr(0, size)) != "none", size);
}

BOOST_AUTO_TEST_CASE(a_bundle_with_any_byte_changed_never_crashes_and_counts_add_up) {
  const std::string text = bundle(indicator("[file:size = 1 OR file:name LIKE '%.x']", R"("labels":["a:b"],"revoked":false,"confidence":5)"));
  for (size_t at = 0; at < text.size(); ++at) {
    for (const char byte : std::string_view("\0\"\\{}[]:,0n ", 12)) {
      std::string changed = text;
      changed[at] = byte;
      const std::vector<char> copy(changed.begin(), changed.end());
      const auto content = parse_feed(stix, {copy.data(), copy.size()}, sample_now_s);
      if (content) BOOST_TEST_REQUIRE(content->rows.size() == content->report.loaded);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_bound_of_lines_holds_for_the_values_of_a_bundle) {
  FeedConfig feed = stix;
  feed.lines_max = 2;
  const auto past = parse_feed(feed, bundle(indicator("[file:size IN (1,2,3)]")), sample_now_s);
  BOOST_REQUIRE(!past.has_value());
  BOOST_TEST(describe(past.error()) == "feeds/acme:1: has more than 2 lines or indicators (lines_max): none of them is taken");
  BOOST_TEST(parse_feed(feed, bundle(indicator("[file:size IN (1,2)]")), sample_now_s).has_value());
}

BOOST_AUTO_TEST_CASE(a_bundle_is_known_by_its_beginning) {
  const auto automatic = [](std::string_view text) { return rows_and_problems(parsed_as(sample_feed(FeedFormat::automatic), text)); };
  BOOST_TEST(automatic(bundle(indicator("[file:size = 1]"))) == "file_size/exact/1;");
  BOOST_TEST(automatic("\xef\xbb\xbf \n{\"objects\":[{\"spec_version\":\"2.1\"," + indicator("[file:size = 1]").substr(1) + "]}") == "file_size/exact/1;");
}
