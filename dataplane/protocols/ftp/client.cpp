// SPDX-License-Identifier: Apache-2.0
// The client's side: commands, and the data connections that they ask for.
#include <algorithm>

#include "dataplane/protocols/ftp/session.h"
#include "dataplane/protocols/outstanding.h"
#include "dataplane/protocols/text_writer.h"

namespace sekisho::ftp {

namespace {

// RFC 4217 4, 17. Other mechanisms (RFC 2228) wrap each command on their own.
bool asks_for_tls(Bytes mechanism) {
  constexpr std::string_view names[] = {"TLS", "TLS-C", "TLS-P", "SSL"};
  return std::any_of(std::begin(names), std::end(names),
                     [&](std::string_view name) { return equals_ignore_case(as_text(mechanism), name); });
}

bool is_shown(const Session& session, Verb verb) {
  return verb != Verb::acct && verb != Verb::unknown && (verb != Verb::pass || session.anonymous);
}

Bytes in_capitals(Bytes word, TextWriter& out) {
  for (const uint8_t c : word) out.character(static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
  return out.bytes();
}

void take_user(Session& session, Bytes name, uint64_t offset) {
  session.user.set(name, offset);
  session.anonymous =
      equals_ignore_case(as_text(name), "anonymous") || equals_ignore_case(as_text(name), "ftp");
}

void observe_data_port(const Session& session, TxId tx, uint64_t offset, Sink& sink) {
  if (session.data.port == 0) return;
  sink.observe(tx, Field::ftp_mode, as_bytes(session.mode == Mode::active ? "active" : "passive"), offset);
  sink.observe_number(tx, Field::ftp_data_port, session.data.port, offset);
}

void take_active(Session& session, const Command& command, TxId tx, uint64_t offset, Sink& sink) {
  const auto port =
      command.verb == Verb::port ? read_six_numbers(command.argument) : read_extended(command.argument);
  if (!port) return sink.anomaly(tx, "ftp.bad_port", offset);
  session.mode = Mode::active;
  session.data = *port;
  sink.observe(tx, Field::ftp_data_address, port->address, offset);
  observe_data_port(session, tx, offset, sink);
  expect_data(session, tx, {}, sink);
}

// The connection that was agreed on is for this (RFC 959 3.2). The agreement holds on: servers may use an
// active one's port again.
void take_transfer(Session& session, const Command& command, TxId tx, uint64_t offset, Sink& sink) {
  char memory[verb_bytes_max];
  TextWriter name(memory);
  const ExpectedUse use = command.verb == Verb::transfer ? ExpectedUse::file : ExpectedUse::listing;
  const Transfer transfer{use, in_capitals(command.name, name), command.argument};
  if (session.data.port == 0) {  // it did not wait for the server to name one
    session.early_use = use;
    session.early_command.set(transfer.command, offset);
    session.early_name.set(transfer.file_name, offset);
    return;
  }
  observe_data_port(session, tx, offset, sink);
  expect_data(session, tx, transfer, sink);
  session.restart_at = 0;
}

// RFC 3659 5: of the next transfer only.
void take_restart(Session& session, const Command& command) {
  session.restart_at = 0;
  for (const uint8_t c : command.argument) {
    constexpr uint64_t most = ~uint64_t{0} / 10 - 1;
    if (c < '0' || c > '9' || session.restart_at > most) break;
    session.restart_at = session.restart_at * 10 + (c - '0');
  }
}

TxId begin_command(Session& session, const Command& command, uint64_t offset, Sink& sink) {
  const TxId tx = sink.tx_begin(Direction::client_to_server);
  char memory[verb_bytes_max];
  TextWriter name(memory);
  sink.observe(tx, Field::ftp_command, in_capitals(command.name, name), offset);
  const uint64_t argument_offset =
      offset + static_cast<uint64_t>(command.argument.data() - command.name.data());
  if (!command.argument.empty() && is_shown(session, command.verb))
    sink.observe(tx, Field::ftp_command_data, command.argument, argument_offset);
  if (command.verb == Verb::user) take_user(session, command.argument, argument_offset);
  if (!session.user.empty()) sink.observe(tx, Field::ftp_user, session.user.view(), session.user.offset);
  const bool has_name = command.verb == Verb::transfer || command.verb == Verb::named;
  if (has_name && !command.argument.empty())
    sink.observe(tx, Field::ftp_file_name, command.argument, argument_offset);
  return tx;
}

void obey(Session& session, const Command& command, uint64_t offset, Sink& sink) {
  const TxId tx = begin_command(session, command, offset, sink);
  switch (command.verb) {
    case Verb::port:
    case Verb::eprt: take_active(session, command, tx, offset, sink); break;
    case Verb::pasv:
    case Verb::epsv:
      session.data = {};
      session.early_use = ExpectedUse::unknown;
      break;
    case Verb::transfer:
    case Verb::list: take_transfer(session, command, tx, offset, sink); break;
    case Verb::rest: take_restart(session, command); break;
    case Verb::auth:
      if (!asks_for_tls(command.argument)) break;
      sink.observe_number(tx, Field::ftp_starttls, 1, offset);
      session.tls_pending = true;
      session.injection_told = false;
      break;
    default: break;
  }
  await_reply(session, Outstanding{tx, command.verb}, "ftp.pipeline_full", offset, sink);
}

size_t read_command(Session& session, Bytes in, uint64_t offset, Sink& sink, bool& foreign) {
  const Line line = read_line(session.lines[0], in, offset, sink);
  if (line.consumed == 0) return 0;
  session.client_next = offset + line.consumed;
  uint8_t room[line_bytes_max];
  const Bytes text = without_telnet(line.text, room);
  if (text.size() != line.text.size()) sink.anomaly(no_tx, "ftp.telnet_command", offset);
  const Command command = parse_command(text);
  foreign = !session.client_seen && !session.server_seen && command.verb == Verb::unknown;
  if (foreign || command.name.empty()) return line.consumed;
  session.client_seen = true;
  if (session.tls_pending && !session.injection_told) {
    sink.anomaly(no_tx, "ftp.auth_tls_injection", offset);
    session.injection_told = true;
  }
  obey(session, command, offset + static_cast<uint64_t>(command.name.data() - text.data()), sink);
  return line.consumed;
}

}  // namespace

Progress read_client(Session& session, Bytes in, uint64_t offset, Sink& sink) {
  constexpr uint8_t tls_handshake = 0x16;  // RFC 8446 5.1
  size_t at = 0;
  while (at < in.size() && !session.handed_off[0]) {
    const Bytes left = in.subspan(at);
    if (session.lines[0].skipping) {
      at += skip_line(session.lines[0], left);
      continue;
    }
    if (session.tls_pending && session.lines[0].searched == 0 && left[0] == tls_handshake) {
      // It does not wait for the reply, or the server is not in the capture.
      hand_off(session, Direction::client_to_server, offset + at, sink);
      if (!session.server_seen) hand_off(session, Direction::server_to_client, 0, sink);
      break;
    }
    bool foreign = false;
    const size_t consumed = read_command(session, left, offset + at, sink, foreign);
    if (foreign) return {0, true};
    if (consumed == 0) break;
    at += consumed;
  }
  session.client_next = offset + at;
  return {at, false};
}

}  // namespace sekisho::ftp
