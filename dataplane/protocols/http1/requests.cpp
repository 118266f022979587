// SPDX-License-Identifier: Apache-2.0
// What the client's side of HTTP/1 does: request heads, the queue of requests that wait, CONNECT and Upgrade
// held back.
#include <algorithm>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/decoded_url.h"
#include "dataplane/protocols/http1/doh.h"
#include "dataplane/protocols/http1/file_name.h"
#include "dataplane/protocols/http1/full_url.h"
#include "dataplane/protocols/http1/header_fields.h"
#include "dataplane/protocols/http1/parser.h"

namespace sekisho::http1 {

// False where no head follows; the line is then dealt with.
bool Parser::check_request_line(std::string_view line) {
  const RequestLine request = parse_request_line(line);
  checked_text_ = line;
  checked_line_ = request;
  if (!request.valid) {
    seek();
  } else if (request.version.empty()) {
    const auto lf = std::find(rest_.begin() + static_cast<std::ptrdiff_t>(line.size()), rest_.end(), '\n');
    whole_head(rest_.first(static_cast<size_t>(lf - rest_.begin()) + 1));
  } else if (request.method == "PRI" && request.target == "*" &&
             read_version(request.version).major_number >= 2) {
    hand_off_client(HandoffHint::http2);  // RFC 9113 3.4, on a connection that began with HTTP/1
    hand_off_server(HandoffHint::http2);
  } else {
    return true;
  }
  return false;
}

void Parser::request_head(Bytes head_bytes, HeadPart part) {
  const std::string_view text = as_text(head_bytes);
  const size_t lf = std::min(text.find('\n'), text.size());
  const bool cr = lf > 0 && text[lf - 1] == '\r';
  const std::string_view line_text = text.substr(0, lf - (cr ? 1 : 0));
  const bool checked = line_text.data() == checked_text_.data() && line_text.size() == checked_text_.size();
  const RequestLine line = checked ? checked_line_ : parse_request_line(line_text);
  const uint64_t start = offset_;
  const bool answered_already = side_.tx != no_tx;  // its response came first and began the transaction
  Head head;
  FieldScratch scratch;
  if (!answered_already) side_.tx = sink_.tx_begin(Direction::client_to_server);
  observe_request_line(line);
  if (line.odd) report(head, Oddity::request_line_odd, start);
  if (line.nul) report(head, Oddity::nul, start);
  if (lf < text.size() && !cr) report(head, Oddity::bare_lf, start);
  if (line.version.empty()) report(head, Oddity::no_version, start);
  const size_t fields = std::min(lf + 1, text.size());
  read_fields(head_bytes.subspan(fields), start + fields, {sink_, side_.tx, head, scratch});
  observe_full_url(line, head, side_.tx, start + static_cast<uint64_t>(line.target.data() - text.data()),
                   sink_);
  consume(head_bytes.size());
  OpenRequest request;
  request.tx = side_.tx;
  request.head = line.method == "HEAD";
  request.connect = line.method == "CONNECT";
  request.upgrade = head.connection_upgrade && !head.upgrade.empty();
  request.h2c = request.upgrade && contains_ignore_case(head.upgrade, "h2c");
  request.simple = line.version.empty();
  uint8_t name[file_name_bytes_max];
  const Bytes name_bytes(name, request.connect ? 0 : target_file_name(line.target, name));
  if (!answered_already) queue_request(request, request.connect ? as_bytes(line.target) : name_bytes);
  side_.oddities = {};
  side_.any_message = true;
  side_.gap_before = false;
  side_.skipped = 0;
  if (part == HeadPart::cut) return;  // the caller ends it
  check_host(line, head, start);
  read_dns_query(line, side_.tx, start, sink_);
  const Framing framing =
      request.simple ? Framing{} : frame_request(head, read_version(line.version).minor_number);
  if (framing.ambiguous) report(head, Oddity::smuggling, start);
  tell_readings(head, start);
  note_other_end(head, framing);
  side_.hold_after = (request.connect || request.upgrade) && !answered_already;
  side_.expects = head.expect_continue;
  begin_body(head, framing, name_bytes);
  if (side_.at == At::head) end_message(Completeness::complete);
  if (request.simple) side_.at = At::ignored;
}

void Parser::observe_request_line(const RequestLine& line) {
  const auto where = [&](std::string_view part) {
    return offset_ + (part.empty() ? 0 : static_cast<uint64_t>(part.data() - as_text(rest_).data()));
  };
  const TxId tx = side_.tx;
  std::string_view target = line.target;
  if (target.size() > target_bytes_max) {
    sink_.anomaly(tx, oddity_name(Oddity::url_too_long), where(target));
    target = target.substr(0, target_bytes_max);
  }
  sink_.observe(tx, Field::http_method, as_bytes(line.method_sent), where(line.method_sent));
  sink_.observe(tx, Field::http_url, as_bytes(target), where(target));
  observe_decoded_url(target, tx, where(target), sink_);
  sink_.observe_number(tx, Field::http_target_form, static_cast<uint64_t>(line.form), where(target));
  if (!line.target_host.empty())
    sink_.observe(tx, Field::http_target_host, as_bytes(line.target_host), where(line.target_host));
  if (line.version.empty()) {
    sink_.observe(tx, Field::http_protocol, as_bytes("HTTP/0.9"), offset_);
  } else {
    sink_.observe(tx, Field::http_protocol, as_bytes(line.version), where(line.version));
  }
}

void Parser::check_host(const RequestLine& line, Head& head, uint64_t start) {
  const bool required = !line.version.empty() && read_version(line.version).minor_number >= 1;
  if (head.hosts == 0 && required) report(head, Oddity::host_missing, start);
  head.host_against_target =
      head.hosts != 0 && !line.target_host.empty() && !same_host(head.host, line.target_host);
  if (head.host_against_target) report(head, Oddity::host_ambiguous, start);
}

void Parser::queue_request(const OpenRequest& request, Bytes name) {
  if (session_.open.full()) {
    report(Oddity::pipeline_full, offset_);
    sink_.tx_end(session_.open.front().tx, Completeness::incomplete);
    session_.open.pop();
    session_.evicted = static_cast<uint16_t>(std::min(session_.evicted + 1, UINT16_MAX));
  }
  session_.open.push(request, name);
}

void Parser::end_request(Completeness completeness) {
  const bool whole = completeness == Completeness::complete;
  sink_.observe_number(side_.tx, Field::http_request_body_bytes, side_.body_bytes, offset_);
  if (session_.response_done) {
    sink_.tx_end(side_.tx, completeness);
  } else if (!whole && !session_.open.empty() && session_.open.back().tx == side_.tx) {
    session_.open.back().cut = true;
  } else if (!whole && session_.answered.tx == side_.tx) {
    session_.answered.cut = true;
  }
  session_.response_done = false;
  side_.tx = no_tx;
  side_.body_bytes = 0;
  side_.at = side_.hold_after ? At::held : At::head;
  side_.hold_after = false;
  if (session_.server.ended) end_unanswered();
  if (session_.tunnel_waits) hand_off_client(session_.tunnel_hint);
}

// A client that asked for 100 Continue and got a final response may go on with its next request instead of
// the body (RFC 9110 10.1.1). Servers disagree on what they read then, so it is said. False: more bytes are
// needed to know.
bool Parser::settle_expectation() {
  constexpr size_t longest_method = 16;
  if (session_.answered.tx != side_.tx && !session_.response_done) {
    side_.expects = false;  // it did not wait
    return true;
  }
  const std::string_view text = as_text(rest_);
  const size_t space = text.find(' ');
  if (space == std::string_view::npos && text.size() < longest_method && is_token(text)) return false;
  side_.expects = false;
  if (!is_known_method(text.substr(0, space))) return true;
  report(Oddity::smuggling, offset_);
  end_body(BodyEnd::truncated);
  end_message(Completeness::complete);
  return true;
}

// Bytes after CONNECT or Upgrade are another protocol's or the next request: the response decides. They stay
// unconsumed.
bool Parser::step_held() {
  const bool connect = !session_.open.empty() && session_.open.back().connect;
  if (connect && !side_.early_data_said)
    sink_.anomaly(session_.open.back().tx, oddity_name(Oddity::early_data), offset_);
  side_.early_data_said = connect;
  if (rest_.size() < held_bytes_max) return false;
  side_.at = At::head;
  if (connect) {
    hand_off_client(HandoffHint::any);
    hand_off_server(HandoffHint::any);
  }
  return true;
}

// At the first byte that no message has consumed; after the message under way, if there is one.
void Parser::hand_off_client(HandoffHint hint) {
  Side& client = session_.client;
  if (client.at == At::handed_off) return;
  session_.tunnel_hint = hint;
  session_.tunnel_waits = client.at == At::counted || client.at == At::chunked;
  if (session_.tunnel_waits) return;
  client.at = At::handed_off;
  sink_.handoff(Direction::client_to_server, client_ ? offset_ : client.next_offset, hint);
}

}  // namespace sekisho::http1
