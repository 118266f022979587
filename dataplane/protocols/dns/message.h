// SPDX-License-Identifier: Apache-2.0
// One DNS message (RFC 1035 4.1): header, questions, records.
#pragma once

#include "dataplane/observe/sink.h"
#include "dataplane/protocols/dns/name.h"
#include "dataplane/protocols/dns/pairing.h"

namespace sekisho::dns {

inline constexpr size_t header_bytes = 12;
inline constexpr size_t question_bytes_min = 5;   // root name, type, class
inline constexpr size_t record_bytes_min = 11;    // root name, type, class, TTL, length

struct Header {
  uint16_t id = 0;
  uint16_t flags = 0;
  uint16_t questions = 0;
  uint16_t records[3] = {};  // answer, authority, additional

  bool is_response() const { return flags >> 15; }
  unsigned opcode() const { return flags >> 11 & 15; }
  unsigned rcode() const { return flags & 15; }
  // The fewest bytes a message with these counts can have.
  size_t message_bytes_min() const {
    return header_bytes + questions * question_bytes_min +
           (size_t{records[0]} + records[1] + records[2]) * record_bytes_min;
  }
};

// The first header_bytes of `message`, which must be there.
Header read_header(Bytes message);

enum class Plausibility : uint8_t { no, cut, weak, strong };

// Is this the beginning of a DNS message? `message` may be cut; `whole_bytes` is the length it will have. Strong: the
// counts fit that length and the first name, its type and class are what DNS senders write.
Plausibility judge(Bytes message, size_t whole_bytes);

enum class Wholeness : uint8_t { whole, cut };

// Reports `message` to `sink` as one transaction. `offset`: of its first byte in its direction's stream.
// Whatever the bytes, work is linear in their number; what could be read is observed, what could not is an
// anomaly. `pairing`: of the flow, where messages travel as such; null where something else pairs them
// (HTTP).
void report_message(Bytes message, Wholeness wholeness, Direction direction, uint64_t offset, Sink& sink,
                    Pairing* pairing = nullptr);

}  // namespace sekisho::dns
