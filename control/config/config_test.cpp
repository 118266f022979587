// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>

#include "control/config/dataplane_options.h"
#include "control/config/key_spec.h"
#include "control/config/limits.h"
#include "control/config/load.h"
#include "control/config/nearest.h"
#include "control/config/ring_survival.h"
#include "control/config/sample.h"

using namespace sekisho;

namespace {

// "line:column path code" of the only problem in `text`.
std::string only_problem(const std::string& text) {
  const LoadedConfig loaded = load_config_text(text);
  BOOST_TEST(loaded.config.has_value() != has_errors(loaded.problems));
  BOOST_REQUIRE(loaded.problems.size() == 1);
  const Problem& problem = loaded.problems[0];
  return std::to_string(problem.line) + ":" + std::to_string(problem.column) + " " + problem.path + " " +
         std::string(problem.code);
}

std::string only_message(const std::string& text) {
  const LoadedConfig loaded = load_config_text(text);
  BOOST_REQUIRE(loaded.problems.size() == 1);
  return loaded.problems[0].message;
}

// Enough for a configuration without warnings.
const std::string one_pair = R"(dataplane:
  pairs:
  - name: p
    a: {vdev: "net_tap0,iface=t0"}
    b: {vdev: "net_tap1,iface=t1"}
)";

Config loaded(const std::string& text) {
  const LoadedConfig loaded = load_config_text(text);
  for (const Problem& problem : loaded.problems) BOOST_TEST_MESSAGE(print_problem(problem, "text", loaded.source));
  BOOST_REQUIRE(loaded.config.has_value());
  return *loaded.config;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  BOOST_REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_default_of_the_table_is_a_legal_value) {
  const LoadedConfig empty = load_config_text("");
  BOOST_REQUIRE(empty.config.has_value());
  BOOST_REQUIRE(empty.problems.size() == 1);  // no pairs: a warning
  BOOST_TEST((empty.problems[0].level == Problem::Level::warning));
  const Config config = default_config();
  BOOST_TEST(config.general.name == "sekisho");
  BOOST_TEST(config.dataplane.flows.flows_max == 131072U);
  BOOST_TEST((config.dataplane.lcores == std::vector<uint64_t>{1}));
  BOOST_TEST((config.dataplane.exhaustion.segments == FailMode::closed));
  BOOST_TEST(config.zones.internal.size() == 4U);
  BOOST_TEST(config.zones.internal[0].text() == "10.0.0.0/8");
  BOOST_TEST(config.dataplane.judge_body_prefixes);
}

BOOST_AUTO_TEST_CASE(the_sample_file_is_the_table_and_loads) {
  const std::string sample = read_file(std::string(SOURCE_ROOT) + "/control/config/default.yaml");
  BOOST_TEST(sample == sample_yaml(), "refresh it: sekishoctl config default > control/config/default.yaml");
  const LoadedConfig loaded = load_config_text(sample);
  BOOST_REQUIRE(loaded.config.has_value());
  BOOST_TEST(render_dataplane_options(*loaded.config) == render_dataplane_options(default_config()));
}

BOOST_AUTO_TEST_CASE(the_options_table_of_the_readme_is_the_one_in_the_code) {
  const std::string readme = read_file(std::string(SOURCE_ROOT) + "/control/config/README.md");
  BOOST_TEST((readme.find(dataplane_options_table()) != std::string::npos), dataplane_options_table());
}

BOOST_AUTO_TEST_CASE(values_arrive_in_their_types) {
  const Config config = loaded(one_pair + R"(  lcores: [2, 3]
  exhaustion: {flows: closed}
  digests: [sha256, md5]
zones:
  internal: [10.1.0.0/16, "2001:db8::/32", 192.0.2.7]
trusted_domains: [example.com]
feeds:
- {name: acme, path: /feeds/acme.csv, kind: domain, severity: critical, action: drop}
policy:
- {severity_min: high, kinds: [domain, url], phases: [3, 5], action: sinkhole}
)");
  BOOST_TEST((config.dataplane.lcores == std::vector<uint64_t>{2, 3}));
  BOOST_TEST((config.dataplane.exhaustion.flows == FailMode::closed));
  BOOST_TEST((config.dataplane.digests == std::vector<Digest>{Digest::sha256, Digest::md5}));
  BOOST_TEST(config.dataplane.pairs[0].a.vdev == "net_tap0,iface=t0");
  BOOST_TEST(config.zones.internal[1].text() == "2001:db8::/32");
  BOOST_TEST(config.zones.internal[2].text() == "192.0.2.7");
  BOOST_TEST((config.feeds[0].kind == Kind::domain));
  BOOST_TEST((config.feeds[0].severity == Severity::critical));
  BOOST_TEST((config.feeds[0].action == Action::drop));
  BOOST_TEST((config.feeds[0].tlp == Tlp::clear));
  BOOST_TEST((config.policy[0].kinds == std::vector<Kind>{Kind::domain, Kind::url}));
  BOOST_TEST((config.policy[0].action == RuleAction::sinkhole));
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_refused_and_the_nearest_named) {
  BOOST_TEST(only_problem("dataplane:\n  memroy_mb: 64\n") == "2:3 dataplane unknown_key");
  BOOST_TEST(only_message("dataplane:\n  memroy_mb: 64\n") == "unknown key \"memroy_mb\"; did you mean \"memory_mb\"?");
  BOOST_TEST(only_message("zzz: 1\n") == "unknown key \"zzz\"");
}

