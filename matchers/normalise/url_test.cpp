// SPDX-License-Identifier: Apache-2.0
#include "matchers/normalise/url.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "matchers/normalise/normal_form.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

std::string url(std::string_view text) { return normal_form(Kind::url, text); }

struct Case {
  std::string_view text, expected;
};

void check(std::span<const Case> cases) {
  for (const Case& c : cases) BOOST_TEST(url(c.text) == c.expected, c.text << " -> " << url(c.text));
}

}  // namespace

BOOST_AUTO_TEST_CASE(scheme_user_port_and_fragment_do_not_distinguish_urls) {
  const Case cases[] = {
      {"http://evil.test/a", "evil.test/a"},
      {"HTTPS://EVIL.test/A", "evil.test/A"},
      {"evil.test/a", "evil.test/a"},
      {"//evil.test/a", "evil.test/a"},
      {"http:///evil.test/a", "evil.test/a"},
      {"ftp+x://evil.test/a", "evil.test/a"},
      {"http://evil.test", "evil.test/"},
      {"http://evil.test?x=1", "evil.test/?x=1"},
      {"http://evil.test#frag", "evil.test/"},
      {"http://evil.test/a#b?c", "evil.test/a"},
      {"http://user:pass@evil.test/", "evil.test/"},
      {"http://good.test@evil.test/", "evil.test/"},
      {"http://a@b@evil.test/", "evil.test/"},
      {"http://evil.test:80/", "evil.test/"},
      {"https://evil.test:443/", "evil.test/"},
      {"http://evil.test:/", "evil.test/"},
      {"http://evil.test:8080/", "evil.test:8080/"},
      {"http://evil.test:08080/", "evil.test:8080/"},
      {"http://evil.test./", "evil.test/"},
      {"  http://evil.test/a \r\n", "evil.test/a"},
      {"evil.test:8080", "evil.test:8080/"}};
  check(cases);
}

BOOST_AUTO_TEST_CASE(percent_encoding_has_one_form) {
  const Case cases[] = {
      {"evil.test/%61%62%2D%7e", "evil.test/ab-~"},
      {"evil.test/%2f%3f", "evil.test/%2F%3F"},
      {"evil.test/%", "evil.test/%25"},
      {"evil.test/%4", "evil.test/%254"},
      {"evil.test/%zz", "evil.test/%25zz"},
      {"evil.test/%2561", "evil.test/%2561"},
      {"evil.test/a b", "evil.test/a%20b"},
      {"evil.test/\xc3\xa9", "evil.test/%C3%A9"},
      {"evil.test/%c3%a9", "evil.test/%C3%A9"},
      {"evil.test/?q=%41%26", "evil.test/?q=A%26"},
      {"%65vil.test/", "evil.test/"},
      {"http://evil%2etest/", "evil.test/"},
      {std::string_view("evil.test/a\0b", 13), "evil.test/a%00b"}};
  check(cases);
}

BOOST_AUTO_TEST_CASE(dot_segments_go_however_they_are_written) {
  const Case cases[] = {
      {"evil.test/a/../b", "evil.test/b"},
      {"evil.test/a/./b", "evil.test/a/b"},
      {"evil.test/a/%2e%2E/b", "evil.test/b"},
      {"evil.test/../../b", "evil.test/b"},
      {"evil.test/a/b/..", "evil.test/a/"},
      {"evil.test/a/b/.", "evil.test/a/b/"},
      {"evil.test/..", "evil.test/"},
      {"evil.test/.", "evil.test/"},
      {"evil.test/a/b/../../c/./d/..", "evil.test/c/"},
      {"evil.test/...", "evil.test/..."},
      {"evil.test/a//b", "evil.test/a//b"},
      {"evil.test/a//../b", "evil.test/a/b"},
      {"evil.test\\a\\..\\b", "evil.test/b"},
      {"evil.test/?a=../b", "evil.test/?a=../b"},
      {"evil.test/a/..?x", "evil.test/?x"},
      {"ev\til.test/a\n/b", "evil.test/a/b"},
      {"evil.test/a/.\t./b", "evil.test/b"}};
  check(cases);
}

BOOST_AUTO_TEST_CASE(hosts_in_urls_are_read_as_clients_read_them) {
  const Case cases[] = {
      {"http://0x7f.1/", "127.0.0.1/"},
      {"http://2130706433/", "127.0.0.1/"},
      {"http://[2001:DB8:0::1]:8080/x", "[2001:db8::1]:8080/x"},
      {"http://[::ffff:1.2.3.4]/", "1.2.3.4/"},
      {"http://evil.test\\@good.test/", "evil.test/@good.test/"},
      {"http://b\xc3\xbc" "cher.test/", "xn--bcher-kva.test/"},
      {"http://evil.test:99999/", "evil.test/"},
      {"", none},
      {"http://", none},
      {"/only/a/path", none},
      {"?x", none},
      {"http://@/", none}};
  check(cases);
}

BOOST_AUTO_TEST_CASE(a_normal_url_is_its_own_normal_form) {
  constexpr std::string_view alphabet = "ab./\\?%2eE4#@[]&= \t\xc3\xa9";
  std::mt19937 random(3);
  for (int round = 0; round < 50000; ++round) {
    constexpr std::string_view starts[] = {"http://h.test/", "h.test:8080/", "h\xc3\xa9?"};
    std::string text(starts[random() % 3]);
    const size_t length = random() % 24;
    for (size_t i = 0; i < length; ++i) text += alphabet[random() % alphabet.size()];
    const std::string once = url(text);
    if (once == none) continue;
    BOOST_REQUIRE_MESSAGE(url(once) == once, "\"" << text << "\" -> \"" << once << "\" -> \"" << url(once) << "\"");
  }
}

BOOST_AUTO_TEST_CASE(a_buffer_too_small_gives_nothing_at_every_size) {
  const std::string_view text = "http://user@EVIL.test:8080/a/../b?c=%41";
  const std::string whole = url(text);
  for (size_t size = 0; size < 80; ++size) {
    std::vector<uint8_t> room(size);
    const auto out = normalise_url(as_bytes(text), room);
    if (out) BOOST_TEST(as_text(*out) == whole);
    else BOOST_TEST(size < text.size() + 2);
  }
}

BOOST_AUTO_TEST_CASE(an_overlong_authority_is_kept_and_bounded) {
  const std::string host(5000, 'A');
  BOOST_TEST(url("http://" + host + "/x") == std::string(5000, 'a') + "/x");
}
