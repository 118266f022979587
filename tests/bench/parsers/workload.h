// SPDX-License-Identifier: Apache-2.0
// Conversations of one protocol, to be parsed again and again, and what that costs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/observe/field_mask.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho::bench {

// One flow: what each side says lies contiguous in its workload, so that a parser which left bytes unconsumed
// is offered them again in front of those that follow, without a copy.
struct Conversation {
  struct Step {
    Direction direction;
    uint32_t bytes;
  };
  size_t begin[2];          // of each direction's bytes
  std::vector<Step> steps;  // in the order of the wire
};

// A conversation in the making.
struct Script {
  struct Piece {
    Direction direction;
    std::string bytes;
  };
  std::vector<Piece> pieces;
  void say(Direction direction, std::string bytes) { pieces.push_back({direction, std::move(bytes)}); }
  // In pieces of at most `segment` bytes.
  void say_in_segments(Direction direction, std::string_view bytes, size_t segment);
};

enum class Unit : uint8_t { messages, bytes };  // what the goal of a protocol is stated in

class Workload {
 public:
  Workload(std::string name, std::string_view protocol, Transport transport, Unit unit)
      : name_(std::move(name)), protocol_(*find_protocol(protocol)), transport_(transport), unit_(unit) {}

  // `messages`: how many it counts for.
  void add(const Script& script, size_t messages);
  size_t bytes() const { return bytes_.size(); }
  void want(const FieldMask& fields) { wanted_ = fields; }
  // Bodies that carry mails go to the mail decoder, and what it decodes is only counted.
  void decode_mails() { decode_mails_ = true; }

  // Parses all for `rounds` chunks and prints one line. Exits 1 when nothing was reported, or an anomaly.
  void measure(size_t rounds) const;

 private:
  class Parsing;

  std::string name_;
  const Protocol& protocol_;
  Transport transport_;
  Unit unit_;
  FieldMask wanted_ = FieldMask::all();
  bool decode_mails_ = false;
  std::vector<uint8_t> bytes_;
  std::vector<Conversation> conversations_;
  size_t messages_ = 0;
};

// Each adds its lines to what is printed.
void measure_dns(size_t rounds);
void measure_http1(size_t rounds);
void measure_hellos(size_t rounds);
void measure_mail(size_t rounds);

}  // namespace sekisho::bench
