// SPDX-License-Identifier: Apache-2.0
// FTP's control connection (RFC 959): detection, and the entry points of the parser.
#include <algorithm>

#include "dataplane/protocols/ftp/session.h"
#include "dataplane/protocols/outstanding.h"

namespace sekisho {

namespace ftp {

Line read_line(LineState& lines, Bytes in, uint64_t offset, Sink& sink) {
  const Line line = next_line(lines, in, line_bytes_max);
  if (line.too_long) sink.anomaly(no_tx, "ftp.line_too_long", offset);
  return line;
}

void hand_off(Session& session, Direction direction, uint64_t offset, Sink& sink) {
  if (session.handed_off[index_of(direction)]) return;
  session.handed_off[index_of(direction)] = true;
  sink.handoff(direction, offset, HandoffHint::tls);
}

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

void expect_data(const Session& session, TxId tx, const Transfer& transfer, Sink& sink) {
  if (session.data.port == 0) return;
  Expectation expectation;
  expectation.protocol = "ftp-data";
  const bool active = session.mode == Mode::active;
  (active ? expectation.client_port : expectation.server_port) = session.data.port;
  std::copy(std::begin(session.data.address), std::end(session.data.address),
            active ? expectation.client_address : expectation.server_address);
  expectation.use = transfer.use;
  expectation.command = transfer.command;
  expectation.user = session.user.view();
  expectation.file_name = transfer.file_name;
  if (transfer.use == ExpectedUse::file) expectation.file_offset = session.restart_at;
  if (transfer.use == ExpectedUse::unknown)
    expectation.elsewhere_anomaly = active ? "ftp.bounce" : "ftp.foreign_passive_address";
  sink.expect(tx, expectation);
}

}  // namespace ftp

namespace {

using namespace ftp;

bool contains_ftp(Bytes line) {
  constexpr std::string_view word = "ftp";
  return std::search(line.begin(), line.end(), word.begin(), word.end(),
                     [](uint8_t a, char b) { return (a | 0x20) == b; }) != line.end();
}

constexpr bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

// Of all protocols whose replies have numbers these say so: to USER, AUTH, PASV, EPSV, PWD.
bool is_ftps_own(std::string_view code) {
  return code == "331" || code == "234" || code == "227" || code == "229" || code == "257";
}

// A greeting that says so, or a reply that only an FTP server gives (behind another greeting, or where the
// beginning was not seen).
ProbeResult probe_server(Bytes prefix) {
  for (size_t i = 0; i < std::min<size_t>(prefix.size(), 3); ++i)
    if (!is_digit(prefix[i])) return ProbeResult::not_for_us;
  if (prefix.size() <= 3) return ProbeResult::unsure;
  if (prefix[3] != ' ' && prefix[3] != '-') return ProbeResult::not_for_us;
  const bool greets = as_text(prefix.first(3)) == "220";
  while (!prefix.empty()) {
    const auto lf = std::find(prefix.begin(), prefix.end(), uint8_t{'\n'});
    if (lf == prefix.end()) break;
    const Bytes line = prefix.first(static_cast<size_t>(lf - prefix.begin()));
    const std::string_view code = as_text(line.first(std::min<size_t>(line.size(), 3)));
    if (is_ftps_own(code) || (greets && (code == "230" || code == "530" || contains_ftp(line))))
      return ProbeResult::certain;
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

}  // namespace

extern const Protocol ftp_protocol;
const Protocol ftp_protocol = {
    "ftp", true, false, {21, 990}, sizeof(Session), probe, init_session<Session>, parse_lines<Session>};

}  // namespace sekisho
