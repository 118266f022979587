// SPDX-License-Identifier: Apache-2.0
#include "dataplane/verdict/inject.h"

#include <algorithm>
#include <cstring>

#include "dataplane/decode/checksum.h"

namespace sekisho {

namespace {

constexpr size_t ethernet_macs_bytes = 12, ipv4_header_bytes = 20, tcp_header_bytes = 20,
                 udp_header_bytes = 8, dns_header_bytes = 12;
constexpr uint8_t hop_limit = 64;
constexpr uint16_t dns_type_a = 1, dns_type_aaaa = 28, dns_type_opt = 41, dns_type_soa = 6, dns_class_in = 1;
constexpr uint16_t name_of_question = 0xc00c;  // RFC 1035 4.1.4: a pointer to offset 12

// Appends to a frame; what does not fit makes fits() false and nothing more is written.
class FrameWriter {
 public:
  explicit FrameWriter(InjectedFrame& frame) : frame_(frame) { frame_.length = 0; }
  void bytes(Bytes bytes) {
    if (!(fits_ = fits_ && frame_.length + bytes.size() <= frame_.bytes.size())) return;
    std::copy(bytes.begin(), bytes.end(), frame_.bytes.begin() + frame_.length);
    frame_.length = static_cast<uint16_t>(frame_.length + bytes.size());
  }
  void u8(uint8_t value) { bytes({&value, 1}); }
  void u16(uint16_t value) {
    uint8_t wire[2];
    store_be16(wire, value);
    bytes(wire);
  }
  void u32(uint32_t value) {
    uint8_t wire[4];
    store_be32(wire, value);
    bytes(wire);
  }
  void patch16(size_t at, uint16_t value) {
    if (fits_) store_be16(&frame_.bytes[at], value);
  }
  size_t position() const { return frame_.length; }
  Bytes from(size_t at) const { return {frame_.bytes.data() + at, frame_.length - at}; }
  bool fits() const { return fits_; }

