// SPDX-License-Identifier: Apache-2.0
// The frames that an Initial packet may hold (RFC 9000 12.4, 19).
#pragma once

#include "dataplane/protocols/quic/packet.h"

namespace sekisho::quic {

struct CryptoFrame {
  uint64_t offset = 0;  // in the handshake's bytes
  Bytes bytes;
};

// Walks a payload from CRYPTO frame to CRYPTO frame; the others say nothing of the handshake.
class CryptoFrameReader {
 public:
  explicit CryptoFrameReader(Bytes payload) : reader_(payload) {}
  // False at the end, at CONNECTION_CLOSE, and where something stands that no receiver accepts (malformed()).
  bool next();
  const CryptoFrame& frame() const { return frame_; }
  bool malformed() const { return malformed_; }

 private:
  void skip_padding();
  void skip_ack(bool with_congestion_counts);

  ByteReader reader_;
  CryptoFrame frame_;
  bool malformed_ = false;
};

}  // namespace sekisho::quic
