// SPDX-License-Identifier: Apache-2.0
// The client's side: commands token by token, the lines of AUTHENTICATE, mails in APPEND.
#include <algorithm>

#include "dataplane/protocols/imap/session.h"

namespace sekisho::imap {

namespace {

constexpr Direction c2s = Direction::client_to_server;

class ClientReader {
 public:
  ClientReader(Session& session, Sink& sink)
      : session_(session), sink_(sink), scanner_(session.scanners[0]) {}

  void atom(Bytes text, uint64_t offset) {
    if (text.size() == 1 && (text[0] == '(' || text[0] == ')')) return;
    token(text, offset);
  }
  void quoted(Bytes piece, bool first, bool, uint64_t offset) {
    if (first) token(piece, offset);  // a name that is longer is cut
  }
  void literal_malformed(uint64_t offset) {
    sink_.anomaly(session_.current.tx, "imap.literal_malformed", offset);
  }

  LiteralUse literal_begin(uint64_t size, uint64_t offset) {
    const Current& current = session_.current;
    if (current.tx == no_tx) return LiteralUse::skip;
    if (current.verb == Verb::login && current.index == 2) return LiteralUse::collect;
    const unsigned mailbox = mailbox_index();
    if (mailbox == 0) return LiteralUse::skip;
    if (current.index == mailbox) return LiteralUse::collect;
    const bool carries_mail = current.verb == Verb::append || current.verb == Verb::replace;
    if (!carries_mail || current.index < mailbox) return LiteralUse::skip;
    begin_mail(size, offset);
    return LiteralUse::stream;
  }
  void literal_data(Bytes bytes) { feed_content(session_, c2s, bytes, sink_); }
  void literal_end(Bytes text, uint64_t offset) {
    if (session_.reading[0] >= 0) {
      end_piece(session_, c2s, offset, sink_);
      ++session_.current.index;
      return;
    }
    token(text, offset - text.size());
  }

  void text_line(Bytes text, uint64_t offset) {
    if (!session_.in_credentials) return;
    if (as_text(text) == "*") {
      session_.in_credentials = false;
    } else {
      take_credentials(text, offset);
    }
  }

  void line_end(uint64_t) {
    const Current finished = session_.current;
    session_.current = {};
    if (finished.verb == Verb::login) scanner_.wipe();
    if (session_.in_credentials) return scanner_.read_text();
    if (finished.verb == Verb::idle) session_.idling = true;
    if (finished.index == 1 && session_.idling && finished.tag_hash == hash_of(as_bytes("DONE")))
      session_.idling = false;
    // Nobody will say whether the server agreed: what follows cannot be read either way.
    if (finished.verb == Verb::compress && !session_.server_seen) {
      session_.compressed = true;
      scanner_.stop();
    }
  }

 private:
  void token(Bytes text, uint64_t offset) {
    Current& current = session_.current;
    switch (current.index) {
      case 0:
        session_.tag.set(text, offset);
        current.tag_hash = hash_of(text);
        ++current.index;
        return;
      case 1: return on_name(text, offset);
      default: on_argument(text, offset); ++current.index;
    }
  }

  void on_name(Bytes name, uint64_t offset) {
    Current& current = session_.current;
    current.verb = parse_verb(name);
    if (current.verb == Verb::uid && !current.uid) {  // the next word is the command
      current.uid = true;
      return;
    }
    ++current.index;
    if (session_.starttls_pending && !session_.injection_told) {
      sink_.anomaly(no_tx, "imap.starttls_injection", offset);
      session_.injection_told = true;
    }
    begin_command(session_, name, offset, sink_);
    if (current.verb == Verb::starttls) {
      sink_.observe_number(current.tx, Field::imap_starttls, 1, offset);
      session_.starttls_pending = true;
      session_.injection_told = false;
    }
  }

  unsigned mailbox_index() const {
    switch (session_.current.verb) {
      case Verb::select:
      case Verb::append: return 2;
      case Verb::replace: return 3;
      default: return 0;
    }
  }

