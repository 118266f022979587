// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/stix_conjunctions.h"

#include <boost/test/unit_test.hpp>
#include <map>

#include "control/feeds/limits.h"

using namespace sekisho;

namespace {

std::string term_text(const Term& term) {
  return (term.negated ? "!" : "") + std::string(kind_name(term.kind)) + "/" + std::string(mode_name(term.mode)) + "/" + term.value;
}

// "kind/mode/value" of each term, "&" between those of a conjunction, ";" behind each; what cannot be said in brackets.
std::string told(std::string_view text) {
  StixPattern pattern;
  const std::string failure = read_stix_pattern(text, pattern);
  BOOST_TEST_REQUIRE(failure == "", text);
  std::string out;
  for (const StixConjunction& conjunction : conjunctions_of(pattern)) {
    if (!conjunction.unsaid.empty()) out += "(" + conjunction.unsaid + ")";
    else
      for (const Term& term : conjunction.terms) out += (&term == conjunction.terms.data() ? "" : "&") + term_text(term);
    out += ";";
  }
  return out;
}

void check(std::string_view pattern, std::string_view expected) { BOOST_TEST(told(pattern) == expected, pattern << " becomes " << told(pattern)); }

}  // namespace

BOOST_AUTO_TEST_CASE(each_object_path_is_of_its_kind) {
  check("[domain-name:value = 'evil.test']", "domain/exact/evil.test;");
  check("[ipv4-addr:value = '192.0.2.1']", "address/exact/192.0.2.1;");
  check("[ipv4-addr:value = '192.0.2.0/24']", "address/cidr/192.0.2.0/24;");
  check("[ipv6-addr:value ISSUBSET '2001:db8::/32']", "address/cidr/2001:db8::/32;");
  check("[url:value = 'http://evil.test/a']", "url/exact/http://evil.test/a;");
  check("[file:hashes.MD5 = 'aa' OR file:hashes.'SHA-1' = 'bb' OR file:hashes.'sha_256' = 'cc']", "md5/exact/aa;sha1/exact/bb;sha256/exact/cc;");
  check("[file:hashes.SHA-256 = 'cc']", "sha256/exact/cc;");
  check("[file:name = 'a.exe']", "file_name/exact/a.exe;");
  check("[email-addr:value = 'a@evil.test']", "mail_address/exact/a@evil.test;");
  check("[email-message:from_ref.value = 'a@evil.test' OR email-message:to_refs[*].value = 'b@evil.test']", "mail_address/exact/a@evil.test;mail_address/exact/b@evil.test;");
  check("[email-message:subject = 'Invoice']", "subject/exact/Invoice;");
  check("[network-traffic:dst_ref.value = '192.0.2.1' OR network-traffic:src_ref.value = 'evil.test']", "address/exact/192.0.2.1;domain/exact/evil.test;");
  check("[network-traffic:dst_port = 4444]", "port/exact/4444;");
  check("[network-traffic:protocols[*] = 'HTTP']", "application/exact/http;");
  check("[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Evil/1.0']", "user_agent/exact/Evil/1.0;");
  check("[network-traffic:extensions.'http-request-ext'.request_header.Host = 'evil.test']", "domain/exact/evil.test;");
  check("[network-traffic:extensions.'http-request-ext'.request_value = '/a.php?b']", "url/regex/^[^/]*\\/a\\.php\\?b$;");
  check("[x509-certificate:hashes.'SHA-1' = 'aa' OR x509-certificate:serial_number = '02:aa']", "certificate_sha1/exact/aa;certificate_serial/exact/02:aa;");
  check("[user-account:account_login = 'root']", "account/exact/root;");
  check("[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\x']", "registry_key/exact/HKEY_LOCAL_MACHINE\\x;");
}

BOOST_AUTO_TEST_CASE(a_path_without_a_kind_cannot_be_said) {
  check("[mutex:name = 'x']", "(\"mutex:name = 'x'\" is no value that is looked for in traffic);");
  check("[file:hashes.'SHA-512' = 'aa']", "(\"file:hashes.'SHA-512' = 'aa'\" is no value that is looked for in traffic);");
  check("[network-traffic:protocols[0] = 'tcp']", "(\"network-traffic:protocols[0] = 'tcp'\" is below the protocols of applications);");
  check("[domain-name:value = 5]", "(\"domain-name:value = 5\" is compared with what is no text);");
  check("[domain-name:value > 'a']", "(\"domain-name:value > 'a'\" compares texts by their order);");
  check("[domain-name:value ISSUBSET 'a']", "(\"domain-name:value ISSUBSET 'a'\" is no address: only those have subsets);");
  check("[ipv4-addr:value ISSUPERSET '10.0.0.0/8']",
        "(\"ipv4-addr:value ISSUPERSET '10.0.0.0/8'\" is a prefix within what is seen: addresses are seen one by one);");
  check("[EXISTS domain-name:value]", "(\"EXISTS domain-name:value\" asks whether there is a value, not for one);");
}

