// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/limits.h"
#include "control/feeds/misp_manifest.h"
#include "control/feeds/sample_feed.h"
#include "control/publish/temporary_folder.h"
#include "control/signatures/sample_signer.h"

using namespace sekisho;

namespace {

const FeedConfig feed = sample_feed(FeedFormat::misp);

std::string attribute(const std::string& type, const std::string& value, const std::string& more = "") {
  return R"({"uuid":"x","category":"Network activity","type":")" + type + R"(","value":")" + value + R"(","to_ids":true,"comment":"")" + more + "}";
}
std::string event(const std::string& attributes, const std::string& more = "") {
  return R"({"Event":{"info":"Dark Harbor","uuid":"5f1e","threat_level_id":"1",)" + more + R"("Attribute":[)" + attributes + "]}}";
}
std::string read(const std::string& text) { return rows_and_problems(parsed_as(feed, text)); }
std::string refusal(std::string_view text) {
  const auto content = parse_feed(feed, text, sample_now_s);
  return content ? "accepted" : describe(content.error());
}

const std::string first_uuid = "11111111-1111-4111-8111-111111111111", second_uuid = "22222222-2222-4222-8222-222222222222";
const std::string manifest = R"({")" + first_uuid + R"(":{"info":"one","Orgc":{"name":"a"},"timestamp":"1"},")" + second_uuid + R"(":{"info":"two","Orgc":{"name":"a"}}})";

}  // namespace

BOOST_AUTO_TEST_CASE(attributes_that_are_fit_to_detect_with_are_rows) {
  const std::string text = event(attribute("domain", "evil.test") + "," + attribute("ip-dst", "192.0.2.0/24") + "," + attribute("md5", "0cc175b9c0f1b6a831c399e269772661") + "," +
                                 R"({"type":"comment","value":"x","to_ids":false})" + "," + attribute("url", "http://evil.test/a", R"(,"deleted":true)"));
  BOOST_TEST(read(text) == "domain/subdomains/evil.test;address/cidr/192.0.2.0/24;md5/exact/0cc175b9c0f1b6a831c399e269772661;");
  const FeedContent content = parsed_as(feed, text);
  BOOST_TEST(content.report.told == "took 3 of 4 attributes; 1 are not marked to_ids");
  BOOST_TEST(content.rows[0].indicator.note == "Dark Harbor (5f1e)");
  BOOST_TEST(content.rows[0].indicator.severity == 3U);
}

BOOST_AUTO_TEST_CASE(every_shape_of_events_is_read) {
  const std::string one = attribute("domain", "a.test"), two = attribute("domain", "b.test");
  const std::string both = "domain/subdomains/a.test;domain/subdomains/b.test;";
  BOOST_TEST(read("[" + event(one) + "," + event(two) + "]") == both);
  BOOST_TEST(read(R"({"response":[)" + event(one) + "," + event(two) + "]}") == both);
  BOOST_TEST(read(R"({"info":"bare","Attribute":[)" + one + "," + two + "]}") == both);
  BOOST_TEST(read(event(one, R"("Object":[{"name":"file","Attribute":[)" + two + R"(]},{"deleted":true,"Attribute":[)" + attribute("domain", "c.test") + "]}],")) ==
             "domain/subdomains/b.test;domain/subdomains/a.test;");
  BOOST_TEST(rows_and_problems(parsed_as(sample_feed(FeedFormat::automatic), event(one))) == "domain/subdomains/a.test;");
}

BOOST_AUTO_TEST_CASE(a_bare_event_of_objects_alone_is_an_event) {
  const std::string objects = R"("Object":[{"Attribute":[)" + attribute("domain", "a.test") + "]}]";
  BOOST_TEST(read("[{" + objects + "}]") == "domain/subdomains/a.test;");
  BOOST_TEST(read("{" + objects + "}") == "domain/subdomains/a.test;");
}

BOOST_AUTO_TEST_CASE(of_pairs_what_can_be_met_alone_is_taken) {
  BOOST_TEST(read(event(attribute("filename|md5", "a.exe|0cc175b9c0f1b6a831c399e269772661"))) == "md5/exact/0cc175b9c0f1b6a831c399e269772661;");
  BOOST_TEST(read(event(attribute("ip-dst|port", "192.0.2.1|443"))) == "address/exact/192.0.2.1;");
  BOOST_TEST(read(event(attribute("domain|ip", "evil.test|192.0.2.1"))) == "domain/subdomains/evil.test;address/exact/192.0.2.1;");
  BOOST_TEST(read(event(attribute("filename", "a|b.exe"))) == "file_name/exact/a|b.exe;");
  BOOST_TEST(read(event(attribute("domain|ip", "evil.test"))) ==
             "feeds/acme:1: \"evil.test\" is of type \"domain|ip\", whose two parts have a \"|\" between them; line skipped;");
}

BOOST_AUTO_TEST_CASE(the_strictest_traffic_light_counts_and_the_attributes_own_before_the_events) {
  const std::string amber = R"("Tag":[{"name":"tlp:green"},{"name":"tlp:amber"},{"name":"osint"}],)";
  const FeedContent content = parsed_as(feed, event(attribute("domain", "a.test") + "," + attribute("domain", "b.test", R"(,"Tag":[{"name":"TLP:WHITE"}])"), amber));
  BOOST_TEST((content.rows.at(0).indicator.tlp == Tlp::amber));
  BOOST_TEST((content.rows.at(1).indicator.tlp == Tlp::clear));
}

