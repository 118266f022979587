// SPDX-License-Identifier: Apache-2.0
// The server's side: replies matched to commands in order, listings, mails (RFC 1939 3).
#include <algorithm>

#include "dataplane/protocols/pop3/session.h"

namespace sekisho::pop3 {

namespace {

struct Reply {
  bool positive = false;
  Bytes text;
  uint64_t text_offset = 0;
};

// "+OK text", "-ERR text". False: no reply line.
bool parse_reply(Bytes line, uint64_t offset, Reply& reply) {
  Bytes rest;
  const std::string_view word = as_text(first_word(line, rest));
  reply.positive = equals_ignore_case(word, "+OK");
  if (!reply.positive && !equals_ignore_case(word, "-ERR")) return false;
  reply.text = rest;
  reply.text_offset = offset + static_cast<uint64_t>(rest.data() - line.data());
  return true;
}

// RFC 5322 2.2: "Name:". What a mail begins with when the command that asked for it was not seen.
bool begins_mail(Bytes line) {
  const auto colon =
      std::find_if(line.begin(), line.end(), [](uint8_t c) { return c <= ' ' || c >= 0x7f || c == ':'; });
  return colon != line.end() && colon != line.begin() && *colon == ':';
}

void hand_off(Session& session, uint64_t next, Sink& sink) {
  session.server = ServerMode::handed_off;
  sink.handoff(Direction::server_to_client, next, HandoffHint::tls);
  if (session.client != ClientMode::handed_off)
    sink.handoff(Direction::client_to_server, session.client_next, HandoffHint::tls);
  session.client = ClientMode::handed_off;
}

void on_greeting(Session& session, const Reply& reply) {
  session.greeted = true;
  session.banner.set(reply.text, reply.text_offset);
}

// `next`: the stream offset after the line.
void on_reply(Session& session, const Reply& reply, uint64_t offset, uint64_t next, Sink& sink) {
  session.positive = reply.positive;
  const Outstanding* const front = session.outstanding.front();
  if (front == nullptr) {
    if (!session.greeted && session.outstanding.empty()) on_greeting(session, reply);
    session.outstanding.pop();
    return;
  }
  const Outstanding command = *front;
  session.outstanding.pop();
  session.greeted = true;
  sink.observe(command.tx, Field::pop3_status, as_bytes(reply.positive ? "OK" : "ERR"), offset);
  sink.observe(command.tx, Field::pop3_response, reply.text, reply.text_offset);
  if (command.verb == Verb::auth && session.client == ClientMode::credentials)
    session.client = ClientMode::command;
  if (command.verb == Verb::stls) session.stls_pending = false;
  if (reply.positive && command.answer == Answer::mail) return begin_mail(session, command.tx, next, sink);
  if (reply.positive && command.answer == Answer::listing) {
    session.server = ServerMode::listing;
    session.answered = command.tx;
    session.response_lines = 0;
    return;
  }
  sink.tx_end(command.tx, Completeness::complete);
  if (reply.positive && command.verb == Verb::stls) hand_off(session, next, sink);
}

void end_listing(Session& session, Completeness completeness, Sink& sink) {
  if (session.server != ServerMode::listing) return;
  sink.tx_end(session.answered, completeness);
  session.answered = no_tx;
  session.server = ServerMode::reply;
}

void on_listing_line(Session& session, Bytes line, uint64_t offset, Sink& sink) {
  if (as_text(line) == ".") return end_listing(session, Completeness::complete, sink);
  if (!line.empty() && line.front() == '.') line = line.subspan(1);
  if (++session.response_lines <= response_lines_max)
    sink.observe(session.answered, Field::pop3_response_line, line, offset);
}

size_t read_mail(Session& session, Bytes in, uint64_t offset, Sink& sink) {
  const MessageStep step = read_message(session.reader, in, sink, session.body, session.message_bytes);
  if (step.consumed != 0) session.waits_after_loose = false;
  if (step.event == MessageEvent::loose_end) {
    if (!session.loose_end) sink.anomaly(session.answered, "pop3.bare_lf_end", offset + step.consumed);
    session.loose_end = session.waits_after_loose = true;
  } else if (step.event == MessageEvent::end_of_data) {
    end_mail(session, BodyEnd::complete, offset + step.consumed, sink);
    sink.tx_end(session.answered, Completeness::complete);
    session.answered = no_tx;
    session.server = ServerMode::reply;
  }
  return step.consumed;
}

// A mail whose RETR is not in the capture. False: it is something else.
bool begins_unasked_mail(const Session& session, Bytes line) {
  return !session.client_seen && session.positive && begins_mail(line);
}

size_t read_reply(Session& session, Bytes in, uint64_t offset, Sink& sink, bool& foreign) {
  const Line line = read_line(session.lines[1], in, offset, sink);
  if (line.consumed == 0) return 0;
  Reply reply;
  const bool is_reply = parse_reply(line.text, offset, reply);
  if (session.server == ServerMode::listing && !(is_reply && session.outstanding.front() != nullptr)) {
    on_listing_line(session, line.text, offset, sink);
  } else if (is_reply) {
    end_listing(session, Completeness::incomplete, sink);  // there was none: the reply to the next command

    session.server_seen = true;
    on_reply(session, reply, offset, offset + line.consumed, sink);
  } else if (begins_unasked_mail(session, line.text)) {
    begin_mail(session, sink.tx_begin(Direction::server_to_client), offset, sink);
    return 0;  // the line is the mail's first
  } else {
    foreign = !session.server_seen && !session.client_seen;
  }
  return line.consumed;
}

}  // namespace

Progress read_server(Session& session, Bytes in, uint64_t offset, Sink& sink) {
  size_t at = 0;
  while (at < in.size() && session.server != ServerMode::handed_off) {
    const Bytes left = in.subspan(at);
    if (session.server == ServerMode::mail) {
      at += read_mail(session, left, offset + at, sink);
      continue;
    }
    if (session.lines[1].skipping) {
      at += skip_line(session.lines[1], left);
      continue;
    }
    bool foreign = false;
    const size_t consumed = read_reply(session, left, offset + at, sink, foreign);
    if (foreign) return {0, true};
    if (consumed == 0 && session.server != ServerMode::mail) break;
    at += consumed;
  }
  return {at, false};
}

}  // namespace sekisho::pop3
