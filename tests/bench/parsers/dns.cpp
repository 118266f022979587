// SPDX-License-Identifier: Apache-2.0
// A resolver's questions and the answers to them, each pair with a name of its own (RFC 1035).
#include <random>

#include "tests/bench/parsers/workload.h"

namespace sekisho::bench {

namespace {

std::string u16(unsigned value) { return {static_cast<char>(value >> 8), static_cast<char>(value)}; }

std::string label(std::string_view text) { return static_cast<char>(text.size()) + std::string(text); }

std::string header(unsigned id, unsigned flags, unsigned answers, unsigned additional) {
  return u16(id) + u16(flags) + u16(1) + u16(answers) + u16(0) + u16(additional);
}

const std::string edns =
    std::string(1, '\0') + u16(41) + u16(1232) + std::string(4, '\0') + u16(0);  // RFC 6891

}  // namespace

void measure_dns(size_t rounds) {
  std::mt19937 random(1);
  Workload workload("dns, question and answer", "dns", Transport::datagram, Unit::messages);
  constexpr size_t pairs_a_flow = 16;
  while (workload.bytes() < (size_t{16} << 20)) {
    Script script;
    for (size_t i = 0; i < pairs_a_flow; ++i) {
      const unsigned id = random() & 0xFFFF;
      const std::string question = label("host" + std::to_string(random() % 100000)) +
                                   label(i % 2 == 0 ? "cdn" : "static-assets") + label("example") +
                                   label("test") + std::string(1, '\0') + u16(1) + u16(1);
      script.say(Direction::client_to_server, header(id, 0x0100, 0, 1) + question + edns);
      std::string answer = header(id, 0x8180, 2, 1) + question;
      for (int record = 0; record < 2; ++record) {
        answer += u16(0xC00C) + u16(1) + u16(1) + u16(0) + u16(300) + u16(4) + u16(random() & 0xFFFF) +
                  u16(random() & 0xFFFF);
      }
      script.say(Direction::server_to_client, answer + edns);
    }
    workload.add(script, 2 * pairs_a_flow);
  }
  workload.measure(rounds);
}

}  // namespace sekisho::bench