BOOST_AUTO_TEST_CASE(a_duplicate_key_is_refused_and_the_first_named) {
  BOOST_TEST(only_problem("general: {name: a}\ncontrol: {}\ngeneral: {name: b}\n") == "3:1 general duplicate_key");
  BOOST_TEST(only_message("general:\n  name: a\n  name: b\n") == "is there twice; first in line 2");
}

BOOST_AUTO_TEST_CASE(a_wrong_type_is_refused_where_its_value_stands) {
  BOOST_TEST(only_problem("dataplane:\n  memory_mb: lots\n") == "2:14 dataplane.memory_mb wrong_value");
  BOOST_TEST(only_problem("dataplane:\n  memory_mb: [1]\n") == "2:14 dataplane.memory_mb wrong_shape");
  BOOST_TEST(only_problem("dataplane:\n  lcores: 1\n") == "2:11 dataplane.lcores wrong_shape");
  BOOST_TEST(only_problem("dataplane:\n  lcores: [1, x]\n") == "2:15 dataplane.lcores[1] wrong_value");
  BOOST_TEST(only_problem("dataplane: 7\n") == "1:12 dataplane wrong_shape");
  BOOST_TEST(only_problem("- a\n") == "1:1  wrong_shape");
  BOOST_TEST(only_problem("dataplane:\n  memory_mb:\n") == "2:3 dataplane.memory_mb wrong_shape");
  BOOST_TEST(only_problem("feeds:\n- {name: a, path: relative}\n") == "2:19 feeds[0].path wrong_value");
  BOOST_TEST(only_problem("zones: {internal: [10.0.0.1/8]}\n") == "1:20 zones.internal[0] wrong_value");
}

BOOST_AUTO_TEST_CASE(numbers_are_held_against_their_range) {
  const auto with_mtu = [](const std::string& mtu) { return load_config_text(one_pair + "  mtu: " + mtu + "\n"); };
  for (const char* good : {"576", "9216"}) BOOST_TEST(with_mtu(good).config.has_value());
  for (const char* bad : {"575", "9217", "-1", "1e3", "0x600", "1500 ", "18446744073709551616", "''"}) {
    const bool trimmed = std::string(bad) == "1500 ";  // YAML itself drops the blank
    BOOST_TEST(with_mtu(bad).config.has_value() == trimmed, bad);
  }
  BOOST_TEST(only_message("dataplane: {mtu: 9217}\n") == "9217 is out of range: 576 to 9216");
  BOOST_TEST(only_message("dataplane: {rings: {sightings_mb: 48}}\n") == "48 is not a power of two");
}

BOOST_AUTO_TEST_CASE(a_choice_names_its_words) {
  BOOST_TEST(only_message("dataplane: {hugepages: maybe}\n") == "\"maybe\" is not one of auto, on, off");
  BOOST_TEST(only_message("dataplane: {exhaustion: {flows: close}}\n") ==
             "\"close\" is not one of open, closed; did you mean \"closed\"?");
  BOOST_TEST(only_message("feeds: [{name: a, path: /a, kind: domian}]\n") ==
             "\"domian\" is not an indicator kind; did you mean \"domain\"?");
}

BOOST_AUTO_TEST_CASE(a_feed_has_a_path_or_a_url_and_what_its_format_needs) {
  const auto feed = [](const std::string& keys) { return only_problem(one_pair + "feeds:\n- {name: a, " + keys + "}\n"); };
  BOOST_TEST(feed("path: /a, fetch: {url: \"https://a.test/x\"}") == "7:3 feeds[0] conflict");
  BOOST_TEST(feed("fetch: {url: \"ftp://a.test/x\"}") == "7:26 feeds[0].fetch.url wrong_value");
  BOOST_TEST(feed("fetch: {url: \"https://me:pw@a.test/x\"}") == "7:26 feeds[0].fetch.url wrong_value");
  BOOST_TEST(feed("fetch: {url: \"http://a.test/x\"}") == "7:21 feeds[0].fetch.url conflict");
  BOOST_TEST(feed("path: /a, format: suricata_dataset") == "7:23 feeds[0].format conflict");
  BOOST_TEST(feed("path: /a, public_key: RWQ") == "7:35 feeds[0].public_key wrong_value");
  const LoadedConfig fetched = load_config_text("feeds:\n- {name: a, fetch: {url: \"https://a.test/x\"}}\n");
  BOOST_REQUIRE(fetched.config.has_value());
  BOOST_TEST(fetched.config->feeds[0].path == "/var/lib/sekisho/feeds/a.feed");
}

