// SPDX-License-Identifier: Apache-2.0
// TLS ClientHellos over a stream and in QUIC Initial packets: "names only" wants the server name, "all" every
// field, fingerprints included. Last, hellos in CRYPTO frames of one byte from the last to the first: what a
// byte costs must not grow with their length.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

#include "dataplane/protocols/limits.h"
#include "dataplane/protocols/quic/test_initial.h"
#include "dataplane/protocols/tls/test_handshake.h"
#include "tests/bench/parsers/counting_sink.h"
#include "tests/bench/parsers/workload.h"

namespace sekisho::bench {

namespace {

namespace t = sekisho::tls::test;
using Clock = std::chrono::steady_clock;

class OneKept final : public KeptBytes {
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

template <typename Make>
void measure_one(const char* name, const char* protocol, const FieldMask& wanted, size_t rounds, Make make) {
  Workload workload(name, protocol,
                    find_protocol(protocol)->over_stream ? Transport::stream : Transport::datagram,
                    Unit::messages);
  while (workload.bytes() < (size_t{32} << 20)) {
    Script script;
    script.say(Direction::client_to_server, make());
    workload.add(script, 1);
  }
  workload.want(wanted);
  workload.measure(rounds);
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
  OneKept kept;
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

void measure_hellos(size_t rounds) {
  std::mt19937 random(1);
  FieldMask names;
  names.set(Field::tls_sni);
  names.set(Field::quic_sni);
  const FieldMask all = FieldMask::all();
  const auto stream = [&](bool post_quantum) {
    return [&random, post_quantum] { return t::record(22, browser_hello(random, post_quantum)); };
  };
  measure_one("tls, classic, names only", "tls", names, rounds, stream(false));
  measure_one("tls, classic, all", "tls", all, rounds, stream(false));
  measure_one("tls, post-quantum, names only", "tls", names, rounds, stream(true));
  measure_one("tls, post-quantum, all", "tls", all, rounds, stream(true));
  const auto datagram = [&random] {
    quic::test::InitialPacket packet;
    packet.destination = std::to_string(10000000 + random() % 80000000);
    return packet.datagram(quic::test::crypto(0, browser_hello(random, false)));
  };
  measure_one("quic, classic, names only", "quic", names, rounds, datagram);
  measure_one("quic, classic, all", "quic", all, rounds, datagram);
  for (const size_t size : {2048, 4096, 8192, 16384, 32768}) measure_backwards(*find_protocol("quic"), size);
}

}  // namespace sekisho::bench
