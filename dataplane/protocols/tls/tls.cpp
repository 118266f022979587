// SPDX-License-Identifier: Apache-2.0
// TLS and SSL over streams, on any port, from the first hello to where the connection turns opaque.
#include <new>

#include "dataplane/protocols/tls/connection.h"

namespace sekisho {

namespace {

using namespace tls;

// A record that begins a connection: a hello in its first bytes.
ProbeResult probe_hello(Bytes prefix, const RecordHeader& header) {
  if (header.bytes == 0) return ProbeResult::not_for_us;
  if (prefix.size() == record_header_bytes) return ProbeResult::unsure;
  const uint8_t type = prefix[record_header_bytes];
  const bool hello = type == handshake_type::client_hello || type == handshake_type::server_hello;
  // The hello's own version, where the first record holds it; drafts of 1.3 wrote 0x7fNN.
  constexpr size_t version_at = record_header_bytes + handshake_header_bytes;
  const bool has_version = header.bytes > handshake_header_bytes && prefix.size() > version_at;
  const bool known = !has_version || prefix[version_at] == 3 || prefix[version_at] == 0x7F;
  return hello && known ? ProbeResult::certain : ProbeResult::unsure;
}

// Do these few bytes not contradict a record header?
bool may_be_record(Bytes prefix) {
  return prefix[0] >= content_type::change_cipher_spec && prefix[0] <= content_type::heartbeat &&
         (prefix.size() < 2 || prefix[1] == 3);
}

ProbeResult probe(Bytes prefix, Direction, Transport) {
  if (prefix.empty()) return ProbeResult::unsure;
  if (prefix.size() >= record_header_bytes && read_record_header(prefix).plausible()) {
    const RecordHeader header = read_record_header(prefix);
    // In the middle of a connection there is nothing left to learn; the port may still name it.
    return header.type == content_type::handshake ? probe_hello(prefix, header) : ProbeResult::unsure;
  }
  if ((prefix[0] & 0x80) != 0) {
    if (prefix.size() < ssl2_probe_bytes) return ProbeResult::unsure;
    return is_ssl2_hello(prefix) ? ProbeResult::certain : ProbeResult::not_for_us;
  }
  return prefix.size() < record_header_bytes && may_be_record(prefix) ? ProbeResult::unsure : ProbeResult::not_for_us;
}

void init(void* memory, Transport) { new (memory) Connection; }

ParseResult parse(void* memory, const Input& input, Sink& sink) {
  return parse_connection(*static_cast<Connection*>(memory), input, sink);
}

}  // namespace

extern const Protocol tls_protocol;
constexpr Protocol tls_protocol = {
    .name = "tls",
    .over_stream = true,
    .over_datagram = false,
    .usual_ports = {443, 465, 636, 853, 993, 995, 8443, 5061},
    .state_bytes = sizeof(Connection),
    .probe = probe,
    .init = init,
    .parse = parse,
};

}  // namespace sekisho
