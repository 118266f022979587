// SPDX-License-Identifier: Apache-2.0
// POP3 (RFC 1939): detection, and the entry points of the parser.
#include <algorithm>

#include "dataplane/protocols/pop3/session.h"
#include "dataplane/protocols/text_protocol.h"

namespace sekisho {

namespace {

using pop3::Session;

// RFC 1939 4: the server speaks first. (Other servers say "+OK" to clients that speak first, and are known by
// those.)
ProbeResult probe_server(Bytes prefix) {
  for (const std::string_view indicator : {std::string_view("+OK"), std::string_view("-ERR")}) {
    const size_t compared = std::min(prefix.size(), indicator.size());
    if (!equals_ignore_case(as_text(prefix.first(compared)), indicator.substr(0, compared))) continue;
    if (prefix.size() <= indicator.size()) return ProbeResult::unsure;
    const uint8_t next = prefix[indicator.size()];
    return next == ' ' || next == '\r' || next == '\n' || next == '\t' ? ProbeResult::certain
                                                                       : ProbeResult::not_for_us;
  }
  return ProbeResult::not_for_us;
}

ProbeResult probe(Bytes prefix, Direction direction, Transport) {
  return direction == Direction::client_to_server ? probe_by_verb(pop3::match_verb(prefix), prefix) : probe_server(prefix);
}

}  // namespace

extern const Protocol pop3_protocol;
const Protocol pop3_protocol = {"pop3", true, false, {110, 995}, sizeof(Session), probe, init_session<Session>, parse_lines<Session>};

}  // namespace sekisho
