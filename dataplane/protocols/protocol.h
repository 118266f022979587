// SPDX-License-Identifier: Apache-2.0
// The contract of a protocol parser. One folder in protocols/, one line in protocols/meson.build.
//
// A parser is a pure function of (state, input): no globals, no allocation, no clock, no packets, no indicators. It
// reports to the Sink and says how many bytes it is done with. That alone makes it fuzzable, testable whole against
// split, and safe to run on any lcore.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "dataplane/observe/sink.h"
#include "matchers/base/bytes.h"

namespace sekisho {

enum class Transport : uint8_t { stream, datagram };

enum class InputKind : uint8_t {
  data,      // the next bytes of a stream
  datagram,  // one whole message; nothing is carried over
  gap,       // `gap_bytes` of the stream will never come; parse resynchronises or gives up
  end        // this direction is over; unconsumed bytes, if any, are in `bytes` for the last time
};

// Bytes of one direction that a parser over datagrams keeps until later datagrams complete them. (Over
// streams unconsumed bytes wait with the core.) The memory is a carry's, taken at the first call and given
// back when the parser ends.
class KeptBytes {
 public:
  // Memory of at least `size` bytes, at most carry_bytes_max (limits.h); at its front what earlier calls'
  // memory held, the rest undefined. Valid until the next call or until parse returns. Empty where no memory
  // is left: the core then ends the flow's inspection, whatever parse returns.
  virtual std::span<uint8_t> hold(size_t size) = 0;

 protected:
  ~KeptBytes() = default;
};

struct Input {
  Direction direction = Direction::client_to_server;
  InputKind kind = InputKind::data;
  EndReason end = EndReason::fin;  // only with kind end
  Bytes bytes;                     // valid until parse returns
  uint64_t offset = 0;             // of bytes[0] in its direction's stream, from 0; datagrams: 0
  uint64_t gap_bytes = 0;          // only with kind gap
  TxId continued = no_tx;          // of Sink::tx_repeat, with the first input after a hand-off; the parser ends it
  KeptBytes* kept = nullptr;       // over datagrams, with kinds datagram and end; valid until parse returns
};

enum class ProbeResult : uint8_t { certain, unsure, not_for_us };

enum class [[nodiscard]] ParseStatus : uint8_t {
  need_more,          // go on with the next input
  done,               // nothing left to learn on this flow: bypass it
  not_this_protocol,  // detection was wrong and nothing was reported: detect again without us
  malformed           // an anomaly was reported; the core decides by policy, and offers no further input
};

// What parse returns. Bytes that were not consumed are offered again, in front of those that follow, when at least
// `need` bytes are there. Work must stay linear in the bytes received: a parser that waits for a delimiter remembers in
// its state how far it has looked; one that knows a length says so in `need`.
// At most `carry_bytes_max` bytes (limits.h) are carried: a parser that leaves more unconsumed is ended as malformed, so it
// bounds its own units below that and skips the excess by itself.
struct ParseResult {
  ParseStatus status = ParseStatus::need_more;
  size_t consumed = 0;
  size_t need = 0;  // total bytes from the first unconsumed one; 0 = any more will do
  // The other direction's unconsumed bytes can be read now: offer them again, before more of this one. (After CONNECT the client's
  // bytes wait for the server's answer.)
  bool wake_other = false;
};

inline constexpr size_t usual_ports_max = 8;

struct Protocol {
  std::string_view name;        // as EVE's app_proto spells it
  bool over_stream;
  bool over_datagram;
  uint16_t usual_ports[usual_ports_max];  // tie-breakers only; 0 ends the list
  uint32_t state_bytes;         // <= session_large_state_bytes_max (limits.h); 16 B aligned memory; trivially destructible

  // Looks at the first bytes of one direction. Never reads past `prefix`, keeps nothing. `unsure` = show me more.
  ProbeResult (*probe)(Bytes prefix, Direction direction, Transport transport);
  // Makes a fresh state in memory of state_bytes.
  void (*init)(void* state, Transport transport);
  ParseResult (*parse)(void* state, const Input& input, Sink& sink);
  // any: looked for on every flow. Else only behind a hand-off with this hint: its bytes say too little of themselves.
  HandoffHint only_after = HandoffHint::any;
};

// All protocols of the list, in its order. Static lifetime.
struct ProtocolTable {
  const Protocol* const* protocols;
  size_t count;
};
ProtocolTable protocol_table();
// nullptr where no protocol has this name.
const Protocol* find_protocol(std::string_view name);

}  // namespace sekisho
