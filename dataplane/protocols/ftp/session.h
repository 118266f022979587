// SPDX-License-Identifier: Apache-2.0
// What is known of one FTP control connection. Each command is a transaction, open until its final reply.
#pragma once

#include "dataplane/protocols/ftp/command.h"
#include "dataplane/protocols/ftp/limits.h"
#include "dataplane/protocols/kept_text.h"
#include "dataplane/protocols/limits.h"
#include "dataplane/protocols/line_reader.h"
#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/reply_queue.h"
#include "dataplane/protocols/text_protocol.h"

namespace sekisho::ftp {

struct Outstanding {
  TxId tx = no_tx;
  Verb verb = Verb::unknown;
};

// What a data connection is for: with the agreement on it nobody knows yet.
struct Transfer {
  ExpectedUse use = ExpectedUse::unknown;
  Bytes command;
  Bytes file_name;
};

enum class Mode : uint8_t { none, active, passive };

struct Session {
  bool client_seen = false;
  bool server_seen = false;  // else the capture shows one side: nothing waits for replies
  bool handed_off[2] = {};
  bool ended[2] = {};
  bool tls_pending = false;  // AUTH waits for its reply
  bool injection_told = false;
  bool pipeline_told = false;
  bool anonymous = false;  // the password is a mail address by custom (RFC 1635)
  bool greeting = false;   // the server's first reply, which answers nothing
  bool in_reply = false;   // inside a reply of several lines, whose code is:
  uint16_t reply_code = 0;
  uint32_t reply_lines = 0;
  Mode mode = Mode::none;
  DataPort data;             // agreed on last; port 0: none yet
  uint64_t restart_at = 0;   // of REST: bytes of the next file that are not sent
  uint64_t client_next = 0;  // stream offset of the client's first byte not consumed
  LineState lines[2];
  ReplyQueue<Outstanding, outstanding_max> outstanding;
  KeptText<user_bytes_max> user;
  ExpectedUse early_use =
      ExpectedUse::unknown;  // of a transfer asked for before the connection was agreed on
  KeptText<verb_bytes_max> early_command;
  KeptText<name_bytes_max> early_name;
};
static_assert(sizeof(Session) <= 896, "the README says so");

// Consume what they can of `in`; `offset` is that of in[0].
Progress read_client(Session& session, Bytes in, uint64_t offset, Sink& sink);
Progress read_server(Session& session, Bytes in, uint64_t offset, Sink& sink);

// The next line; anomaly `ftp.line_too_long`.
Line read_line(LineState& lines, Bytes in, uint64_t offset, Sink& sink);
void hand_off(Session& session, Direction direction, uint64_t offset, Sink& sink);
// Tells the core of the data connection that was agreed on.
void expect_data(const Session& session, TxId tx, const Transfer& transfer, Sink& sink);
// For text_protocol.h.
void take_gap(Session& session, const Input& input, Sink& sink);
void end_direction(Session& session, const Input& input, Sink& sink);

}  // namespace sekisho::ftp
