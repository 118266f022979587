// SPDX-License-Identifier: Apache-2.0
// The keys of Initial packets, which anyone can make who saw the client's first one, and the opening of such
// a packet (RFC 9001 5). Pure functions; no allocation.
#pragma once

#include <span>

#include "dataplane/protocols/quic/aes_gcm.h"
#include "dataplane/protocols/quic/version.h"

namespace sekisho::quic {

enum class Sender : uint8_t { client, server };

struct InitialKeys {
  AesKey key;
  GcmNonce iv;
  AesKey header_protection;
};
// `connection_id`: the destination in the client's first Initial packet, or in its first one after a Retry.
InitialKeys make_initial_keys(const Wording& wording, Bytes connection_id, Sender sender);

// RFC 9000 A.3: the whole number that ends in `truncated`'s `bytes` bytes and is nearest to the one expected.
uint64_t whole_packet_number(uint64_t expected, uint64_t truncated, size_t bytes);

// An Initial packet opened.
struct Opened {
  uint64_t number = 0;
  Bytes payload;  // frames, in the memory lent
  bool regular = false;  // the fixed bit set, the reserved bits clear (RFC 9000 17.2): receivers refuse others
};
// `packet`: header and payload, `number_at` the index of its packet number. `memory` holds packet.size().
// False where the packet is too short or not authentic: its receiver drops it as well.
bool open_initial(const InitialKeys& keys, Bytes packet, size_t number_at, uint64_t expected_number,
                  std::span<uint8_t> memory, Opened& out);

}  // namespace sekisho::quic
