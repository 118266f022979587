// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/feed.h"

#include <algorithm>

#include "control/feeds/collector.h"
#include "control/feeds/file_text.h"
#include "control/feeds/limits.h"
#include "control/feeds/signature.h"
#include "control/signatures/minisign.h"

namespace sekisho {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// THE LIST: a format is a file and a row here. Of a file whose format is not told the first that it looks like is taken, else the last.
struct Format {
  FeedFormat format;
  Result<void> (*read)(std::string_view text, Collector& collector);
  bool (*looks_like)(std::string_view text);  // nullptr = only where it is told
};
constexpr Format formats[] = {
    {FeedFormat::image, read_image_feed, looks_like_image},
    {FeedFormat::stix, read_stix_feed, looks_like_stix},
    {FeedFormat::misp, read_misp_feed, looks_like_misp},
    {FeedFormat::zeek, read_zeek_feed, looks_like_zeek},
    {FeedFormat::suricata_rules, read_suricata_rules_feed, looks_like_suricata_rules},
    {FeedFormat::openioc, read_openioc_feed, looks_like_openioc},
    {FeedFormat::csv, read_csv_feed, looks_like_csv},
    {FeedFormat::hosts, read_hosts_feed, looks_like_hosts},
    {FeedFormat::suricata_dataset, read_suricata_dataset_feed, nullptr},
    {FeedFormat::list, read_list_feed, nullptr},
};

// JSON or XML, whose lines are no values whatever they hold.
bool is_structured(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return false;
  if (text[first] == '{' || text[first] == '<') return true;
  const size_t second = text.find_first_not_of(" \t\r\n", first + 1);
  return text[first] == '[' && second != std::string_view::npos && std::string_view("{[\"").find(text[second]) != std::string_view::npos;
}

// nullptr: none is told, and it is none that could be guessed.
const Format* format_of(FeedFormat told, std::string_view text) {
  const auto at = std::find_if(std::begin(formats), std::end(formats), [&](const Format& format) {
    return told == FeedFormat::automatic ? format.looks_like != nullptr && format.looks_like(text) : format.format == told;
  });
  if (at != std::end(formats)) return at;
  return is_structured(text) ? nullptr : std::end(formats) - 1;
}

struct Times {
  int64_t now_s;
  int64_t file_s;
};
Result<FeedContent> read_text(const FeedConfig& feed, std::string_view text, size_t padding_bytes, Times times) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  FeedContent out;
  Collector collector(feed, times.now_s, times.file_s, out);
  collector.set_padding_bytes(padding_bytes);
  const Format* const format = format_of(feed.format, text);
  if (format == nullptr) return fail("is JSON or XML of no format that is known by its look: name the feed's format", feed.path);
  auto read = format->read(text, collector);
  if (read && collector.full_at())
    return fail("has more than " + std::to_string(feed.lines_max) + " lines or indicators (lines_max): none of them is taken", feed.path, *collector.full_at());
  if (read) return out;
  read.error().file = feed.path;
  return tl::unexpected(read.error());
}

}  // namespace

Result<FeedContent> parse_feed(const FeedConfig& feed, std::string_view text, int64_t now_s) {
  return read_text(feed, text, 0, {now_s, now_s});
}

Result<FeedContent> read_feed(const FeedConfig& feed, int64_t now_s) {
  const auto file = read_file_text(feed.path, feed_bytes_max);
  if (!file) return tl::unexpected(file.error());
  std::optional<uint64_t> serial;
  if (!feed.public_key.empty()) {
    const auto comment = verify_signature_file(feed.public_key, feed.path, file->text);
    if (!comment) return tl::unexpected(comment.error());
    serial = serial_of(*comment);
  }
  auto content = read_text(feed, file->text, file_text_padding_bytes, {now_s, file->modified_s});
  if (content) content->serial = serial;
  return content;
}

}  // namespace sekisho
