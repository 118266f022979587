// SPDX-License-Identifier: Apache-2.0
// The list format: one value a line. "#" begins a comment, at the start of a line or behind a blank; the lines of a hosts file
// ("0.0.0.0 name") give the name.
#include <algorithm>

#include "control/feeds/collector.h"
#include "control/feeds/limits.h"

namespace sekisho {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::string_view without_comment(std::string_view line) {
  for (size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1))
    if (at == 0 || blanks.find(line[at - 1]) != std::string_view::npos) return line.substr(0, at);
  return line;
}

std::string_view without_hosts_address(std::string_view line) {
  for (const std::string_view address : {"0.0.0.0", "127.0.0.1", "::", "::1"})
    if (line.starts_with(address) && line.size() > address.size() && blanks.find(line[address.size()]) != std::string_view::npos)
      return trimmed(line.substr(address.size()));
  return line;
}

}  // namespace

Result<void> read_list_feed(std::string_view text, Collector& collector) {
  uint32_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view whole = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    const std::string_view value = without_hosts_address(trimmed(without_comment(whole)));
    if (value.empty()) continue;
    if (!collector.has_room(number)) break;
    if (whole.size() > feed_line_bytes_max) collector.reject(number, "a line that is too long");
    else collector.add(number, FeedLine{.value = value});
  }
  return {};
}

}  // namespace sekisho
