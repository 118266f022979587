// SPDX-License-Identifier: Apache-2.0
// Transactions: of commands, and of the mails that a FETCH brings after its first.
#include <algorithm>

#include "dataplane/protocols/imap/session.h"
#include "dataplane/protocols/text_writer.h"

namespace sekisho::imap {

namespace {

void observe_command(TxId tx, Bytes name, uint64_t offset, Sink& sink) {
  char memory[32];
  TextWriter out(memory);
  for (const uint8_t c : name) out.character(static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
  sink.observe(tx, Field::imap_command, out.bytes(), offset);
}

void tell_banner(Session& session, TxId tx, Sink& sink) {
  if (!session.banner.empty())
    sink.observe(tx, Field::imap_banner, session.banner.view(), session.banner.offset);
  session.banner.clear();
}

void tell_user(Session& session, TxId tx, Sink& sink) {
  if (!session.user.empty()) sink.observe(tx, Field::imap_user, session.user.view(), session.user.offset);
}

// Room for one more: without replies in the capture the oldest was answered unseen.
void make_room(Session& session, uint64_t offset, Sink& sink) {
  if (session.outstanding_count < outstanding_max) return;
  Outstanding& oldest = session.outstanding[0];
  if (session.server_seen && !session.pipeline_told) {
    sink.anomaly(oldest.tx, "imap.pipeline_full", offset);
    session.pipeline_told = true;
  }
  end_outstanding(session, oldest, session.server_seen ? Completeness::incomplete : Completeness::complete,
                  sink);
}

}  // namespace

uint64_t hash_of(Bytes text) {  // FNV-1a
  uint64_t hash = 0xcbf29ce484222325;
  for (const uint8_t c : text) hash = (hash ^ c) * 0x100000001b3;
  return hash;
}

void begin_command(Session& session, Bytes name, uint64_t offset, Sink& sink) {
  Current& current = session.current;
  make_room(session, offset, sink);
  current.tx = sink.tx_begin(Direction::client_to_server);
  tell_banner(session, current.tx, sink);
  sink.observe(current.tx, Field::imap_tag, session.tag.view(), session.tag.offset);
  observe_command(current.tx, name, offset, sink);
  Outstanding& command = session.outstanding[session.outstanding_count++];
  command = {};
  command.tag_hash = current.tag_hash;
  command.tx = current.tx;
  command.verb = current.verb;
  if (session.tag.length > short_tag_bytes_max) return;
  command.tag_length = static_cast<uint8_t>(session.tag.length);
  std::copy_n(session.tag.bytes, session.tag.length, command.tag);
}

void observe_user(Session& session, TxId tx, Bytes name, uint64_t offset, Sink& sink) {
  if (name.empty()) return;
  session.user.set(name, offset);
  tell_user(session, tx, sink);
}

Outstanding* find_outstanding(Session& session, uint64_t tag_hash) {
  for (unsigned i = 0; i < session.outstanding_count; ++i)
    if (session.outstanding[i].tag_hash == tag_hash) return &session.outstanding[i];
  return nullptr;
}

Outstanding* oldest_fetch(Session& session) {
  for (unsigned i = 0; i < session.outstanding_count; ++i)
    if (session.outstanding[i].verb == Verb::fetch) return &session.outstanding[i];
  return nullptr;
}

void end_outstanding(Session& session, Outstanding& command, Completeness completeness, Sink& sink) {
  if (session.mail_tx != no_tx && command.verb == Verb::fetch) {
    release_transaction(session, session.mail_tx, completeness, sink);
    session.mail_tx = no_tx;
  }
  release_transaction(session, command.tx, completeness, sink);
  if (session.current.tx == command.tx) session.current.tx = no_tx;
  std::copy(&command + 1, session.outstanding.data() + session.outstanding_count, &command);
  --session.outstanding_count;
}

TxId transaction_of_mail(Session& session, uint32_t number, Sink& sink) {
  Outstanding* const command = oldest_fetch(session);
  if (command != nullptr && (command->mail == 0 || command->mail == number)) {
    if (command->mail == 0) tell_user(session, command->tx, sink);
    command->mail = number;
    return command->tx;
  }
  if (session.mail_tx != no_tx && session.mail == number) return session.mail_tx;
  if (session.mail_tx != no_tx) release_transaction(session, session.mail_tx, Completeness::complete, sink);
  session.mail = number;
  session.mail_tx =
      sink.tx_begin(command == nullptr ? Direction::server_to_client : Direction::client_to_server);
  tell_banner(session, session.mail_tx, sink);
  if (command != nullptr && command->tag_length != 0)
    sink.observe(session.mail_tx, Field::imap_tag, {command->tag, command->tag_length}, 0);
  observe_command(session.mail_tx, as_bytes("FETCH"), 0, sink);
  tell_user(session, session.mail_tx, sink);
  return session.mail_tx;
}

void release_transaction(Session& session, TxId tx, Completeness completeness, Sink& sink) {
  if (tx == no_tx || leave_tx_to_content(session, tx)) return;
  sink.tx_end(tx, completeness);
}

void take_gap(Session& session, const Input& input, Sink& sink) {
  const size_t side = index_of(input.direction);
  Scanner& scanner = session.scanners[side];
  const uint64_t missing = input.bytes.size() + input.gap_bytes;
  const uint64_t inside = scanner.skip(missing);
  if (inside != 0) gap_content(session, input.direction, inside, sink);
  if (input.direction == Direction::client_to_server) session.client_next = input.offset + missing;
  if (inside == missing && !scanner.literal_is_over()) return;
  if (session.reading[side] >= 0) end_piece(session, input.direction, input.offset + inside, sink);
  scanner.lose_line();
  if (input.direction == Direction::client_to_server) {
    session.in_credentials = session.idling = false;
    session.current = {};
  } else {
    session.in_fetch = session.status_line = false;
    session.item_kind = FetchItem::Kind::none;
  }
}

void end_direction(Session& session, const Input& input, Sink& sink) {
  const bool server = input.direction == Direction::server_to_client;
  session.ended[index_of(input.direction)] = true;
  const bool both = session.ended[0] && session.ended[1];
  // The server may still answer a client that has closed its half.
  if (!server && !both && session.server_seen && input.end == EndReason::fin) return;
  end_contents(session, input.offset, sink);
  const Completeness how = session.server_seen ? Completeness::incomplete : Completeness::complete;
  while (session.outstanding_count != 0) end_outstanding(session, session.outstanding[0], how, sink);
  if (session.mail_tx != no_tx) sink.tx_end(session.mail_tx, how);
  session.mail_tx = no_tx;
}

}  // namespace sekisho::imap
