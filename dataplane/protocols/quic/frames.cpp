// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/quic/frames.h"

#include <algorithm>

namespace sekisho::quic {

namespace {

namespace frame_type {
constexpr uint64_t padding = 0x00, ping = 0x01, ack = 0x02, ack_with_congestion = 0x03, crypto = 0x06,
                   connection_close = 0x1C;
}

}  // namespace

void CryptoFrameReader::skip_padding() {
  const Bytes rest = reader_.rest();
  reader_.skip(static_cast<size_t>(
      std::find_if(rest.begin(), rest.end(), [](uint8_t byte) { return byte != 0; }) - rest.begin()));
}

// RFC 9000 19.3.
void CryptoFrameReader::skip_ack(bool with_congestion_counts) {
  read_varint(reader_);  // largest acknowledged
  read_varint(reader_);  // delay
  const uint64_t ranges = read_varint(reader_);
  read_varint(reader_);  // first range
  for (uint64_t i = 0; i < ranges && !reader_.failed(); ++i) {
    read_varint(reader_);
    read_varint(reader_);
  }
  for (int i = 0; i < 3 && with_congestion_counts; ++i) read_varint(reader_);
}

bool CryptoFrameReader::next() {
  while (!reader_.at_end() && !malformed_) {
    switch (read_varint(reader_)) {
      case frame_type::padding: skip_padding(); break;
      case frame_type::ping: break;
      case frame_type::ack: skip_ack(false); break;
      case frame_type::ack_with_congestion: skip_ack(true); break;
      case frame_type::crypto: {
        frame_.offset = read_varint(reader_);
        const uint64_t size = read_varint(reader_);
        malformed_ = reader_.failed() || size > reader_.left();
        if (malformed_) return false;
        frame_.bytes = reader_.bytes(size);
        return true;
      }
      case frame_type::connection_close: return false;
      default: malformed_ = true;
    }
    malformed_ |= reader_.failed();
  }
  return false;
}

}  // namespace sekisho::quic
