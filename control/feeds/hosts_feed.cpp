// SPDX-License-Identifier: Apache-2.0
// The hosts format, hosts(5): an address and the names that stand for it. Lists in this form send names to nowhere; the address is no
// indicator. A name is meant alone, without its subdomains.
#include "control/feeds/collector.h"
#include "control/feeds/hosts_line.h"
#include "control/feeds/limits.h"
#include "control/feeds/sniff.h"

namespace sekisho {

namespace {

// The names that hosts files give to the machine itself.
bool is_own_name(std::string_view name) {
  return name == "localhost" || name.ends_with(".localdomain") || name == "broadcasthost" || name == "local" || name.starts_with("ip6-");
}

void read_names(uint32_t line, std::string_view names, Collector& collector) {
  while (!names.empty()) {
    const std::string_view name = take_word(names);
    if (is_own_name(name) || is_sink_address(name)) collector.reject(line, shown(name) + " is the machine itself");
    else collector.add(line, {.value = name, .kind = "domain", .mode = "exact"});
  }
}

}  // namespace

bool looks_like_hosts(std::string_view text) {
  LineReader lines(text);
  while (lines.next()) {
    std::string_view rest = without_comment(lines.line());
    if (!rest.empty()) return is_sink_address(take_word(rest)) && !rest.empty();
  }
  return false;
}

Result<void> read_hosts_feed(std::string_view text, Collector& collector) {
  collector.expect_lines_of(text);
  LineReader lines(text);
  while (lines.next()) {
    std::string_view rest = without_comment(lines.line());
    if (rest.empty()) continue;
    if (!collector.has_room(lines.number())) break;
    const std::string_view address = take_word(rest);
    if (lines.line().size() > feed_line_bytes_max) collector.reject(lines.number(), "a line that is too long");
    else if (!is_sink_address(address)) collector.reject(lines.number(), shown(address) + " is not an address of nowhere: 0.0.0.0, 127.0.0.1, ::, ::1");
    else if (rest.empty()) collector.reject(lines.number(), shown(address) + " stands without a name");
    else read_names(lines.number(), rest, collector);
  }
  return {};
}

}  // namespace sekisho
