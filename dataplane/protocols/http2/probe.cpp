// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http2/probe.h"

#include <algorithm>

#include "dataplane/protocols/http2/frame.h"

namespace sekisho::http2 {

namespace {

// SETTINGS whose first parameter is one that is registered (RFC 9113 6.5.2, RFC 8441 3, RFC 9218 2.1).
bool is_first_settings(Bytes bytes) {
  constexpr uint16_t parameter_max = 9;
  const FrameHeader header = read_frame_header(bytes);
  if (header.type != settings || header.flags != 0 || header.length == 0 || !is_plausible(header)) return false;
  if (bytes.size() < frame_header_bytes + 2) return false;
  const uint16_t parameter = load_be16(&bytes[frame_header_bytes]);
  return parameter >= 1 && parameter <= parameter_max;
}

}  // namespace

ProbeResult probe(Bytes prefix, Direction direction, Transport transport) {
  if (transport != Transport::stream) return ProbeResult::not_for_us;
  if (direction == Direction::client_to_server) {
    const size_t common = std::min(prefix.size(), preface.size());
    if (as_text(prefix).substr(0, common) == preface.substr(0, common))
      return common == preface.size() ? ProbeResult::certain : ProbeResult::unsure;
  } else if (prefix.size() >= frame_header_bytes && is_first_settings(prefix)) {
    return ProbeResult::certain;
  }
  size_t need = 0;
  switch (find_chain(prefix, need)) {  // picked up in the middle
    case Chain::yes: return ProbeResult::certain;
    case Chain::no: return ProbeResult::not_for_us;
    case Chain::cut: break;
  }
  // The length's upper bytes tell early: a frame that others believe in is short.
  return !prefix.empty() && prefix[0] != 0 ? ProbeResult::not_for_us : ProbeResult::unsure;
}

}  // namespace sekisho::http2
