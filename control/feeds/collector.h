// SPDX-License-Identifier: Apache-2.0
// Collector: takes the rows of one feed, checks each, counts, and keeps the good ones.
#pragma once

#include <unordered_set>

#include "control/feeds/feed.h"

namespace sekisho {

// One line as a format has read it: texts, empty where not told.
struct FeedLine {
  std::string_view value, kind, mode, severity, confidence, tlp, valid_from, valid_until, phase, route, action, note;
};

class Collector {
 public:
  Collector(const FeedConfig& feed, int64_t now_s, FeedContent& out) : feed_(feed), now_s_(now_s), out_(out) {}

  void add(uint32_t line, const FeedLine& cells);
  // A line that the format itself cannot read.
  void reject(uint32_t line, std::string reason);
  // What concerns the file, not a line of data; not counted.
  void remark(uint32_t line, std::string text);
  // False once the feed's line bound is met; said once.
  bool has_room(uint32_t line);

 private:
  std::string fill(const FeedLine& cells, FeedRow& row, std::string& key) const;
  std::string fill_value(const FeedLine& cells, Indicator& indicator, std::string& key) const;

  const FeedConfig& feed_;
  int64_t now_s_;
  FeedContent& out_;
  uint64_t lines_ = 0;
  std::unordered_set<std::string> keys_;
};

// The formats: each one file.
Result<void> read_csv_feed(std::string_view text, Collector& collector);
Result<void> read_list_feed(std::string_view text, Collector& collector);
// Whether the first line with content is a CSV header.
bool looks_like_csv(std::string_view text);

}  // namespace sekisho