 private:
  InjectedFrame& frame_;
  bool fits_ = true;
};

// The link header of `packet`, MACs swapped when the frame goes back to its sender, VLAN tags as they were.
void write_link_header(const Packet& packet, Toward toward, FrameWriter& out) {
  const Bytes link = packet.frame().first(packet.l3_offset);
  if (toward == Toward::sender) {
    out.bytes(link.subspan(6, 6));
    out.bytes(link.first(6));
  } else {
    out.bytes(link.first(ethernet_macs_bytes));
  }
  out.bytes(link.subspan(ethernet_macs_bytes));
}

// Of the finished frame: the PPP protocol's two bytes count too.
void write_pppoe_length(const Packet& packet, FrameWriter& out) {
  if (packet.pppoe && out.fits()) out.patch16(packet.l3_offset - 4U, static_cast<uint16_t>(out.position() - packet.l3_offset + 2));
}

// The IP header for `length` bytes of payload; the IPv4 checksum is complete.
void write_ip_header(const FiveTuple& tuple, uint8_t version, size_t length, FrameWriter& out) {
  if (version == 4) {
    const size_t at = out.position();
    out.u16(0x4500);
    out.u16(static_cast<uint16_t>(ipv4_header_bytes + length));
    out.u32(0x00004000);  // id 0, do not fragment (RFC 6864 4.1)
    out.u8(hop_limit);
    out.u8(tuple.ip_protocol);
    out.u16(0);
    out.bytes(Bytes(tuple.source).last(4));
    out.bytes(Bytes(tuple.destination).last(4));
    if (out.fits()) out.patch16(at + 10, ipv4_header_checksum(out.from(at)));
  } else {
    out.u32(0x60000000);
    out.u16(static_cast<uint16_t>(length));
    out.u8(tuple.ip_protocol);
    out.u8(hop_limit);
    out.bytes(tuple.source);
    out.bytes(tuple.destination);
  }
}

FiveTuple tuple_toward(const Packet& packet, Toward toward) {
  return toward == Toward::sender ? reversed(packet.tuple) : packet.tuple;
}

// Where the answer's EDNS goes when the question had one: our size, no options, so no cookie (RFC 7873 5.4 lets a client accept
// that from a server without cookies).
void write_opt(FrameWriter& out) {
  out.u8(0);
  out.u16(dns_type_opt);
  out.u16(1232);
  out.u32(0);
  out.u16(0);
}

struct Question {
  Bytes bytes;  // name, type and class as in the message
  uint16_t type = 0;
  uint16_t flags = 0;
  bool has_edns = false;
};

// The single uncompressed question of a DNS message.
bool read_question(Bytes message, Question& question) {
  if (message.size() < dns_header_bytes || load_be16(&message[4]) != 1) return false;
  size_t at = dns_header_bytes;
  while (at < message.size() && message[at] != 0) {
    if (message[at] > 63) return false;
    at += size_t{message[at]} + 1;
  }
  if (at + 5 > message.size() || at - dns_header_bytes > 254) return false;
  question.bytes = message.subspan(dns_header_bytes, at + 5 - dns_header_bytes);
  question.type = load_be16(&message[at + 1]);
  question.flags = load_be16(&message[2]);
  question.has_edns = load_be16(&message[10]) != 0;
  return true;
}

void write_address_answer(const Question& question, const SinkholeOptions& options, FrameWriter& out) {
  out.u16(name_of_question);
  out.u16(question.type);
  out.u16(dns_class_in);
  out.u32(options.ttl_s);
  const Bytes address = question.type == dns_type_a ? Bytes(options.ipv4) : Bytes(options.ipv6);
  out.u16(static_cast<uint16_t>(address.size()));
  out.bytes(address);
}

// RFC 2308 2.2: NODATA is an answer section without records and an SOA in the authority section.
void write_soa(uint32_t ttl_s, FrameWriter& out) {
  out.u16(name_of_question);
  out.u16(dns_type_soa);
  out.u16(dns_class_in);
  out.u32(ttl_s);
  out.u16(2 + 2 + 5 * 4);
  out.u16(name_of_question);
  out.u16(name_of_question);
  for (const uint32_t value : {uint32_t{1}, uint32_t{3600}, uint32_t{600}, uint32_t{86400}, ttl_s}) out.u32(value);
}

void write_dns_answer(Bytes message, const Question& question, const SinkholeOptions& options, FrameWriter& out) {
  const bool has_address = question.type == dns_type_a || (question.type == dns_type_aaaa && options.has_ipv6);
  constexpr uint16_t qr = 0x8000, rd = 0x0100, ra = 0x0080, opcode = 0x7800;
  out.bytes(message.first(2));
  out.u16(static_cast<uint16_t>(qr | ra | (question.flags & (rd | opcode))));
  out.u16(1);
  out.u16(has_address ? 1 : 0);
  out.u16(has_address ? 0 : 1);
  out.u16(question.has_edns ? 1 : 0);
  out.bytes(question.bytes);
  has_address ? write_address_answer(question, options, out) : write_soa(options.ttl_s, out);
  if (question.has_edns) write_opt(out);
}

bool can_be_answered(const Packet& packet, uint8_t ip_protocol) {
  return !packet.tunnel.is_opaque && packet.ip_protocol == ip_protocol && (packet.ip_version == 4 || packet.ip_version == 6) &&
         packet.l3_offset >= ethernet_macs_bytes + 2 && packet.l3_offset <= packet.length;
}

}  // namespace

bool build_reset(const Packet& packet, Toward toward, ResetNumbers numbers, InjectedFrame& frame) {
  constexpr uint8_t tcp = 6;
  if (!can_be_answered(packet, tcp)) return false;
  const FiveTuple tuple = tuple_toward(packet, toward);
  FrameWriter out(frame);
  write_link_header(packet, toward, out);
  write_ip_header(tuple, packet.ip_version, tcp_header_bytes, out);
  const size_t segment = out.position();
  out.u16(tuple.source_port);
  out.u16(tuple.destination_port);
  out.u32(numbers.sequence);
  out.u32(numbers.acknowledgment);
  out.u8(tcp_header_bytes / 4 << 4);
  out.u8(tcp_flag::rst | tcp_flag::ack);
  out.u16(0);
  out.u32(0);  // checksum, urgent pointer
  if (out.fits()) out.patch16(segment + 16, transport_checksum(tuple, out.from(segment)));
  write_pppoe_length(packet, out);
  return out.fits();
}

bool build_sinkhole_answer(const Packet& packet, Toward toward_client, const SinkholeOptions& options, InjectedFrame& frame) {
  constexpr uint8_t udp = 17;
  Question question;
  if (!can_be_answered(packet, udp) || !read_question(packet.payload(), question)) return false;
  const FiveTuple tuple = tuple_toward(packet, toward_client);
  // The answer is written behind headers whose lengths are only then known: the sizes are few enough to compute first.
  InjectedFrame answer;
  FrameWriter body(answer);
  write_dns_answer(packet.payload(), question, options, body);
  FrameWriter out(frame);
  write_link_header(packet, toward_client, out);
  write_ip_header(tuple, packet.ip_version, udp_header_bytes + body.position(), out);
  const size_t datagram = out.position();
  out.u16(tuple.source_port);
  out.u16(tuple.destination_port);
  out.u16(static_cast<uint16_t>(udp_header_bytes + body.position()));
  out.u16(0);
  out.bytes(body.from(0));
  if (out.fits()) out.patch16(datagram + 6, udp_checksum_to_send(tuple, out.from(datagram)));
  write_pppoe_length(packet, out);
  return body.fits() && out.fits();
}

}  // namespace sekisho
