// SPDX-License-Identifier: Apache-2.0
// The state machine of HTTP/2, alive for one call of parse. http2.cpp reads frames, header_blocks.cpp puts header blocks together,
// messages.cpp says what their fields mean, recovery.cpp what happens when the stream is not what it should be.
#pragma once

#include "dataplane/protocols/http2/connection.h"
#include "dataplane/protocols/http2/frame.h"

namespace sekisho::http2 {

struct HeaderBlock;
struct FieldRoom;
class MessageFields;

// Steps consume from the front of `rest_`; they return false when they need more bytes to go on.
class Parser {
 public:
  Parser(Connection& connection, const Input& input, Sink& sink)
      : connection_(connection), sink_(sink), input_(input), rest_(input.bytes), offset_(input.offset),
        client_(input.direction == Direction::client_to_server), side_(connection.sides[index_of(input.direction)]) {}

  ParseResult run();

 private:
  // http2.cpp
  bool step();
  bool step_start();
  bool step_frame();
  bool step_data();
  bool step_skip();
  bool begin_frame(const FrameHeader& header);
  bool begin_data(const FrameHeader& header);
  bool begin_reset(const FrameHeader& header);
  bool begin_goaway(const FrameHeader& header);
  bool in_skipped_block(const FrameHeader& header);
  void give_data(Bytes bytes);
  void give_tunnelled(Stream& stream, Bytes bytes);
  void count_control_frame();
  void carried();
  void skip(size_t bytes);

  // header_blocks.cpp
  bool step_block();
  bool take_block(size_t bytes, bool whole);
  void read_block(const FrameHeader& first, uint32_t promised, const HeaderBlock& block);
  void pass_over_block(const HeaderBlock& block, FieldRoom& room);

  // messages.cpp
  Stream& open_stream(uint32_t id, Direction first);
  void request(Stream& stream, const HeaderBlock& block, FieldRoom& room, bool ends);
  void response(Stream& stream, const HeaderBlock& block, FieldRoom& room, bool ends);
  void trailers(Stream& stream, const HeaderBlock& block, FieldRoom& room);
  void begin_tunnel(Stream& stream, const MessageFields& fields);
  void end_tunnel(Stream& stream, EndReason reason);
  void end_message(Stream& stream, Direction direction);
  void check_length(Stream& stream, Direction direction);
  void end_stream(Stream& stream, Completeness completeness, BodyEnd bodies);

  // recovery.cpp
  void gap();
  void gap_in_frame(uint64_t missing_bytes);
  void gap_in_tunnels();
  void end();
  bool step_seek();
  void lose_framing();
  void end_streams(BodyEnd bodies);

  void consume(size_t bytes) {
    rest_ = rest_.subspan(bytes);
    offset_ += bytes;
  }
  bool wait_for(size_t bytes) {
    need_ = bytes;
    return false;
  }
  void report(Oddity oddity, TxId tx = no_tx) { connection_.oddities.report(sink_, tx, oddity, offset_); }

  Connection& connection_;
  Sink& sink_;
  const Input& input_;
  Bytes rest_;
  uint64_t offset_;  // of rest_ in its direction's stream
  bool client_;
  Side& side_;
  ParseStatus status_ = ParseStatus::need_more;
  size_t need_ = 0;
};

}  // namespace sekisho::http2