BOOST_AUTO_TEST_CASE(like_is_the_mode_that_says_the_same) {
  check("[domain-name:value LIKE 'evil.test']", "domain/exact/evil.test;");
  check("[domain-name:value LIKE '%.evil.test']", "domain/glob/*.evil.test;");
  check("[domain-name:value LIKE 'ev_l%']", "domain/glob/ev?l*;");
  check("[domain-name:value LIKE '%evil%']", "domain/literal/evil;");
  check("[domain-name:value LIKE '%evi%']", "(\"domain-name:value LIKE '%evi%'\" is looked for anywhere, which is too short);");
  check("[domain-name:value LIKE '%_%']", "(\"domain-name:value LIKE '%_%'\" is met by every value);");
  check("[url:value LIKE 'https://evil.test/a/%']", "url/prefix/https://evil.test/a/;");
  check("[url:value LIKE 'http%://evil.test/a/%']", "url/prefix/evil.test/a/;");
  check("[url:value LIKE 'http%://evil.test/a%']", "url/glob/evil.test/a*;");
  check("[url:value LIKE 'http://evil.test/a?b=%']", "url/prefix/http://evil.test/a?b=;");
  check("[url:value LIKE 'http://evil.test/a?b%']", "url/regex/(?is)^evil\\.test\\/a\\?b.*$;");
  check("[url:value LIKE '%/gate.php']", "url/glob/*/gate.php;");
  check("[url:value LIKE '%/r?u=http://evil.test%']", "url/literal//r?u=http://evil.test;");
  check("[email-addr:value LIKE '%@evil.test']", "mail_domain/exact/evil.test;");
  check("[email-addr:value LIKE '%@%.evil.test']", "mail_address/glob/*@*.evil.test;");
  check("[file:name LIKE '%.scr']", "file_name/glob/*.scr;");
  check("[network-traffic:extensions.'http-request-ext'.request_value LIKE '%.php']", "url/regex/^[^/]*/.*\\.php$;");
}

BOOST_AUTO_TEST_CASE(a_name_beside_its_subdomains_is_one_indicator) {
  check("[domain-name:value = 'Evil.test' OR domain-name:value LIKE '%.evil.test']", "domain/subdomains/Evil.test;");
  check("[domain-name:value LIKE '%.evil.test'] OR [domain-name:value = 'evil.test']", "domain/subdomains/evil.test;");
  check("[domain-name:value = 'evil.test' OR domain-name:value LIKE '%.other.test']", "domain/exact/evil.test;domain/glob/*.other.test;");
  check("[domain-name:value = 'evil.test' AND domain-name:value LIKE '%.evil.test']", "domain/exact/evil.test&domain/glob/*.evil.test;");
}

BOOST_AUTO_TEST_CASE(expressions_lose_the_scheme_that_urls_are_met_without) {
  check(R"([domain-name:value MATCHES '^ev[i1]l\\.test$'])", R"(domain/regex/^ev[i1]l\.test$;)");
  check(R"([url:value MATCHES '^https?:\\/\\/evil\\.test\\/'])", R"(url/regex/^evil\.test\/;)");
  check(R"([url:value MATCHES 'http://evil'])", "url/regex/^evil;");
  check(R"([url:value MATCHES 'x=http://evil'])", R"(("url:value MATCHES 'x=http://evil'" names a scheme: URLs are met without theirs);)");
  check(R"([network-traffic:extensions.'http-request-ext'.request_value MATCHES '^/a[0-9]+$'])", "url/regex/^[^/]*/a[0-9]+$;");
}

BOOST_AUTO_TEST_CASE(numbers_are_ranges) {
  check("[file:size = 10]", "file_size/exact/10;");
  check("[file:size > 10]", "file_size/range/11..;");
  check("[file:size >= 10]", "file_size/range/10..;");
  check("[file:size < 10]", "file_size/range/0..9;");
  check("[file:size NOT < 10]", "file_size/range/10..;");
  check("[file:size < 1]", "file_size/exact/0;");
  check("[file:size < 0]", "(\"file:size < 0\" is met by no number);");
  check("[file:size > 18446744073709551615]", "(\"file:size > 18446744073709551615\" is met by no number);");
  check("[file:size = -1]", "(\"file:size = -1\" is not a whole number);");
  check("[file:size > 10 AND file:size <= 20]", "file_size/range/11..20;");
  check("[file:size > 10 AND file:size < 5]", "(\"file:size < 5\" asks for a number that is two at once);");
  check("[network-traffic:src_port > 1000 AND network-traffic:dst_port = 80]", "port/range/1001..&port/exact/80;");
}

