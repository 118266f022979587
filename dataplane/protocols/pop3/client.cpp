// SPDX-License-Identifier: Apache-2.0
// The client's side: commands and the lines of an AUTH exchange.
#include "dataplane/protocols/outstanding.h"
#include "dataplane/protocols/pop3/session.h"

namespace sekisho::pop3 {

namespace {

void take_credentials(Session& session, TxId tx, Bytes line, uint64_t offset, Sink& sink) {
  uint8_t user[user_bytes_max];
  const size_t length = credential_user(session.mechanism, session.credential_line, line, user);
  observe_user(session, tx, {user, length}, offset, sink);
  ++session.credential_line;
  // The mechanism's number of lines says where the exchange ends on the client's side, before the reply does.
  const unsigned lines = credential_lines(session.mechanism);
  if (lines != 0 && session.credential_line >= lines) session.client = ClientMode::command;
}

void begin_auth(Session& session, const Command& command, TxId tx, uint64_t offset, Sink& sink) {
  Bytes initial;
  const Bytes mechanism = first_word(command.argument, initial);
  const auto offset_of = [&](Bytes text) {
    return offset + static_cast<uint64_t>(text.data() - command.name.data());
  };
  sink.observe(tx, Field::pop3_auth_mechanism, mechanism, offset_of(mechanism));
  session.mechanism = parse_mechanism(mechanism);
  session.credential_line = 0;
  session.client = ClientMode::credentials;
  if (!initial.empty() && as_text(initial) != "=")
    take_credentials(session, tx, initial, offset_of(initial), sink);
}

void obey(Session& session, const Command& command, uint64_t offset, Sink& sink) {
  const TxId tx = begin_command(session, command, offset, sink);
  const uint64_t argument_offset =
      offset + static_cast<uint64_t>(command.argument.data() - command.name.data());
  Bytes rest;
  switch (command.verb) {
    case Verb::user: observe_user(session, tx, command.argument, argument_offset, sink); break;
    case Verb::apop:
      observe_user(session, tx, first_word(command.argument, rest), argument_offset, sink);
      break;
    case Verb::auth:
      if (!command.argument.empty()) begin_auth(session, command, tx, offset, sink);
      break;
    case Verb::stls:
      sink.observe_number(tx, Field::pop3_starttls, 1, offset);
      session.stls_pending = true;
      session.injection_told = false;
      break;
    default: break;
  }
  await_reply(session, Outstanding{tx, command.verb, command.answer}, "pop3.pipeline_full", offset, sink);
}

// A server whose lines end with a bare LF: what a lenient client took as the mail's end was it, as it goes on
// with a command.
void end_loose_mail(Session& session, uint64_t offset, Sink& sink) {
  if (session.server != ServerMode::mail || !session.waits_after_loose || !session.outstanding.empty())
    return;
  end_mail(session, BodyEnd::complete, offset, sink);
  sink.tx_end(session.answered, Completeness::complete);
  session.answered = no_tx;
  session.server = ServerMode::reply;
}

size_t read_command(Session& session, Bytes in, uint64_t offset, Sink& sink) {
  const Line line = read_line(session.lines[0], in, offset, sink);
  if (line.consumed == 0) return 0;
  session.client_next = offset + line.consumed;
  end_loose_mail(session, offset, sink);
  if (session.client == ClientMode::credentials) {
    const Outstanding* const front = session.outstanding.front();
    const TxId tx = front != nullptr && front->verb == Verb::auth ? front->tx : no_tx;
    if (as_text(line.text) == "*") {  // RFC 5034 4: the client gives up
      session.client = ClientMode::command;
    } else {
      take_credentials(session, tx, line.text, offset, sink);
    }
    return line.consumed;
  }
  const Command command = parse_command(line.text);
  if (command.name.empty()) return line.consumed;
  session.client_seen = true;
  if (session.stls_pending && !session.injection_told) {
    sink.anomaly(no_tx, "pop3.stls_injection", offset);
    session.injection_told = true;
  }
  const auto skipped = static_cast<uint64_t>(command.name.data() - line.text.data());
  obey(session, command, offset + skipped, sink);
  return line.consumed;
}

// RFC 8446 5.1: a handshake record. A client that does not wait for the reply to STLS, or whose server is not
// in the capture.
void hand_off_early(Session& session, uint64_t offset, Sink& sink) {
  session.client = ClientMode::handed_off;
  sink.handoff(Direction::client_to_server, offset, HandoffHint::tls);
  if (session.server_seen) return;
  session.server = ServerMode::handed_off;
  sink.handoff(Direction::server_to_client, 0, HandoffHint::tls);
}

// The first line of a stream that is another protocol's after all.
bool is_foreign(const Session& session, Bytes in) {
  if (session.client_seen) return false;
  LineState lines;
  const Line line = next_line(lines, in, line_bytes_max);
  if (line.consumed == 0) return false;
  const Command command = parse_command(line.text);
  if (command.verb != Verb::unknown || session.client == ClientMode::credentials) return false;
  // Another server that says "+OK" has clients whose first line is no word (Redis).
  return !session.server_seen || command.name.empty() || ascii_lower(command.name[0]) < 'a' ||
         ascii_lower(command.name[0]) > 'z';
}

}  // namespace

Progress read_client(Session& session, Bytes in, uint64_t offset, Sink& sink) {
  if (is_foreign(session, in)) return {0, true};
  size_t at = 0;
  while (at < in.size() && session.client != ClientMode::handed_off) {
    const Bytes left = in.subspan(at);
    size_t consumed = 0;
    if (session.lines[0].skipping) {
      consumed = skip_line(session.lines[0], left);
    } else if (session.stls_pending && session.lines[0].searched == 0 && left[0] == 0x16) {
      hand_off_early(session, offset + at, sink);
      break;
    } else {
      consumed = read_command(session, left, offset + at, sink);
      if (consumed == 0) break;
    }
    at += consumed;
    session.client_next = offset + at;
  }
  return {at, false};
}

}  // namespace sekisho::pop3
