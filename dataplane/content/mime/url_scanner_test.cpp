// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/url_scanner.h"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <vector>

using namespace sekisho;
using namespace sekisho::mime;

namespace {

std::string scan(std::string_view text, TextKind kind, size_t piece_bytes) {
  const auto scanner = std::make_unique<UrlScanner>();
  scanner->start(kind);
  std::string found;
  const auto each = [&](Bytes url) { found += std::string(as_text(url)) + "\n"; };
  for (size_t at = 0; at < text.size(); at += piece_bytes) {
    const std::string_view piece = text.substr(at, piece_bytes);
    const std::vector<uint8_t> copy(piece.begin(), piece.end());
    scanner->feed(copy, each);
  }
  scanner->finish(each);
  return found;
}
// The URLs found, one a line; the same in pieces of every size up to 8.
std::string urls(std::string_view text, TextKind kind = TextKind::plain) {
  const std::string whole = scan(text, kind, text.size() + 1);
  for (size_t piece = 1; piece <= 8; ++piece) BOOST_TEST(scan(text, kind, piece) == whole);
  return whole;
}

}  // namespace

BOOST_AUTO_TEST_CASE(urls_stand_between_white_space_quotes_and_brackets) {
  BOOST_TEST(urls("see http://a.test/x?y=1, <HTTPS://b.test:8443/> and \"ftp://192.0.2.1\".") ==
             "http://a.test/x?y=1\nHTTPS://b.test:8443/\nftp://192.0.2.1\n");
  BOOST_TEST(urls("(http://a.test/b(c)) http://a.test/d).") == "http://a.test/b(c))\nhttp://a.test/d\n");
  BOOST_TEST(urls("http:// http:/x xhttp:y ftp:/ mailto:a@b.test nothing") == "");
  BOOST_TEST(urls("hxttp://x.test http::http://y.test") == "http://y.test\n");
}

BOOST_AUTO_TEST_CASE(character_references_do_not_hide_a_url_in_html) {
  BOOST_TEST(urls("<a href=\"http://a.test/?x=1&amp;y=2\">t</a>", TextKind::html) ==
             "http://a.test/?x=1&y=2\n");
  BOOST_TEST(urls("<a href='&#104;tt&#x70;&colon;&sol;&sol;b.test'>", TextKind::html) == "http://b.test\n");
  BOOST_TEST(urls("http://c.test/?a&copy=1&&x;", TextKind::html) == "http://c.test/?a&copy=1&&x\n");
  BOOST_TEST(urls("http://d.test/&amp;", TextKind::plain) == "http://d.test/&amp\n");
}

BOOST_AUTO_TEST_CASE(nul_bytes_do_not_hide_a_url) {
  std::string wide;
  for (const char c : std::string_view("at http://a.test/ x")) wide += {c, '\0'};
  BOOST_TEST(urls(wide) == "http://a.test/\n");
}

BOOST_AUTO_TEST_CASE(a_url_at_the_limit_is_whole_and_one_past_it_is_cut) {
  const std::string at_limit = "http://" + std::string(url_bytes_max - 7, 'a');
  BOOST_TEST(scan(at_limit, TextKind::plain, 1000) == at_limit + "\n");
  BOOST_TEST(scan(at_limit + "b", TextKind::plain, 1000) == at_limit + "\n");
}
