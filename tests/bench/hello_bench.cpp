// SPDX-License-Identifier: Apache-2.0
// hello_bench [rounds]: what one TLS ClientHello costs its parser, over a stream and in a QUIC Initial
// packet.
//
// Each hello has a random of its own and lies in 64 MiB of others. The parser is started, fed and ended for
// each, its fields go to a sink that only counts. "names only" wants the server name, "all" every field,
// fingerprints included. Nanoseconds are the 5th percentile of chunks of 1,000 hellos, with the median beside
// it; cycles are the time stamp counter's. Last, hellos in CRYPTO frames of one byte from the last to the first: what a byte costs must not grow
// with their length.
#include <x86intrin.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "dataplane/protocols/limits.h"
#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/quic/test_initial.h"
#include "dataplane/protocols/tls/test_handshake.h"

using namespace sekisho;
namespace t = sekisho::tls::test;

namespace {

using Clock = std::chrono::steady_clock;

class CountingSink final : public Sink {
 public:
  explicit CountingSink(const FieldMask* wanted) : Sink(wanted) {}
  TxId tx_begin(Direction) override { return 1; }
  void tx_end(TxId, Completeness) override { ++transactions; }
  void anomaly(TxId, const char*, uint64_t) override { ++anomalies; }
  BodyId body_begin(TxId, const BodyMeta&, uint64_t) override { return no_body; }
  void body_data(BodyId, Bytes) override {}
  void body_gap(BodyId, uint64_t) override {}
  void body_end(BodyId, BodyEnd) override {}
  void expect(TxId, const Expectation&) override {}
  void handoff(Direction, uint64_t, HandoffHint) override {}
  uint64_t transactions = 0, anomalies = 0, values = 0, value_bytes = 0;

 private:
  void on_observe(TxId, Field, Bytes value, uint64_t) override {
    ++values;
    value_bytes += value.size();
  }
  void on_observe_number(TxId, Field, uint64_t, uint64_t) override { ++values; }
};

class NoKept final : public KeptBytes {
 public:
  std::span<uint8_t> hold(size_t size) override { return std::span(memory_).first(size); }

