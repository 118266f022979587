// SPDX-License-Identifier: Apache-2.0
// Transactions, the mails in them, and how both end.
#include <string_view>

#include "dataplane/protocols/outstanding.h"
#include "dataplane/protocols/pop3/session.h"
#include "dataplane/protocols/text_writer.h"

namespace sekisho::pop3 {

namespace {

// Whether argument `index` may be shown: no password, digest or token ever is.
bool is_shown(Verb verb, unsigned index) {
  switch (verb) {
    case Verb::unknown:
    case Verb::pass: return false;
    case Verb::apop:
    case Verb::auth: return index == 0;
    default: return true;
  }
}

void end_answer(Session& session, BodyEnd end, uint64_t offset, Sink& sink) {
  if (session.body_open) end_mail(session, end, offset, sink);
  if (session.answered != no_tx) sink.tx_end(session.answered, Completeness::incomplete);
  session.answered = no_tx;
  if (session.server != ServerMode::handed_off) session.server = ServerMode::reply;
}

}  // namespace

TxId begin_command(Session& session, const Command& command, uint64_t offset, Sink& sink) {
  const TxId tx = sink.tx_begin(Direction::client_to_server);
  if (!session.banner.empty())
    sink.observe(tx, Field::pop3_banner, session.banner.view(), session.banner.offset);
  session.banner.clear();
  char memory[verb_bytes_max];
  TextWriter name(memory);
  // A word that is no command could be anything, a password too.
  const Bytes shown = command.verb == Verb::unknown ? as_bytes("UNKNOWN") : command.name;
  for (const uint8_t c : shown) name.character(static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
  sink.observe(tx, Field::pop3_command, name.bytes(), offset);
  Bytes rest = command.argument;
  for (unsigned i = 0; !rest.empty() && i < arguments_max && is_shown(command.verb, i); ++i) {
    const auto skipped = static_cast<uint64_t>(rest.data() - command.name.data());
    sink.observe(tx, Field::pop3_argument, first_word(rest, rest), offset + skipped);
  }
  return tx;
}

void observe_user(Session& session, TxId tx, Bytes name, uint64_t offset, Sink& sink) {
  if (name.empty()) return;
  session.user.set(name, offset);
  sink.observe(tx, Field::pop3_user, session.user.view(), offset);
}

void begin_mail(Session& session, TxId tx, uint64_t offset, Sink& sink) {
  session.server = ServerMode::mail;
  session.answered = tx;
  session.reader = {};
  session.message_bytes = 0;
  session.loose_end = session.waits_after_loose = false;
  if (!session.user.empty()) sink.observe(tx, Field::pop3_user, session.user.view(), session.user.offset);
  BodyMeta meta;
  meta.carrier = BodyCarrier::mail_message;
  meta.media = BodyMedia::mail_message;
  meta.direction = Direction::server_to_client;
  session.body = sink.body_begin(tx, meta, offset);
  session.body_open = true;
}

void end_mail(Session& session, BodyEnd end, uint64_t offset, Sink& sink) {
  if (session.body != no_body) sink.body_end(session.body, end);
  session.body = no_body;
  session.body_open = false;
  sink.observe_number(session.answered, Field::pop3_message_bytes, session.message_bytes, offset);
}

Line read_line(LineState& lines, Bytes in, uint64_t offset, Sink& sink) {
  const Line line = next_line(lines, in, line_bytes_max);
  if (line.too_long) sink.anomaly(no_tx, "pop3.line_too_long", offset);
  return line;
}

void take_gap(Session& session, const Input& input, Sink& sink) {
  const size_t side = index_of(input.direction);
  const uint64_t missing = input.bytes.size() + input.gap_bytes;
  if (input.direction == Direction::client_to_server) {
    session.client_next = input.offset + missing;
    session.lines[side] = {0, true};
    if (session.client == ClientMode::credentials) session.client = ClientMode::command;
    return;
  }
  if (session.server == ServerMode::mail) {
    session.reader.at = MessageReader::At::text;
    if (session.body != no_body) sink.body_gap(session.body, missing);
    return;
  }
  session.lines[side] = {0, true};
  if (session.server == ServerMode::listing) return;
  // Which commands were answered in the hole is unknown.
  end_outstanding(session, Completeness::incomplete, sink);
}

void end_direction(Session& session, const Input& input, Sink& sink) {
  const bool server = input.direction == Direction::server_to_client;
  session.ended[index_of(input.direction)] = true;
  session.lines[index_of(input.direction)] = {};  // an unfinished line is none
  const bool both = session.ended[0] && session.ended[1];
  // The server may still answer a client that has closed its half.
  if (!server && !both && session.server_seen && input.end == EndReason::fin) return;
  end_answer(session, BodyEnd::truncated, input.offset, sink);
  end_outstanding(session, session.server_seen ? Completeness::incomplete : Completeness::complete, sink);
}

}  // namespace sekisho::pop3
