// SPDX-License-Identifier: Apache-2.0
// One libFuzzer target for each protocol of the list, compiled with its name. The input is a conversation:
// each piece is a control byte (direction, kind, length class) and bytes, so that splits, gaps, ends and both
// directions are fuzzed too. Beyond crashes, the contract is checked: never consume more than was given,
// never leave more than the carry holds; and over a stream the report does not depend on where the stream is
// cut: in pieces of any size it is the whole's.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "dataplane/protocols/parser_harness.h"

namespace sekisho {
extern const Protocol SEKISHO_FUZZED_PROTOCOL;  // by symbol: the list's name need not be the protocol's
}

using namespace sekisho;

namespace {

constexpr uint8_t control_direction = 0x01, control_gap = 0x02, control_end = 0x04, control_long = 0x08;

test::Conversation conversation_from(Bytes bytes) {
  test::Conversation turns;
  bool ended[2] = {};
  size_t at = 0;
  while (at < bytes.size() && turns.size() < 64) {
    const uint8_t control = bytes[at++];
    test::Turn turn;
    turn.direction = control & control_direction ? Direction::server_to_client : Direction::client_to_server;
    const size_t length = control & control_long ? bytes.size() - at : std::min<size_t>(control >> 4, bytes.size() - at);
    if ((control & (control_gap | control_end)) == (control_gap | control_end)) {
      turn.kind = InputKind::end;
      turn.end = control & 0x10 ? EndReason::reset : EndReason::fin;
    } else if (control & control_gap) {
      turn.kind = InputKind::gap;
      turn.gap_bytes = 1U + (control >> 4);
    } else {
      turn.bytes.assign(as_text(bytes.subspan(at, length)));
      at += length;
    }
    // As the core: nothing of a direction follows its end.
    if (!std::exchange(ended[index_of(turn.direction)], ended[index_of(turn.direction)] || turn.kind == InputKind::end))
      turns.push_back(turn);
  }
  return turns;
}

test::Conversation in_pieces(const test::Conversation& turns, size_t piece) {
  test::Conversation out;
  for (const test::Turn& turn : turns) {
    if (turn.kind != InputKind::data || turn.bytes.size() <= piece) {
      out.push_back(turn);
      continue;
    }
    for (size_t at = 0; at < turn.bytes.size(); at += piece) {
      out.push_back(turn);
      out.back().bytes = turn.bytes.substr(at, piece);
    }
  }
  return out;
}

void must_hold(const test::Report& report) {
  for (const std::string& line : report.lines)
    if (line.starts_with("CONTRACT: ")) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Protocol* protocol = &SEKISHO_FUZZED_PROTOCOL;
  if (size < 1) return 0;
  const bool plain = data[0] & 1;  // half of the inputs are one unframed client stream: seeds from captures fit
  const size_t piece = 1U + (data[0] >> 2);
  const Bytes rest(data + 1, size - 1);
  test::HarnessOptions options;
  if (protocol->over_datagram && (!protocol->over_stream || data[0] & 2)) options.transport = Transport::datagram;
  const test::Conversation turns =
      plain ? test::Conversation{test::client(as_text(rest))} : conversation_from(rest);
  const test::Report whole = test::run(*protocol, turns, options);
  must_hold(whole);
  if (options.transport == Transport::datagram) return 0;
  const test::Report pieces = test::run(*protocol, in_pieces(turns, piece), options);
  must_hold(pieces);
  const std::string difference = test::first_difference(whole, pieces, "in pieces");
  if (difference.empty()) return 0;
  std::fprintf(stderr, "%s\n", difference.c_str());
  std::abort();
}
