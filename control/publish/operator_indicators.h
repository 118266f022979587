// SPDX-License-Identifier: Apache-2.0
// The indicators that the operator added by hand: a feed named "operator", kept in the state folder as a CSV that anybody can read.
// Not thread-safe: the caller holds a lock.
#pragma once

#include <memory>

#include "control/feeds/collector.h"

namespace sekisho {

inline constexpr std::string_view operator_feed_name = "operator";

class OperatorIndicators {
 public:
  // Reads `file`; an absent file is an empty list. A bad line is an error here: we wrote the file ourselves.
  static Result<OperatorIndicators> open(std::string file);

  // Adds one and stores the list. An error names the value and the reason; a duplicate is an error too.
  Result<void> add(const FeedLine& line, int64_t now_s);
  // Adds every good line of a text (format as in a feed) and stores the list; bad ones are in the report.
  Result<FeedReport> import(std::string_view text, FeedFormat format, int64_t now_s);
  // Removes every indicator of this value (of all kinds and modes, or of those told) and stores the list; returns how many.
  Result<size_t> remove(std::string_view value, std::optional<Kind> kind);

  // Of the present list; each change makes another, so it may be shared.
  std::shared_ptr<const FeedContent> content() const { return content_; }
  const std::vector<FeedRow>& rows() const { return content_->rows; }

 private:
  explicit OperatorIndicators(std::string file) : file_(std::move(file)) {}
  void take(std::vector<FeedRow> rows);
  Result<void> store(std::vector<FeedRow> rows);

  std::string file_;
  std::shared_ptr<const FeedContent> content_ = std::make_shared<const FeedContent>();
};

// The configuration under which operator indicators are read.
FeedConfig operator_feed(const std::string& file);
// The configured feeds and the operator's: all that hits are counted for.
std::vector<FeedConfig> feeds_and_operator(const Config& config);

}  // namespace sekisho
