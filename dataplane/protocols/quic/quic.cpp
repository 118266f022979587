// SPDX-License-Identifier: Apache-2.0
// QUIC over datagrams, on any port, from the first Initial packet to the client's hello.
#include <new>

#include "dataplane/protocols/quic/connection.h"
#include "dataplane/protocols/quic/packet.h"

namespace sekisho {

namespace {

using namespace quic;

ProbeResult probe(Bytes prefix, Direction, Transport) {
  if (!has_long_header(prefix))
    return old_google_version(prefix) != 0 ? ProbeResult::certain : ProbeResult::not_for_us;
  ByteReader reader(prefix);
  const LongHeader header = read_long_header(reader);
  if (is_google(header.version)) return ProbeResult::certain;
  if (!header.whole) return ProbeResult::not_for_us;
  if (header.destination.size() > connection_id_bytes_max || header.source.size() > connection_id_bytes_max)
    return ProbeResult::not_for_us;
  // A reserved version: nobody speaks it, so that the server names its own. That answer may be anything's;
  // the port tells.
  if (wording_of(header.version) != nullptr || is_reserved(header.version)) return ProbeResult::certain;
  return header.version == version_negotiation ? ProbeResult::unsure : ProbeResult::not_for_us;
}

void init(void* memory, Transport) { new (memory) Connection; }

ParseResult parse(void* memory, const Input& input, Sink& sink) {
  return parse_connection(*static_cast<Connection*>(memory), input, sink);
}

}  // namespace

extern const Protocol quic_protocol;
constexpr Protocol quic_protocol = {
    .name = "quic",
    .over_stream = false,
    .over_datagram = true,
    .usual_ports = {443, 853, 8443, 784},
    .state_bytes = sizeof(Connection),
    .probe = probe,
    .init = init,
    .parse = parse,
};

}  // namespace sekisho
