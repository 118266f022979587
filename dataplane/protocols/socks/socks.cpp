// SPDX-License-Identifier: Apache-2.0
// SOCKS 4, 4A and 5 (RFC 1928, 1929): detection, and the entry points of the parser.
#include <algorithm>
#include <new>

#include "dataplane/protocols/socks/session.h"

namespace sekisho {

namespace {

using namespace socks;

constexpr bool is_printable(uint8_t c) { return c >= 0x20 && c != 0x7f; }

// The end of a text that a NUL ends, from `at` on; 0 = not there yet, or no text.
size_t text_end(Bytes prefix, size_t at, bool& is_text) {
  for (; at < prefix.size(); ++at) {
    if (prefix[at] == 0) return at + 1;
    if (!(is_text = is_printable(prefix[at]))) return 0;
  }
  return 0;
}

ProbeResult probe_version_4(Bytes prefix) {
  constexpr size_t fixed_bytes = 8;
  if (prefix.size() >= 2 && prefix[1] != command_connect && prefix[1] != command_bind)
    return ProbeResult::not_for_us;
  if (prefix.size() < fixed_bytes) return ProbeResult::unsure;
  if (load_be16(&prefix[2]) == 0 || load_be32(&prefix[4]) == 0) return ProbeResult::not_for_us;
  bool is_text = true;
  size_t end = text_end(prefix, fixed_bytes, is_text);
  if (end != 0 && prefix[4] == 0 && prefix[5] == 0 && prefix[6] == 0) end = text_end(prefix, end, is_text);
  if (end != 0) return ProbeResult::certain;
  return is_text && prefix.size() <= fixed_bytes + 2 * (text_bytes_max + 1) ? ProbeResult::unsure
                                                                            : ProbeResult::not_for_us;
}

// One offer is followed by nothing, or at once by what a client in a hurry says next.
ProbeResult probe_version_5(Bytes prefix) {
  if (prefix.size() < 2) return ProbeResult::unsure;
  if (prefix[1] == 0) return ProbeResult::not_for_us;
  const size_t end = size_t{2} + prefix[1];
  for (size_t at = 3; at < std::min(end, prefix.size()); ++at)
    if (std::find(&prefix[2], &prefix[at], prefix[at]) != &prefix[at])
      return ProbeResult::not_for_us;  // each is named once
  if (prefix.size() < end) return ProbeResult::unsure;
  if (prefix.size() == end) return ProbeResult::certain;
  return prefix[end] == version_5 || prefix[end] == 1 ? ProbeResult::certain : ProbeResult::not_for_us;
}

ProbeResult probe_client(Bytes prefix) {
  if (prefix.empty()) return ProbeResult::unsure;
  if (prefix[0] == version_5) return probe_version_5(prefix);
  return prefix[0] == version_4 ? probe_version_4(prefix) : ProbeResult::not_for_us;
}

// Two or eight bytes say little; a choice and a reply in one are another matter (captures without the
// client's side).
ProbeResult probe_server(Bytes prefix) {
  constexpr uint8_t reply_4_first = 90, reply_4_last = 93;
  if (prefix.empty()) return ProbeResult::unsure;
  if (prefix[0] == 0) {
    if (prefix.size() >= 2 && (prefix[1] < reply_4_first || prefix[1] > reply_4_last))
      return ProbeResult::not_for_us;
    return prefix.size() <= 8 ? ProbeResult::unsure : ProbeResult::not_for_us;
  }
  if (prefix[0] != version_5) return ProbeResult::not_for_us;
  if (prefix.size() >= 2 && prefix[1] > method_user_password && prefix[1] != method_refused)
    return ProbeResult::not_for_us;
  if (prefix.size() <= 2) return ProbeResult::unsure;
  if (prefix[1] != method_none) return ProbeResult::not_for_us;
  if (prefix[2] != version_5) return ProbeResult::not_for_us;
  if (prefix.size() < 6) return ProbeResult::unsure;
  return prefix[3] <= 8 && prefix[4] == 0 && read_endpoint(prefix.subspan(5)).kind != Endpoint::Kind::bad
             ? ProbeResult::certain
             : ProbeResult::not_for_us;
}

ProbeResult probe(Bytes prefix, Direction direction, Transport) {
  return direction == Direction::client_to_server ? probe_client(prefix) : probe_server(prefix);
}

void init(void* state, Transport) { new (state) Session; }

ParseResult read(Session& session, const Input& input, Sink& sink) {
  const bool is_client = input.direction == Direction::client_to_server;
  uint64_t& next = is_client ? session.client_next : session.server_next;
  ParseResult result;
  for (;;) {
    const uint64_t offset = input.offset + result.consumed;
    const Progress progress =
        (is_client ? read_client : read_server)(session, input.bytes.subspan(result.consumed), offset, sink);
    result.consumed += progress.bytes;
    next = offset + progress.bytes;
    switch (progress.step) {
      case Step::consumed: continue;
      case Step::need_more: return result;
      case Step::hand_off:
        hand_off(session, session.client_next, session.server_next, sink);
        result.wake_other = true;
        return result;
      case Step::done:
        end_transaction(session, Completeness::complete, sink);
        result.status = ParseStatus::done;
        return result;
      case Step::malformed:
        end_transaction(session, Completeness::incomplete, sink);
        result.status = ParseStatus::malformed;
        return result;
    }
  }
}

ParseResult parse(void* state, const Input& input, Sink& sink) {
  Session& session = *static_cast<Session*>(state);
  if (input.kind == InputKind::data) return read(session, input, sink);
  end_transaction(session, Completeness::incomplete, sink);
  // Behind a hole nobody knows where the next message begins.
  return {input.kind == InputKind::gap ? ParseStatus::done : ParseStatus::need_more, input.bytes.size()};
}

}  // namespace

extern const Protocol socks_protocol;
const Protocol socks_protocol = {"socks", true, false, {1080}, sizeof(Session), probe, init, parse};

}  // namespace sekisho
