// SPDX-License-Identifier: Apache-2.0
// Sink: takes lines to a place. It knows bytes and what a transport's header needs; it knows no row, product or format.
// Every sink is fed from a spool of its own by a pump (pump.h): a sink may forget what it has not delivered.
//
// Thread-safety: one sink belongs to its pump's thread. No call blocks longer than a name look-up or a disk write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "matchers/base/bytes.h"

namespace sekisho {

// One line and what the transports' headers say of it. Views live as long as the payload they were read from.
struct SinkMessage {
  uint64_t wall_ns = 0;             // since 1970
  uint64_t id = 0;                  // of the row: receivers drop duplicates by it
  uint8_t severity = 0;             // 0..10, 0 = a plain record
  std::string_view app_name;        // the product: printable ASCII without blanks
  std::string_view text;
};
// The spool's payload and back. Nothing where the bytes are no message.
void encode_message(const SinkMessage& message, std::string& out);
std::optional<SinkMessage> decode_message(Bytes payload);

enum class Offer : uint8_t { taken, busy };

struct SinkProgress {
  uint64_t delivered = 0;       // every message up to this spool sequence is where it should be; 0 = none yet
  enum class State : uint8_t { going_on, start_again } state = State::going_on;  // start again: what was taken is forgotten
};

class Sink {
 public:
  virtual ~Sink() = default;
  virtual Offer offer(uint64_t sequence, const SinkMessage& message) = 0;
  // Writes what can be written now. `now_ms`: monotonic.
  virtual SinkProgress progress(uint64_t now_ms) = 0;
  // One line for the operator: where to, in which state, with its counters.
  virtual std::string status() const = 0;
  // It takes lines now, as far as it knows.
  virtual bool working() const = 0;
};

}  // namespace sekisho
