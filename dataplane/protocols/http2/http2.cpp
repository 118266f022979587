// SPDX-License-Identifier: Apache-2.0
// HTTP/2 (RFC 9113) in clear text: the frames of both directions of a connection.
#include <algorithm>
#include <new>

#include "dataplane/protocols/http1/oddity.h"
#include "dataplane/protocols/http2/parser.h"
#include "dataplane/protocols/http2/probe.h"

namespace sekisho {

namespace http2 {

ParseResult Parser::run() {
  if (input_.continued != no_tx) connection_.upgraded = input_.continued;
  switch (input_.kind) {
    case InputKind::gap: gap(); break;
    case InputKind::end: end(); break;
    default:
      while (!rest_.empty() && status_ == ParseStatus::need_more && step()) {
      }
  }
  return {status_, input_.bytes.size() - rest_.size(), need_, false};
}

bool Parser::step() {
  switch (side_.at) {
    case At::start: return step_start();
    case At::frame: return step_frame();
    case At::data: return step_data();
    case At::skip: return step_skip();
    case At::block: return step_block();
    case At::seek: return step_seek();
    case At::ignored: consume(rest_.size()); break;
  }
  return false;
}

// The client's preface, or the server's SETTINGS, or the middle of a connection whose start nobody saw.
bool Parser::step_start() {
  if (client_) {
    const size_t common = std::min(rest_.size(), preface.size());
    if (as_text(rest_).substr(0, common) == preface.substr(0, common)) {
      if (common < preface.size()) return wait_for(preface.size());
      consume(preface.size());
      connection_.any_frame = connection_.from_start = true;
      side_.at = At::frame;
      return true;
    }
  } else if (!connection_.from_start) {
    if (rest_.size() < frame_header_bytes) return wait_for(frame_header_bytes);
    const FrameHeader header = read_frame_header(rest_);
    connection_.from_start = header.type == settings && !header.has(frame_flag::ack) && is_plausible(header);
  }
  side_.at = !client_ && connection_.from_start ? At::frame : At::seek;
  if (side_.at == At::seek) side_.table.lose();
  return true;
}

void Parser::skip(size_t bytes) {
  side_.left = static_cast<uint32_t>(bytes);
  side_.at = bytes != 0 ? At::skip : At::frame;
}

bool Parser::step_skip() {
  const size_t most = std::min<size_t>(rest_.size(), side_.left);
  consume(most);
  skip(side_.left - most);
  return true;
}

bool Parser::step_frame() {
  if (rest_.size() < frame_header_bytes) return wait_for(frame_header_bytes);
  const FrameHeader header = read_frame_header(rest_);
  connection_.any_frame = true;
  if (side_.skips_block && in_skipped_block(header)) return true;
  if (!is_well_formed(header)) report(Oddity::frame_invalid);
  return begin_frame(header);
}

// CONTINUATION frames of a header block that was given up.
bool Parser::in_skipped_block(const FrameHeader& header) {
  if (header.type != continuation) {
    side_.skips_block = false;
    return false;
  }
  side_.skips_block = !header.has(frame_flag::end_headers);
  consume(frame_header_bytes);
  skip(header.length);
  return true;
}

bool Parser::begin_frame(const FrameHeader& header) {
  switch (header.type) {
    case data: return begin_data(header);
    case headers:
    case push_promise:
      carried();
      side_.at = At::block;
      side_.scanned = 0;
      side_.continuations = 0;
      return true;
    case rst_stream: return begin_reset(header);
    case goaway: return begin_goaway(header);
    case continuation: report(Oddity::continuation_unexpected); break;
    default: break;  // settings, priorities, windows, pings, extensions: nothing of a message
  }
  count_control_frame();
  consume(frame_header_bytes);
  skip(header.length);
  return true;
}

// Frames that cost the sender nothing and the receiver something. What carries a message sets them right.
void Parser::count_control_frame() {
  if (++side_.control_frames <= control_frames_max) return;
  side_.control_frames = 0;
  sink_.anomaly(no_tx, oddity_name(Oddity::control_flood), offset_);
}
void Parser::carried() {
  for (Side& side : connection_.sides) side.control_frames = 0;
}

// ---- DATA ----

bool Parser::begin_data(const FrameHeader& header) {
  const size_t before = frame_header_bytes + (header.has(frame_flag::padded) && header.length != 0 ? 1 : 0);
  if (rest_.size() < before) return wait_for(before);
  const size_t payload = header.total() - before;
  size_t padding = before > frame_header_bytes ? rest_[frame_header_bytes] : 0;
  if (padding > payload) {
    report(Oddity::padding_invalid);
    padding = payload;
  }
  side_.stream = header.stream;
  side_.end_stream = header.has(frame_flag::end_stream);
  side_.padding = static_cast<uint8_t>(std::min<size_t>(padding, UINT8_MAX));
  if (payload == padding && !side_.end_stream) count_control_frame();
  consume(before);
  side_.left = static_cast<uint32_t>(payload - padding);
  side_.at = At::data;
  if (side_.left == 0) give_data({});
  return true;
}

bool Parser::step_data() {
  const size_t most = std::min<size_t>(rest_.size(), side_.left);
  const Bytes bytes = rest_.first(most);
  side_.left -= static_cast<uint32_t>(most);
  consume(most);
  give_data(bytes);
  return true;
}

// Behind the last byte of a frame the message may end: the padding that follows says nothing.
void Parser::give_data(Bytes bytes) {
  if (!bytes.empty()) carried();
  Stream* stream = connection_.streams.find(side_.stream);
  if (stream != nullptr) {
    Message& message = stream->messages[index_of(input_.direction)];
    if (!message.begun || message.ended) {
      connection_.oddities.report(sink_, stream->tx, Oddity::data_unexpected, offset_ - bytes.size());
    } else if (stream->tunnel) {
      give_tunnelled(*stream, bytes);
    } else {
      message.bytes += bytes.size();
      if (message.body != no_body && !bytes.empty()) sink_.body_data(message.body, bytes);
      check_length(*stream, input_.direction);
    }
  }
  if (side_.left != 0) return;
  if (side_.end_stream && stream != nullptr) end_message(*stream, input_.direction);
  skip(side_.padding);
}

// What the client sends before the answer is read as if the tunnel stood: a server may read it so (RFC 9113 8.5).
void Parser::give_tunnelled(Stream& stream, Bytes bytes) {
  if (bytes.empty()) return;
  if (client_ && !stream.messages[index_of(Direction::server_to_client)].begun && !stream.early_told) {
    stream.early_told = true;
    sink_.anomaly(stream.tx, http1::oddity_name(http1::Oddity::early_data), offset_ - bytes.size());
  }
  if (stream.inner != no_inner) sink_.inner_data(stream.inner, input_.direction, bytes);
}

// ---- the end of streams ----

bool Parser::begin_reset(const FrameHeader& header) {
  constexpr size_t code_bytes = 4;
  constexpr uint32_t no_error = 0;
  const size_t need = frame_header_bytes + std::min<size_t>(header.length, code_bytes);
  if (rest_.size() < need) return wait_for(need);
  const uint32_t code = header.length >= code_bytes ? load_be32(&rest_[frame_header_bytes]) : no_error;
  Stream* stream = connection_.streams.find(header.stream);
  if (stream == nullptr) count_control_frame();
  if (stream != nullptr) {
    const bool answered = stream->messages[index_of(Direction::server_to_client)].ended;
    if (client_ && !stream->messages[index_of(Direction::server_to_client)].begun && ++connection_.resets > rapid_resets_max) {
      connection_.resets = 0;
      sink_.anomaly(stream->tx, oddity_name(Oddity::rapid_reset), offset_);
    }
    sink_.observe_number(stream->tx, Field::http_http2_error, code, offset_);
    // A server that has answered need not read the rest of the request (RFC 9113 8.1).
    const bool whole = !client_ && answered && code == no_error;
    end_stream(*stream, whole ? Completeness::complete : Completeness::incomplete, whole ? BodyEnd::truncated : BodyEnd::aborted);
  }
  consume(need);
  skip(header.total() - need);
  return true;
}

// Streams of the other side above the id that it names were never looked at.
bool Parser::begin_goaway(const FrameHeader& header) {
  constexpr size_t fixed_bytes = 8;
  const size_t need = frame_header_bytes + std::min<size_t>(header.length, fixed_bytes);
  if (rest_.size() < need) return wait_for(need);
  count_control_frame();
  if (header.length >= fixed_bytes) {
    constexpr uint32_t stream_mask = 0x7fffffff;
    const uint32_t last = load_be32(&rest_[frame_header_bytes]) & stream_mask;
    const uint32_t code = load_be32(&rest_[frame_header_bytes + 4]);
    const uint32_t parity = client_ ? 0 : 1;
    connection_.streams.each([&](Stream& stream) {
      if (stream.id % 2 != parity || stream.id <= last) return;
      sink_.observe_number(stream.tx, Field::http_http2_error, code, offset_);
      end_stream(stream, Completeness::incomplete, BodyEnd::aborted);
    });
  }
  consume(need);
  skip(header.total() - need);
  return true;
}

namespace {

void init(void* state, Transport) { new (state) Connection; }

ParseResult parse(void* state, const Input& input, Sink& sink) {
  return Parser(*static_cast<Connection*>(state), input, sink).run();
}

}  // namespace

}  // namespace http2

extern const Protocol http2_protocol;
const Protocol http2_protocol = {
    .name = "http2",
    .over_stream = true,
    .over_datagram = false,
    .usual_ports = {80, 8080, 50051},
    .state_bytes = sizeof(http2::Connection),
    .probe = http2::probe,
    .init = http2::init,
    .parse = http2::parse,
};

}  // namespace sekisho
