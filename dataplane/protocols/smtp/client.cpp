// SPDX-License-Identifier: Apache-2.0
// The client's side: commands, credentials, messages.
#include <algorithm>

#include "dataplane/protocols/smtp/command.h"
#include "dataplane/protocols/smtp/session.h"

namespace sekisho::smtp {

namespace {

// A command as its handler sees it.
struct Heard {
  Bytes argument;
  uint64_t offset;  // of the line's first byte
  uint64_t argument_offset;
};
using Handler = void (*)(Session&, const Heard&, Sink&);

void on_plain(Session& session, const Heard& heard, Sink& sink) {
  await_reply(session, {session.tx, Awaits::plain}, heard.offset, sink);
}

// RFC 5321 4.1.4: EHLO in a session is a RSET too.
void on_helo(Session& session, const Heard& heard, Sink& sink) {
  Bytes rest;
  const Bytes name = first_word(heard.argument, rest);
  const bool same =
      as_text(name.first(std::min(name.size(), helo_bytes_max))) == as_text(session.helo.view());
  if (session.mail_begun || session.body_open) {
    end_message(session, BodyEnd::aborted, heard.offset, sink);
    end_transaction(session, session.tx, Completeness::complete, sink);
  } else if (session.tx != no_tx && session.helo.length != 0 && !same) {
    end_transaction(session, session.tx, Completeness::complete, sink);
  }
  const bool new_name = !same || session.helo.length == 0;
  session.helo.set(name, heard.argument_offset);
  if (session.tx != no_tx && new_name && !name.empty()) {
    sink.observe(session.tx, Field::smtp_helo, session.helo.view(), session.helo.offset);
  } else if (new_name) {
    open_transaction(session, sink);
  }
  on_plain(session, heard, sink);
}

void on_mail(Session& session, const Heard& heard, Sink& sink) {
  if (session.mail_begun || session.body_open) {  // the one before was never ended
    end_message(session, BodyEnd::aborted, heard.offset, sink);
    end_transaction(session, session.tx, Completeness::incomplete, sink);
  }
  open_transaction(session, sink);
  session.mail_begun = true;
  session.recipients = 0;
  const Path path = parse_path(heard.argument);
  if (!path.address.empty()) {
    const auto skipped = static_cast<uint64_t>(path.address.data() - heard.argument.data());
    sink.observe(session.tx, Field::smtp_mail_from, path.address, heard.argument_offset + skipped);
  }
  uint64_t size = 0;
  if (number_parameter(path.parameters, "SIZE", size))
    sink.observe_number(session.tx, Field::smtp_declared_bytes, size, heard.argument_offset);
  await_reply(session, {session.tx, Awaits::mail}, heard.offset, sink);
}

void on_rcpt(Session& session, const Heard& heard, Sink& sink) {
  open_transaction(session, sink);
  const Path path = parse_path(heard.argument);
  ++session.recipients;
  if (session.recipients == recipients_max + 1)
    sink.anomaly(session.tx, "smtp.too_many_recipients", heard.offset);
  if (!path.address.empty() && session.recipients <= recipients_max) {
    const auto skipped = static_cast<uint64_t>(path.address.data() - heard.argument.data());
    sink.observe(session.tx, Field::smtp_rcpt_to, path.address, heard.argument_offset + skipped);
  }
  on_plain(session, heard, sink);
}

// The server's 354 is not waited for: a capture may show one side only, and a client may not wait either (that is told).
void on_data(Session& session, const Heard& heard, Sink& sink) {
  begin_message(session, session.client_next, sink);
  await_reply(session, {session.tx, Awaits::data}, heard.offset, sink);
  session.mode = Mode::message;
  session.data_accepted = false;
  session.early_data_told = false;
}

void finish_chunk(Session& session, uint64_t offset, Sink& sink) {
  session.mode = Mode::command;
  const bool replied = session.chunk_replied;
  session.chunk_replied = false;
  if (!session.chunk_last) {
    if (!replied) await_reply(session, {session.tx, Awaits::plain}, offset, sink);
    return;
  }
  end_message(session, BodyEnd::complete, offset, sink);
  if (!replied) {
    close_transaction(session, Awaits::message, offset, sink);
  } else if (session.tx != no_tx) {
    sink.observe_number(session.tx, Field::smtp_rcpt_count, session.recipients, offset);
    end_transaction(session, session.tx, Completeness::complete, sink);
  }
}

// RFC 3030 2. A malformed one is refused by servers, so what follows is commands.
void on_bdat(Session& session, const Heard& heard, Sink& sink) {
  Chunk chunk;
  if (!parse_chunk(heard.argument, chunk)) {
    sink.anomaly(session.tx, "smtp.bdat_malformed", heard.offset);
    on_plain(session, heard, sink);
    return;
  }
  begin_message(session, session.client_next, sink);
  session.mode = Mode::chunk;
  session.chunk_left = chunk.size;
  session.chunk_last = chunk.last;
  session.chunk_replied = false;
  if (chunk.size == 0) finish_chunk(session, heard.offset, sink);
}

void on_rset(Session& session, const Heard& heard, Sink& sink) {
  if (!session.mail_begun && !session.body_open) {
    on_plain(session, heard, sink);
    return;
  }
  end_message(session, BodyEnd::aborted, heard.offset, sink);
  close_transaction(session, Awaits::closing, heard.offset, sink);
}

void on_quit(Session& session, const Heard& heard, Sink& sink) {
  end_message(session, BodyEnd::aborted, heard.offset, sink);
  close_transaction(session, Awaits::closing, heard.offset, sink);
}

void take_credentials(Session& session, Bytes line, uint64_t offset, Sink& sink) {
  uint8_t user[256];
  const size_t length = credential_user(session.mechanism, session.credential_line, line, user);
  if (length != 0) sink.observe(session.tx, Field::smtp_auth_user, {user, length}, offset);
  ++session.credential_line;
  // Without replies, the mechanism's number of lines is all that says where the exchange ends.
  const unsigned lines = credential_lines(session.mechanism);
  if (!session.server_seen && lines != 0 && session.credential_line >= lines) session.mode = Mode::command;
}

void on_auth(Session& session, const Heard& heard, Sink& sink) {
  open_transaction(session, sink);
  Bytes initial;
  const Bytes mechanism = first_word(heard.argument, initial);
  sink.observe(session.tx, Field::smtp_auth_mechanism, mechanism, heard.argument_offset);
  session.mechanism = parse_mechanism(mechanism);
  session.credential_line = 0;
  session.mode = Mode::credentials;
  if (!initial.empty() && as_text(initial) != "=") {
    const auto skipped = static_cast<uint64_t>(initial.data() - heard.argument.data());
    take_credentials(session, initial, heard.argument_offset + skipped, sink);
  }
  await_reply(session, {session.tx, Awaits::auth}, heard.offset, sink);
}

void on_starttls(Session& session, const Heard& heard, Sink& sink) {
  open_transaction(session, sink);
  sink.observe_number(session.tx, Field::smtp_starttls, 1, heard.offset);
  session.starttls_pending = true;
  session.injection_told = false;
  await_reply(session, {session.tx, Awaits::starttls}, heard.offset, sink);
}

struct VerbHandler {
  Verb verb;
  Handler handler;
};
constexpr VerbHandler handlers[] = {
    {Verb::helo, on_helo}, {Verb::mail, on_mail}, {Verb::rcpt, on_rcpt},
    {Verb::data, on_data}, {Verb::bdat, on_bdat}, {Verb::rset, on_rset},
    {Verb::quit, on_quit}, {Verb::auth, on_auth}, {Verb::starttls, on_starttls},
};

void obey(Session& session, const Command& command, const Heard& heard, Sink& sink) {
  for (const VerbHandler& entry : handlers)
    if (entry.verb == command.verb) return entry.handler(session, heard, sink);
  on_plain(session, heard, sink);
}

// Whether a line in an AUTH exchange is a command after all: the server refused and that was not seen. Four-letter commands
// are base64 too, so that while replies are seen only what cannot be base64 counts.
bool leaves_credentials(const Session& session, const Command& command) {
  if (command.verb == Verb::unknown) return false;
  return !session.server_seen || command.verb == Verb::mail || command.verb == Verb::rcpt ||
         (command.verb == Verb::helo && !command.argument.empty());
}

size_t read_command(Session& session, Bytes in, uint64_t offset, Sink& sink) {
  const Line line = read_line(session.lines[0], in, offset, session.tx, sink);
  if (line.consumed == 0) return 0;
  session.client_next = offset + line.consumed;
  session.client_began = true;
  const Command command = parse_command(line.text);
  if (session.mode == Mode::credentials) {
    if (!leaves_credentials(session, command)) {
      take_credentials(session, trim(line.text), offset, sink);
      await_reply(session, {session.tx, Awaits::auth}, offset, sink);
      return line.consumed;
    }
    session.mode = Mode::command;
  }
  if (session.starttls_pending && !session.injection_told) {
    sink.anomaly(session.tx, "smtp.starttls_injection", offset);
    session.injection_told = true;
  }
  const auto skipped = static_cast<uint64_t>(command.argument.data() - line.text.data());
  obey(session, command, {command.argument, offset, command.argument.empty() ? offset : offset + skipped},
       sink);
  return line.consumed;
}

// Data before the 354 is a message only if the server takes DATA; else its lines are commands.
void tell_early_data(Session& session, uint64_t offset, Sink& sink) {
  if (session.data_accepted || !session.server_seen || session.early_data_told) return;
  session.early_data_told = true;
  sink.anomaly(session.tx, "smtp.early_data", offset);
  session.shadow.start();
}

size_t read_message_bytes(Session& session, Bytes in, uint64_t offset, Sink& sink) {
  tell_early_data(session, offset, sink);
  const MessageStep step = read_message(session.reader, in, sink, session.body, session.message_bytes);
  const Bytes read = in.first(step.consumed);
  if (session.shadow.on()) look_for_commands(session, read, offset, sink);
  session.since_loose_end = static_cast<uint8_t>(std::min<size_t>(2, session.since_loose_end + read.size()));
  if (step.event == MessageEvent::loose_end) {
    if (!session.loose_end) sink.anomaly(session.tx, "smtp.bare_lf_eod", offset + step.consumed);
    session.loose_end = true;
    session.since_loose_end = 0;
    if (!session.shadow.on()) session.shadow.start();
  } else if (step.event == MessageEvent::end_of_data) {
    session.mode = Mode::command;
    end_message(session, BodyEnd::complete, offset + step.consumed, sink);
    close_transaction(session, Awaits::message, offset + step.consumed, sink);
  }
  return step.consumed;
}

size_t read_chunk(Session& session, Bytes in, uint64_t offset, Sink& sink) {
  const auto take = static_cast<size_t>(std::min<uint64_t>(in.size(), session.chunk_left));
  session.chunk_left -= take;
  session.message_bytes += take;
  if (session.body != no_body) sink.body_data(session.body, in.first(take));
  if (session.chunk_left == 0) finish_chunk(session, offset + take, sink);
  return take;
}

// RFC 8446 5.1: a handshake record. A client that does not wait for the 220, or whose server is not in the capture.
bool begins_tls(const Session& session, Bytes in) {
  return session.starttls_pending && session.mode == Mode::command && in[0] == 0x16;
}

void hand_off_early(Session& session, uint64_t offset, Sink& sink) {
  if (session.tx != no_tx) end_transaction(session, session.tx, Completeness::complete, sink);
  session.mode = Mode::handed_off;
  sink.handoff(Direction::client_to_server, offset, HandoffHint::tls);
  if (!session.server_seen) sink.handoff(Direction::server_to_client, 0, HandoffHint::tls);
}

// The first command of a stream that is another protocol's after all ("220" greets from FTP servers too).
bool is_foreign(const Session& session, Bytes in) {
  if (session.tx != no_tx || session.banner_names_smtp || session.mode != Mode::command ||
      session.client_began)
    return false;
  const Bytes window = in.first(std::min(in.size(), line_bytes_max));  // a longer line is cut there, whole or in pieces
  const auto lf = std::find(window.begin(), window.end(), uint8_t{'\n'});
  if (lf == window.end()) return false;
  Bytes line = window.first(static_cast<size_t>(lf - window.begin()));
  if (!line.empty() && line.back() == '\r') line = line.first(line.size() - 1);
  const Command command = parse_command(line);
  Bytes rest;
  const std::string_view mechanism = as_text(first_word(command.argument, rest));
  return command.verb == Verb::unknown ||
         (command.verb == Verb::auth &&
          (equals_ignore_case(mechanism, "TLS") || equals_ignore_case(mechanism, "SSL")));
}

}  // namespace

Progress read_client(Session& session, Bytes in, uint64_t offset, Sink& sink) {
  size_t at = 0;
  while (at < in.size() && session.mode != Mode::handed_off) {
    const Bytes left = in.subspan(at);
    size_t consumed = 0;
    if (session.lines[0].skipping) {
      consumed = skip_line(session.lines[0], left);
    } else if (session.lines[0].searched == 0 && begins_tls(session, left)) {
      hand_off_early(session, offset + at, sink);
      break;
    } else if (session.mode == Mode::message) {
      consumed = read_message_bytes(session, left, offset + at, sink);
      if (consumed == 0 && session.mode == Mode::message) continue;  // an event before the first byte
    } else if (session.mode == Mode::chunk) {
      consumed = read_chunk(session, left, offset + at, sink);
    } else if (is_foreign(session, left)) {
      return {at, true};
    } else {
      consumed = read_command(session, left, offset + at, sink);
      if (consumed == 0) break;
    }
    at += consumed;
    session.client_next = offset + at;
  }
  return {at, false};
}

}  // namespace sekisho::smtp