BOOST_AUTO_TEST_CASE(a_pattern_becomes_an_or_of_ands) {
  check("[domain-name:value IN ('a.test', 'b.test')]", "domain/exact/a.test;domain/exact/b.test;");
  check("[domain-name:value NOT IN ('a.test', 'b.test') AND file:size = 1]", "!domain/exact/a.test&!domain/exact/b.test&file_size/exact/1;");
  check("[domain-name:value != 'a.test']", "!domain/exact/a.test;");
  check("[domain-name:value NOT != 'a.test']", "domain/exact/a.test;");
  check("[domain-name:value = 'a.test' AND domain-name:value = 'a.test']", "domain/exact/a.test;");
  check("[network-traffic:src_port = 53 AND network-traffic:dst_port = 53]",
        "(\"network-traffic:dst_port = 53\" asks for one value in two places, which indicators do not tell apart);");
  check("[(file:size = 1 OR file:size = 2) AND file:name IN ('x', 'y')]",
        "file_size/exact/1&file_name/exact/x;file_size/exact/1&file_name/exact/y;file_size/exact/2&file_name/exact/x;file_size/exact/2&file_name/exact/y;");
  check("[domain-name:value = 'a.test'] OR ([url:value = 'b.test/'] OR [file:size = 3])", "domain/exact/a.test;url/exact/b.test/;file_size/exact/3;");
  check("[domain-name:value IN ()]", "(\"domain-name:value IN ()\" names no value);");
  check("[file:size IN (1, 'x')]", "file_size/exact/1;(\"file:size IN (1, 'x')\" with \"x\" is not a whole number);");
  check("[file:name = 'x' AND (mutex:name = 'm' OR file:size = 1)]",
        "(\"mutex:name = 'm'\" is no value that is looked for in traffic);file_name/exact/x&file_size/exact/1;");
}

BOOST_AUTO_TEST_CASE(a_type_that_the_value_beside_it_has_is_no_term_of_its_own) {
  const auto both = [](std::string_view type, std::string_view value) {
    return told("[network-traffic:dst_ref.type = '" + std::string(type) + "' AND network-traffic:dst_ref.value = '" + std::string(value) + "']");
  };
  BOOST_TEST(both("ipv4-addr", "192.0.2.1") == "address/exact/192.0.2.1;");
  BOOST_TEST(both("ipv6-addr", "2001:db8::1") == "address/exact/2001:db8::1;");
  BOOST_TEST(both("domain-name", "evil.test") == "domain/exact/evil.test;");
  BOOST_TEST(both("ipv6-addr", "192.0.2.1") == "(\"ipv6-addr\" is not the type of \"192.0.2.1\");");
  BOOST_TEST(both("mac-addr", "evil.test") == "(\"mac-addr\" is not the type of \"evil.test\");");
  check("[network-traffic:dst_ref.type = 'ipv4-addr']", "(\"network-traffic:dst_ref.type\" tells a type without a value);");
  check("[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:src_ref.value = '192.0.2.1']", "(\"network-traffic:dst_ref.type\" tells a type without a value);");
  check("[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value != '192.0.2.1']", "(\"network-traffic:dst_ref.type\" tells a type without a value);");
  check("[network-traffic:dst_ref.type != 'ipv4-addr']", "(\"network-traffic:dst_ref.type != 'ipv4-addr'\" is no value that is looked for in traffic);");
  check("[(network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1') AND network-traffic:dst_port = '443']",
        "address/exact/192.0.2.1&port/exact/443;");
}

BOOST_AUTO_TEST_CASE(what_needs_several_observations_is_told_and_the_rest_taken) {
  const std::string correlation = "(needs correlation over several observations: unsupported);";
  check("[file:size = 1] AND [file:size = 2]", correlation);
  check("[file:size = 1] FOLLOWEDBY [file:size = 2]", correlation);
  check("[file:size = 1] REPEATS 3 TIMES", correlation);
  check("([file:size = 1] AND [file:size = 2]) WITHIN 60 SECONDS OR [file:size = 3]", correlation + "file_size/exact/3;");
  check("[file:size = 1] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00Z'", "(is bound to a time of its own (START STOP): unsupported);");
}

BOOST_AUTO_TEST_CASE(conjunctions_and_their_terms_are_bounded) {
  const auto any_of = [](size_t count, const std::string& path) {
    std::string out = path + " IN (0";
    for (size_t i = 1; i < count; ++i) out += "," + std::to_string(i);
    return out + ")";
  };
  const std::string at = "[" + any_of(16, "file:size") + " AND " + any_of(stix_conjunctions_max / 16, "network-traffic:dst_port") + "]";
  const std::string past = "[" + any_of(16, "file:size") + " AND " + any_of(stix_conjunctions_max / 16 + 1, "network-traffic:dst_port") + "]";
  const std::string at_told = told(at);
  BOOST_TEST(static_cast<size_t>(std::count(at_told.begin(), at_told.end(), ';')) == stix_conjunctions_max);
  check(past, "(is an AND of ORs that becomes more than 256 conjunctions);");
  const std::string list = told("[" + any_of(stix_literals_max, "file:size") + "]");
  BOOST_TEST(static_cast<size_t>(std::count(list.begin(), list.end(), ';')) == stix_literals_max);

  const auto none_of = [&](size_t count) { return "[network-traffic:dst_port NOT" + any_of(count, "") + "]"; };
  BOOST_TEST(told(none_of(stix_conjunction_terms_max)).find("!port/exact/63;") != std::string::npos);
  check(none_of(stix_conjunction_terms_max + 1), "(needs more than 64 values at once);");
}
