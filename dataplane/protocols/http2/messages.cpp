// SPDX-License-Identifier: Apache-2.0
// What the fields of a header block say (RFC 9113 8): requests, responses, trailers; and where messages and streams end.
#include <algorithm>

#include "dataplane/protocols/http1/doh.h"
#include "dataplane/protocols/http1/file_name.h"
#include "dataplane/protocols/http2/header_block.h"
#include "dataplane/protocols/http2/message_fields.h"
#include "dataplane/protocols/http2/parser.h"

namespace sekisho::http2 {

namespace {

constexpr std::string_view version = "HTTP/2";

// A body's length is never known in advance: END_STREAM ends it, whatever Content-Length says.
BodyId begin_body(const http1::Head& head, Direction direction, Bytes name_from_path, const Stream& stream, uint64_t offset, Sink& sink) {
  BodyMeta meta;
  const bool request = direction == Direction::client_to_server;
  meta.carrier = request ? BodyCarrier::http_request : BodyCarrier::http_response;
  meta.direction = direction;
  http1::declare_media(head, meta);
  std::copy(std::begin(head.content_codings.list), std::end(head.content_codings.list), std::begin(meta.encodings));
  uint8_t name[http1::file_name_bytes_max];
  const size_t name_bytes = http1::disposition_file_name(head.content_disposition, name);
  meta.file_name = name_bytes != 0 ? Bytes(name, name_bytes) : name_from_path;
  return sink.body_begin(stream.tx, meta, offset);
}

void take_length(const http1::Head& head, Message& message) {
  message.length_told = head.content_lengths != 0 && head.content_length_valid && !head.content_lengths_differ;
  message.length = head.content_length;
}

}  // namespace

Stream& Parser::open_stream(uint32_t id, Direction first) {
  if (connection_.streams.full()) {
    Stream& oldest = connection_.streams.oldest();
    report(Oddity::too_many_streams, oldest.tx);
    end_stream(oldest, Completeness::incomplete, BodyEnd::truncated);
  }
  Stream& stream = connection_.streams.open(id);
  if (id == 1 && connection_.upgraded != no_tx) {  // RFC 7540 3.2: the request came in HTTP/1
    stream.tx = connection_.upgraded;
    connection_.upgraded = no_tx;
    stream.messages[index_of(Direction::client_to_server)].begun = true;
    stream.messages[index_of(Direction::client_to_server)].ended = true;
    return stream;
  }
  stream.tx = sink_.tx_begin(first);
  if (first == Direction::server_to_client && id % 2 == 1)
    sink_.anomaly(stream.tx, http1::oddity_name(http1::Oddity::response_without_request), offset_);
  return stream;
}

void Parser::request(Stream& stream, const HeaderBlock& block, FieldRoom& room, bool ends) {
  Message& message = stream.messages[index_of(Direction::client_to_server)];
  message.begun = true;
  sink_.observe(stream.tx, Field::http_protocol, as_bytes(version), offset_);
  sink_.observe_number(stream.tx, Field::http_http2_stream, stream.id, offset_);
  MessageFields fields(sink_, stream.tx, Part::request);
  if (!fields.read(side_.table, block, room)) report(Oddity::hpack_invalid, stream.tx);
  if (side_.table.take_overflow()) report(Oddity::header_table_too_large, stream.tx);
  fields.finish_request(offset_);
  const std::string_view method = fields.pseudo(Pseudo::method), path = fields.pseudo(Pseudo::path);
  stream.head = method == "HEAD";
  stream.tunnel = method == "CONNECT";
  uint8_t name[http1::file_name_bytes_max];
  const Bytes file_name(name, http1::target_file_name(path, name));
  if (file_name.size() <= stream.name.size()) {
    stream.name_bytes = static_cast<uint8_t>(file_name.size());
    std::copy(file_name.begin(), file_name.end(), stream.name.begin());
  }
  take_length(fields.head(), message);
  if (stream.tunnel) {
    begin_tunnel(stream, fields);
  } else if (!ends) {
    message.body = begin_body(fields.head(), Direction::client_to_server, file_name, stream, offset_, sink_);
  }
  if (ends) end_message(stream, Direction::client_to_server);
}

void Parser::response(Stream& stream, const HeaderBlock& block, FieldRoom& room, bool ends) {
  constexpr unsigned no_content = 204, not_modified = 304, accepted_max = 299;
  MessageFields fields(sink_, stream.tx, Part::response);
  if (!fields.read(side_.table, block, room)) report(Oddity::hpack_invalid, stream.tx);
  if (side_.table.take_overflow()) report(Oddity::header_table_too_large, stream.tx);
  if (fields.interim() && !ends) return;  // RFC 9110 15.2
  const unsigned status = fields.finish_response(offset_);
  sink_.observe(stream.tx, Field::http_response_protocol, as_bytes(version), offset_);
  Message& message = stream.messages[index_of(Direction::server_to_client)];
  message.begun = true;
  if (connection_.resets > 0) --connection_.resets;
  if (status > accepted_max) end_tunnel(stream, EndReason::reset);
  const bool bare = stream.head || status == no_content || status == not_modified;
  if (!bare) take_length(fields.head(), message);
  message.length_told |= bare;
  if (!ends && !stream.tunnel && !bare)
    message.body = begin_body(fields.head(), Direction::server_to_client, {stream.name.data(), stream.name_bytes}, stream, offset_, sink_);
  if (ends) end_message(stream, Direction::server_to_client);
}

void Parser::trailers(Stream& stream, const HeaderBlock& block, FieldRoom& room) {
  MessageFields fields(sink_, stream.tx, client_ ? Part::request_trailer : Part::response_trailer);
  if (!fields.read(side_.table, block, room)) report(Oddity::hpack_invalid, stream.tx);
  if (side_.table.take_overflow()) report(Oddity::header_table_too_large, stream.tx);
}

// More DATA than Content-Length says is told at once, less at the end. Receivers differ: one that passes the message on as HTTP/1
// makes the rest another message.
void Parser::check_length(Stream& stream, Direction direction) {
  Message& message = stream.messages[index_of(direction)];
  if (!message.length_told || message.length_wrong || stream.tunnel) return;
  if (message.bytes == message.length || (message.bytes < message.length && !message.ended)) return;
  message.length_wrong = true;
  const bool request = direction == Direction::client_to_server;
  const http1::Oddity oddity = request ? http1::Oddity::smuggling : http1::Oddity::framing_ambiguous;
  const uint64_t beyond = message.bytes > message.length ? message.bytes - message.length : 0;
  sink_.anomaly(stream.tx, http1::oddity_name(oddity), offset_ - beyond);
}

void Parser::end_message(Stream& stream, Direction direction) {
  Message& message = stream.messages[index_of(direction)];
  if (!message.begun || message.ended) return;
  message.ended = true;
  check_length(stream, direction);
  if (message.body != no_body) sink_.body_end(message.body, BodyEnd::complete);
  message.body = no_body;
  if (stream.inner != no_inner) sink_.inner_end(stream.inner, direction, EndReason::fin);
  const bool request = direction == Direction::client_to_server;
  sink_.observe_number(stream.tx, request ? Field::http_request_body_bytes : Field::http_response_body_bytes, message.bytes, offset_);
  if (stream.messages[0].ended && stream.messages[1].ended) end_stream(stream, Completeness::complete, BodyEnd::complete);
}

// CONNECT (RFC 9113 8.5), which leads to its :authority, and extended CONNECT (RFC 8441), which ends at the server.
void Parser::begin_tunnel(Stream& stream, const MessageFields& fields) {
  InnerMeta meta;
  const std::string_view protocol = fields.pseudo(Pseudo::protocol), target = fields.head().host;
  if (protocol == "websocket") meta.hint = HandoffHint::websocket;
  if (protocol.empty()) {
    const http1::HostPort split = http1::split_port(target);
    meta.target = as_bytes(split.host);
    meta.target_port = http1::port_number(split.port);
  }
  stream.inner = sink_.inner_begin(stream.tx, meta);
}

// There is none, or no more.
void Parser::end_tunnel(Stream& stream, EndReason reason) {
  if (stream.inner != no_inner)
    for (const Direction direction : {Direction::client_to_server, Direction::server_to_client})
      sink_.inner_end(stream.inner, direction, reason);
  stream.inner = no_inner;
  stream.tunnel = false;
}

void Parser::end_stream(Stream& stream, Completeness completeness, BodyEnd bodies) {
  end_tunnel(stream, bodies == BodyEnd::aborted ? EndReason::reset : EndReason::evicted);
  for (const Direction direction : {Direction::client_to_server, Direction::server_to_client}) {
    Message& message = stream.messages[index_of(direction)];
    if (message.body != no_body) sink_.body_end(message.body, bodies);
    if (!message.begun || message.ended) continue;
    const bool request = direction == Direction::client_to_server;
    sink_.observe_number(stream.tx, request ? Field::http_request_body_bytes : Field::http_response_body_bytes, message.bytes, offset_);
  }
  sink_.tx_end(stream.tx, completeness);
  connection_.streams.close(stream);
}

}  // namespace sekisho::http2