BOOST_AUTO_TEST_CASE(what_no_indicator_says_is_rejected_with_its_line) {
  BOOST_TEST(read("{\"Event\":{\"Attribute\":[\n" + attribute("domain", "not a name") + ",\n" + attribute("yara", "rule") + ",\n" + R"({"type":"domain","value":7,"to_ids":true})" + "]}}") ==
             "feeds/acme:2: \"not a name\" is not a domain name; line skipped;feeds/acme:3: \"rule\" is of type \"yara\", which has no indicator kind; line skipped;"
             "feeds/acme:4: \"\" has a member that is not of the type MISP gives it; line skipped;");
}

BOOST_AUTO_TEST_CASE(what_is_no_misp_or_cut_is_refused_as_a_whole) {
  BOOST_TEST(refusal("{}") == "feeds/acme: is neither an event of MISP nor a manifest of events");
  BOOST_TEST(refusal("[]") == "accepted");
  BOOST_TEST(refusal("7") != "accepted");
  BOOST_TEST(refusal("") != "accepted");
  const std::string whole = event(attribute("domain", "a.test") + "," + attribute("domain", "b.test"), R"("Tag":[{"name":"tlp:red"}],)");
  for (size_t size = 0; size < whole.size(); ++size) BOOST_TEST(refusal(whole.substr(0, size)) != "accepted", size);
  BOOST_TEST(refusal(whole + "x") != "accepted");
}

BOOST_AUTO_TEST_CASE(a_manifest_reads_the_events_beside_it_and_one_that_is_broken_costs_itself) {
  const TemporaryFolder folder;
  FeedConfig of_folder = feed;
  of_folder.path = folder.file("manifest.json");
  folder.write("manifest.json", manifest);
  folder.write((first_uuid + ".json").c_str(), event(attribute("domain", "a.test") + ",\n" + attribute("yara", "rule")));
  const auto content = read_feed(of_folder, sample_now_s);
  BOOST_REQUIRE(content.has_value());
  BOOST_TEST(content->rows.size() == 1U);
  BOOST_TEST(content->files_beside.size() == 2U);
  BOOST_TEST(content->report.told == "took 1 of 2 attributes; 1 events, and 1 left out");
  BOOST_REQUIRE_EQUAL(content->report.problems.size(), 2U);
  BOOST_TEST(content->report.problems[0].text.find(first_uuid + ".json") != std::string::npos, content->report.problems[0].text);
  BOOST_TEST(content->report.problems[1].text.find("an event of the manifest is left out: " + folder.file(second_uuid + ".json") + ": cannot be opened") == 0U);
  folder.write((second_uuid + ".json").c_str(), event(attribute("domain", "b.test")).substr(0, 50));
  const auto broken = read_feed(of_folder, sample_now_s);
  BOOST_REQUIRE(broken.has_value());
  BOOST_TEST(broken->rows.size() == 1U);
  BOOST_TEST(broken->report.problems[1].text.find("is not JSON, or not all of it") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(with_a_key_each_event_of_a_manifest_is_signed) {
  const TemporaryFolder folder;
  const SampleSigner signer;
  FeedConfig of_folder = feed;
  of_folder.path = folder.file("manifest.json");
  of_folder.public_key = signer.public_key();
  const std::string one = event(attribute("domain", "a.test")), two = event(attribute("domain", "b.test"));
  folder.write("manifest.json", manifest);
  folder.write("manifest.json.minisig", signer.sign(manifest, "c", true));
  folder.write((first_uuid + ".json").c_str(), one);
  folder.write((first_uuid + ".json.minisig").c_str(), signer.sign(one, "c", true));
  folder.write((second_uuid + ".json").c_str(), two);
  folder.write((second_uuid + ".json.minisig").c_str(), signer.sign(one, "c", true));
  const auto content = read_feed(of_folder, sample_now_s);
  BOOST_REQUIRE(content.has_value());
  BOOST_TEST(rows_and_problems(*content).find("domain/subdomains/a.test;") == 0U);
  BOOST_TEST(content->rows.size() == 1U);
  BOOST_TEST(content->report.problems.at(0).text.find("the signature is not of this content") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_manifest_names_no_file_elsewhere) {
  const TemporaryFolder folder;
  FeedConfig of_folder = feed;
  of_folder.path = folder.file("manifest.json");
  folder.write("manifest.json", R"({"../../etc/passwd":{"info":"x"},"11111111-1111-4111-8111-11111111111/":{}})");
  BOOST_TEST(describe(read_feed(of_folder, sample_now_s).error()).find("is neither an event of MISP nor a manifest") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_manifests_entries_have_their_timestamps) {
  const auto entries = read_misp_manifest(R"({")" + first_uuid + R"(":{"timestamp":"17"},"x":{},")" + second_uuid + R"(":{"info":"a","timestamp":18}})");
  BOOST_REQUIRE(entries.has_value());
  BOOST_REQUIRE_EQUAL(entries->size(), 2U);
  BOOST_TEST(((*entries)[0].uuid == first_uuid && (*entries)[0].timestamp == "17"));
  BOOST_TEST(((*entries)[1].uuid == second_uuid && (*entries)[1].timestamp == "18"));
  for (const char* bad : {"", "{}", "[]", "{\"x\":1}", "{\"11111111-1111-4111-8111-111111111111\":7}"}) BOOST_TEST(!read_misp_manifest(bad).has_value(), bad);
}
