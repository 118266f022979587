// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/content_range.h"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace sekisho;

namespace {

std::string number(uint64_t value) { return value == body_length_unknown ? "?" : std::to_string(value); }

std::string read(std::string_view value) {
  const ByteRange range = parse_content_range(as_bytes(value));
  return number(range.first) + "-" + number(range.last) + "/" + number(range.total) +
         (range.partial ? " partial" : " whole");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_content_range_names_the_bytes_it_holds) {
  BOOST_TEST(read("bytes 0-99/1000") == "0-99/1000 partial");
  BOOST_TEST(read("Bytes  5 - 9 / 10 ") == "5-9/10 partial");
  BOOST_TEST(read("bytes 0-99/*") == "0-99/? partial");
}

BOOST_AUTO_TEST_CASE(a_range_that_is_the_whole_file_is_not_partial) {
  BOOST_TEST(read("bytes 0-9/10") == "0-9/10 whole");
  BOOST_TEST(read("bytes 0-0/1") == "0-0/1 whole");
}

BOOST_AUTO_TEST_CASE(a_range_that_cannot_be_read_is_partial_without_numbers) {
  for (const char* text : {"", "bytes", "bytes */10", "bytes 5-4/10", "bytes 0-10/10", "bytes 0-1/10 x",
                           "items 0-1/2", "bytes=0-1/2", "bytes 0-/10", "bytes 1234567890123456789-1/2"})
    BOOST_TEST(read(text) == "?-?/? partial", text);
}
