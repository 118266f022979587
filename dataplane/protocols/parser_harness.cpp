// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/parser_harness.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "dataplane/protocols/limits.h"

namespace sekisho::test {

namespace {

constexpr std::string_view status_names[] = {"need_more", "done", "not_this_protocol", "malformed"};

// One direction of the stream as the core keeps it: bytes not yet consumed, and how many the parser waits for.
struct Carry {
  std::string bytes;
  uint64_t offset = 0;
  size_t need = 0;
};

// What a parser over datagrams keeps: on the heap, exactly as large as it asked for.
class KeptOnHeap final : public KeptBytes {
 public:
  std::span<uint8_t> hold(size_t size) override {
    if (size > carry_bytes_max) return {};
    if (size > bytes_.size()) {
      std::vector<uint8_t> larger(size, 0xEE);
      std::copy(bytes_.begin(), bytes_.end(), larger.begin());
      bytes_.swap(larger);
    }
    return bytes_;
  }

 private:
  std::vector<uint8_t> bytes_;
};

class Driver {
 public:
  Driver(const Protocol& protocol, const HarnessOptions& options, Report& report)
      : protocol_(protocol), transport_(options.transport), report_(report),
        sink_(&options.wanted, options.bodies_wanted, report),
        state_(static_cast<uint8_t*>(std::aligned_alloc(64, (protocol.state_bytes + 63) / 64 * 64)), &std::free) {
    protocol_.init(state_.get(), transport_);
  }

  void feed(const Turn& turn) {
    // One malformed datagram says nothing about the next.
    const bool goes_on = transport_ == Transport::datagram && report_.status == ParseStatus::malformed;
    if (report_.status != ParseStatus::need_more && !goes_on) return;
    Carry& carry = carry_[index_of(turn.direction)];
    if (turn.kind == InputKind::datagram || transport_ == Transport::datagram) {
      parse(turn, turn.kind == InputKind::end ? InputKind::end : InputKind::datagram, turn.bytes);
      return;
    }
    switch (turn.kind) {
      case InputKind::data:
        carry.bytes += turn.bytes;
        drain(turn.direction);
        return;
      case InputKind::gap: {  // what waited for more bytes will not get them
        parse(turn, InputKind::gap, carry.bytes);
        carry.offset += carry.bytes.size() + turn.gap_bytes;
        carry.bytes.clear();
        carry.need = 0;
        return;
      }
      default:
        parse(turn, turn.kind, carry.bytes);
        carry.bytes.clear();
    }
  }

 private:
  void drain(Direction direction) {
    Carry& carry = carry_[index_of(direction)];
    Turn turn;
    turn.direction = direction;
    while (report_.status == ParseStatus::need_more && !carry.bytes.empty() && carry.bytes.size() >= carry.need) {
      if (carry.offset >= sink_.handoff_at(direction)) return;  // another protocol's bytes
      const size_t most = std::min<uint64_t>(carry.bytes.size(), sink_.handoff_at(direction) - carry.offset);
      const ParseResult result = parse(turn, InputKind::data, std::string_view(carry.bytes).substr(0, most));
      carry.bytes.erase(0, result.consumed);
      carry.offset += result.consumed;
      carry.need = result.need;
      if (result.wake_other) {
        carry_[index_of(opposite(direction))].need = 0;
        drain(opposite(direction));
      }
      if (carry.bytes.size() > carry_bytes_max && carry.offset < sink_.handoff_at(direction))
        fail("left more than carry_bytes_max unconsumed");
      if (result.consumed == 0) return;
    }
  }

  ParseResult parse(const Turn& turn, InputKind kind, std::string_view bytes) {
    // Exactly as large as the input, on the heap: ASan sees a read past it.
    const std::unique_ptr<uint8_t[]> copy(new uint8_t[bytes.size()]);
    std::copy(bytes.begin(), bytes.end(), copy.get());
    Input input;
    input.direction = turn.direction;
    input.kind = kind;
    input.end = turn.end;
    input.bytes = {copy.get(), bytes.size()};
    input.offset = carry_[index_of(turn.direction)].offset;
    input.gap_bytes = turn.gap_bytes;
    if (transport_ == Transport::datagram) input.kept = &kept_[index_of(turn.direction)];
    const ParseResult result = protocol_.parse(state_.get(), input, sink_);
    if (result.consumed > bytes.size()) fail("consumed more than it was given");
    report_.status = result.status;
    return result;
  }

  void fail(const std::string& why) {
    report_.lines.push_back("CONTRACT: " + why);
    report_.offsets.push_back(0);
  }

  const Protocol& protocol_;
  Transport transport_;
  Report& report_;
  RecordingSink sink_;
  std::unique_ptr<uint8_t, decltype(&std::free)> state_;
  Carry carry_[2];
  KeptOnHeap kept_[2];
};

Conversation split_turn(const Conversation& conversation, size_t turn, size_t at) {
  Conversation out = conversation;
  Turn rest = out[turn];
  rest.bytes.erase(0, at);
  out[turn].bytes.resize(at);
  out.insert(out.begin() + static_cast<std::ptrdiff_t>(turn) + 1, rest);
  return out;
}

Conversation byte_by_byte(const Conversation& conversation) {
  Conversation out;
  for (const Turn& turn : conversation) {
    if (turn.kind != InputKind::data) out.push_back(turn);
    for (const char byte : turn.bytes) {
      Turn piece = turn;
      piece.bytes.assign(1, byte);
      out.push_back(piece);
    }
  }
  return out;
}

}  // namespace

Report run(const Protocol& protocol, const Conversation& conversation, const HarnessOptions& options) {
  Report report;
  Driver driver(protocol, options, report);
  for (const Turn& turn : conversation) driver.feed(turn);
  report.lines.push_back("status " + std::string(status_names[static_cast<size_t>(report.status)]));
  report.offsets.push_back(0);
  return report;
}

std::string check_split_and_cut(const Protocol& protocol, const Conversation& conversation,
                                const HarnessOptions& options) {
  const Report whole = run(protocol, conversation, options);
  for (size_t turn = 0; turn < conversation.size(); ++turn) {
    for (size_t at = 1; at < conversation[turn].bytes.size(); ++at) {
      const std::string how = "turn " + std::to_string(turn) + " split at " + std::to_string(at);
      std::string difference = first_difference(whole, run(protocol, split_turn(conversation, turn, at), options), how);
      if (!difference.empty()) return difference;
    }
  }
  std::string difference = first_difference(whole, run(protocol, byte_by_byte(conversation), options), "byte by byte");
  if (!difference.empty()) return difference;
  for (size_t turn = 0; turn < conversation.size(); ++turn) {
    for (size_t at = 0; at < conversation[turn].bytes.size(); ++at) {
      Conversation cut(conversation.begin(), conversation.begin() + static_cast<std::ptrdiff_t>(turn) + 1);
      cut[turn].bytes.resize(at);
      cut.push_back(end(Direction::client_to_server, EndReason::reset));
      cut.push_back(end(Direction::server_to_client, EndReason::reset));
      const Report report = run(protocol, cut, options);
      for (const std::string& line : report.lines)
        if (line.starts_with("CONTRACT: ")) return "cut at " + std::to_string(at) + ": " + line;
    }
  }
  return {};
}

}  // namespace sekisho::test