BOOST_AUTO_TEST_CASE(a_missing_key_is_told_at_its_section) {
  BOOST_TEST(only_problem("feeds:\n- path: /a\n") == "2:3 feeds[0].name missing_key");
}

BOOST_AUTO_TEST_CASE(all_problems_are_found_in_one_run_in_the_order_of_lines) {
  const LoadedConfig loaded = load_config_text("contrl: {}\ndataplane:\n  mtu: 1\n  mtu: 2\nzones: {dmz: [x]}\n");
  std::vector<uint32_t> lines;
  for (const Problem& problem : loaded.problems) lines.push_back(problem.line);
  BOOST_TEST((lines == std::vector<uint32_t>{1, 3, 4, 5}));
}

BOOST_AUTO_TEST_CASE(the_number_of_problems_is_bounded) {
  std::string text;
  for (size_t i = 0; i < config_problems_max + 7; ++i) text += "k" + std::to_string(i) + ": 1\n";
  const LoadedConfig loaded = load_config_text(text);
  BOOST_REQUIRE(loaded.problems.size() == config_problems_max + 1);
  BOOST_TEST(loaded.problems.back().message == "and 7 more problems");
}

BOOST_AUTO_TEST_CASE(broken_yaml_is_a_problem_with_its_place) {
  const LoadedConfig loaded = load_config_text("general:\n  name: [a\n");
  BOOST_REQUIRE(loaded.problems.size() == 1);
  BOOST_TEST(loaded.problems[0].code == "syntax");
  BOOST_TEST(loaded.problems[0].line >= 2U);
}

BOOST_AUTO_TEST_CASE(hostile_yaml_ends_soon) {
  BOOST_TEST(load_config_text(std::string(config_bytes_max + 1, ' ')).problems[0].code == "too_long");
  BOOST_TEST(load_config_text(std::string(100000, '[')).problems[0].code == "too_deep");
  std::string dashes;
  for (int i = 0; i < 100000; ++i) dashes += "- ";
  BOOST_TEST(load_config_text(dashes).problems[0].code == "too_deep");
  // Aliases that multiply: never followed, since no key holds collections of collections.
  const LoadedConfig laughs = load_config_text(
      "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ndataplane: {lcores: *c}\n");
  BOOST_TEST(laughs.problems.size() == 5U);
  BOOST_TEST(!load_config_text("zones: {internal: [\"10.0.0.0\\0/8\"]}\n").config.has_value());
}

BOOST_AUTO_TEST_CASE(contradictions_are_found_where_they_stand) {
  BOOST_TEST(only_problem(one_pair + "  lcores: [1, 1]\n") == "6:3 dataplane.lcores conflict");
  BOOST_TEST(only_problem(one_pair + "  main_lcore: 1\n") == "6:3 dataplane.main_lcore conflict");
  BOOST_TEST(only_problem("dataplane:\n  pairs:\n  - name: p\n    mode: inline\n    a: {vdev: net_tap0}\n") ==
             "3:5 dataplane.pairs[0].b conflict");
  BOOST_TEST(only_problem("dataplane:\n  pairs:\n  - name: p\n    a: {vdev: net_tap0}\n    b: {vdev: net_tap0}\n") ==
             "5:5 dataplane.pairs[0].b conflict");
  BOOST_TEST(only_problem(one_pair + "policy:\n- {feeds: [nobody], action: drop}\n") == "7:4 policy[0].feeds conflict");
  BOOST_TEST(only_problem(one_pair + "policy:\n- {action: as_asked}\n") == "7:4 policy[0].action conflict");
  BOOST_TEST(only_problem(one_pair + "policy:\n- {action: alert}\n- {action: drop}\n") == "8:3 policy[1] conflict");
  BOOST_TEST(only_problem(one_pair + "outputs:\n- {name: o, sink: syslog}\n") == "7:3 outputs[0].host conflict");
  BOOST_TEST(only_problem(one_pair + "feeds:\n- {name: a, path: /a}\n- {name: a, path: /b}\n") ==
             "8:4 feeds[1].name conflict");
}

BOOST_AUTO_TEST_CASE(a_problem_is_printed_with_its_line_and_a_caret) {
  const LoadedConfig loaded = load_config_text("dataplane:\n  mtu: 1\n");
  BOOST_REQUIRE(loaded.problems.size() == 1);
  BOOST_TEST(print_problem(loaded.problems[0], "a.yaml", loaded.source) ==
             "a.yaml:2:8: error: dataplane.mtu: 1 is out of range: 576 to 9216\n"
             "    2 |   mtu: 1\n"
             "      |        ^\n");
}

