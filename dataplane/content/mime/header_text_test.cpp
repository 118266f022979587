// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/header_text.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "dataplane/content/mime/boundaries.h"
#include "dataplane/content/mime/charset.h"
#include "dataplane/content/mime/limits.h"
#include "dataplane/content/mime/parameters.h"

using namespace sekisho;
using namespace sekisho::mime;

namespace {

std::vector<uint8_t> copy_of(std::string_view text) { return {text.begin(), text.end()}; }

std::string decode(std::string_view text) {
  std::vector<uint8_t> out(field_bytes_max);
  out.resize(decode_header_text(copy_of(text), out));
  return std::string(as_text(out));
}
std::string convert(std::string_view charset, std::string_view text) {
  std::vector<uint8_t> out(4096);
  out.resize(to_utf8(find_charset(as_bytes(charset)), copy_of(text), out));
  return std::string(as_text(out));
}
std::string parameter(std::string_view field, std::string_view name, Reading reading) {
  std::vector<uint8_t> out(1024);
  out.resize(parameter_text(copy_of(field), name, reading, out));
  return std::string(as_text(out));
}

}  // namespace

BOOST_AUTO_TEST_CASE(encoded_words_are_decoded_and_the_white_space_between_them_goes) {
  BOOST_TEST(decode("plain text") == "plain text");
  BOOST_TEST(decode("=?utf-8?B?44G+44G/?=") == "まみ");
  BOOST_TEST(decode("=?UTF-8?q?a_=c3=a9?= \t =?UTF-8?Q?b?=  c") == "a éb  c");
  BOOST_TEST(decode("Re: =?iso-8859-1?Q?=E5_?=x=?us-ascii*en?q?y?=") == "Re: å xy");
  BOOST_TEST(decode("=?EUC-KR?Q?=C7=D1=B1=B9?=") == "한국");
  BOOST_TEST(decode("=?koi8-r?B?8NLJ18XU?=") == "Привет");
  BOOST_TEST(decode("=?gb2312?B?1tDOxA==?=") == "中文");
  BOOST_TEST(decode("=?big5?B?pKSk5Q==?=") == "中文");
  BOOST_TEST(decode("=?Shift_JIS?B?k/qWe4zq?=") == "日本語");
  BOOST_TEST(decode("=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=") == "日本語");
  BOOST_TEST(decode("=?euc-jp?Q?=C6=FC=CB=DC=B8=EC?=") == "日本語");
}

BOOST_AUTO_TEST_CASE(a_character_that_is_split_between_two_words_is_whole) {
  BOOST_TEST(decode("=?utf-8?B?4w==?= =?utf-8?B?gb4=?=") == "ま");
}

BOOST_AUTO_TEST_CASE(what_is_no_encoded_word_stays) {
  for (const std::string_view text :
       {"=?utf-8?X?abc?=", "=?utf-8?Q?abc", "=?utf-8", "=?", "a =? b ?= c", "=?utf-8?Q"})
    BOOST_TEST(decode(text) == text);
}

BOOST_AUTO_TEST_CASE(raw_bytes_are_read_as_utf8_or_as_iso_2022_jp) {
  BOOST_TEST(decode("caf\xc3\xa9") == "café");
  BOOST_TEST(decode("caf\xe9 x") == "caf\xef\xbf\xbd x");
  BOOST_TEST(decode("\x1b$BF|K\\\x1b(B!") == "日本!");
}

BOOST_AUTO_TEST_CASE(a_field_full_of_unfinished_words_takes_linear_time) {
  std::string text;
  while (text.size() + 10 < field_bytes_max) text += "=?a?q?x";
  BOOST_TEST(decode(text) == text);
}

BOOST_AUTO_TEST_CASE(broken_characters_become_the_replacement_and_eat_no_ascii) {
  const std::string bad = "\xef\xbf\xbd";
  BOOST_TEST(convert("utf-8", "\xe3\x81x") == bad + "x");
  BOOST_TEST(convert("utf-8", "\xc0\xaf\xf5\xed\xa0\x80") == bad + bad + bad + bad + bad + bad);
  BOOST_TEST(convert("shift_jis", "\x82") == bad);
  BOOST_TEST(convert("gbk",
                     "\xd6"
                     "A") != bad + "A");  // a trail byte may be ASCII
  BOOST_TEST(convert("euc-jp", "\xc6x") == bad + "x");
  BOOST_TEST(convert("euc-jp", "\x8e\xb1\x8f\xb0\xa1y") == "ｱ" + bad + "y");
  BOOST_TEST(convert("iso-2022-jp", "\x1b$BF") == bad);
  BOOST_TEST(convert("iso-2022-jp", "\x1b(I1\x1b(Bx") == "ｱx");
  BOOST_TEST(convert("utf-16le", std::string_view("a\0=\xd8\0\xdeZ", 7)) == "a😀" + bad);
  BOOST_TEST(convert("utf-16", std::string_view("\xff\xfe"
                                                "a\0",
                                                4)) == "a");
  BOOST_TEST(convert("windows-1252", "\x80\x81") == "€\xc2\x81");
  BOOST_TEST(convert("ISO-8859-15", "\xa4") == "€");
  BOOST_TEST(convert("no-such-set", "é") == "é");
}

