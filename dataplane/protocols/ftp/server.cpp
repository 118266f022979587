// SPDX-License-Identifier: Apache-2.0
// The server's side: replies of one or several lines, matched to commands in order (RFC 959 4.2, 5.4).
#include <algorithm>

#include "dataplane/protocols/ftp/session.h"

namespace sekisho::ftp {

namespace {

// Three digits and what stands behind them; 0 where the line is no reply's first or last.
uint16_t reply_code(Bytes line) {
  if (line.size() < 3 ||
      !std::all_of(line.begin(), line.begin() + 3, [](uint8_t c) { return c >= '0' && c <= '9'; }))
    return 0;
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return 0;
  return static_cast<uint16_t>((line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0');
}

void take_passive(Session& session, uint16_t code, Bytes text, TxId tx, uint64_t offset, Sink& sink) {
  constexpr uint16_t passive = 227, extended_passive = 229;
  if (code != passive && code != extended_passive) return;
  session.data = {};
  const auto port = code == passive ? read_six_numbers(text) : read_extended(text);
  if (!port) return sink.anomaly(tx, "ftp.bad_port", offset);
  session.mode = Mode::passive;
  session.data = *port;
  sink.observe(tx, Field::ftp_mode, as_bytes("passive"), offset);
  const bool named =
      std::any_of(std::begin(port->address), std::end(port->address), [](uint8_t byte) { return byte != 0; });
  if (named) sink.observe(tx, Field::ftp_data_address, port->address, offset);
  sink.observe_number(tx, Field::ftp_data_port, port->port, offset);
  expect_data(session, tx, {}, sink);
  if (session.early_use == ExpectedUse::unknown) return;
  expect_data(session, tx, {session.early_use, session.early_command.view(), session.early_name.view()},
              sink);
  session.early_use = ExpectedUse::unknown;
  session.restart_at = 0;
}

// `next`: the stream offset after the line.
void on_reply_end(Session& session, uint16_t code, uint64_t next, Sink& sink) {
  constexpr uint16_t final_replies = 200, security_ok = 234, security_data = 334;
  session.reply_lines = 0;
  if (code < final_replies) return;  // another one follows
  if (session.greeting) {
    session.greeting = false;
    return;
  }
  const Outstanding* const front = session.outstanding.front();
  const Outstanding command = front != nullptr ? *front : Outstanding{};
  session.outstanding.pop();
  if (command.tx != no_tx) sink.tx_end(command.tx, Completeness::complete);
  if (command.verb != Verb::auth || !session.tls_pending) return;
  session.tls_pending = false;
  if (code != security_ok && code != security_data) return;
  hand_off(session, Direction::server_to_client, next, sink);
  hand_off(session, Direction::client_to_server, session.client_next, sink);
}

void on_line(Session& session, Bytes line, uint64_t offset, uint64_t next, Sink& sink) {
  const uint16_t code = reply_code(line);
  constexpr uint16_t ready = 220, ready_soon = 120;
  if (offset == 0) session.greeting = code == ready || code == ready_soon;  // clients need not wait for it
  const Outstanding* const front = session.greeting ? nullptr : session.outstanding.front();
  const TxId tx = front != nullptr ? front->tx : no_tx;
  if (!session.in_reply) session.reply_code = code;
  const bool is_last = code != 0 && code == session.reply_code && (line.size() == 3 || line[3] == ' ');
  const Bytes text =
      code != 0 && code == session.reply_code ? line.subspan(std::min<size_t>(line.size(), 4)) : line;
  if (tx != no_tx && ++session.reply_lines <= reply_lines_max) {
    if (!session.in_reply) sink.observe_number(tx, Field::ftp_reply_code, code, offset);
    sink.observe(tx, Field::ftp_reply, text, offset);
  }
  session.in_reply = !is_last;
  if (!is_last) return;
  take_passive(session, code, text, tx, offset, sink);
  on_reply_end(session, code, next, sink);
}

}  // namespace

Progress read_server(Session& session, Bytes in, uint64_t offset, Sink& sink) {
  size_t at = 0;
  while (at < in.size() && !session.handed_off[1]) {
    const Bytes left = in.subspan(at);
    if (session.lines[1].skipping) {
      at += skip_line(session.lines[1], left);
      continue;
    }
    const Line line = read_line(session.lines[1], left, offset + at, sink);
    if (line.consumed == 0) break;
    if (!session.in_reply && reply_code(line.text) == 0) {  // no reply begins so
      if (!session.server_seen && !session.client_seen) return {0, true};
      at += line.consumed;
      continue;
    }
    session.server_seen = true;
    on_line(session, line.text, offset + at, offset + at + line.consumed, sink);
    at += line.consumed;
  }
  return {at, false};
}

}  // namespace sekisho::ftp
