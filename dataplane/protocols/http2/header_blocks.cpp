// SPDX-License-Identifier: Apache-2.0
// Header blocks: waits until all frames of one are there, and takes the block out of them (RFC 9113 4.3, 6.2, 6.6, 6.10).
#include <algorithm>

#include "dataplane/protocols/http2/header_block.h"
#include "dataplane/protocols/http2/hpack.h"
#include "dataplane/protocols/http2/parser.h"

namespace sekisho::http2 {

namespace {

// What of a HEADERS or PUSH_PROMISE frame is not the block's.
struct Opening {
  size_t before = 0;  // from the payload's front
  size_t behind = 0;  // padding
  uint32_t promised = 0;
  bool valid = true;
};
Opening read_opening(const FrameHeader& header, Bytes payload) {
  constexpr size_t priority_bytes = 5, promised_bytes = 4;
  Opening opening;
  if (header.has(frame_flag::padded) && !payload.empty()) {
    opening.behind = payload[0];
    opening.before = 1;
  }
  if (header.type == headers && header.has(frame_flag::priority)) opening.before += priority_bytes;
  if (header.type == push_promise) {
    if (payload.size() >= opening.before + promised_bytes) opening.promised = load_be32(&payload[opening.before]) & 0x7fffffff;
    opening.before += promised_bytes;
  }
  opening.valid = opening.before + opening.behind <= payload.size();
  if (!opening.valid) {
    opening.before = std::min(opening.before, payload.size());
    opening.behind = 0;
  }
  return opening;
}

// Copies the fragments behind the first one after it.
class Joiner {
 public:
  void add(HeaderBlock& block, Bytes fragment, uint64_t offset) {
    if (block.fragment_count == 0) {
      block.bytes = fragment;
    } else {
      if (block.fragment_count == 1) put(block.bytes);
      put(fragment);
      block.bytes = {bytes_.data(), used_};
    }
    block.fragments[block.fragment_count++] = {block.bytes.size() - fragment.size(), offset};
  }

 private:
  void put(Bytes fragment) {
    std::copy(fragment.begin(), fragment.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += fragment.size();
  }
  std::array<uint8_t, header_block_bytes_max> bytes_;
  size_t used_ = 0;
};

}  // namespace

// `scanned` bytes in front are whole frames of the block; the next frame header decides how it goes on. Each is looked at once.
bool Parser::step_block() {
  for (;;) {
    const size_t at = side_.scanned;
    if (at + frame_header_bytes > header_block_bytes_max) {
      report(Oddity::header_block_too_long);
      return take_block(at, false);
    }
    if (rest_.size() < at + frame_header_bytes) return wait_for(at + frame_header_bytes);
    const FrameHeader header = read_frame_header(rest_.subspan(at));
    if (at != 0 && (header.type != continuation || header.stream != read_frame_header(rest_).stream)) {
      report(Oddity::block_interrupted);
      return take_block(at, false);
    }
    if (at != 0 && side_.continuations == continuations_max) {
      report(Oddity::continuation_flood);
      return take_block(at, false);
    }
    const size_t end = at + header.total();
    if (end > header_block_bytes_max) {
      if (rest_.size() < header_block_bytes_max) return wait_for(header_block_bytes_max);
      report(Oddity::header_block_too_long);
      return take_block(header_block_bytes_max, false);
    }
    if (rest_.size() < end) return wait_for(end);
    side_.scanned = static_cast<uint32_t>(end);
    if (at != 0) ++side_.continuations;
    if (header.has(frame_flag::end_headers)) return take_block(end, true);
  }
}

// Reads the block in the first `bytes` of what is there; with `whole` unset, as far as it came.
bool Parser::take_block(size_t bytes, bool whole) {
  const FrameHeader first = read_frame_header(rest_);
  HeaderBlock block;
  block.whole = whole;
  Joiner joiner;
  uint32_t promised = 0;
  size_t left_of_frame = 0;
  bool ends = whole;
  for (size_t at = 0; at + frame_header_bytes <= bytes;) {
    const FrameHeader header = read_frame_header(rest_.subspan(at));
    const size_t there = std::min<size_t>(header.length, bytes - at - frame_header_bytes);
    Bytes payload = rest_.subspan(at + frame_header_bytes, there);
    uint64_t offset = offset_ + at + frame_header_bytes;
    if (at == 0) {
      const Opening opening = read_opening(header, payload);
      if (!opening.valid && there == header.length) report(Oddity::padding_invalid);
      promised = opening.promised;
      payload = payload.subspan(opening.before, payload.size() - opening.before - opening.behind);
      offset += opening.before;
    }
    joiner.add(block, payload, offset);
    at += frame_header_bytes + there;
    left_of_frame = header.length - there;
    ends = header.has(frame_flag::end_headers);
  }
  read_block(first, promised, block);
  consume(bytes);
  side_.scanned = 0;
  side_.skips_block = !ends;
  if (!whole) side_.table.lose();
  skip(left_of_frame);
  return true;
}

void Parser::read_block(const FrameHeader& first, uint32_t promised, const HeaderBlock& block) {
  FieldRoom room;
  const bool ends = first.type == headers && first.has(frame_flag::end_stream);
  if (first.type == push_promise) {
    if (client_ || promised == 0 || connection_.streams.find(promised) != nullptr) {
      report(Oddity::stream_invalid);
      return pass_over_block(block, room);
    }
    side_.newest = std::max(side_.newest, promised);
    Stream& stream = open_stream(promised, Direction::server_to_client);
    stream.pushed = true;
    return request(stream, block, room, true);
  }
  Stream* stream = connection_.streams.find(first.stream);
  if (stream != nullptr) {
    const Message& message = stream->messages[index_of(input_.direction)];
    if (message.ended) {
      report(Oddity::stream_invalid, stream->tx);
      return pass_over_block(block, room);
    }
    if (message.begun) {
      trailers(*stream, block, room);
      if (ends) end_message(*stream, input_.direction);
    } else {
      client_ ? request(*stream, block, room, ends) : response(*stream, block, room, ends);
    }
    return;
  }
  if (client_) {
    if (first.stream % 2 == 0 || first.stream <= side_.newest) report(Oddity::stream_invalid);
    side_.newest = std::max(side_.newest, first.stream);
    if (first.stream == 0) return pass_over_block(block, room);
    return request(open_stream(first.stream, input_.direction), block, room, ends);
  }
  // A response to a stream that has ended (the client reset it) says nothing; one to a request that nobody saw is read.
  const uint32_t newest = connection_.sides[index_of(first.stream % 2 == 0 ? Direction::server_to_client : Direction::client_to_server)].newest;
  if (first.stream == 0 || first.stream <= newest) return pass_over_block(block, room);
  response(open_stream(first.stream, input_.direction), block, room, ends);
}

// Only for the header table's sake.
void Parser::pass_over_block(const HeaderBlock& block, FieldRoom& room) {
  BlockReader reader(side_.table, block.bytes, room);
  DecodedField field;
  BlockReader::Step step = BlockReader::Step::field;
  while (step == BlockReader::Step::field) {
    room.used = 0;
    step = reader.next(field);
  }
  if (step == BlockReader::Step::broken) {
    if (block.whole) report(Oddity::hpack_invalid);
    side_.table.lose();
  }
}

}  // namespace sekisho::http2
