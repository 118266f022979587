// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/probe.h"

#include <algorithm>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/start_line.h"
#include "dataplane/protocols/limits.h"

namespace sekisho::http1 {

namespace {

// A target longer than this after a known method needs no version to be believed, bytes.
constexpr size_t convincing_target_bytes = 256;
constexpr size_t method_bytes_max = 32;
// Servers skip any number of empty lines before a request. So many leave no room to see what follows, and mean nothing elsewhere, bytes.
constexpr size_t convincing_empty_bytes = probe_bytes_max / 2;

std::string_view without_empty_lines(std::string_view text) {
  while (text.starts_with('\r') || text.starts_with('\n')) text.remove_prefix(1);
  return text;
}

ProbeResult probe_server(std::string_view text) {
  for (const std::string_view start : {std::string_view("HTTP/1."), std::string_view("ICY 200"), std::string_view("HTTP/0.9")}) {
    const size_t common = std::min(text.size(), start.size());
    if (starts_with_ignore_case(start, text.substr(0, common)))
      return common == start.size() ? ProbeResult::certain : ProbeResult::unsure;
  }
  return ProbeResult::not_for_us;
}

ProbeResult probe_whole_line(std::string_view line) {
  const RequestLine request = parse_request_line(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
  if (!request.valid || !is_token(request.method)) return ProbeResult::not_for_us;
  return read_version(request.version).major_number >= 2 ? ProbeResult::not_for_us : ProbeResult::certain;
}

ProbeResult probe_line_start(std::string_view line) {
  size_t end = 0;
  while (end < line.size() && token_characters[static_cast<uint8_t>(line[end])]) ++end;
  if (end > method_bytes_max || (end == 0 && !line.empty())) return ProbeResult::not_for_us;
  if (end == line.size()) return ProbeResult::unsure;
  if (!is_blank(static_cast<uint8_t>(line[end]))) return ProbeResult::not_for_us;
  const std::string_view target = line.substr(end + 1);
  if (std::any_of(target.begin(), target.end(), [](char c) { return static_cast<uint8_t>(c) < ' ' && !is_loose_space(static_cast<uint8_t>(c)); }))
    return ProbeResult::not_for_us;
  const bool path = target.starts_with('/') || starts_with_ignore_case(target, "http://");
  if (is_known_method(line.substr(0, end)) && path && target.size() >= convincing_target_bytes) return ProbeResult::certain;
  return ProbeResult::unsure;
}

}  // namespace

ProbeResult probe(Bytes prefix, Direction direction, Transport transport) {
  if (transport != Transport::stream) return ProbeResult::not_for_us;
  const std::string_view text = without_empty_lines(as_text(prefix));
  if (direction == Direction::server_to_client) return probe_server(text);
  const bool hides_behind_empty_lines = prefix.size() >= probe_bytes_max && prefix.size() - text.size() >= convincing_empty_bytes;
  const std::string_view line = trim_blanks(text.substr(0, text.find('\n')));
  const ProbeResult result = line.data() + line.size() < text.data() + text.size() && text.find('\n') != std::string_view::npos
                                 ? probe_whole_line(line)
                                 : probe_line_start(line);
  return result == ProbeResult::unsure && hides_behind_empty_lines ? ProbeResult::certain : result;
}

}  // namespace sekisho::http1
