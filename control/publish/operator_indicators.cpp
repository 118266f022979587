// SPDX-License-Identifier: Apache-2.0
#include "control/publish/operator_indicators.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <unordered_set>

#include "control/feeds/csv_row.h"
#include "control/feeds/sniff.h"
#include "control/publish/atomic_file.h"
#include "control/publish/limits.h"

namespace sekisho {

namespace {

std::string key_of(const Indicator& indicator) {
  std::string reason;
  return indicator_key(indicator.kind, indicator.mode, indicator.value, reason);
}

}  // namespace

FeedConfig operator_feed(const std::string& file) {
  FeedConfig feed{};
  feed.name = operator_feed_name;
  feed.path = file;
  feed.format = FeedFormat::csv;
  feed.mode = FeedMode::enforce;
  feed.severity = Severity::high;
  feed.confidence = 100;
  feed.tlp = Tlp::clear;
  feed.lines_max = operator_indicators_max;
  return feed;
}

Result<OperatorIndicators> OperatorIndicators::open(std::string file) {
  OperatorIndicators out(std::move(file));
  struct stat status;
  if (::stat(out.file_.c_str(), &status) != 0 && errno == ENOENT) return out;
  // Expired ones stay in the list until the operator removes them: hence time 0.
  auto content = read_feed(operator_feed(out.file_), 0);
  if (!content) return tl::unexpected(content.error());
  if (content->report.rejected != 0) return tl::unexpected(content->report.problems.front());
  out.take(std::move(content->rows));
  return out;
}

Result<void> OperatorIndicators::store(std::vector<FeedRow> rows) {
  if (rows.size() > operator_indicators_max)
    return fail("more than " + std::to_string(operator_indicators_max) + " indicators added by hand: use a feed");
  std::string text(csv_header);
  for (const FeedRow& row : rows) append_csv_row(text, row.indicator, row.asked);
  if (auto written = write_file_atomically(file_, text); !written) return written;
  take(std::move(rows));
  return {};
}

void OperatorIndicators::take(std::vector<FeedRow> rows) {
  FeedContent content;
  content.report.loaded = rows.size();
  content.rows = std::move(rows);
  content_ = std::make_shared<const FeedContent>(std::move(content));
}

Result<void> OperatorIndicators::add(const FeedLine& line, int64_t now_s) {
  const FeedConfig feed = operator_feed({});
  FeedContent content;
  Collector collector(feed, now_s, now_s, content);
  collector.add(0, line);
  if (content.report.expired != 0) return fail(shown(line.value) + " would already be expired");
  if (content.rows.empty()) {
    std::string text = content.report.problems.front().text;
    return fail(text.substr(0, text.rfind("; line skipped")));
  }
  const std::string key = key_of(content.rows[0].indicator);
  for (const FeedRow& row : this->rows())
    if (key_of(row.indicator) == key) return fail(shown(line.value) + " is already there");
  std::vector<FeedRow> rows = this->rows();
  rows.push_back(std::move(content.rows[0]));
  return store(std::move(rows));
}

Result<FeedReport> OperatorIndicators::import(std::string_view text, FeedFormat format, int64_t now_s) {
  FeedConfig feed = operator_feed("import");
  feed.format = format;
  auto content = parse_feed(feed, text, now_s);
  if (!content) return tl::unexpected(content.error());
  std::vector<FeedRow> rows = this->rows();
  std::unordered_set<std::string> keys;
  for (const FeedRow& row : this->rows()) keys.insert(key_of(row.indicator));
  for (FeedRow& row : content->rows) {
    if (keys.insert(key_of(row.indicator)).second) {
      rows.push_back(std::move(row));
      continue;
    }
    --content->report.loaded;
    ++content->report.duplicate;
  }
  if (auto stored = store(std::move(rows)); !stored) return tl::unexpected(stored.error());
  return std::move(content->report);
}

Result<size_t> OperatorIndicators::remove(std::string_view value, std::optional<Kind> kind) {
  const std::string plain = refanged(value);
  std::vector<FeedRow> rows = this->rows();
  std::erase_if(rows, [&](const FeedRow& row) {
    const Indicator& indicator = row.indicator;
    if (kind && indicator.kind != *kind) return false;
    std::string reason;
    return indicator.value == value ||
           indicator_key(indicator.kind, indicator.mode, plain, reason) == key_of(indicator);
  });
  const size_t removed = this->rows().size() - rows.size();
  if (removed == 0) return removed;
  if (auto stored = store(std::move(rows)); !stored) return tl::unexpected(stored.error());
  return removed;
}

std::vector<FeedConfig> feeds_and_operator(const Config& config) {
  std::vector<FeedConfig> out = config.feeds;
  out.push_back(operator_feed({}));
  return out;
}

}  // namespace sekisho
