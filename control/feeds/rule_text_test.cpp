// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/rule_text.h"

#include <boost/test/unit_test.hpp>

#include "control/feeds/limits.h"

using namespace sekisho;

namespace {

// "name=value;" of each option.
std::string options_of(const std::string& options) {
  RuleText rule;
  const std::string text = "alert http any any -> any any (" + options + ")";
  if (std::string reason = read_rule_text(text, rule); !reason.empty()) return reason;
  std::string out;
  for (const RuleOption& option : rule.options) out += std::string(option.name) + "=" + std::string(option.value) + ";";
  return out;
}
std::string reason_of(const std::string& text) {
  RuleText rule;
  return read_rule_text(text, rule);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_header_has_seven_words_or_two) {
  RuleText rule;
  const std::string text = "alert tcp [192.0.2.1, 192.0.2.2] any -> $HOME_NET [80,443] (sid:1;)";
  BOOST_TEST(read_rule_text(text, rule) == "");
  BOOST_TEST(rule.action == "alert");
  BOOST_TEST(rule.protocol == "tcp");
  BOOST_TEST(rule.source == "[192.0.2.1, 192.0.2.2]");
  BOOST_TEST(rule.target == "$HOME_NET");
  BOOST_TEST(rule.target_ports == "[80,443]");
  BOOST_TEST(reason_of("alert http (sid:1;)") == "");
  for (const char* bad : {"", "alert", "alert http any any -> any (sid:1;)", "alert http any any >> any any (sid:1;)", "alert http any any -> any any sid:1;"})
    BOOST_TEST(reason_of(bad) != "", bad);
}

BOOST_AUTO_TEST_CASE(options_end_at_semicolons_outside_quotes_and_escapes) {
  BOOST_TEST(options_of("msg:\"a; b\"; sid:1;") == "msg=\"a; b\";sid=1;");
  BOOST_TEST(options_of("msg:\"a\\\"; b\"; nocase; ") == "msg=\"a\\\"; b\";nocase=;");
  BOOST_TEST(options_of("reference:url,evil.test/a\\;b;") == "reference=url,evil.test/a\\;b;");
  BOOST_TEST(options_of("content:\"a\", nocase, offset 4; sid:1;") == "content=\"a\";nocase=;offset=4;sid=1;");
  BOOST_TEST(options_of("sid:1") == "has an option without its \";\"");
  BOOST_TEST(options_of("msg:\"a;") == "has an option without its \";\"");
}

BOOST_AUTO_TEST_CASE(options_are_bounded) {
  std::string text;
  for (size_t i = 0; i < rule_options_max; ++i) text += "rev:1;";
  BOOST_TEST(options_of(text).starts_with("rev=1;"));
  BOOST_TEST(options_of(text + "rev:1;") == "has more than 256 options");
}

BOOST_AUTO_TEST_CASE(the_bytes_of_a_content_are_text_escapes_and_hex) {
  BOOST_TEST(rule_bytes("evil.test").value() == "evil.test");
  BOOST_TEST(rule_bytes("a|0d 0A|b|7c|").value() == "a\r\nb|");
  BOOST_TEST(rule_bytes("a\\\"b\\;c\\\\d\\:").value() == "a\"b;c\\d:");
  for (const char* bad : {"a\\", "|0d", "|0|", "|zz|", "a|"}) BOOST_TEST(!rule_bytes(bad).has_value(), bad);
}
