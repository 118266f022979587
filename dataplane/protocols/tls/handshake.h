// SPDX-License-Identifier: Apache-2.0
// Handshake messages out of records (RFC 8446 5.1): a message may begin anywhere in a record and span many.
//
// Nothing is copied while a message is incomplete: its records stay unconsumed in the carry, and the gatherer remembers how
// far it has looked. A message inside one record, nearly every one, is parsed where it lies; another is copied together
// once, when it is complete.
#pragma once

#include <array>
#include <span>

#include "dataplane/protocols/tls/limits.h"
#include "matchers/base/bytes.h"

namespace sekisho::tls {

inline constexpr size_t record_header_bytes = 5, handshake_header_bytes = 4;

namespace content_type {
inline constexpr uint8_t change_cipher_spec = 20, alert = 21, handshake = 22, application_data = 23, heartbeat = 24;
}

namespace handshake_type {
inline constexpr uint8_t client_hello = 1, server_hello = 2, hello_retry_request = 6, certificate = 11,
                         server_key_exchange = 12, server_hello_done = 14;
}

struct RecordHeader {
  uint8_t type = 0;
  uint16_t version = 0;
  uint16_t bytes = 0;  // behind the header

  bool plausible() const {
    return type >= content_type::change_cipher_spec && type <= content_type::heartbeat && version >> 8 == 3 &&
           bytes <= record_bytes_max;
  }
};
// The first record_header_bytes of `bytes`, which must be there.
inline RecordHeader read_record_header(Bytes bytes) { return {bytes[0], load_be16(&bytes[1]), load_be16(&bytes[3])}; }

// One message, contiguous, and where its bytes were in the stream.
struct HandshakeMessage {
  // `bytes`: with the four-byte header; shorter than the header says where `whole` is false.
  uint8_t type = 0;
  bool whole = false;
  Bytes body;

  struct Fragment {
    size_t begin = 0;         // index in the message's bytes, header included
    uint64_t offset = 0;      // of that byte in the stream
  };
  std::array<Fragment, fragments_mapped_max> fragments{};
  size_t fragment_count = 0;

  // The stream offset of a view's first byte; views of other memory count as the body's first.
  uint64_t offset_of(Bytes part) const;
};

enum class Gathered : uint8_t { incomplete, complete, interleaved };

// Progress within the message that begins at the first unconsumed byte.
class Gatherer {
 public:
  // The message begins inside a record of which `record_bytes` are left, or at one's end (0).
  void begin(size_t record_bytes) { *this = Gatherer{}, first_record_bytes_ = record_left_ = static_cast<uint32_t>(record_bytes); }

  // `wire`: everything unconsumed, from the message's first byte; the same bytes again and more on each call.
  // Incomplete: need() says how many there must be. Interleaved: another record type, or none, stands inside the message.
  Gathered look(Bytes wire);
  size_t need() const { return need_; }

  // Wire bytes that the message takes, and what is left behind it of the record it ends in. Valid when complete.
  size_t wire_bytes() const { return walked_; }
  size_t record_bytes_left() const { return record_left_; }
  // What the message's header says of its length, header included; 0 = not yet known.
  size_t message_bytes() const { return message_bytes_; }
  size_t gathered_bytes() const { return gathered_; }

  // The message, or as much of it as was gathered. `copy` is used where it spans records. The views in it live as long as
  // `wire` and `copy`.
  HandshakeMessage message(Bytes wire, uint64_t offset, std::span<uint8_t> copy) const;
  bool spans_records() const { return gathered_ > first_record_bytes_; }

 private:
  void take(Bytes piece);

  uint32_t first_record_bytes_ = 0;
  uint32_t record_left_ = 0;    // of the record that `walked_` stands in
  uint32_t walked_ = 0;         // wire bytes looked at
  uint32_t gathered_ = 0;       // message bytes among them
  uint32_t message_bytes_ = 0;
  uint32_t need_ = 0;
  uint8_t header_[handshake_header_bytes] = {};
};

}  // namespace sekisho::tls
