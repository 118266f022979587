// SPDX-License-Identifier: Apache-2.0
// Mails and parts as bodies: from one literal, from a header and its text, or from pieces that several
// commands fetch.
#include <algorithm>
#include <cstring>

#include "dataplane/protocols/imap/guess.h"
#include "dataplane/protocols/imap/session.h"

namespace sekisho::imap {

namespace {

using Kind = FetchItem::Kind;

void close(Session& session, Content& content, BodyEnd end, uint64_t offset, Sink& sink) {
  if (!content.open) return;
  content.open = false;
  if (content.body != no_body) sink.body_end(content.body, end);
  sink.observe_number(content.tx, Field::imap_message_bytes, content.bytes, offset);
  if (!content.ends_tx) return;
  content.ends_tx = false;
  release_transaction(session, content.tx,
                      end == BodyEnd::complete ? Completeness::complete : Completeness::incomplete, sink);
}

// The content that this literal goes on with; nullptr: it begins one.
Content* find_continued(Session& session, const ContentStart& start) {
  if (start.direction == Direction::client_to_server) return nullptr;
  for (unsigned i = 0; i < contents_max; ++i) {
    Content& content = session.contents[i];
    if (!content.open || content.key != start.key) continue;
    if (content.header && (start.kind == Kind::text || start.kind == Kind::part) && start.origin == 0)
      return &content;
    if (content.piece && start.partial && start.origin == content.next) return &content;
  }
  return nullptr;
}

Content& take_slot(Session& session, Direction direction, uint64_t offset, Sink& sink) {
  Content* slot = &session.contents[contents_max];
  if (direction == Direction::server_to_client) {
    slot = &session.contents[0];
    for (unsigned i = 1; i < contents_max; ++i) {
      Content& other = session.contents[i];
      if (slot->open && (!other.open || other.turn < slot->turn)) slot = &other;
    }
  }
  close(session, *slot, BodyEnd::truncated, offset, sink);
  return *slot;
}

void open(Session& session, Content& content, const ContentStart& start, uint64_t offset, Sink& sink) {
  const bool binary = start.kind == Kind::binary;
  const bool mail =
      start.top && (start.kind == Kind::whole || start.kind == Kind::header || start.kind == Kind::text);
  BodyMeta meta;
  meta.carrier = mail ? BodyCarrier::mail_message : BodyCarrier::mail_part;
  meta.media = binary ? BodyMedia::opaque : BodyMedia::mail_message;
  meta.direction = start.direction;
  if (binary && !start.partial) meta.declared_bytes = start.size;
  content = {};
  content.key = start.key;
  content.tx = start.tx;
  content.body = sink.body_begin(start.tx, meta, offset);
  content.open = true;
  if (start.kind == Kind::part || start.kind == Kind::text) {
    session.guessing = start.kind;
    session.guess_length = 0;
  }
  if (start.origin == 0) return;  // else what comes before it was not seen
  session.guessing = Kind::none;
  if (content.body != no_body) sink.body_gap(content.body, start.origin);
}

// What was held back to guess the header from, with that header before it.
void end_guess(Session& session, Content& content, Sink& sink) {
  if (session.guessing == Kind::none) return;
  char header[guessed_header_bytes_max];
  const Bytes start(session.guess, session.guess_length);
  const size_t length = guess_header(session.guessing, start, header);
  session.guessing = Kind::none;
  if (content.body == no_body) return;
  sink.body_data(content.body, as_bytes(std::string_view(header, length)));
  if (!start.empty()) sink.body_data(content.body, start);
}

}  // namespace

void begin_content(Session& session, const ContentStart& start, uint64_t offset, Sink& sink) {
  Content* content = find_continued(session, start);
  if (content == nullptr) {
    content = &take_slot(session, start.direction, offset, sink);
    open(session, *content, start, offset, sink);
  }
  content->turn = ++session.turn;
  content->next = start.origin;
  content->piece_bytes = 0;
  content->reading = true;
  content->requested = start.requested;
  content->header = start.whole_header && !start.partial;
  content->piece = start.partial;
  session.reading[index_of(start.direction)] = static_cast<int8_t>(content - session.contents.data());
}

void feed_content(Session& session, Direction direction, Bytes bytes, Sink& sink) {
  const int8_t index = session.reading[index_of(direction)];
  if (index < 0) return;
  Content& content = session.contents[static_cast<size_t>(index)];
  content.bytes += bytes.size();
  content.piece_bytes += bytes.size();
  content.next += bytes.size();
  if (direction == Direction::server_to_client && session.guessing != Kind::none) {
    const size_t kept = std::min(bytes.size(), guess_bytes_max - session.guess_length);
    std::memcpy(session.guess + session.guess_length, bytes.data(), kept);
    session.guess_length = static_cast<uint8_t>(session.guess_length + kept);
    bytes = bytes.subspan(kept);
    if (session.guess_length < guess_bytes_max) return;
    end_guess(session, content, sink);
  }
  if (content.body != no_body && !bytes.empty()) sink.body_data(content.body, bytes);
}

void gap_content(Session& session, Direction direction, uint64_t missing, Sink& sink) {
  const int8_t index = session.reading[index_of(direction)];
  if (index < 0) return;
  Content& content = session.contents[static_cast<size_t>(index)];
  if (direction == Direction::server_to_client) end_guess(session, content, sink);
  content.piece_bytes += missing;
  content.next += missing;
  if (content.body != no_body) sink.body_gap(content.body, missing);
}

void end_piece(Session& session, Direction direction, uint64_t offset, Sink& sink) {
  int8_t& index = session.reading[index_of(direction)];
  if (index < 0) return;
  Content& content = session.contents[static_cast<size_t>(index)];
  index = -1;
  content.reading = false;
  if (direction == Direction::server_to_client) end_guess(session, content, sink);
  // A server that gives less than was asked for has given the end.
  if (content.requested != 0 && content.piece_bytes < content.requested) content.piece = false;
  if (!content.header && !content.piece) close(session, content, BodyEnd::complete, offset, sink);
}

void end_headers(Session& session, uint64_t offset, Sink& sink) {
  for (Content& content : session.contents)
    if (content.open && content.header) close(session, content, BodyEnd::complete, offset, sink);
}

void end_idle_contents(Session& session, uint64_t offset, Sink& sink) {
  for (Content& content : session.contents)
    if (content.piece) close(session, content, BodyEnd::complete, offset, sink);
}

void end_contents(Session& session, uint64_t offset, Sink& sink) {
  const int8_t read = session.reading[index_of(Direction::server_to_client)];
  if (read >= 0) end_guess(session, session.contents[static_cast<size_t>(read)], sink);
  session.reading[0] = session.reading[1] = -1;
  // What only waits for a next piece may be all there is.
  for (Content& content : session.contents)
    close(session, content, content.reading ? BodyEnd::truncated : BodyEnd::complete, offset, sink);
}

bool leave_tx_to_content(Session& session, TxId tx) {
  for (Content& content : session.contents)
    if (content.open && content.tx == tx) return content.ends_tx = true;
  return false;
}

}  // namespace sekisho::imap
