// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/parsers/workload.h"

#include <x86intrin.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "dataplane/content/codec_memory.h"
#include "dataplane/content/mime/mime.h"
#include "dataplane/protocols/limits.h"
#include "tests/bench/parsers/counting_sink.h"

namespace sekisho::bench {

namespace {

using Clock = std::chrono::steady_clock;

class NoKept final : public KeptBytes {
 public:
  std::span<uint8_t> hold(size_t size) override { return std::span(memory_).first(size); }

 private:
  std::vector<uint8_t> memory_ = std::vector<uint8_t>(carry_bytes_max);
};

constexpr size_t chunk_bytes = size_t{256} << 10;  // at least, of each timed chunk

}  // namespace

void Script::say_in_segments(Direction direction, std::string_view bytes, size_t segment) {
  for (size_t at = 0; at < bytes.size(); at += segment)
    say(direction, std::string(bytes.substr(at, segment)));
}

void Workload::add(const Script& script, size_t messages) {
  Conversation conversation;
  for (const Direction direction : {Direction::client_to_server, Direction::server_to_client}) {
    conversation.begin[index_of(direction)] = bytes_.size();
    for (const Script::Piece& piece : script.pieces) {
      if (piece.direction == direction) bytes_.insert(bytes_.end(), piece.bytes.begin(), piece.bytes.end());
    }
  }
  for (const Script::Piece& piece : script.pieces) {
    conversation.steps.push_back({piece.direction, static_cast<uint32_t>(piece.bytes.size())});
  }
  conversations_.push_back(std::move(conversation));
  messages_ += messages;
}

// One pass of a conversation through a parser.
class Workload::Parsing {
 public:
  Parsing(const Workload& workload, Sink& sink)
      : workload_(workload), protocol_(workload.protocol_), sink_(sink) {}

  size_t run(const Conversation& conversation) {
    const Transport transport = workload_.transport_;
    protocol_.init(state_, transport);
    uint64_t consumed[2] = {}, seen[2] = {};
    for (const Conversation::Step& step : conversation.steps) {
      const size_t d = index_of(step.direction);
      seen[d] += step.bytes;
      Input input =
          input_of(step.direction, transport == Transport::stream ? InputKind::data : InputKind::datagram);
      if (transport == Transport::datagram) consumed[d] = seen[d] - step.bytes;
      input.bytes =
          Bytes(workload_.bytes_).subspan(conversation.begin[d] + consumed[d], seen[d] - consumed[d]);
      input.offset = transport == Transport::stream ? consumed[d] : 0;
      const ParseResult result = protocol_.parse(state_, input, sink_);
      if (result.status == ParseStatus::malformed || result.status == ParseStatus::not_this_protocol)
        std::abort();
      consumed[d] += result.consumed;
      if (result.status == ParseStatus::done) break;
    }
    for (const Direction direction : {Direction::client_to_server, Direction::server_to_client}) {
      const size_t d = index_of(direction);
      Input input = input_of(direction, InputKind::end);
      input.offset = transport == Transport::stream ? consumed[d] : 0;
      (void)protocol_.parse(state_, input, sink_);
    }
    return seen[0] + seen[1];
  }

 private:
  Input input_of(Direction direction, InputKind kind) {
    Input input;
    input.direction = direction;
    input.kind = kind;
    input.kept = &kept_;
    return input;
  }

  const Workload& workload_;
  const Protocol& protocol_;
  Sink& sink_;
  NoKept kept_;
  alignas(64) uint8_t state_[session_large_state_bytes_max];
};

void Workload::measure(size_t rounds) const {
  CountingSink counting(&wanted_);
  MailSink mails(&wanted_);
  CountingSink& sink = decode_mails_ ? mails : counting;
  Parsing parsing(*this, sink);
  const double messages_a_conversation =
      static_cast<double>(messages_) / static_cast<double>(conversations_.size());
  std::vector<double> ns, cycles;  // a byte
  size_t index = 0;
  for (size_t round = 0; round < rounds; ++round) {
    size_t bytes = 0;
    const auto start = Clock::now();
    const uint64_t start_cycles = __rdtsc();
    while (bytes < chunk_bytes) {
      bytes += parsing.run(conversations_[index]);
      index = index + 1 == conversations_.size() ? 0 : index + 1;
    }
    cycles.push_back(static_cast<double>(__rdtsc() - start_cycles) / static_cast<double>(bytes));
    ns.push_back(std::chrono::duration<double, std::nano>(Clock::now() - start).count() /
                 static_cast<double>(bytes));
  }
  if (sink.values + sink.body_bytes == 0 || sink.anomalies != 0) {
    std::printf("%s: not read, or with anomalies\n", name_.c_str());
    std::exit(1);
  }
  std::sort(ns.begin(), ns.end());
  std::sort(cycles.begin(), cycles.end());
  const double p5 = ns[ns.size() / 20], median = ns[ns.size() / 2], p5_cycles = cycles[cycles.size() / 20];
  const double bytes_a_message = static_cast<double>(bytes_.size()) /
                                 static_cast<double>(conversations_.size()) / messages_a_conversation;
  std::printf("%-34s %8.0f B  %9.0f cycles  %9.0f ns p5  %9.0f ns median  %6.3f GB/s", name_.c_str(),
              bytes_a_message, p5_cycles * bytes_a_message, p5 * bytes_a_message, median * bytes_a_message,
              1 / p5);
  if (unit_ == Unit::messages) std::printf("  %6.2f M/s", 1000 / (p5 * bytes_a_message));
  std::printf("\n");
}

}  // namespace sekisho::bench
