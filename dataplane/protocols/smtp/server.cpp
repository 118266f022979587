// SPDX-License-Identifier: Apache-2.0
// The server's side: the greeting, and replies matched to commands in order (RFC 5321 4.2, RFC 2920).
#include <algorithm>

#include "dataplane/protocols/smtp/command.h"
#include "dataplane/protocols/smtp/session.h"

namespace sekisho::smtp {

namespace {

struct Reply {
  unsigned code = 0;
  bool last = true;
  Bytes text;
  uint64_t offset = 0;  // of the line
};

// "250-text", "250 text", "250". False: no reply line.
bool parse_reply(Bytes line, uint64_t offset, Reply& reply) {
  if (line.size() < 3) return false;
  unsigned code = 0;
  for (size_t i = 0; i < 3; ++i) {
    if (line[i] < '0' || line[i] > '9') return false;
    code = code * 10 + (line[i] - '0');
  }
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-' && line[3] != '\t') return false;
  reply = {code, line.size() == 3 || line[3] != '-', line.size() > 4 ? line.subspan(4) : Bytes{}, offset};
  return true;
}

using Handler = void (*)(Session&, const Outstanding&, const Reply&, uint64_t next, Sink&);

void on_other_reply(Session&, const Outstanding&, const Reply&, uint64_t, Sink&) {}

// A refused sender ends its transaction, unless the client has already pipelined more into it.
void on_mail_reply(Session& session, const Outstanding& command, const Reply& reply, uint64_t, Sink& sink) {
  if (reply.code < 400 || command.tx == no_tx || command.tx != session.tx) return;
  if (session.body_open || session.recipients != 0 || !session.outstanding.empty()) return;
  end_transaction(session, command.tx, Completeness::complete, sink);
}

void on_data_reply(Session& session, const Outstanding& command, const Reply& reply, uint64_t, Sink& sink) {
  if (command.tx != session.tx || session.mode != Mode::message) return;
  session.data_accepted = reply.code == 354;
  if (session.data_accepted) return;
  end_message(session, BodyEnd::aborted, session.client_next, sink);
  session.mode = Mode::command;
}

void on_closing_reply(Session& session, const Outstanding& command, const Reply&, uint64_t, Sink& sink) {
  if (command.tx != no_tx) end_transaction(session, command.tx, Completeness::complete, sink);
}

void on_auth_reply(Session& session, const Outstanding& command, const Reply& reply, uint64_t, Sink& sink) {
  if (reply.code == 334) return;
  if (command.tx != no_tx) sink.observe_number(command.tx, Field::smtp_auth_result, reply.code, reply.offset);
  if (session.mode == Mode::credentials) session.mode = Mode::command;
}

void on_starttls_reply(Session& session, const Outstanding&, const Reply& reply, uint64_t next, Sink& sink) {
  session.starttls_pending = false;
  if (reply.code != 220) return;
  if (session.tx != no_tx) {
    end_message(session, BodyEnd::aborted, session.client_next, sink);
    end_transaction(session, session.tx, Completeness::complete, sink);
  }
  sink.handoff(Direction::server_to_client, next, HandoffHint::tls);
  if (session.mode != Mode::handed_off)
    sink.handoff(Direction::client_to_server, session.client_next, HandoffHint::tls);
  session.mode = Mode::handed_off;
}

struct AwaitsHandler {
  Awaits awaits;
  Handler handler;
};
constexpr AwaitsHandler handlers[] = {
    {Awaits::plain, on_other_reply},       {Awaits::mail, on_mail_reply},       {Awaits::data, on_data_reply},
    {Awaits::message, on_closing_reply},   {Awaits::closing, on_closing_reply}, {Awaits::auth, on_auth_reply},
    {Awaits::starttls, on_starttls_reply},
};

// "354" answers DATA and nothing else: after lost or uncounted commands the pairing starts again there.
void resynchronise(Session& session, const Reply& reply, Sink& sink) {
  if (reply.code != 354 || !session.outstanding.contains(Awaits::data)) return;
  while (session.outstanding.front()->awaits != Awaits::data) {
    const Outstanding skipped = *session.outstanding.front();
    session.outstanding.pop();
    if (skipped.awaits == Awaits::message || skipped.awaits == Awaits::closing)
      on_closing_reply(session, skipped, reply, 0, sink);
  }
}

// A reply that no command waits for. While a message is being read it tells what the server takes as the message's end.
void on_unasked_reply(Session& session, const Reply& reply, Sink& sink) {
  if (session.mode != Mode::message && session.mode != Mode::chunk) return;
  sink.observe_number(session.tx, Field::smtp_reply_code, reply.code, reply.offset);
  sink.observe(session.tx, Field::smtp_reply, reply.text, reply.offset + 4);
  if (session.mode == Mode::chunk) {
    session.chunk_replied = true;
    return;
  }
  const bool client_waits = session.loose_end && session.since_loose_end <= 1;
  if (!client_waits || !session.data_accepted) return;
  session.mode = Mode::command;
  end_message(session, BodyEnd::complete, session.client_next, sink);
  sink.observe_number(session.tx, Field::smtp_rcpt_count, session.recipients, session.client_next);
  end_transaction(session, session.tx, Completeness::complete, sink);
}

void on_greeting(Session& session, const Reply& reply) {
  session.banner.set(trim(reply.text), reply.offset + 4);
  for (size_t i = 0; i + 4 <= reply.text.size(); ++i)
    session.banner_names_smtp |= equals_ignore_case(as_text(reply.text.subspan(i, 4)), "SMTP");
}

bool is_greeting(Session& session, const Reply& reply) {
  const Outstanding* const front = session.outstanding.front();
  if (front != nullptr && front->awaits == Awaits::starttls)
    return false;  // the capture began after the greeting
  return reply.code == 220 || reply.code == 554 || reply.code == 421;
}

// Whether the line belongs to the greeting, which answers no command.
bool take_greeting(Session& session, const Reply& reply, bool first) {
  if (session.greeted) return false;
  const bool greeting = session.in_greeting || is_greeting(session, reply);
  session.in_greeting = greeting && !reply.last;
  session.greeted = !session.in_greeting;
  if (greeting && first) on_greeting(session, reply);
  return greeting;
}

// `first`: the reply's first line, whose text is the one worth keeping. `next`: the stream offset after the line.
void on_reply_line(Session& session, const Reply& reply, bool first, uint64_t next, Sink& sink) {
  if (take_greeting(session, reply, first)) return;
  if (first) resynchronise(session, reply, sink);
  Outstanding* const front = session.outstanding.front();
  if (first && front != nullptr && front->awaits == Awaits::message && front->tx != no_tx)
    sink.observe(front->tx, Field::smtp_reply, reply.text, reply.offset + 4);
  if (!reply.last) return;
  if (front == nullptr) {
    if (session.outstanding.empty()) on_unasked_reply(session, reply, sink);
    session.outstanding.pop();
    return;
  }
  const Outstanding command = *front;
  session.outstanding.pop();
  if (command.tx != no_tx) sink.observe_number(command.tx, Field::smtp_reply_code, reply.code, reply.offset);
  for (const AwaitsHandler& entry : handlers)
    if (entry.awaits == command.awaits) entry.handler(session, command, reply, next, sink);
}

}  // namespace

Progress read_server(Session& session, Bytes in, uint64_t offset, Sink& sink) {
  LineState& lines = session.lines[1];
  size_t at = 0;
  while (at < in.size() && session.mode != Mode::handed_off) {
    const Bytes left = in.subspan(at);
    if (lines.skipping) {
      at += skip_line(lines, left);
      continue;
    }
    const Line line = read_line(lines, left, offset + at, session.tx, sink);
    if (line.consumed == 0) break;
    Reply reply;
    if (parse_reply(line.text, offset + at, reply)) {
      session.server_seen = true;
      const bool first = !session.in_reply;
      session.in_reply = !reply.last;
      on_reply_line(session, reply, first, offset + at + line.consumed, sink);
    } else if (!session.server_seen && session.tx == no_tx) {
      return {0, true};
    }
    at += line.consumed;
  }
  return {at, false};
}

}  // namespace sekisho::smtp
