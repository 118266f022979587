// SPDX-License-Identifier: Apache-2.0
// HTTP/1 (RFC 9112): messages of both directions of a flow, their heads and bodies.
#include <algorithm>
#include <cstring>
#include <new>

#include "dataplane/protocols/http1/ambiguity.h"
#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/doh.h"
#include "dataplane/protocols/http1/file_name.h"
#include "dataplane/protocols/http1/header_fields.h"
#include "dataplane/protocols/http1/parser.h"
#include "dataplane/protocols/http1/probe.h"
#include "dataplane/protocols/http1/scan.h"

namespace sekisho {

namespace http1 {

ParseResult Parser::run() {
  switch (input_.kind) {
    case InputKind::gap: gap(); break;
    case InputKind::end: end(); break;
    default:
      while (!rest_.empty() && status_ == ParseStatus::need_more && !wake_other_ && step()) {
      }
  }
  side_.next_offset = offset_;
  side_.pending = static_cast<uint32_t>(rest_.size());
  return {status_, input_.bytes.size() - rest_.size(), need_, wake_other_};
}

bool Parser::step() {
  switch (side_.at) {
    case At::head: return step_head();
    case At::counted: return step_counted();
    case At::until_close: return step_until_close();
    case At::chunked: return step_chunked();
    case At::seek: return step_seek();
    case At::held: return step_held();
    case At::ignored: consume(rest_.size()); return true;
    case At::handed_off: break;
  }
  return false;
}

bool Parser::step_head() {
  if (side_.searched == 0) {
    size_t empty = 0;  // RFC 9112 2.2: empty lines before a message
    while (empty < rest_.size() && (rest_[empty] == '\r' || rest_[empty] == '\n')) ++empty;
    consume(empty);
    if (rest_.empty()) return true;
    if (!client_ && !check_server_start()) return side_.at != At::head;
  }
  const Bytes window = rest_.first(std::min(rest_.size(), head_bytes_max));
  if (!side_.line_checked) {
    const size_t lf =
        static_cast<size_t>(std::find(window.begin() + side_.searched, window.end(), '\n') - window.begin());
    if (lf != window.size()) {
      const size_t length = lf > 0 && window[lf - 1] == '\r' ? lf - 1 : lf;
      // The start line decides at once where it says that there is no head: HTTP/0.9, garbage, another
      // protocol.
      if (client_ && !check_request_line(as_text(window.first(length)))) return true;
      side_.line_checked = true;
    }
    side_.searched = static_cast<uint32_t>(lf);
  }
  return find_head_end(window);
}

// Looks for the empty line from where the last call stopped: linear however the bytes arrive.
bool Parser::find_head_end(Bytes window) {
  const size_t at = find_empty_line(as_text(window), side_.searched);
  const size_t cr = at + 1 < window.size() && window[at + 1] == '\r' ? 1 : 0;
  if (at + 1 + cr < window.size()) {
    whole_head(window.first(at + 2 + cr));
    return true;
  }
  side_.searched = static_cast<uint32_t>(at);
  if (window.size() < head_bytes_max) return false;
  report(Oddity::head_too_long, offset_);
  cut_head();
  give_up();
  return false;
}

void Parser::whole_head(Bytes head) {
  side_.searched = 0;
  side_.line_checked = false;
  client_ ? request_head(head, HeadPart::whole) : response_head(head, HeadPart::whole);
}

// ---- bodies ----

namespace {
BodyMeta meta_of(const Head& head, Direction direction) {
  BodyMeta meta;
  const bool request = direction == Direction::client_to_server;
  meta.carrier = request ? BodyCarrier::http_request : BodyCarrier::http_response;
  meta.direction = direction;
  declare_media(head, meta);
  return meta;
}
// Content codings are applied first, transfer codings after them.
Codings all_codings(const Head& head) {
  Codings all = head.content_codings;
  for (unsigned i = 0; i < std::min(head.transfer_codings.count, body_encodings_max); ++i)
    all.add(head.transfer_codings.list[i]);
  return all;
}
}  // namespace

// Leaves the side at `head` when there is no body.
void Parser::begin_body(Head& head, const Framing& framing, Bytes name_from_target) {
  side_.body_bytes = 0;
  side_.at = At::head;
  if (framing.length == BodyLength::none) return;
  BodyMeta meta = meta_of(head, input_.direction);
  const Codings codings = all_codings(head);
  if (codings.count > body_encodings_max) report(head, Oddity::too_many_encodings, offset_);
  std::copy(std::begin(codings.list), std::end(codings.list), std::begin(meta.encodings));
  uint8_t name[file_name_bytes_max];
  const size_t name_bytes = disposition_file_name(head.content_disposition, name);
  meta.file_name = name_bytes != 0 ? Bytes(name, name_bytes) : name_from_target;
  if (framing.length == BodyLength::counted) meta.declared_bytes = framing.bytes;
  side_.body = sink_.body_begin(side_.tx, meta, offset_);
  side_.left = framing.bytes;
  side_.chunk = {};
  side_.at = framing.length == BodyLength::counted   ? At::counted
             : framing.length == BodyLength::chunked ? At::chunked
                                                     : At::until_close;
}

void Parser::give_body(Bytes bytes) {
  side_.body_bytes += bytes.size();
  if (side_.body != no_body) sink_.body_data(side_.body, bytes);
  consume(bytes.size());
}

void Parser::end_body(BodyEnd end) {
  if (side_.body != no_body) sink_.body_end(side_.body, end);
  side_.body = no_body;
}

void Parser::end_message(Completeness completeness) {
  client_ ? end_request(completeness) : end_response(completeness);
}

void Parser::tell_readings(const Head& head, uint64_t offset) {
  char words[readings_bytes_max];
  const std::string_view readings = readings_of(head, words);
  if (!readings.empty()) sink_.ambiguous(side_.tx, ambiguous_name, readings, offset);
}

bool Parser::step_counted() {
  if (side_.expects) return settle_expectation();
  if (offset_ >= side_.other_end && await_other_reading()) return false;
  const size_t most = static_cast<size_t>(std::min<uint64_t>(before_other_end().size(), side_.left));
  side_.left -= most;
  give_body(rest_.first(most));
  if (side_.left == 0) {
    end_body(BodyEnd::complete);
    end_message(Completeness::complete);
  }
  return true;
}

bool Parser::step_until_close() {
  give_body(rest_);
  return true;
}

bool Parser::step_chunked() {
  using Event = ChunkStep::Event;
  if (offset_ >= side_.other_end && await_other_reading()) return false;
  const bool first = side_.chunk.first;
  const Bytes window = before_other_end();
  const ChunkStep chunk = next_chunk_step(side_.chunk, window);
  const uint64_t at = offset_ + chunk.consumed;
  switch (chunk.event) {
    case Event::more: {
      const bool is_all = window.size() == rest_.size();
      consume(chunk.consumed);
      if (is_all) return false;
      return offset_ >= side_.other_end || !await_other_reading();  // else a line goes on behind that end
    }
    case Event::data: give_body(chunk.bytes); return true;
    case Event::odd: report(chunk.oddity, at); break;
    case Event::go_on: break;
    case Event::trailer: {
      Head head;
      head.direction = input_.direction;
      FieldScratch unused;
      read_trailer_line(chunk.bytes, offset_, {sink_, side_.tx, head, unused});
      break;
    }
    case Event::end:
      consume(chunk.consumed);
      end_body(BodyEnd::complete);
      end_message(Completeness::complete);
      return true;
    case Event::broken:
      report(chunk.oddity, at);
      if (!client_ && first &&
          chunk.oddity == Oddity::chunk_invalid) {  // not chunked at all: what it is comes through
        side_.at = At::until_close;
        return true;
      }
      if (go_on_by_other_reading()) return true;
      give_up();
      return false;
  }
  consume(chunk.consumed);
  return true;
}

namespace {

void init(void* state, Transport) { new (state) Session; }

ParseResult parse(void* state, const Input& input, Sink& sink) {
  return Parser(*static_cast<Session*>(state), input, sink).run();
}

}  // namespace

}  // namespace http1

extern const Protocol http1_protocol;
const Protocol http1_protocol = {
    .name = "http",
    .over_stream = true,
    .over_datagram = false,
    .usual_ports = {80, 8080, 3128, 8000, 8008, 8888, 81, 591},
    .state_bytes = sizeof(http1::Session),
    .probe = http1::probe,
    .init = http1::init,
    .parse = http1::parse,
};

}  // namespace sekisho
