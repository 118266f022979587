// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/rdp/negotiation.h"

#include <algorithm>

#include "dataplane/protocols/little_endian.h"

namespace sekisho::rdp {

namespace {

constexpr uint8_t connection_request = 0xE0, connection_confirm = 0xD0,
                  code_mask = 0xF0;  // RFC 905 13.3.1, 13.4.1
constexpr uint8_t negotiation_request = 1, negotiation_response = 2, negotiation_failure = 3;
constexpr size_t negotiation_bytes = 8;
constexpr std::string_view user_cookie = "Cookie: mstshash=", routing_cookie = "Cookie: msts=",
                           routing_url = "tsv:";

// Do these bytes begin as `whole` does, as far as both go?
bool agrees(std::string_view bytes, std::string_view whole) {
  const size_t common = std::min(bytes.size(), whole.size());
  return bytes.substr(0, common) == whole.substr(0, common);
}

bool is_negotiation(Bytes bytes, uint8_t type) {
  return bytes.size() >= negotiation_bytes && bytes[0] == type && load_le16(&bytes[2]) == negotiation_bytes;
}

// What stands behind X.224's fixed part. Other users of it (industrial controllers) write parameters of its
// own there.
ProbeResult judge_rest(Bytes rest, size_t whole_rest_bytes, Direction direction) {
  if (whole_rest_bytes == 0) return ProbeResult::unsure;  // old clients and servers; the port decides
  if (direction == Direction::client_to_server)
    for (const std::string_view start : {user_cookie, routing_cookie, routing_url})
      if (agrees(as_text(rest), start))
        return rest.size() < start.size() ? ProbeResult::unsure : ProbeResult::certain;
  if (whole_rest_bytes != negotiation_bytes) return ProbeResult::not_for_us;
  if (rest.size() < negotiation_bytes) return ProbeResult::unsure;
  if (direction == Direction::client_to_server)
    return is_negotiation(rest, negotiation_request) ? ProbeResult::certain : ProbeResult::not_for_us;
  const bool answer = is_negotiation(rest, negotiation_response) || is_negotiation(rest, negotiation_failure);
  return answer ? ProbeResult::certain : ProbeResult::not_for_us;
}

}  // namespace

ProbeResult judge_first_packet(Bytes prefix, Direction direction) {
  const uint8_t code = direction == Direction::client_to_server ? connection_request : connection_confirm;
  if (prefix.size() < first_packet_bytes) {
    const uint8_t start[] = {3, 0};
    const size_t common = std::min(prefix.size(), sizeof start);
    const bool may_be = std::equal(start, start + common, prefix.begin()) &&
                        (prefix.size() < 6 || (prefix[5] & code_mask) == code);
    return may_be ? ProbeResult::unsure : ProbeResult::not_for_us;
  }
  const size_t whole_bytes = load_be16(&prefix[2]);
  // The header's length does not count itself; the destination of a request is not known yet.
  const bool shaped = is_tpkt(prefix) && whole_bytes >= first_packet_bytes &&
                      prefix[tpkt_bytes] == whole_bytes - tpkt_bytes - 1 && (prefix[5] & code_mask) == code &&
                      (code == connection_confirm || load_be16(&prefix[6]) == 0);
  if (!shaped) return ProbeResult::not_for_us;
  const size_t whole_rest_bytes = whole_bytes - first_packet_bytes;
  const Bytes rest = prefix.subspan(first_packet_bytes);
  return judge_rest(rest.first(std::min(rest.size(), whole_rest_bytes)), whole_rest_bytes, direction);
}

void observe_request(Bytes packet, uint64_t offset, Sink& sink, TxId tx) {
  Bytes rest = packet.subspan(first_packet_bytes);
  offset += first_packet_bytes;
  const std::string_view text = as_text(rest);
  if (const size_t line = text.find("\r\n"); line != text.npos) {
    const bool names_user = text.starts_with(user_cookie);
    const size_t value = names_user                         ? user_cookie.size()
                         : text.starts_with(routing_cookie) ? routing_cookie.size()
                                                            : 0;
    const Field field = names_user ? Field::rdp_cookie : Field::rdp_routing_token;
    if (value <= line) sink.observe(tx, field, rest.subspan(value, line - value), offset + value);
    rest = rest.subspan(line + 2);
    offset += line + 2;
  }
  if (!is_negotiation(rest, negotiation_request)) return;
  sink.observe_number(tx, Field::rdp_request_flags, rest[1], offset + 1);
  sink.observe_number(tx, Field::rdp_requested_protocols, load_le32(&rest[4]), offset + 4);
}

Answer observe_response(Bytes packet, uint64_t offset, Sink& sink, TxId tx) {
  const Bytes rest = packet.subspan(first_packet_bytes);
  offset += first_packet_bytes;
  if (is_negotiation(rest, negotiation_failure)) {
    sink.observe_number(tx, Field::rdp_failure_code, load_le32(&rest[4]), offset + 4);
    return Answer::refused;
  }
  uint32_t selected = 0;  // a server that does not negotiate has standard security (MS-RDPBCGR 5.4.2.1)
  if (is_negotiation(rest, negotiation_response)) {
    sink.observe_number(tx, Field::rdp_response_flags, rest[1], offset + 1);
    selected = load_le32(&rest[4]);
  }
  sink.observe_number(tx, Field::rdp_selected_protocol, selected, offset);
  return selected == 0 ? Answer::standard : Answer::tls;
}

}  // namespace sekisho::rdp
