// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/uuencode.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace sekisho;
using namespace sekisho::mime;

namespace {

struct Files {
  std::string told;
  void begin(Bytes name) { told += "[" + std::string(as_text(name)) + "]"; }
  void bytes(Bytes decoded) { told += as_text(decoded); }
  void end() { told += "[end]"; }
};
std::string read(std::string_view text, size_t piece_bytes) {
  UuReader reader;
  Files files;
  for (size_t at = 0; at < text.size(); at += piece_bytes) {
    const std::string_view piece = text.substr(at, piece_bytes);
    const std::vector<uint8_t> copy(piece.begin(), piece.end());
    reader.feed(copy, files);
  }
  reader.finish(files);
  return files.told;
}
std::string files_in(std::string_view text) {
  const std::string whole = read(text, text.size() + 1);
  for (size_t piece = 1; piece <= 9; ++piece) BOOST_TEST(read(text, piece) == whole);
  return whole;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_is_decoded_with_its_name) {
  BOOST_TEST(files_in("hello\r\nbegin 644 a b.txt\r\n#0V%T\r\n`\r\nend\r\nbye\r\n") == "[a b.txt]Cat[end]");
  BOOST_TEST(files_in("begin 644 x\n#0V%T\n#0V%T\n \nend\nbegin 600 y\n!00``\nend\n") ==
             "[x]CatCat[end][y]A[end]");
}

BOOST_AUTO_TEST_CASE(lost_trailing_blanks_and_a_missing_end_are_forgiven) {
  BOOST_TEST(files_in("begin 644 x\n$0V%T\n") == std::string("[x]Cat\0[end]", 12));
  BOOST_TEST(files_in("begin 644 x\n#0V%T\n\nnot uu\n") == "[x]Cat[end]");
}

BOOST_AUTO_TEST_CASE(a_text_that_only_speaks_of_begin_is_no_file) {
  BOOST_TEST(files_in("begin at home\nbegin 9 x\nbegin 644\nbegin 64488 x\n begin 644 x\nBegin 644 x\n") ==
             "");
}

BOOST_AUTO_TEST_CASE(a_line_at_the_limit_begins_a_file_and_one_past_it_does_not) {
  const std::string at_limit = "begin 644 " + std::string(uu_line_max - 10, 'n');
  BOOST_TEST(files_in(at_limit + "\n").size() == uu_line_max - 10 + 2 + 5);
  BOOST_TEST(files_in(at_limit + "n\n") == "");
  BOOST_TEST(files_in("begin 644 x\n" + std::string(uu_line_max + 1, '!') + "\n#0V%T\n") == "[x][end]");
}
