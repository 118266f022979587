// SPDX-License-Identifier: Apache-2.0
// Transactions, their bodies, and how both end.
#include "dataplane/protocols/smtp/command.h"
#include "dataplane/protocols/smtp/session.h"

namespace sekisho::smtp {

namespace {

// Whatever is still open on the client's side. A session without a mail is complete as it is.
void end_open(Session& session, uint64_t offset, Sink& sink) {
  const bool cut = session.body_open || session.mail_begun;
  if (session.body_open) end_message(session, BodyEnd::truncated, offset, sink);
  if (session.tx != no_tx)
    end_transaction(session, session.tx, cut ? Completeness::incomplete : Completeness::complete, sink);
  session.mode = session.mode == Mode::handed_off ? Mode::handed_off : Mode::command;
}

// Replies that will never come.
void end_outstanding(Session& session, Completeness completeness, Sink& sink) {
  while (Outstanding* command = session.outstanding.front()) {
    const bool ends = command->awaits == Awaits::message || command->awaits == Awaits::closing;
    const TxId tx = ends ? command->tx : no_tx;
    session.outstanding.pop();
    if (tx != no_tx) end_transaction(session, tx, completeness, sink);
  }
  session.outstanding.clear();
}

}  // namespace

void open_transaction(Session& session, Sink& sink) {
  if (session.tx != no_tx) return;
  session.tx = sink.tx_begin(Direction::client_to_server);
  session.mail_begun = false;
  session.recipients = 0;
  if (session.banner.length != 0)
    sink.observe(session.tx, Field::smtp_banner, session.banner.view(), session.banner.offset);
  session.banner.length = 0;
  if (session.helo.length != 0)
    sink.observe(session.tx, Field::smtp_helo, session.helo.view(), session.helo.offset);
}

void end_transaction(Session& session, TxId tx, Completeness completeness, Sink& sink) {
  session.outstanding.forget(tx);
  if (tx == session.tx) {
    session.tx = no_tx;
    session.mail_begun = false;
  }
  sink.tx_end(tx, completeness);
}

void await_reply(Session& session, Outstanding command, uint64_t offset, Sink& sink) {
  if (session.outstanding.push(command)) return;
  if (!session.server_seen) session.outstanding.clear();
  if (session.server_seen && !session.pipeline_told) sink.anomaly(command.tx, "smtp.pipeline_full", offset);
  session.pipeline_told = true;
}

void close_transaction(Session& session, Awaits awaits, uint64_t offset, Sink& sink) {
  const TxId tx = session.tx;
  if (session.mail_begun && tx != no_tx)
    sink.observe_number(tx, Field::smtp_rcpt_count, session.recipients, offset);
  if (!session.server_seen) {
    session.outstanding.clear();
    if (tx != no_tx) end_transaction(session, tx, Completeness::complete, sink);
    return;
  }
  session.tx = no_tx;
  session.mail_begun = false;
  if (session.outstanding.push({tx, awaits}) || tx == no_tx) return;
  sink.anomaly(tx, "smtp.pipeline_full", offset);
  end_transaction(session, tx, Completeness::incomplete, sink);
}

void begin_message(Session& session, uint64_t offset, Sink& sink) {
  if (session.body_open) return;
  open_transaction(session, sink);
  BodyMeta meta;
  meta.carrier = BodyCarrier::mail_message;
  meta.media = BodyMedia::mail_message;
  meta.direction = Direction::client_to_server;
  session.body = sink.body_begin(session.tx, meta, offset);
  session.body_open = true;
  session.message_bytes = 0;
  session.reader = {};
  session.loose_end = false;
  session.shadow.stop();
}

void end_message(Session& session, BodyEnd end, uint64_t offset, Sink& sink) {
  if (!session.body_open) return;
  if (session.body != no_body) sink.body_end(session.body, end);
  session.body = no_body;
  session.body_open = false;
  sink.observe_number(session.tx, Field::smtp_message_bytes, session.message_bytes, offset);
}

void look_for_commands(Session& session, Bytes message, uint64_t offset, Sink& sink) {
  session.shadow.feed(message, offset, [&](Bytes line, uint64_t line_offset) {
    const Command command = parse_command(line);
    if (command.verb != Verb::mail && command.verb != Verb::rcpt) return;
    const Bytes address = parse_path(command.argument).address;
    if (address.empty()) return;
    const uint64_t at = line_offset + static_cast<uint64_t>(address.data() - line.data());
    sink.anomaly(session.tx, "smtp.smuggled_command", line_offset);
    sink.observe(session.tx, command.verb == Verb::mail ? Field::smtp_mail_from : Field::smtp_rcpt_to,
                 address, at);
  });
}

void take_gap(Session& session, const Input& input, Sink& sink) {
  const size_t side = index_of(input.direction);
  const uint64_t missing = input.bytes.size() + input.gap_bytes;
  session.lines[side] = {};
  if (input.direction ==
      Direction::server_to_client) {  // which commands were answered in the hole is unknown
    session.in_reply = false;
    session.lines[side].skipping = true;
    end_outstanding(session, Completeness::incomplete, sink);
    return;
  }
  session.client_next = input.offset + missing;
  switch (session.mode) {
    case Mode::message:
      session.reader.at = MessageReader::At::text;
      session.shadow.skip_line();
      if (session.body != no_body) sink.body_gap(session.body, missing);
      return;
    case Mode::chunk: {
      const uint64_t inside = std::min(missing, session.chunk_left);
      if (session.body != no_body) sink.body_gap(session.body, inside);
      session.chunk_left -= inside;
      if (session.chunk_left != 0) return;
      session.mode = Mode::command;
      if (session.chunk_last) end_message(session, BodyEnd::truncated, input.offset, sink);
      if (session.chunk_last) close_transaction(session, Awaits::message, input.offset, sink);
      session.lines[side].skipping = missing > inside;
      return;
    }
    default:
      session.mode = session.mode == Mode::handed_off ? Mode::handed_off : Mode::command;
      session.lines[side].skipping = true;
  }
}

void end_direction(Session& session, const Input& input, Sink& sink) {
  const bool client = input.direction == Direction::client_to_server;
  session.ended[index_of(input.direction)] = true;
  session.lines[index_of(input.direction)] = {};  // an unfinished line is no command
  if (client) end_open(session, input.offset, sink);
  // The server may still answer a client that has closed its half.
  const bool both = session.ended[0] && session.ended[1];
  if (!client || both || !session.server_seen || input.end != EndReason::fin)
    end_outstanding(session, Completeness::incomplete, sink);
}

}  // namespace sekisho::smtp
