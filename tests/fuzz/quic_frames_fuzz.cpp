// SPDX-License-Identifier: Apache-2.0
// QUIC behind its packet protection: the input is a list of packets' payloads, each behind two control bytes,
// which are sealed as a client would. Sizes, versions, identifiers and the packing into datagrams vary with
// the control bytes.
#include <algorithm>
#include <cstdlib>

#include "dataplane/protocols/parser_harness.h"
#include "dataplane/protocols/quic/test_initial.h"

namespace sekisho {
extern const Protocol quic_protocol;
}

using namespace sekisho;

namespace {

constexpr uint8_t coalesce = 0x01, undersized = 0x02, from_server = 0x04, other_identifier = 0x08,
                  other_version = 0x10, second_identifier = 0x20, retry_before = 0x40, ends = 0x80;

test::Turn turn_of(uint8_t control, std::string bytes) {
  test::Turn turn;
  turn.direction = control & from_server ? Direction::server_to_client : Direction::client_to_server;
  turn.bytes = std::move(bytes);
  return turn;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader reader({data, size});
  test::Conversation turns;
  std::string datagram;
  for (uint64_t number = 0; number < 40 && reader.left() >= 3; ++number) {
    const uint8_t control = reader.u8();
    const size_t payload_bytes = std::min<size_t>(reader.u16() & 0x0FFF, reader.left());
    const std::string payload(as_text(reader.bytes(payload_bytes)));
    quic::test::InitialPacket packet{.number = number, .number_bytes = 1U + control % 4U};
    if (control & other_version) packet.version = quic::version_2;
    if (control & other_identifier) packet.keyed_by = "other";
    if (control & second_identifier) packet.destination = "second";
    if (control & retry_before)
      turns.push_back(turn_of(control ^ from_server, "\xF0" + quic::test::u32(1) + "\x01x\x01y"));
    datagram += control & (undersized | coalesce) ? packet.with(payload) : packet.datagram(payload);
    if (control & coalesce) continue;
    turns.push_back(turn_of(control, datagram));
    datagram.clear();
    if (control & ends) turns.push_back(test::end(Direction::client_to_server));
  }
  const test::Report report = test::run(quic_protocol, turns, {.transport = Transport::datagram});
  for (const std::string& line : report.lines)
    if (line.starts_with("CONTRACT: ")) std::abort();
  if (report.count("begin") != report.count("end ")) std::abort();
  return 0;
}
