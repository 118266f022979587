// SPDX-License-Identifier: Apache-2.0
// Holes in the stream, its end, and its middle: how the parser finds frames again.
#include <algorithm>

#include "dataplane/protocols/http2/parser.h"

namespace sekisho::http2 {

// Bytes of DATA or of a frame that says nothing are only missing; a hole that takes a frame header with it takes the framing. Either
// way a lost header block takes the header table: entries that it added would be counted wrong.
void Parser::gap() {
  if (side_.at == At::block && rest_.size() > frame_header_bytes)
    take_block(std::min(rest_.size(), header_block_bytes_max), false);
  uint64_t missing = input_.gap_bytes;
  const uint64_t inside = std::min<uint64_t>(missing, side_.left);
  if (side_.at == At::data) {
    gap_in_frame(inside);
    side_.left -= static_cast<uint32_t>(inside);
    missing -= inside;
    if (side_.left == 0) give_data({});
  }
  if (side_.at == At::skip) {
    const uint64_t more = std::min<uint64_t>(missing, side_.left);
    skip(side_.left - static_cast<size_t>(more));
    missing -= more;
  }
  const bool framed = missing == 0 && rest_.empty() && side_.at != At::block && side_.at != At::start;
  consume(rest_.size());
  if (framed || side_.at == At::ignored) return;
  gap_in_tunnels();
  lose_framing();
}

void Parser::gap_in_frame(uint64_t missing_bytes) {
  Stream* stream = connection_.streams.find(side_.stream);
  if (stream == nullptr || missing_bytes == 0) return;
  Message& message = stream->messages[index_of(input_.direction)];
  if (!message.begun || message.ended) return;
  if (stream->inner != no_inner) sink_.inner_gap(stream->inner, input_.direction, missing_bytes);
  if (stream->tunnel) return;
  message.bytes += missing_bytes;
  if (message.body != no_body) sink_.body_gap(message.body, missing_bytes);
}

// Frames are lost, and nobody knows whose: each tunnel may have lost as much as that.
void Parser::gap_in_tunnels() {
  if (input_.gap_bytes == 0) return;
  connection_.streams.each([&](Stream& stream) {
    const bool open = stream.messages[index_of(input_.direction)].begun && !stream.messages[index_of(input_.direction)].ended;
    if (open && stream.inner != no_inner) sink_.inner_gap(stream.inner, input_.direction, input_.gap_bytes);
  });
}

void Parser::lose_framing() {
  if (side_.at != At::seek && side_.at != At::start) report(Oddity::framing_lost);
  side_.at = At::seek;
  side_.left = 0;
  side_.skips_block = false;
  side_.table.lose();
}

// At the first place where a frame begins that another one follows. Each place is looked at once its frame is there, however the
// bytes come.
bool Parser::step_seek() {
  size_t at = 0;
  size_t need = 0;
  Chain chain = Chain::no;
  while (at < rest_.size() && (chain = find_chain(rest_.subspan(at), need)) == Chain::no) ++at;
  consume(at);
  if (rest_.empty()) return false;
  if (chain == Chain::cut) return wait_for(need);
  side_.at = At::frame;
  return true;
}

void Parser::end() {
  while (!rest_.empty() && status_ == ParseStatus::need_more && step()) {
  }
  // What waits for the frame behind it is the last one.
  if (side_.at == At::seek && rest_.size() >= frame_header_bytes && is_plausible(read_frame_header(rest_)) &&
      rest_.size() >= read_frame_header(rest_).total()) {
    side_.at = At::frame;
    while (!rest_.empty() && step()) {
    }
  }
  if (side_.at == At::block && rest_.size() > frame_header_bytes)
    take_block(std::min(rest_.size(), header_block_bytes_max), false);
  consume(rest_.size());
  side_.at = At::ignored;
  side_.ended = true;
  const bool both = connection_.sides[0].ended && connection_.sides[1].ended;
  if (both || input_.end != EndReason::fin) end_streams(input_.end == EndReason::reset ? BodyEnd::aborted : BodyEnd::truncated);
}

void Parser::end_streams(BodyEnd bodies) {
  connection_.streams.each([&](Stream& stream) { end_stream(stream, Completeness::incomplete, bodies); });
  if (connection_.upgraded != no_tx) sink_.tx_end(connection_.upgraded, Completeness::incomplete);
  connection_.upgraded = no_tx;
}

}  // namespace sekisho::http2
