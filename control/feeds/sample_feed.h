// SPDX-License-Identifier: Apache-2.0
// For tests of formats: a feed of default settings, and what a text becomes, as one line a row.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "control/feeds/feed.h"

namespace sekisho {

inline constexpr int64_t sample_now_s = 1'795'341'600;  // 2026-11-22T10:00:00Z

inline FeedConfig sample_feed(FeedFormat format) {
  FeedConfig feed{};
  feed.name = "acme";
  feed.path = "feeds/acme";
  feed.format = format;
  feed.severity = Severity::medium;
  feed.confidence = 50;
  feed.lines_max = 1'000'000;
  return feed;
}

// The text is read from an exact-size copy.
inline FeedContent parsed_as(const FeedConfig& feed, std::string_view text) {
  const std::vector<char> copy(text.begin(), text.end());
  auto content = parse_feed(feed, {copy.data(), copy.size()}, sample_now_s);
  const std::string refusal = content ? std::string() : describe(content.error());
  BOOST_TEST_REQUIRE(refusal == "");
  return std::move(*content);
}

// "kind/mode/value" of each row, then each problem, with ";" behind.
inline std::string rows_and_problems(const FeedContent& content) {
  std::string out;
  for (const FeedRow& row : content.rows)
    out += std::string(kind_name(row.indicator.kind)) + "/" + std::string(mode_name(row.indicator.mode)) + "/" + row.indicator.value + ";";
  for (const Error& problem : content.report.problems) out += describe(problem) + ";";
  return out;
}

// Cut anywhere a feed neither crashes nor counts wrongly.
inline void cut_at_every_byte(const FeedConfig& feed, std::string_view text) {
  for (size_t size = 0; size <= text.size(); ++size) {
    const std::vector<char> copy(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
    const auto content = parse_feed(feed, {copy.data(), copy.size()}, sample_now_s);
    if (content) BOOST_TEST(content->rows.size() == content->report.loaded);
    else BOOST_TEST(!content.error().text.empty());
  }
}

}  // namespace sekisho
