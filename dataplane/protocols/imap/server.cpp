// SPDX-License-Identifier: Apache-2.0
// The server's side: tagged replies matched to commands, FETCH responses with their contents, the greeting.
#include <algorithm>
#include <string_view>
#include <utility>

#include "dataplane/protocols/imap/session.h"

namespace sekisho::imap {

namespace {

constexpr Direction s2c = Direction::server_to_client;
using Kind = FetchItem::Kind;

// RFC 9051 7.1.
bool is_status(Bytes word) {
  constexpr std::string_view names[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"};
  return std::any_of(std::begin(names), std::end(names),
                     [&](std::string_view name) { return equals_ignore_case(as_text(word), name); });
}

// All of `text` as a number that fits 32 bits; 0 where it is none.
uint32_t number_of(Bytes text) {
  uint64_t value = 0;
  if (text.size() > 10) return 0;
  for (const uint8_t c : text) {
    if (c < '0' || c > '9') return 0;
    value = value * 10 + (c - '0');
  }
  return value <= UINT32_MAX ? static_cast<uint32_t>(value) : 0;
}

class ServerReader {
 public:
  ServerReader(Session& session, Sink& sink)
      : session_(session), sink_(sink), scanner_(session.scanners[1]) {}

  void atom(Bytes text, uint64_t offset) {
    if (session_.in_fetch) return on_item(text);
    switch (session_.reply_index++) {
      case 0: return on_first(text, offset);
      case 1: return on_second(text);
      case 2:
        session_.in_fetch =
            session_.untagged && session_.reply_number != 0 && equals_ignore_case(as_text(text), "FETCH");
        return;
      default: return;
    }
  }

  // A short content may come as a quoted string.
  void quoted(Bytes piece, bool first, bool last, uint64_t offset) {
    if (session_.item_kind == Kind::none && session_.reading[1] < 0) return;
    if (first && session_.item_kind != Kind::none) begin(offset, body_length_unknown);
    if (!piece.empty()) feed_content(session_, s2c, piece, sink_);
    if (last) end_piece(session_, s2c, offset + piece.size(), sink_);
  }
  void literal_malformed(uint64_t offset) { sink_.anomaly(no_tx, "imap.literal_malformed", offset); }
  LiteralUse literal_begin(uint64_t size, uint64_t offset) {
    if (session_.item_kind == Kind::none) return LiteralUse::skip;
    begin(offset, size);
    return LiteralUse::stream;
  }
  void literal_data(Bytes bytes) { feed_content(session_, s2c, bytes, sink_); }
  void literal_end(Bytes, uint64_t offset) { end_piece(session_, s2c, offset, sink_); }

  void text_line(Bytes text, uint64_t offset) {
    if (!session_.status_line) return;
    const std::string_view status(session_.status, session_.status_length);
    if (session_.untagged) {
      if (!session_.greeted) session_.banner.set(text, offset);
      session_.greeted = true;
      return;
    }
    session_.greeted = true;
    Outstanding* const found = find_outstanding(session_, session_.reply_tag_hash);
    if (found == nullptr) return;
    sink_.observe(found->tx, Field::imap_status, as_bytes(status), offset);
    sink_.observe(found->tx, Field::imap_response, text, offset);
    // The client offered a literal that the server does not want.
    if (session_.current.tx == found->tx && status != "OK" && session_.scanners[0].cancel_awaited_literal()) {
      if (session_.reading[0] >= 0)
        end_piece(session_, Direction::client_to_server, session_.client_next, sink_);
      session_.current = {};
    }
    completed_ = found->verb;
    agreed_ = status == "OK";
    end_outstanding(session_, *found, Completeness::complete, sink_);
  }

  void line_end(uint64_t offset) {
    end_headers(session_, offset, sink_);
    const Verb completed = std::exchange(completed_, Verb::unknown);
    session_.reply_index = 0;
    session_.untagged = session_.in_fetch = session_.status_line = false;
    session_.reply_number = 0;
    session_.item_kind = Kind::none;
    switch (completed) {
      case Verb::starttls:
        session_.starttls_pending = false;
        if (agreed_) hand_off(offset);
        break;
      case Verb::compress:
        if (!agreed_) break;
        session_.compressed = true;  // RFC 4978 4: from here on
        scanner_.stop();
        break;
      case Verb::authenticate:
        if (session_.in_credentials) session_.scanners[0].start_line();
        session_.in_credentials = false;
        break;
      case Verb::idle: session_.idling = false; break;
      case Verb::select:
      case Verb::closing: pieces_are_over(offset); break;
      default: break;
    }
  }

 private:
  // The client has left the mailbox, or waits for news: it asks for no further piece.
  void pieces_are_over(uint64_t offset) { end_idle_contents(session_, offset, sink_); }

  void on_first(Bytes text, uint64_t offset) {
    session_.server_seen = true;
    session_.untagged = as_text(text) == "*";
    session_.reply_tag_hash = hash_of(text);
    if (as_text(text) != "+") return;
    scanner_.read_text();
    for (unsigned i = 0; i < session_.outstanding_count; ++i)
      if (session_.outstanding[i].verb == Verb::idle) pieces_are_over(offset);
  }

  void on_second(Bytes text) {
    session_.reply_number = number_of(text);
    if (!is_status(text)) return;
    session_.status_line = true;
    session_.status_length = static_cast<uint8_t>(std::min(text.size(), sizeof session_.status));
    for (size_t i = 0; i < session_.status_length; ++i) {
      const uint8_t c = text[i];
      session_.status[i] = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    scanner_.read_text();
  }

  void on_item(Bytes name) {
    const FetchItem item = parse_fetch_item(name);
    session_.item_kind = item.kind;
    session_.item_top = item.top;
    session_.item_partial = item.partial;
    session_.item_origin = item.origin;
    session_.item_whole_header = item.whole_header;
    const uint64_t kind = item.kind == Kind::binary  ? 1
                          : item.kind == Kind::whole ? 2
                          : item.of_message          ? 3
                                                     : 0;
    session_.item_key = hash_of(item.section) + session_.reply_number * 0x9e3779b97f4a7c15 + kind;
  }

  void begin(uint64_t offset, uint64_t size) {
    const Outstanding* const command = oldest_fetch(session_);
    ContentStart start{};
    start.direction = s2c;
    start.kind = session_.item_kind;
    start.top = session_.item_top;
    start.partial = session_.item_partial;
    start.whole_header = session_.item_whole_header;
    start.origin = session_.item_origin;
    start.key = session_.item_key;
    start.size = size;
    start.requested = command == nullptr ? 0 : command->requested;
    start.tx = transaction_of_mail(session_, static_cast<uint32_t>(session_.reply_number), sink_);
    session_.item_kind = Kind::none;
    begin_content(session_, start, offset, sink_);
  }

  void hand_off(uint64_t next) {
    scanner_.stop();
    sink_.handoff(s2c, next, HandoffHint::tls);
    if (!session_.handed_off)
      sink_.handoff(Direction::client_to_server, session_.client_next, HandoffHint::tls);
    session_.handed_off = true;
  }

  Session& session_;
  Sink& sink_;
  Scanner& scanner_;
  Verb completed_ = Verb::unknown;
  bool agreed_ = false;
};

}  // namespace

size_t read_server(Session& session, Bytes in, uint64_t offset, Sink& sink) {
  ServerReader reader(session, sink);
  return session.compressed ? 0 : session.scanners[1].feed(in, offset, reader);
}

}  // namespace sekisho::imap
