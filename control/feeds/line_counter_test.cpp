// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/line_counter.h"

#include <chrono>

#include "control/feeds/sample_feed.h"

using namespace sekisho;

namespace {

double seconds_to_read(const std::string& between) {
  std::string text = R"({"Event":{"Attribute":[)";
  for (int i = 0; i < 200'000; ++i)
    text.append(i == 0 ? "" : ",").append(between).append(R"({"type":"domain","value":"n)").append(std::to_string(i)).append(R"(.test","to_ids":true,"comment":"as long as they are"})");
  text += "]}}";
  const auto begin = std::chrono::steady_clock::now();
  const FeedContent content = parsed_as(sample_feed(FeedFormat::misp), text);
  BOOST_TEST(content.rows.size() == 200'000U);
  BOOST_TEST(content.rows.back().line == (between.empty() ? 1U : 200'001U));
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

BOOST_AUTO_TEST_CASE(lines_are_those_of_a_plain_count_in_any_order_of_places) {
  const std::string text = "a\n\nbc\n\n\nd";
  LineCounter lines(text);
  for (const size_t at : {0, 1, 2, 3, 5, 9, 4, 4, 0, 8, 100, 7})
    BOOST_TEST(lines.line_at(at) == 1U + static_cast<uint32_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size())), '\n')), at);
}

BOOST_AUTO_TEST_CASE(a_document_on_one_line_takes_no_longer_than_one_on_many) {
  const double many = seconds_to_read("\n");
  BOOST_TEST(seconds_to_read("") < 3 * many);
}
