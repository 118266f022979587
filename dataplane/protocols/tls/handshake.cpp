// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/tls/handshake.h"

#include <algorithm>

namespace sekisho::tls {

Gathered Gatherer::look(Bytes wire) {
  for (;;) {
    const size_t wanted = message_bytes_ != 0 ? message_bytes_ : handshake_header_bytes;
    if (gathered_ == message_bytes_ && message_bytes_ != 0) return Gathered::complete;
    const size_t there = wire.size() - walked_;
    if (record_left_ == 0) {
      need_ = static_cast<uint32_t>(walked_ + record_header_bytes);
      if (there < record_header_bytes) return Gathered::incomplete;
      const RecordHeader header = read_record_header(wire.subspan(walked_));
      if (!header.plausible() || header.type != content_type::handshake) return Gathered::interleaved;
      walked_ += record_header_bytes;
      record_left_ = header.bytes;
      continue;
    }
    const size_t next = std::min<size_t>(record_left_, wanted - gathered_);
    need_ = static_cast<uint32_t>(walked_ + next);
    if (there == 0) return Gathered::incomplete;
    take(wire.subspan(walked_, std::min(next, there)));
  }
}

void Gatherer::take(Bytes piece) {
  for (size_t i = 0; i < piece.size() && gathered_ + i < handshake_header_bytes; ++i) header_[gathered_ + i] = piece[i];
  const auto count = static_cast<uint32_t>(piece.size());
  walked_ += count;
  record_left_ -= count;
  gathered_ += count;
  if (message_bytes_ == 0 && gathered_ == handshake_header_bytes)
    message_bytes_ = static_cast<uint32_t>(handshake_header_bytes + load_be24(&header_[1]));
}

HandshakeMessage Gatherer::message(Bytes wire, uint64_t offset, std::span<uint8_t> copy) const {
  HandshakeMessage out;
  Bytes bytes;
  size_t at = 0, copied = 0, left = first_record_bytes_;
  while (copied < gathered_) {
    if (left == 0) {
      left = read_record_header(wire.subspan(at)).bytes;
      at += record_header_bytes;
      continue;
    }
    const size_t count = std::min(left, gathered_ - copied);
    if (out.fragment_count < fragments_mapped_max) out.fragments[out.fragment_count++] = {copied, offset + at};
    if (spans_records()) std::copy_n(&wire[at], count, &copy[copied]);
    at += count;
    copied += count;
    left -= count;
  }
  bytes = spans_records() ? Bytes(copy.first(gathered_)) : wire.first(gathered_);
  out.type = header_[0];
  out.whole = message_bytes_ != 0 && gathered_ == message_bytes_;
  out.body = bytes.subspan(std::min(handshake_header_bytes, bytes.size()));
  return out;
}

uint64_t HandshakeMessage::offset_of(Bytes part) const {
  const bool inside = part.data() >= body.data() && part.data() <= body.data() + body.size();
  const size_t index = handshake_header_bytes + (inside ? static_cast<size_t>(part.data() - body.data()) : 0);
  size_t fragment = fragment_count;
  while (fragment > 1 && fragments[fragment - 1].begin > index) --fragment;
  return fragment == 0 ? 0 : fragments[fragment - 1].offset + (index - fragments[fragment - 1].begin);
}

}  // namespace sekisho::tls
