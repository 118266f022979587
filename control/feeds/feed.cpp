// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/feed.h"

#include "control/feeds/collector.h"
#include "control/feeds/whole_file.h"

namespace sekisho {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

Result<FeedContent> parse_feed(const FeedConfig& feed, std::string_view text, int64_t now_s) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  FeedContent out;
  Collector collector(feed, now_s, out);
  const bool csv = feed.format == FeedFormat::csv || (feed.format == FeedFormat::automatic && looks_like_csv(text));
  auto read = csv ? read_csv_feed(text, collector) : read_list_feed(text, collector);
  if (!read) {
    read.error().file = feed.path;
    return tl::unexpected(read.error());
  }
  return out;
}

Result<FeedContent> read_feed(const FeedConfig& feed, int64_t now_s) {
  const auto text = read_whole_file(feed.path);
  if (!text) return tl::unexpected(text.error());
  return parse_feed(feed, *text, now_s);
}

}  // namespace sekisho
