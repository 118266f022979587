// SPDX-License-Identifier: Apache-2.0
// What is known of one IMAP connection. Each command is a transaction from its tag to its tagged reply. The
// first mail that a FETCH brings belongs to it; each further one has a transaction of its own, so that a row
// speaks of one mail.
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/protocols/imap/command.h"
#include "dataplane/protocols/imap/fetch_item.h"
#include "dataplane/protocols/imap/limits.h"
#include "dataplane/protocols/imap/scanner.h"
#include "dataplane/protocols/kept_text.h"
#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/sasl.h"

namespace sekisho::imap {

// A command that waits for its tagged reply.
struct Outstanding {
  uint64_t tag_hash = 0;
  TxId tx = no_tx;
  uint32_t mail = 0;       // sequence number of the mail that is in tx; 0: none yet
  uint32_t requested = 0;  // FETCH: bytes asked for of one content; 0: all
  Verb verb = Verb::unknown;
  uint8_t tag_length = 0;  // 0: longer than short_tag_bytes_max
  uint8_t tag[short_tag_bytes_max];
};

// A mail or part that is open: being read, or to go on with a later literal (its text after its header, its
// next piece).
struct Content {
  uint64_t key = 0;          // direction, mail and section
  uint64_t next = 0;         // origin of the next piece
  uint64_t bytes = 0;        // so far
  uint64_t piece_bytes = 0;  // of this piece
  TxId tx = no_tx;
  BodyId body = no_body;
  uint32_t turn = 0;       // when it was last continued
  uint32_t requested = 0;  // bytes of a piece; 0: not said
  bool open = false;
  bool reading = false;  // in a literal or string
  bool header = false;   // a header: its text may follow in the same response
  bool piece = false;    // its next piece may follow
  bool ends_tx = false;  // tx waits for it
};

// The command whose line is being read.
struct Current {
  unsigned index = 0;  // of the next token: 0 the tag, 1 the name, 2 the first argument
  Verb verb = Verb::unknown;
  bool uid = false;
  TxId tx = no_tx;
  uint64_t tag_hash = 0;
};

struct Session {
  bool server_seen = false;  // else the capture shows one side: nothing waits for replies
  bool greeted = false;
  bool idling = false;
  bool in_credentials = false;
  bool starttls_pending = false;
  bool injection_told = false;
  bool pipeline_told = false;
  bool handed_off = false;
  bool compressed = false;
  bool ended[2] = {};

  // The server's line.
  unsigned reply_index = 0;  // of the next token
  bool untagged = false;
  bool continuation = false;
  bool in_fetch = false;
  bool status_line = false;
  uint64_t reply_tag_hash = 0;
  uint64_t reply_number = 0;
  uint8_t status_length = 0;
  char status[8];
  FetchItem::Kind item_kind = FetchItem::Kind::none;  // of the value that comes next
  bool item_partial = false;
  bool item_top = true;
  bool item_whole_header = false;
  uint64_t item_origin = 0;
  uint64_t item_key = 0;
  TxId mail_tx = no_tx;  // of the second and later mails of a command, or of a mail nobody asked for
  uint32_t mail = 0;     // its sequence number

  // Content being fed, by direction; -1: none.
  int8_t reading[2] = {-1, -1};
  FetchItem::Kind guessing = FetchItem::Kind::none;  // the server's content waits for its first bytes
  uint8_t guess_length = 0;
  uint8_t guess[guess_bytes_max];
  std::array<Content, contents_max + 1> contents;  // the last: the client's
  uint32_t turn = 0;

  Mechanism mechanism = Mechanism::other;
  unsigned credential_line = 0;
  uint64_t client_next = 0;  // stream offset of the client's first byte not consumed
  Current current;
  std::array<Outstanding, outstanding_max> outstanding;  // oldest first
  unsigned outstanding_count = 0;
  KeptText<tag_bytes_max> tag;
  KeptText<user_bytes_max> user;
  KeptText<banner_bytes_max> banner;  // emptied when told
  Scanner scanners[2];
};
inline constexpr size_t session_bytes = 2048;  // README.md states it
static_assert(sizeof(Session) <= session_bytes);

uint64_t hash_of(Bytes text);

// transaction.cpp
void begin_command(Session& session, Bytes name, uint64_t offset, Sink& sink);
void observe_user(Session& session, TxId tx, Bytes name, uint64_t offset, Sink& sink);
Outstanding* find_outstanding(Session& session, uint64_t tag_hash);
// The oldest command that FETCH responses may answer; nullptr when none waits.
Outstanding* oldest_fetch(Session& session);
void end_outstanding(Session& session, Outstanding& command, Completeness completeness, Sink& sink);
// The transaction of mail `number` of the FETCH response being read.
TxId transaction_of_mail(Session& session, uint32_t number, Sink& sink);
// Ends a transaction, or has it end with the content that is open in it.
void release_transaction(Session& session, TxId tx, Completeness completeness, Sink& sink);
void end_direction(Session& session, const Input& input, Sink& sink);
void take_gap(Session& session, const Input& input, Sink& sink);

// content.cpp
struct ContentStart {
  Direction direction;
  FetchItem::Kind kind;
  bool top;
  bool partial;
  bool whole_header;
  uint64_t origin;
  uint64_t key;
  uint64_t size;       // of this piece; body_length_unknown where it is not known before its end
  uint32_t requested;  // 0: all
  TxId tx;
};
void begin_content(Session& session, const ContentStart& start, uint64_t offset, Sink& sink);
void feed_content(Session& session, Direction direction, Bytes bytes, Sink& sink);
void gap_content(Session& session, Direction direction, uint64_t missing, Sink& sink);
// The piece is over; the content may go on with a later one.
void end_piece(Session& session, Direction direction, uint64_t offset, Sink& sink);
// The response is over: headers have no text in it.
void end_headers(Session& session, uint64_t offset, Sink& sink);
// No further piece is coming (server's line boundary).
void end_idle_contents(Session& session, uint64_t offset, Sink& sink);
// The connection is over.
void end_contents(Session& session, uint64_t offset, Sink& sink);
// True: some content is open in `tx`, and will release it.
bool leave_tx_to_content(Session& session, TxId tx);

// client.cpp, server.cpp: consume `in`; `offset` is that of in[0].
size_t read_client(Session& session, Bytes in, uint64_t offset, Sink& sink);
size_t read_server(Session& session, Bytes in, uint64_t offset, Sink& sink);

}  // namespace sekisho::imap
