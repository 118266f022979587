// SPDX-License-Identifier: Apache-2.0
// FTP's control connection (RFC 959): detection, and the entry points of the parser.
#include <algorithm>
#include <new>

#include "dataplane/protocols/ftp/session.h"

namespace sekisho {

namespace ftp {

Line read_line(LineState& lines, Bytes in, uint64_t offset, Sink& sink) {
  const Line line = next_line(lines, in, line_bytes_max);
  if (line.too_long) sink.anomaly(no_tx, "ftp.line_too_long", offset);
  return line;
}

void end_outstanding(Session& session, Completeness completeness, Sink& sink) {
  for (; session.outstanding.front() != nullptr; session.outstanding.pop())
    if (session.outstanding.front()->tx != no_tx) sink.tx_end(session.outstanding.front()->tx, completeness);
  session.outstanding.clear();
}

void hand_off(Session& session, Direction direction, uint64_t offset, Sink& sink) {
  if (session.handed_off[index_of(direction)]) return;
  session.handed_off[index_of(direction)] = true;
  sink.handoff(direction, offset, HandoffHint::tls);
}

}  // namespace ftp

namespace {

using namespace ftp;

bool contains_ftp(Bytes line) {
  constexpr std::string_view word = "ftp";
  return std::search(line.begin(), line.end(), word.begin(), word.end(),
                     [](uint8_t a, char b) { return (a | 0x20) == b; }) != line.end();
}

// A greeting that says so; else what only an FTP server says next: to USER (331, 230, 530), to AUTH (234).
ProbeResult probe_server(Bytes prefix) {
  constexpr std::string_view greeting = "220";
  const size_t compared = std::min(prefix.size(), greeting.size());
  if (as_text(prefix.first(compared)) != greeting.substr(0, compared)) return ProbeResult::not_for_us;
  if (prefix.size() <= greeting.size()) return ProbeResult::unsure;
  if (prefix[3] != ' ' && prefix[3] != '-') return ProbeResult::not_for_us;
  while (!prefix.empty()) {
    const auto lf = std::find(prefix.begin(), prefix.end(), uint8_t{'\n'});
    if (lf == prefix.end()) break;
    const Bytes line = prefix.first(static_cast<size_t>(lf - prefix.begin()));
    const std::string_view code = as_text(line.first(std::min<size_t>(line.size(), 3)));
    if (code == "331" || code == "230" || code == "530" || code == "234") return ProbeResult::certain;
    if (contains_ftp(line)) return ProbeResult::certain;
    prefix = prefix.subspan(line.size() + 1);
  }
  return ProbeResult::unsure;
}

ProbeResult probe_client(Bytes prefix) {
  if (prefix.empty()) return ProbeResult::unsure;
  const auto lf = std::find(prefix.begin(), prefix.end(), uint8_t{'\n'});
  const bool whole = lf != prefix.end();
  const Command command = parse_command(
      without_line_end(prefix.first(static_cast<size_t>(lf - prefix.begin()) + (whole ? 1 : 0))));
  if (!whole) {
    const auto is_word = [](uint8_t c) { return c >= ' ' && c < 0x7f; };
    return std::all_of(prefix.begin(), prefix.end(), is_word) && prefix.size() < line_bytes_max
               ? ProbeResult::unsure
               : ProbeResult::not_for_us;
  }
  if (command.verb == Verb::unknown) return ProbeResult::not_for_us;
  return command.ftp_only ? ProbeResult::certain : ProbeResult::unsure;
}

ProbeResult probe(Bytes prefix, Direction direction, Transport) {
  return direction == Direction::client_to_server ? probe_client(prefix) : probe_server(prefix);
}

void init(void* state, Transport) { new (state) Session; }

// Which commands were answered in a hole is unknown.
void take_gap(Session& session, const Input& input, Sink& sink) {
  session.lines[index_of(input.direction)] = {0, true};
  if (input.direction == Direction::client_to_server) {
    session.client_next = input.offset + input.bytes.size() + input.gap_bytes;
  } else {
    session.in_reply = false;
    end_outstanding(session, Completeness::incomplete, sink);
  }
}

void end_direction(Session& session, const Input& input, Sink& sink) {
  const bool server = input.direction == Direction::server_to_client;
  session.ended[index_of(input.direction)] = true;
  const bool both = session.ended[0] && session.ended[1];
  // The server may still answer a client that has closed its half.
  if (!server && !both && session.server_seen && input.end == EndReason::fin) return;
  end_outstanding(session, session.server_seen ? Completeness::incomplete : Completeness::complete, sink);
}

ParseResult parse(void* state, const Input& input, Sink& sink) {
  Session& session = *static_cast<Session*>(state);
  if (input.kind == InputKind::end) {
    end_direction(session, input, sink);
    return {ParseStatus::need_more, input.bytes.size()};
  }
  if (input.kind == InputKind::gap) {
    take_gap(session, input, sink);
    return {ParseStatus::need_more, input.bytes.size()};
  }
  const Progress progress = input.direction == Direction::client_to_server
                                ? read_client(session, input.bytes, input.offset, sink)
                                : read_server(session, input.bytes, input.offset, sink);
  return {progress.not_ftp ? ParseStatus::not_this_protocol : ParseStatus::need_more, progress.consumed};
}

}  // namespace

extern const Protocol ftp_protocol;
const Protocol ftp_protocol = {"ftp", true, false, {21, 990}, sizeof(Session), probe, init, parse};

}  // namespace sekisho
