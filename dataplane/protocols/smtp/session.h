// SPDX-License-Identifier: Apache-2.0
// What is known of one SMTP connection, and the transactions in it.
//
// A transaction is open from the client's first command (so that a session without a mail leaves one, with the client's name)
// or from MAIL FROM, until the reply to the end of the message, to RSET or to QUIT.
#pragma once

#include <cstdint>

#include "dataplane/protocols/dot_stuffing.h"
#include "dataplane/protocols/kept_text.h"
#include "dataplane/protocols/line_reader.h"
#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/sasl.h"
#include "dataplane/protocols/smtp/outstanding.h"
#include "dataplane/protocols/smtp/shadow.h"
#include "dataplane/protocols/text_protocol.h"

namespace sekisho::smtp {

// What the client's bytes are.
enum class Mode : uint8_t { command, credentials, message, chunk, handed_off };

struct Session {
  // The open transaction, and what is in it.
  TxId tx = no_tx;
  bool mail_begun = false;  // MAIL FROM was seen in it
  uint32_t recipients = 0;
  BodyId body = no_body;
  bool body_open = false;
  uint64_t message_bytes = 0;

  Mode mode = Mode::command;
  bool server_seen = false;   // else the capture shows one side: nothing waits for replies
  bool client_began = false;  // a line of the client was read
  bool greeted = false;
  bool in_greeting = false;
  bool banner_names_smtp = false;
  bool data_accepted = false;  // the 354 of the current DATA came
  bool early_data_told = false;
  bool chunk_last = false;
  bool chunk_replied = false;  // the reply to the current BDAT came before its last byte
  bool starttls_pending = false;
  bool injection_told = false;
  bool pipeline_told = false;
  bool in_reply = false;  // inside a multiline reply
  bool ended[2] = {};
  uint8_t since_loose_end = 0;  // message bytes after the last loose end: 0, 1 or 2 (= more)
  bool loose_end = false;
  Mechanism mechanism = Mechanism::other;
  unsigned credential_line = 0;
  uint64_t chunk_left = 0;
  uint64_t client_next = 0;  // stream offset of the client's first byte not consumed

  MessageReader reader;
  LineState lines[2];
  OutstandingQueue outstanding;
  ShadowLines shadow;
  KeptText<helo_bytes_max> helo;
  KeptText<banner_bytes_max> banner;  // emptied when told
};
static_assert(sizeof(Session) <= 2048);

// transaction.cpp
void open_transaction(Session& session, Sink& sink);  // no-op when one is open
void end_transaction(Session& session, TxId tx, Completeness completeness, Sink& sink);
void await_reply(Session& session, Outstanding command, uint64_t offset, Sink& sink);
// The open transaction is over for the client: it ends with the reply that `awaits` names.
void close_transaction(Session& session, Awaits awaits, uint64_t offset, Sink& sink);
void begin_message(Session& session, uint64_t offset, Sink& sink);
void end_message(Session& session, BodyEnd end, uint64_t offset, Sink& sink);
void end_direction(Session& session, const Input& input, Sink& sink);
void take_gap(Session& session, const Input& input, Sink& sink);
// The other reading's commands (SMTP smuggling) in message bytes at `offset`.
void look_for_commands(Session& session, Bytes message, uint64_t offset, Sink& sink);

// The next line of `in`; lines.cpp. Bytes of a line too long are skipped; anomaly `smtp.line_too_long`.
Line read_line(LineState& lines, Bytes in, uint64_t offset, TxId tx, Sink& sink);

// client.cpp, server.cpp: consume what they can of `in`; `offset` is that of in[0].
Progress read_client(Session& session, Bytes in, uint64_t offset, Sink& sink);
Progress read_server(Session& session, Bytes in, uint64_t offset, Sink& sink);

}  // namespace sekisho::smtp