BOOST_AUTO_TEST_CASE(terminal_codes_of_a_file_are_not_printed) {
  const LoadedConfig loaded = load_config_text("general: {name: 1}\n\"\\e[2J\": 1 # \x1b[31m\n");
  for (const Problem& problem : loaded.problems)
    BOOST_TEST((print_problem(problem, "a.yaml", loaded.source).find('\x1b') == std::string::npos));
}

BOOST_AUTO_TEST_CASE(an_unreadable_file_is_a_problem) {
  const LoadedConfig loaded = load_config("/nonexistent/sekisho.yaml");
  BOOST_REQUIRE(loaded.problems.size() == 1);
  BOOST_TEST(loaded.problems[0].code == "unreadable");
  BOOST_TEST(!load_config("/").config.has_value());
}

BOOST_AUTO_TEST_CASE(the_survival_time_of_the_sightings_ring_follows_its_size_and_the_rate) {
  const LoadedConfig loaded = load_config_text("dataplane: {rings: {sightings_mb: 8}}\n");
  BOOST_REQUIRE(loaded.config.has_value());
  const RingSurvival survival = ring_survival(*loaded.config, 1024);
  BOOST_TEST(survival.sightings == 8192U);
  BOOST_TEST(survival.until_full_s == 8.0);
  BOOST_TEST(survival.until_folded_s == 6.0);
  BOOST_TEST((print_survival(survival).find("lasts 8.0 s at 1024 a second") != std::string::npos),
             print_survival(survival));
  BOOST_TEST((print_survival(ring_survival(*loaded.config, 1)).find("2.3 h") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(the_nearest_word_is_near) {
  const std::string_view words[] = {"name", "mode", "path_group"};
  BOOST_TEST(nearest_word("nmae", words) == "name");
  BOOST_TEST(nearest_word("path-group", words) == "path_group");
  BOOST_TEST(nearest_word("xxxx", words) == "");
  BOOST_TEST(nearest_word("", words) == "");
  BOOST_TEST(nearest_word(std::string(1000, 'n'), words) == "");
}

BOOST_AUTO_TEST_CASE(prefixes_are_read_and_compared) {
  Prefix prefix, host;
  for (const char* bad : {"", "/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/", "::/129", "1.2.3", "1.2.3.4.5",
                          "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "fe80::1%eth0", "10.0.0.0/8/8"})
    BOOST_TEST(!parse_prefix(bad, prefix), bad);
  BOOST_REQUIRE(parse_prefix("10.1.2.0/23", prefix));
  BOOST_REQUIRE(parse_prefix("10.1.3.255", host));
  BOOST_TEST(prefix.contains(host.address));
  BOOST_REQUIRE(parse_prefix("10.1.4.0", host));
  BOOST_TEST(!prefix.contains(host.address));
  BOOST_REQUIRE(parse_prefix("::/0", prefix));
  BOOST_TEST(prefix.contains(host.address));
  BOOST_REQUIRE(parse_prefix("0.0.0.0/0", prefix));
  BOOST_TEST(prefix.contains(host.address));
  BOOST_REQUIRE(parse_prefix("2001:db8::1", host));
  BOOST_TEST(!prefix.contains(host.address));
}

BOOST_AUTO_TEST_CASE(options_are_one_a_line_and_pairs_follow_each_other) {
  const std::string options = render_dataplane_options(loaded(R"(dataplane:
  lcores: [1, 2]
  digests: [md5, sha256]
  pairs:
  - {name: inside-dmz, mode: inline, a: {vdev: "net_af_xdp0,iface=a0"}, b: {pci: "0000:03:00.1"}}
  - {name: mirror, a: {vdev: net_tap3}, path_group: g}
)"));
  BOOST_TEST(options.starts_with("--lcores=1,2\n--main-lcore=0\n--memory-mb=1024\n"));
  BOOST_TEST((options.find("\n--digests=md5,sha256\n") != std::string::npos));
  BOOST_TEST(options.ends_with("--pair-name=inside-dmz\n--pair-mode=inline\n--pair-a=net_af_xdp0,iface=a0\n"
                               "--pair-b=0000:03:00.1\n--pair-path-group=\n"
                               "--pair-name=mirror\n--pair-mode=monitor\n--pair-a=net_tap3\n--pair-b=\n"
                               "--pair-path-group=g\n"));
}

BOOST_AUTO_TEST_CASE(no_value_can_smuggle_an_option) {
  BOOST_TEST(only_problem("dataplane:\n  pairs:\n  - name: p\n    a: {vdev: \"net_tap0\\n--user=root\"}\n") ==
             "4:15 dataplane.pairs[0].a.vdev wrong_value");
}
