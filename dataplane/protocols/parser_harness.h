// SPDX-License-Identifier: Apache-2.0
// For tests and fuzz targets: drives one parser as the core does (carry, need, handoff) and writes down what it reports,
// so that whole, split and cut conversations can be compared. Every input is an exact-size heap copy: ASan sees an over-read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/observe/recording_sink.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho::test {

// One piece of a conversation: bytes of one direction, a hole in it, or its end.
struct Turn {
  Direction direction = Direction::client_to_server;
  std::string bytes;
  InputKind kind = InputKind::data;
  uint64_t gap_bytes = 0;
  EndReason end = EndReason::fin;
};
inline Turn client(std::string_view bytes) { return {Direction::client_to_server, std::string(bytes)}; }
inline Turn server(std::string_view bytes) { return {Direction::server_to_client, std::string(bytes)}; }
inline Turn gap(Direction direction, uint64_t bytes) { return {direction, {}, InputKind::gap, bytes}; }
inline Turn end(Direction direction, EndReason reason = EndReason::fin) {
  return {direction, {}, InputKind::end, 0, reason};
}
using Conversation = std::vector<Turn>;

// What the parser reported; the last line is "status need_more" (or done, malformed, not_this_protocol).
struct Report : Recording {
  ParseStatus status = ParseStatus::need_more;
};

struct HarnessOptions {
  Transport transport = Transport::stream;
  FieldMask wanted = FieldMask::all();
  bool bodies_wanted = true;
};

Report run(const Protocol& protocol, const Conversation& conversation, const HarnessOptions& options = {});

// The contract on one conversation over a stream: reports of the whole equal those of every two-piece split and of byte
// by byte; cut at every byte and ended by reset nothing crashes. Returns "" or what differed first.
std::string check_split_and_cut(const Protocol& protocol, const Conversation& conversation,
                                const HarnessOptions& options = {});

}  // namespace sekisho::test
