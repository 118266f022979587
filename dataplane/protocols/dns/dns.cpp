// SPDX-License-Identifier: Apache-2.0
// DNS over datagrams (one message each) and over streams (RFC 1035 4.2.2: a two-byte length before each message, any
// number of messages in flight, RFC 7766 6.2.1). mDNS and LLMNR have the same messages.
#include <algorithm>
#include <new>

#include "dataplane/protocols/dns/message.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho {

namespace {

using dns::Plausibility;

constexpr size_t length_bytes = 2;

// Where one direction of a stream stands.
enum class Framing : uint8_t {
  at_length,
  in_message,  // its length is known
  lost,        // after a gap, at what may or may not be a message's length
  given_up     // it was not
};
struct Side {
  Framing framing = Framing::at_length;
  uint16_t message_bytes = 0;  // in_message
  uint32_t skip_bytes = 0;     // of a message whose middle is lost
};
struct State {
  bool reported = false;  // something; from then on these are DNS messages, however odd
  Side sides[2];
  dns::Pairing pairing;
};
constexpr size_t state_bytes = 832;  // README.md states it
static_assert(sizeof(State) <= state_bytes);

Plausibility judge_stream(Bytes bytes) {
  if (bytes.size() < length_bytes) return Plausibility::cut;
  const size_t whole_bytes = load_be16(bytes.data());
  if (whole_bytes < dns::header_bytes) return Plausibility::weak;  // servers differ: some read on behind it
  bytes = bytes.subspan(length_bytes);
  return dns::judge(bytes.first(std::min(bytes.size(), whole_bytes)), whole_bytes);
}

// A first datagram that is no message does not exclude us: a sender could hide every later one behind it. The port decides.
ProbeResult probe(Bytes prefix, Direction, Transport transport) {
  if (transport == Transport::datagram)
    return dns::judge(prefix, prefix.size()) == Plausibility::strong ? ProbeResult::certain : ProbeResult::unsure;
  switch (judge_stream(prefix)) {
    case Plausibility::strong: return ProbeResult::certain;
    case Plausibility::no: return ProbeResult::not_for_us;
    default: return ProbeResult::unsure;
  }
}

void init(void* memory, Transport) { new (memory) State; }

// Queries that a server had time to answer. A reset or an eviction leaves it none.
void tell_unanswered(State& state, const Input& input, Sink& sink) {
  if (input.end != EndReason::timeout && input.end != EndReason::fin) return;
  if (input.direction == Direction::client_to_server && input.end == EndReason::fin) return;  // still to come
  for (unsigned left = state.pairing.take_unanswered(); left > 0; --left)
    sink.anomaly(no_tx, "dns.unanswered", input.offset);
}

// Parses what one input offers of one direction of a stream.
class StreamWalk {
 public:
  StreamWalk(State& state, const Input& input, Sink& sink)
      : state_(state), side_(state.sides[index_of(input.direction)]), input_(input), sink_(sink) {}

  ParseResult data() {
    size_t need = length_bytes;
    ParseStatus status = ParseStatus::need_more;
    while (status == ParseStatus::need_more && step(need, status)) {
    }
    return {status, at_, need};
  }

  // Missing bytes. Where the message's end is known and they end before it, or with it, the framing survives.
  ParseResult gap() {
    const uint64_t missing = input_.gap_bytes;
    enter_message();
    if (side_.framing == Framing::in_message && rest().size() + missing <= side_.message_bytes) {
      const uint64_t left = side_.message_bytes - rest().size() - missing;
      report(rest(), dns::Wholeness::cut);
      side_ = {Framing::at_length, 0, static_cast<uint32_t>(left)};
    } else if (side_.framing == Framing::at_length && missing <= side_.skip_bytes) {
      side_.skip_bytes -= static_cast<uint32_t>(missing);
    } else if (side_.framing != Framing::given_up) {
      if (side_.framing == Framing::in_message) report(rest(), dns::Wholeness::cut);
      side_ = {Framing::lost, 0, 0};
    }
    return {ParseStatus::need_more, input_.bytes.size(), 0};
  }

  ParseResult end() {
    enter_message();
    if (side_.framing == Framing::in_message) report(rest(), dns::Wholeness::cut);
    side_ = {Framing::given_up, 0, 0};
    tell_unanswered(state_, input_, sink_);
    return {ParseStatus::need_more, input_.bytes.size(), 0};
  }

