// SPDX-License-Identifier: Apache-2.0
// Collector: takes the rows of one feed, checks each, counts, and keeps the good ones.
#pragma once

#include <array>
#include <span>

#include "control/feeds/feed.h"
#include "control/feeds/key_set.h"
#include "matchers/compound/terms.h"

namespace sekisho {

// One line as a format has read it: texts, empty where not told.
struct FeedLine {
  std::string_view value, kind, mode, severity, confidence, tlp, valid_from, valid_until, phase, route, action, note;
};

// The cells of FeedLine from severity to action.
inline constexpr size_t optional_cell_count = 8;

class Collector {
 public:
  // `file_time_s`: when the feed was last known to be current.
  Collector(const FeedConfig& feed, int64_t now_s, int64_t file_time_s, FeedContent& out)
      : feed_(feed),
        now_s_(now_s),
        feed_until_s_(feed.expire_after_s == 0 ? 0 : file_time_s + static_cast<int64_t>(feed.expire_after_s)),
        out_(out) {}

  void add(uint32_t line, const FeedLine& cells);
  // The same of values that must meet, one at least not negated: of one its own kind, of several a compound. The cells say the rest.
  void add(uint32_t line, FeedLine cells, std::span<const Term> terms);
  // A line that the format itself cannot read.
  void reject(uint32_t line, std::string reason);
  // What messages on the lines that follow begin with, where a line's number says too little; empty = nothing. Lives until it is replaced.
  void name_lines(std::string_view name) { line_name_ = name; }
  // What concerns the file, not a line of data; not counted.
  void remark(uint32_t line, std::string text);
  // What the format says of the file as a whole; replaces what it said before.
  void tell(std::string text) { out_.report.told = std::move(text); }
  // The path of a file beside the feed's that is about to be read; where the feed has no path, none is.
  std::optional<std::string> beside(std::string_view name);
  // From now on values that say too little to be met alone are rejected: in formats that others write for more than us, a port or a method is
  // context of something else, and would stop half the world.
  void reject_context() { rejects_context_ = true; }
  // Makes room for about as many rows as the text has lines; of formats whose lines are indicators.
  void expect_lines_of(std::string_view text);
  void expect_rows(uint64_t count);
  // False past the feed's bound of lines: the feed is then refused as a whole, at this line, whatever has been read.
  bool has_room(uint32_t line);
  std::optional<uint32_t> full_at() const { return full_at_; }

  // Bytes behind the feed's text that may be read, too (file_text.h): a format need not copy the text to have them.
  void set_padding_bytes(size_t bytes) { padding_bytes_ = bytes; }
  size_t padding_bytes() const { return padding_bytes_; }

  const FeedConfig& feed() const { return feed_; }
  const FeedReport& report() const { return out_.report; }

 private:
  std::string fill(const FeedLine& cells, FeedRow& row);
  std::string fill_value(const FeedLine& cells, Indicator& indicator);

  const FeedConfig& feed_;
  int64_t now_s_;
  int64_t feed_until_s_;  // of indicators without valid_until; 0 = for ever
  FeedContent& out_;
  uint64_t lines_ = 0;
  std::optional<uint32_t> full_at_;
  std::string_view line_name_;
  size_t padding_bytes_ = 0;
  bool rejects_context_ = false;
  std::string key_;        // of the line in work
  std::string refanged_;   // its value, where that differs from what is written
  // Feeds repeat themselves: the optional cells as they were last written, and what they mean.
  std::array<std::string, optional_cell_count> read_texts_;
  FeedRow read_;
  KeySet keys_;
};

// The formats: each one file. An error: the file as a whole cannot be read.
Result<void> read_csv_feed(std::string_view text, Collector& collector);
Result<void> read_hosts_feed(std::string_view text, Collector& collector);
Result<void> read_image_feed(std::string_view text, Collector& collector);
Result<void> read_misp_feed(std::string_view text, Collector& collector);
Result<void> read_openioc_feed(std::string_view text, Collector& collector);
Result<void> read_list_feed(std::string_view text, Collector& collector);
Result<void> read_stix_feed(std::string_view text, Collector& collector);
Result<void> read_suricata_dataset_feed(std::string_view text, Collector& collector);
Result<void> read_suricata_rules_feed(std::string_view text, Collector& collector);
Result<void> read_zeek_feed(std::string_view text, Collector& collector);
// Whether the first line with content is of the format.
bool looks_like_csv(std::string_view text);
bool looks_like_image(std::string_view text);
bool looks_like_misp(std::string_view text);
bool looks_like_openioc(std::string_view text);
bool looks_like_hosts(std::string_view text);
bool looks_like_stix(std::string_view text);
bool looks_like_suricata_rules(std::string_view text);
bool looks_like_zeek(std::string_view text);

}  // namespace sekisho