 private:
  std::vector<uint8_t> memory_ = std::vector<uint8_t>(carry_bytes_max);
};

// As a browser of 2026 says it: 16 cipher suites, 18 extensions, GREASE; with a post-quantum key share, or
// without.
std::string browser_hello(std::mt19937& random, bool post_quantum) {
  std::string share = t::u16(29) + t::with_u16(std::string(32, 'k'));
  if (post_quantum) share = t::u16(0x11EC) + t::with_u16(std::string(1216, 'q')) + share;
  const std::string name = "host" + std::to_string(random() % 100000) + ".cdn.example.test";
  const std::string extensions =
      t::extension(0x3A3A, "") + t::server_name(name) + t::extension(23, "") +
      t::extension(0xFF01, std::string(1, '\0')) + t::groups({0x1A1A, 0x11EC, 29, 23, 24}) +
      t::point_formats(std::string(1, '\0')) + t::extension(35, "") + t::alpn({"h2", "http/1.1"}) +
      t::extension(5, "\x01" + std::string(4, '\0')) +
      t::signature_algorithms({0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}) +
      t::extension(18, "") + t::extension(51, t::with_u16(share)) + t::extension(45, "\x01\x01") +
      t::supported_versions({0x2A2A, 0x0304, 0x0303}) + t::extension(27, "\x02\x00\x02") +
      t::extension(17513, t::with_u16(t::with_u8("h2"))) + t::extension(0xFE0D, std::string(218, 'e')) +
      t::extension(0x4A4A, std::string(1, '\0'));
  std::string out = t::client_hello(0x0303,
                                    {0x6A6A, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9,
                                     0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035},
                                    extensions);
  for (size_t i = 6; i < 38; ++i) out[i] = static_cast<char>(random());
  return out;
}

struct Inputs {
  std::vector<uint8_t> bytes;
  std::vector<size_t> ends;
};
template <typename Make>
Inputs make_inputs(Make make) {
  constexpr size_t bytes_max = size_t{64} << 20;
  Inputs out;
  std::vector<std::string> kinds;
  for (int i = 0; i < 2000; ++i) kinds.push_back(make());
  for (size_t i = 0; out.bytes.size() < bytes_max; ++i) {
    const std::string& one = kinds[i % kinds.size()];
    out.bytes.insert(out.bytes.end(), one.begin(), one.end());
    out.ends.push_back(out.bytes.size());
  }
  return out;
}

void measure(const char* name, const Protocol& protocol, const Inputs& inputs, const FieldMask& wanted,
             size_t rounds) {
  constexpr size_t chunk = 1000;
  alignas(64) static uint8_t state[session_state_bytes_max];
  CountingSink sink(&wanted);
  NoKept kept;
  std::vector<double> chunks, cycles;
  size_t hellos = 0, index = 0;
  for (size_t round = 0; round < rounds; ++round) {
    const auto start = Clock::now();
    const uint64_t start_cycles = __rdtsc();
    for (size_t i = 0; i < chunk; ++i, ++index) {
      if (index == inputs.ends.size()) index = 0;
      const size_t begin = index == 0 ? 0 : inputs.ends[index - 1];
      Input input;
      input.kind = protocol.over_datagram ? InputKind::datagram : InputKind::data;
      input.bytes = Bytes(inputs.bytes).subspan(begin, inputs.ends[index] - begin);
      input.kept = &kept;
      protocol.init(state, protocol.over_datagram ? Transport::datagram : Transport::stream);
      if (protocol.parse(state, input, sink).status == ParseStatus::malformed) std::abort();
    }
    cycles.push_back(static_cast<double>(__rdtsc() - start_cycles) / chunk);
    chunks.push_back(std::chrono::duration<double, std::nano>(Clock::now() - start).count() / chunk);
    hellos += chunk;
  }
  if (sink.values == 0 || sink.anomalies != 0) {
    std::printf("%s: not read\n", name);
    std::exit(1);
  }
  std::sort(chunks.begin(), chunks.end());
  std::sort(cycles.begin(), cycles.end());
  const double p5 = chunks[chunks.size() / 20], median = chunks[chunks.size() / 2];
  std::printf("%-34s %7zu B  %7.0f cycles p5  %7.0f ns p5  %7.0f ns median  %5.2f M/s at p5  %4.1f values\n", name,
              inputs.ends[0], cycles[cycles.size() / 20], p5, median, 1000 / p5,
              static_cast<double>(sink.values) / static_cast<double>(hellos));
}

// Datagrams of a hello of `size` bytes in frames of one byte, backwards. Its first byte comes last.
std::vector<std::string> backwards(size_t size) {
  const std::string hello = t::client_hello(
      0x0303, {0x1301}, t::server_name("a.test") + t::extension(21, std::string(size - 70, 'p')));
  std::vector<std::string> out;
  std::string frames;
  for (size_t at = hello.size(); at-- > 0;) {
    frames += quic::test::crypto(at, hello.substr(at, 1));
    if (frames.size() < 60000 && at > 0) continue;
    quic::test::InitialPacket packet;
    packet.number = out.size();
    out.push_back(packet.datagram(frames));
    frames.clear();
  }
  return out;
}

void measure_backwards(const Protocol& quic, size_t size) {
  alignas(64) static uint8_t state[session_state_bytes_max];
  const FieldMask all = FieldMask::all();
  CountingSink sink(&all);
  NoKept kept;
  const std::vector<std::string> datagrams = backwards(size);
  double least = 1e18;
  for (int round = 0; round < 200; ++round) {
    quic.init(state, Transport::datagram);
    const auto start = Clock::now();
    for (const std::string& datagram : datagrams) {
      Input input;
      input.kind = InputKind::datagram;
      input.bytes = as_bytes(datagram);
      input.kept = &kept;
      (void)quic.parse(state, input, sink);
    }
    least = std::min(least, std::chrono::duration<double, std::nano>(Clock::now() - start).count());
  }
  std::printf("quic, one-byte frames backwards    %7zu B  %7.0f ns least  %5.2f ns a byte%s\n", size, least,
              least / static_cast<double>(size), sink.transactions == 200 ? "" : "  NOT READ");
}

}  // namespace

int main(int argc, char** argv) {
  const size_t rounds = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1000;
  const Protocol& tls = *find_protocol("tls");
  const Protocol& quic = *find_protocol("quic");
  std::mt19937 random(1);
  FieldMask names;
  names.set(Field::tls_sni);
  names.set(Field::quic_sni);
  const FieldMask all = FieldMask::all();
  for (const bool post_quantum : {false, true}) {
    const char* kind = post_quantum ? "post-quantum" : "classic";
    const Inputs streams = make_inputs([&] { return t::record(22, browser_hello(random, post_quantum)); });
    measure((std::string("tls, ") + kind + ", names only").c_str(), tls, streams, names, rounds);
    measure((std::string("tls, ") + kind + ", all").c_str(), tls, streams, all, rounds);
  }
  const Inputs datagrams = make_inputs([&] {
    quic::test::InitialPacket packet;
    packet.destination = std::to_string(10000000 + random() % 80000000);
    return packet.datagram(quic::test::crypto(0, browser_hello(random, false)));
  });
  measure("quic, classic, names only", quic, datagrams, names, rounds);
  measure("quic, classic, all", quic, datagrams, all, rounds);
  for (const size_t size : {2048, 4096, 8192, 16384, 32768}) measure_backwards(quic, size);
  return 0;
}