 private:
  // One step forward; false where more bytes are needed (`need` of them) or the parser is not for this stream.
  bool step(size_t& need, ParseStatus& status) {
    switch (side_.framing) {
      case Framing::at_length: return read_length(need, status);
      case Framing::in_message: return read_message(need);
      case Framing::lost: return find_framing(need);
      case Framing::given_up: at_ = input_.bytes.size(); need = 0; return false;
    }
    return false;
  }

  bool read_length(size_t& need, ParseStatus& status) {
    pass_skipped();
    need = length_bytes;
    if (rest().size() < length_bytes) return false;
    if (!state_.reported && !may_begin(need, status)) return false;
    side_.message_bytes = load_be16(rest().data());
    if (side_.message_bytes == 0) {
      state_.reported = true;
      sink_.anomaly(no_tx, "dns.empty_message", input_.offset + at_);
    } else {
      side_.framing = Framing::in_message;
    }
    at_ += length_bytes;
    return true;
  }

  // What is left of a message with a hole.
  void pass_skipped() {
    const size_t skip = std::min<size_t>(side_.skip_bytes, rest().size());
    side_.skip_bytes -= static_cast<uint32_t>(skip);
    at_ += skip;
  }

  // The first message of the flow is looked at before any of it is consumed: detection may have been wrong.
  bool may_begin(size_t& need, ParseStatus& status) {
    const Plausibility plausibility = judge_stream(rest());
    if (plausibility == Plausibility::cut) need = rest().size() + 1;
    if (plausibility == Plausibility::no) status = ParseStatus::not_this_protocol;
    return plausibility != Plausibility::cut && plausibility != Plausibility::no;
  }

  // The length before the bytes offered for the last time, if it was not consumed yet.
  void enter_message() {
    pass_skipped();
    if (side_.framing != Framing::at_length || side_.skip_bytes != 0 || rest().size() < length_bytes) return;
    side_.message_bytes = load_be16(rest().data());
    side_.framing = Framing::in_message;
    at_ += length_bytes;
  }

  bool read_message(size_t& need) {
    need = side_.message_bytes;
    if (rest().size() < need) return false;
    report(rest().first(need), dns::Wholeness::whole);
    at_ += need;
    side_.framing = Framing::at_length;
    return true;
  }

  // A sender's segment often begins with a message: if the first bytes behind the gap look like one, go on there.
  bool find_framing(size_t& need) {
    const Plausibility plausibility = judge_stream(rest());
    if (plausibility == Plausibility::cut) {
      need = rest().size() + 1;
      return false;
    }
    side_.framing = plausibility == Plausibility::strong ? Framing::at_length : Framing::given_up;
    return true;
  }

  void report(Bytes message, dns::Wholeness wholeness) {
    state_.reported = true;
    dns::report_message(message, wholeness, input_.direction, input_.offset + at_, sink_, &state_.pairing);
  }

  Bytes rest() const { return input_.bytes.subspan(at_); }

  State& state_;
  Side& side_;
  const Input& input_;
  Sink& sink_;
  size_t at_ = 0;
};

ParseResult parse_datagram(State& state, const Input& input, Sink& sink) {
  dns::report_message(input.bytes, dns::Wholeness::whole, input.direction, input.offset, sink,
                      &state.pairing);
  return {ParseStatus::need_more, input.bytes.size(), 0};
}

ParseResult parse(void* memory, const Input& input, Sink& sink) {
  State& state = *static_cast<State*>(memory);
  switch (input.kind) {
    case InputKind::datagram: return parse_datagram(state, input, sink);
    case InputKind::data: return StreamWalk(state, input, sink).data();
    case InputKind::gap: return StreamWalk(state, input, sink).gap();
    case InputKind::end: return StreamWalk(state, input, sink).end();
  }
  return {};
}

}  // namespace

extern const Protocol dns_protocol;
constexpr Protocol dns_protocol = {
    .name = "dns",
    .over_stream = true,
    .over_datagram = true,
    .usual_ports = {53, 5353, 5355},
    .state_bytes = sizeof(State),
    .probe = probe,
    .init = init,
    .parse = parse,
};

}  // namespace sekisho