  void on_argument(Bytes text, uint64_t offset) {
    Current& current = session_.current;
    if (current.tx == no_tx) return;  // answered already
    const bool first = current.index == 2;
    if (current.index == mailbox_index()) sink_.observe(current.tx, Field::imap_mailbox, text, offset);
    switch (current.verb) {
      case Verb::login:
        if (first) observe_user(session_, current.tx, text, offset, sink_);
        break;
      case Verb::authenticate:
        if (first) begin_authenticate(text, offset);
        if (current.index == 3 && as_text(text) != "=") take_credentials(text, offset);
        break;
      case Verb::compress:
        if (first) sink_.observe_number(current.tx, Field::imap_compress, 1, offset);
        break;
      case Verb::fetch:
        if (Outstanding* command = find_outstanding(session_, current.tag_hash); command != nullptr) {
          const uint64_t requested = requested_bytes(text);
          if (requested != 0)
            command->requested = static_cast<uint32_t>(std::min<uint64_t>(requested, UINT32_MAX));
        }
        break;
      default: break;
    }
  }

  void begin_authenticate(Bytes mechanism, uint64_t offset) {
    sink_.observe(session_.current.tx, Field::imap_auth_mechanism, mechanism, offset);
    session_.mechanism = parse_mechanism(mechanism);
    session_.credential_line = 0;
    session_.in_credentials = true;
  }

  void take_credentials(Bytes line, uint64_t offset) {
    uint8_t user[user_bytes_max];
    const size_t length = credential_user(session_.mechanism, session_.credential_line, line, user);
    observe_user(session_, authenticating(), {user, length}, offset, sink_);
    ++session_.credential_line;
    scanner_.wipe();
    const unsigned lines = credential_lines(session_.mechanism);
    if (lines != 0 && session_.credential_line >= lines) session_.in_credentials = false;
  }

  TxId authenticating() const {
    for (unsigned i = session_.outstanding_count; i-- > 0;)
      if (session_.outstanding[i].verb == Verb::authenticate) return session_.outstanding[i].tx;
    return no_tx;
  }

  // The first mail of an APPEND is in its transaction, further ones (RFC 3502) in the same: they are one
  // upload.
  void begin_mail(uint64_t size, uint64_t offset) {
    ContentStart start{};
    start.direction = c2s;
    start.kind = FetchItem::Kind::whole;
    start.top = true;
    start.size = size;
    start.tx = session_.current.tx;
    if (!session_.user.empty())
      sink_.observe(start.tx, Field::imap_user, session_.user.view(), session_.user.offset);
    begin_content(session_, start, offset, sink_);
  }

  Session& session_;
  Sink& sink_;
  Scanner& scanner_;
};

// RFC 8446 5.1: a handshake record. A client that does not wait for the reply to STARTTLS, or whose server is
// not in the capture.
void hand_off_early(Session& session, uint64_t offset, Sink& sink) {
  session.handed_off = true;
  sink.handoff(c2s, offset, HandoffHint::tls);
  if (!session.server_seen) sink.handoff(Direction::server_to_client, 0, HandoffHint::tls);
}

}  // namespace

size_t read_client(Session& session, Bytes in, uint64_t offset, Sink& sink) {
  ClientReader reader(session, sink);
  Scanner& scanner = session.scanners[0];
  if (session.handed_off || session.compressed) return 0;
  size_t at = 0;
  while (at < in.size() && !scanner.stopped()) {
    if (session.starttls_pending && session.current.index == 0 && scanner.between_tokens() &&
        in[at] == 0x16) {
      hand_off_early(session, offset + at, sink);
      break;
    }
    // Line by line while TLS may begin behind one.
    Bytes piece = in.subspan(at);
    if (session.starttls_pending) {
      const auto lf = std::find(piece.begin(), piece.end(), uint8_t{'\n'});
      if (lf != piece.end()) piece = piece.first(static_cast<size_t>(lf - piece.begin()) + 1);
    }
    at += scanner.feed(piece, offset + at, reader);
    session.client_next = offset + at;
  }
  return at;
}

}  // namespace sekisho::imap
