// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/csv.h"

#include <boost/test/unit_test.hpp>

#include "control/feeds/limits.h"

using namespace sekisho;

namespace {

// "line:cell|cell;..." of every row; bad rows as "line!reason;".
std::string rows_of(std::string_view text) {
  // An exact-size copy, so that ASan sees a read past the end.
  const std::vector<char> copy(text.begin(), text.end());
  CsvReader reader({copy.data(), copy.size()});
  std::string out;
  for (auto next = reader.next(); next != CsvReader::Next::end; next = reader.next()) {
    out += std::to_string(reader.line());
    if (next == CsvReader::Next::bad_row) {
      out += std::string("!") + reader.reason() + ";";
      continue;
    }
    for (size_t i = 0; i < reader.cells().size(); ++i) out.append(i == 0 ? ":" : "|").append(reader.cells()[i]);
    out += ";";
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(rows_are_read_as_rfc_4180_writes_them) {
  BOOST_TEST(rows_of("a,b\nc,d\n") == "1:a|b;2:c|d;");
  BOOST_TEST(rows_of("a,b\r\nc,d") == "1:a|b;2:c|d;");
  BOOST_TEST(rows_of("a,,\n") == "1:a||;");
  BOOST_TEST(rows_of("\"a,b\",\"c\"\"d\",\"\"\n") == "1:a,b|c\"d|;");
  BOOST_TEST(rows_of("\"two\nlines\",x\ny\n") == "1:two\nlines|x;3:y;");
  BOOST_TEST(rows_of(" a ,\" b \",\t\n") == "1:a| b |;");
  BOOST_TEST(rows_of("a,b\"c\n") == "1:a|b\"c;");
  BOOST_TEST(rows_of("\"a\"\r\nb\r\n") == "1:a;2:b;");
}

BOOST_AUTO_TEST_CASE(comments_and_empty_lines_are_skipped_and_counted) {
  BOOST_TEST(rows_of("# c\n\n\r\na\n#\nb") == "4:a;6:b;");
  BOOST_TEST(rows_of("") == "");
  BOOST_TEST(rows_of("\n") == "");
}

BOOST_AUTO_TEST_CASE(a_quote_without_its_end_costs_one_line) {
  BOOST_TEST(rows_of("a\n\"b\nc\nd") == "1:a;2!a quoted cell without its end;3:c;4:d;");
  BOOST_TEST(rows_of("\"") == "1!a quoted cell without its end;");
  BOOST_TEST(rows_of("\"a\"b\nc") == "1!a quoted cell with text behind it;2:c;");
  BOOST_TEST(rows_of("\"\"\"") == "1!a quoted cell without its end;");
}

BOOST_AUTO_TEST_CASE(long_lines_and_wide_rows_are_bounded) {
  BOOST_TEST(rows_of(std::string(feed_line_bytes_max, 'a') + "\nb") == "1:" + std::string(feed_line_bytes_max, 'a') + ";2:b;");
  BOOST_TEST(rows_of(std::string(feed_line_bytes_max + 1, 'a') + "\nb") == "1!a line that is too long;2:b;");
  BOOST_TEST(rows_of("\"" + std::string(feed_line_bytes_max + 1, 'a') + "\"\nb") == "1!a quoted cell without its end;2:b;");
  BOOST_TEST(rows_of(std::string(feed_columns_max, ',') + "\nb") == "1!a line with too many columns;2:b;");
}

BOOST_AUTO_TEST_CASE(many_quotes_without_end_are_worked_off_in_linear_time) {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "\"x\n";
  CsvReader reader(text);
  size_t rows = 0;
  for (auto next = reader.next(); next != CsvReader::Next::end; next = reader.next()) ++rows;
  BOOST_TEST(rows > 0U);
}
