// SPDX-License-Identifier: Apache-2.0
// What the server's side of HTTP/1 does: which request a response answers, what body it has, and where tunnels begin.
#include <algorithm>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/header_fields.h"
#include "dataplane/protocols/http1/parser.h"

namespace sekisho::http1 {

// A response that does not begin with "HTTP/" is junk before one that does, or the bare body of HTTP/0.9; where no request waits
// it is garbage. Decided by the first nine bytes, however they arrive. False: there is no head to read here (yet).
bool Parser::check_server_start() {
  constexpr size_t junk_max = 4, start_bytes = 5;
  const std::string_view text = as_text(rest_);
  if (starts_with_ignore_case(text, "HTTP/") || text.starts_with("ICY ")) return true;
  if (text.size() < junk_max + start_bytes && input_.kind == InputKind::data) {
    need_ = junk_max + start_bytes;
    return false;
  }
  for (size_t junk = 1; junk <= junk_max && junk < text.size(); ++junk) {
    if (!starts_with_ignore_case(text.substr(junk), "HTTP/")) continue;
    sink_.anomaly(session_.open.empty() ? no_tx : session_.open.front().tx, oddity_name(Oddity::leading_junk), offset_);
    consume(junk);
    return true;
  }
  session_.open.empty() ? seek() : begin_bare_body();
  return false;
}

void Parser::response_head(Bytes head_bytes, HeadPart part) {
  const std::string_view text = as_text(head_bytes);
  const size_t lf = std::min(text.find('\n'), text.size());
  const bool cr = lf > 0 && text[lf - 1] == '\r';
  const StatusLine line = parse_status_line(text.substr(0, lf - (cr ? 1 : 0)));
  const uint64_t start = offset_;
  if (line.status >= 100 && line.status < 200 && line.status != 101)
    return interim_head(head_bytes, text.substr(0, lf), line.status);
  take_request();
  if (line.status == 101 && session_.answered.h2c) sink_.tx_repeat(side_.tx);
  Head head;
  head.direction = Direction::server_to_client;
  head.status = line.status;
  FieldScratch scratch;
  const auto where = [&](std::string_view p) { return start + static_cast<uint64_t>(p.data() - text.data()); };
  sink_.observe(side_.tx, Field::http_response_protocol, as_bytes(line.version), where(line.version));
  if (line.status != 0) sink_.observe_number(side_.tx, Field::http_status, line.status, where(line.version));
  if (!line.reason.empty()) sink_.observe(side_.tx, Field::http_reason, as_bytes(line.reason), where(line.reason));
  if (line.odd) report(head, Oddity::status_line_odd, start);
  if (lf < text.size() && !cr) report(head, Oddity::bare_lf, start);
  const size_t fields = std::min(lf + 1, text.size());
  read_fields(head_bytes.subspan(fields), start + fields, {sink_, side_.tx, head, scratch});
  consume(head_bytes.size());
  side_.oddities = {};
  side_.any_message = true;
  side_.skipped = 0;
  if (part != HeadPart::whole) return;
  tell_readings(head, start);
  response_body(head, line);
}

// Interim (RFC 9110 15.2): of the request that waits longest. Its fields (Early Hints: links) are not the
// final response's, but seen.
void Parser::interim_head(Bytes head_bytes, std::string_view line, unsigned status) {
  const OpenRequests& open = session_.open;
  const TxId tx = open.empty() ? no_tx : session_.open.front().tx;
  if (tx != no_tx) {
    sink_.observe_number(tx, Field::http_interim_status, status, offset_);
    Head head;
    head.direction = Direction::server_to_client;
    FieldScratch scratch;
    const size_t fields = std::min(line.size() + 1, head_bytes.size());
    read_lines(head_bytes.subspan(fields), offset_ + fields, {sink_, tx, head, scratch});
  }
  consume(head_bytes.size());
}

namespace {
HandoffHint hint_of(std::string_view upgrade) {
  if (contains_ignore_case(upgrade, "websocket")) return HandoffHint::websocket;
  if (contains_ignore_case(upgrade, "h2c")) return HandoffHint::http2;
  return contains_ignore_case(upgrade, "tls/") ? HandoffHint::tls : HandoffHint::any;
}
// A proxy's own words, for captures that begin after the CONNECT.
bool announces_tunnel(const StatusLine& line, const Head& head) {
  return line.status == 200 && starts_with_ignore_case(line.reason, "connection established") && head.content_lengths == 0;
}
}  // namespace

// RFC 9112 6.3, items 1 to 8.
void Parser::response_body(Head& head, const StatusLine& line) {
  const OpenRequest& request = session_.answered;
  const bool accepted = line.status >= 200 && line.status < 300;
  const uint64_t start = offset_;
  if (request.connect && accepted) {
    if (head.content_lengths + head.transfer_encodings != 0) report(head, Oddity::framing_ambiguous, start);
    observe_proxied();
    return tunnel(HandoffHint::any);
  }
  if (line.status == 101) return tunnel(hint_of(head.upgrade));
  if (side_.lone && announces_tunnel(line, head)) return tunnel(HandoffHint::any);
  Framing framing;
  if (!request.head && line.status != 204 && line.status != 304) {
    framing = frame_response(head, read_version(line.version).minor_number);
    if (framing.ambiguous) report(head, Oddity::framing_ambiguous, start);
  }
  const bool settles = request.connect || request.upgrade;
  begin_body(head, framing, {name_, name_bytes_});
  if (side_.at == At::head) end_message(Completeness::complete);
  if (settles) settle_held();
}

// Whom the response answers: the oldest request that waits; else one whose head is still incomplete; else nobody we know.
void Parser::take_request() {
  OpenRequests& open = session_.open;
  session_.answered = {};
  name_bytes_ = 0;
  while (side_.gap_before && open.count() > 1) {  // responses were lost: this is most likely the newest request's
    sink_.tx_end(open.front().tx, Completeness::incomplete);
    open.pop();
  }
  side_.gap_before = false;
  Side& client = session_.client;
  side_.lone = session_.evicted != 0 || open.empty();
  if (session_.evicted != 0) {
    --session_.evicted;
  } else if (!open.empty()) {
    session_.answered = open.front();
    const Bytes name = open.front_name();
    std::copy(name.begin(), name.end(), name_);
    name_bytes_ = name.size();
    open.pop();
  } else if (client.at == At::head && client.pending != 0 && client.tx == no_tx) {
    client.tx = session_.answered.tx = sink_.tx_begin(Direction::client_to_server);
  }
  side_.tx = session_.answered.tx;
  if (side_.tx != no_tx) return;
  side_.tx = sink_.tx_begin(Direction::server_to_client);
  sink_.anomaly(side_.tx, oddity_name(Oddity::response_without_request), offset_);
}

// HTTP/0.9: no head, the body ends with the connection. Browsers also read a server so that does not speak HTTP at all.
void Parser::begin_bare_body() {
  const bool expected = session_.open.front().simple;
  take_request();
  side_.oddities = {};
  side_.any_message = true;
  Head head;
  head.direction = Direction::server_to_client;
  if (!expected) report(head, Oddity::status_line_odd, offset_);
  begin_body(head, {BodyLength::until_close, 0, false}, {name_, name_bytes_});
}

// Where the tunnel leads, for the rows of what it carries.
void Parser::observe_proxied() {
  const HostPort target = split_port(as_text({name_, name_bytes_}));
  sink_.observe(side_.tx, Field::proxy_protocol, as_bytes("http"), offset_);
  if (name_bytes_ == 0) return;  // longer than what is kept, or its request was not seen
  sink_.observe(side_.tx, Field::proxy_target, as_bytes(target.host), offset_);
  if (const uint16_t port = port_number(target.port); port != 0)
    sink_.observe_number(side_.tx, Field::proxy_target_port, port, offset_);
}

void Parser::tunnel(HandoffHint hint) {
  end_response(Completeness::complete);
  hand_off_server(hint);
  hand_off_client(hint);
}

void Parser::hand_off_server(HandoffHint hint) {
  Side& server = session_.server;
  if (server.at == At::handed_off) return;
  server.at = At::handed_off;
  sink_.handoff(Direction::server_to_client, client_ ? server.next_offset : offset_, hint);
}

// Refused: the client's bytes that were held back are its next request.
void Parser::settle_held() {
  Side& client = session_.client;
  client.hold_after = false;
  if (client.at != At::held) return;
  client.at = At::head;
  wake_other_ = client.pending != 0;
}

void Parser::end_response(Completeness completeness) {
  sink_.observe_number(side_.tx, Field::http_response_body_bytes, side_.body_bytes, offset_);
  if (session_.client.tx == side_.tx) {  // the client has not finished its request
    session_.response_done = true;
  } else {
    sink_.tx_end(side_.tx, session_.answered.cut ? Completeness::incomplete : completeness);
  }
  session_.answered = {};
  side_.tx = no_tx;
  side_.body_bytes = 0;
  side_.at = At::head;
}

// No response will come any more. The request under way ends when the client's side does.
void Parser::end_unanswered() {
  OpenRequests& open = session_.open;
  for (unsigned left = open.count(); left != 0; --left) {
    const OpenRequest request = open.front();
    open.pop();
    if (request.tx == session_.client.tx) {
      open.push(request, {});
    } else {
      sink_.tx_end(request.tx, Completeness::incomplete);
    }
  }
}

}  // namespace sekisho::http1