BOOST_AUTO_TEST_CASE(a_code_point_that_does_not_fit_is_left_out_whole) {
  std::vector<uint8_t> out(4);
  BOOST_TEST(to_utf8(utf8(), as_bytes("まま"), out) == 3U);
}

BOOST_AUTO_TEST_CASE(parameters_are_read_in_each_way) {
  BOOST_TEST(parameter("attachment; filename=\"a;b \\\"c\\\".txt\"", "filename", Reading::plain) ==
             "a;b \"c\".txt");
  BOOST_TEST(parameter("text/plain; name=This is a test.txt; x=y", "name", Reading::plain) ==
             "This is a test.txt");
  BOOST_TEST(parameter("text/plain; name=This is a test.txt; x=y", "name", Reading::token) == "This");
  BOOST_TEST(parameter("x (comment; name=no) ; NAME = yes", "name", Reading::plain) == "yes");
  BOOST_TEST(parameter("x; name=\"=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=.doc\"", "name", Reading::plain) ==
             "日本語.doc");
  BOOST_TEST(parameter("x; a=\"1\" name=\"2\"", "name", Reading::plain) == "2");
  BOOST_TEST(parameter("x; filename=y", "name", Reading::plain) == "");
  BOOST_TEST(parameter("x; ; ;name", "name", Reading::plain) == "");
}

BOOST_AUTO_TEST_CASE(rfc_2231_pieces_are_joined_in_the_order_of_their_numbers) {
  BOOST_TEST(parameter("x; filename*=utf-8'ja'%e6%97%a5%e6%9c%ac.txt", "filename", Reading::extended) ==
             "日本.txt");
  BOOST_TEST(parameter("x; filename*0*=Shift_JIS''%93; filename*1*=%fa%96; filename*2=\"{.txt\"", "filename",
                       Reading::extended) == "日本.txt");
  BOOST_TEST(parameter("x; filename*1=b; filename*0=a; filename*3=no", "filename", Reading::extended) ==
             "ab");
  BOOST_TEST(parameter("x; filename*0=a; filename*0=z; filename*100=c", "filename", Reading::extended) ==
             "a");
  BOOST_TEST(parameter("x; filename*=%41%4", "filename", Reading::extended) == "A%4");
  std::string many = "x", expected;
  for (size_t i = 0; i < parameter_pieces_max + 1; ++i) {
    many += "; n*" + std::to_string(i) + "=p";
    expected += i < parameter_pieces_max ? "p" : "";
  }
  BOOST_TEST(parameter(many, "n", Reading::extended) == expected);
}

BOOST_AUTO_TEST_CASE(the_innermost_whole_boundary_counts) {
  Boundaries boundaries;
  BOOST_TEST(boundaries.push(as_bytes("B"), false));
  BOOST_TEST(boundaries.push(as_bytes("B-1"), false));
  const auto match = [&](std::string_view line) { return boundaries.match(copy_of(line)); };
  using Kind = DelimiterMatch::Kind;
  BOOST_TEST((match("--B-1").kind == Kind::delimiter && match("--B-1").index == 1));
  BOOST_TEST((match("--B-1--  ").kind == Kind::close && match("--B-1--").index == 1));
  BOOST_TEST((match("--B \t").kind == Kind::delimiter && match("--B").index == 0));
  BOOST_TEST((match("--B--").kind == Kind::close && match("--B--").index == 0));
  BOOST_TEST((match("--B-2").kind == Kind::prefix));
  BOOST_TEST((match("--A").kind == Kind::none));
  BOOST_TEST((match("-B").kind == Kind::none));
  BOOST_TEST((match("--").kind == Kind::none));
}

BOOST_AUTO_TEST_CASE(boundaries_are_kept_to_their_bounds) {
  Boundaries boundaries;
  for (size_t i = 0; i < depth_max; ++i)
    BOOST_TEST(boundaries.push(as_bytes(std::string(boundary_bytes_usual, 'b')), false));
  BOOST_TEST(!boundaries.push(as_bytes("x"), false));
  boundaries.keep(0);
  BOOST_TEST(!boundaries.push(as_bytes(std::string(boundary_bytes_max + 1, 'b')), false));
  for (size_t i = 0; i < boundary_pool_bytes / boundary_bytes_max; ++i)
    BOOST_TEST(boundaries.push(as_bytes(std::string(boundary_bytes_max, 'b')), false));
  BOOST_TEST(!boundaries.push(as_bytes(std::string(boundary_bytes_max, 'b')), false));
  BOOST_TEST(!boundaries.push(as_bytes(""), false));
}
