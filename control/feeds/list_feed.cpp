// SPDX-License-Identifier: Apache-2.0
// The list format: one value a line. "#" begins a comment, at the start of a line or behind a blank; the lines of a hosts file
// ("0.0.0.0 name") give the name.
#include "control/feeds/collector.h"
#include "control/feeds/hosts_line.h"
#include "control/feeds/limits.h"

namespace sekisho {

namespace {

std::string_view without_hosts_address(std::string_view line) {
  std::string_view rest = line;
  return is_sink_address(take_word(rest)) && !rest.empty() ? rest : line;
}

}  // namespace

Result<void> read_list_feed(std::string_view text, Collector& collector) {
  collector.expect_lines_of(text);
  LineReader lines(text);
  while (lines.next()) {
    const std::string_view value = without_hosts_address(without_comment(lines.line()));
    if (value.empty()) continue;
    if (!collector.has_room(lines.number())) break;
    if (lines.line().size() > feed_line_bytes_max) collector.reject(lines.number(), "a line that is too long");
    else collector.add(lines.number(), FeedLine{.value = value});
  }
  return {};
}

}  // namespace sekisho
