// SPDX-License-Identifier: Apache-2.0
// NTP (RFC 5905) over datagrams: a packet is a transaction, nothing is kept between them. Control (RFC 9327)
// and private packets are recognised: they are what amplification asks for.
#include <algorithm>
#include <new>

#include "dataplane/protocols/ntp/limits.h"
#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/text_writer.h"

namespace sekisho {

namespace ntp {

namespace {

constexpr size_t control_header_bytes = 12, private_header_bytes = 8;
constexpr unsigned version_min = 1, version_max = 4;
constexpr unsigned mode_client = 3, mode_server = 4, mode_control = 6, mode_private = 7;
constexpr unsigned stratum_max = 16;  // unsynchronised (RFC 5905 7.3)
constexpr size_t stratum_at = 1, poll_at = 2, precision_at = 3, root_delay_at = 4, root_dispersion_at = 8,
                 reference_at = 12, transmit_at = 40;

unsigned version_of(Bytes packet) { return packet[0] >> 3 & 7; }
unsigned mode_of(Bytes packet) { return packet[0] & 7; }

// A clock's packet, as senders write it: intervals and precision as powers of two, delays of less than a
// minute.
bool is_plausible_clock(Bytes packet) {
  const auto poll = static_cast<int8_t>(packet[poll_at]),
             precision = static_cast<int8_t>(packet[precision_at]);
  const bool client_zeroes = mode_of(packet) == mode_client && packet[stratum_at] == 0;
  const bool has_time = load_be64(&packet[transmit_at]) != 0;
  constexpr uint32_t minute = 60U << 16;  // 16.16 fixed point
  return packet[stratum_at] <= stratum_max && poll >= 0 && poll <= 17 && precision <= 0 &&
         (has_time || client_zeroes) && load_be32(&packet[root_delay_at]) < minute &&
         load_be32(&packet[root_dispersion_at]) < minute;
}

// Extensions and authenticators come in words of four octets (RFC 7822).
bool is_clock_size(size_t bytes) { return bytes >= clock_packet_bytes && bytes % 4 == 0; }

bool is_control(Bytes packet) {
  return packet.size() >= control_header_bytes && packet[0] >> 6 == 0 &&
         packet.size() >= control_header_bytes + load_be16(&packet[10]);
}

// None is told from other protocols by a mark of its own: the port settles what looks right.
ProbeResult probe(Bytes prefix, Direction, Transport) {
  if (prefix.empty() || version_of(prefix) < version_min || version_of(prefix) > version_max)
    return ProbeResult::not_for_us;
  switch (mode_of(prefix)) {
    case mode_control: return is_control(prefix) ? ProbeResult::unsure : ProbeResult::not_for_us;
    case mode_private:
      return prefix.size() >= private_header_bytes ? ProbeResult::unsure : ProbeResult::not_for_us;
    case 0: return ProbeResult::not_for_us;
    default: break;
  }
  if (!is_clock_size(prefix.size())) return ProbeResult::not_for_us;
  // Without extensions a packet has few forms; that of a server with a time in every place is NTP's own.
  const bool server =
      mode_of(prefix) == mode_server && prefix.size() == clock_packet_bytes && version_of(prefix) >= 3;
  return server && prefix[stratum_at] != 0 && is_plausible_clock(prefix) ? ProbeResult::certain
                                                                         : ProbeResult::unsure;
}

bool is_text(Bytes bytes) {
  const auto printable = [](uint8_t c) { return c == 0 || (c >= ' ' && c <= '~'); };
  return bytes[0] != 0 && std::ranges::all_of(bytes, printable);
}

void observe_reference(Bytes packet, Sink& sink, TxId tx) {
  const Bytes reference = packet.subspan(reference_at, 4);
  if (load_be32(reference.data()) == 0) return;
  char memory[10];
  TextWriter text(memory);
  if (packet[stratum_at] <= 1 && is_text(reference)) {
    for (const uint8_t c : reference)
      if (c != 0) text.character(static_cast<char>(c));
  } else {
    text.text("0x");
    for (const uint8_t byte : reference) text.hex(byte);
  }
  sink.observe(tx, Field::ntp_reference_id, text.bytes(), reference_at);
}

void report(const Input& input, Sink& sink) {
  const Bytes packet = input.bytes;
  const unsigned mode = mode_of(packet);
  const TxId tx = sink.tx_begin(input.direction);
  sink.observe_number(tx, Field::ntp_version, version_of(packet), 0);
  sink.observe_number(tx, Field::ntp_mode, mode, 0);
  if (mode == mode_control) sink.observe_number(tx, Field::ntp_control_opcode, packet[1] & 0x1FU, 1);
  if (mode == mode_private) sink.observe_number(tx, Field::ntp_control_opcode, packet[3], 3);
  if (mode < mode_control) {
    sink.observe_number(tx, Field::ntp_stratum, packet[stratum_at], stratum_at);
    observe_reference(packet, sink, tx);
  }
  sink.tx_end(tx, Completeness::complete);
}

struct State {};

void init(void* state, Transport) { new (state) State; }

ParseResult parse(void*, const Input& input, Sink& sink) {
  if (input.kind != InputKind::datagram) return {};
  if (probe(input.bytes, input.direction, Transport::datagram) == ProbeResult::not_for_us)
    return {ParseStatus::not_this_protocol, 0};
  report(input, sink);
  return {ParseStatus::need_more, input.bytes.size()};
}

}  // namespace

}  // namespace ntp

extern const Protocol ntp_protocol;
const Protocol ntp_protocol = {"ntp",      false,     true,      {123}, sizeof(ntp::State),
                               ntp::probe, ntp::init, ntp::parse};

}  // namespace sekisho
