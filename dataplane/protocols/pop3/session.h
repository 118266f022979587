// SPDX-License-Identifier: Apache-2.0
// What is known of one POP3 connection. Each command is a transaction, open until its reply is complete; a
// mail that RETR or TOP brings belongs to it.
#pragma once

#include <cstdint>

#include "dataplane/protocols/dot_stuffing.h"
#include "dataplane/protocols/kept_text.h"
#include "dataplane/protocols/line_reader.h"
#include "dataplane/protocols/pop3/command.h"
#include "dataplane/protocols/pop3/limits.h"
#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/reply_queue.h"
#include "dataplane/protocols/sasl.h"
#include "dataplane/protocols/text_protocol.h"

namespace sekisho::pop3 {

struct Outstanding {
  TxId tx = no_tx;
  Verb verb = Verb::unknown;
  Answer answer = Answer::nothing;
};

// What the client's lines are, and what the server's are.
enum class ClientMode : uint8_t { command, credentials, handed_off };
enum class ServerMode : uint8_t { reply, listing, mail, handed_off };

struct Session {
  ClientMode client = ClientMode::command;
  ServerMode server = ServerMode::reply;
  bool client_seen = false;
  bool server_seen = false;  // else the capture shows one side: nothing waits for replies
  bool greeted = false;
  bool positive = false;  // the last reply
  bool stls_pending = false;
  bool injection_told = false;
  bool pipeline_told = false;
  bool ended[2] = {};
  bool loose_end = false;          // of the current mail, told
  bool waits_after_loose = false;  // nothing has come since the last loose end

  // The answer being read (listing, mail).
  TxId answered = no_tx;
  BodyId body = no_body;
  bool body_open = false;
  uint32_t response_lines = 0;
  uint64_t message_bytes = 0;
  MessageReader reader;

  Mechanism mechanism = Mechanism::other;
  unsigned credential_line = 0;
  uint64_t client_next = 0;  // stream offset of the client's first byte not consumed
  LineState lines[2];
  ReplyQueue<Outstanding, outstanding_max> outstanding;
  KeptText<user_bytes_max> user;
  KeptText<banner_bytes_max> banner;  // emptied when told
};
inline constexpr size_t session_bytes = 1400;  // README.md states it
static_assert(sizeof(Session) <= session_bytes);

// transaction.cpp
TxId begin_command(Session& session, const Command& command, uint64_t offset, Sink& sink);
void observe_user(Session& session, TxId tx, Bytes name, uint64_t offset, Sink& sink);
void begin_mail(Session& session, TxId tx, uint64_t offset, Sink& sink);
void end_mail(Session& session, BodyEnd end, uint64_t offset, Sink& sink);
void end_direction(Session& session, const Input& input, Sink& sink);
void take_gap(Session& session, const Input& input, Sink& sink);
// The next line; anomaly `pop3.line_too_long`.
Line read_line(LineState& lines, Bytes in, uint64_t offset, Sink& sink);

// client.cpp, server.cpp: consume what they can of `in`; `offset` is that of in[0].
Progress read_client(Session& session, Bytes in, uint64_t offset, Sink& sink);
Progress read_server(Session& session, Bytes in, uint64_t offset, Sink& sink);

}  // namespace sekisho::pop3
