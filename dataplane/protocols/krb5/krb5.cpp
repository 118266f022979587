// SPDX-License-Identifier: Apache-2.0
// Kerberos 5 between clients and a KDC, over datagrams and streams (RFC 4120 7.2). A request with its answer
// is a transaction.
#include <algorithm>
#include <new>

#include "dataplane/protocols/krb5/limits.h"
#include "dataplane/protocols/krb5/message.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho {

namespace krb5 {

namespace {

constexpr size_t length_bytes = 4;

struct Side {
  uint32_t skip_bytes = 0;
  bool lost = false;  // where messages begin
};
struct Session {
  TxId tx = no_tx;
  uint8_t request_type = 0;
  bool reported = false;
  Told told;
  Side sides[2];
};
constexpr size_t session_bytes = 32;  // README.md states it
static_assert(sizeof(Session) <= session_bytes);

void end_request(Session& session, Completeness completeness, uint64_t offset, Sink& sink) {
  if (session.tx == no_tx) return;
  if (completeness == Completeness::incomplete)  // no answer: the row is of the request
    sink.observe_number(session.tx, Field::krb5_message_type, session.request_type, offset);
  sink.tx_end(session.tx, completeness);
  session.tx = no_tx;
}

void report(Session& session, Bytes message, Direction direction, uint64_t offset, Sink& sink) {
  const unsigned type = type_of(message);
  session.reported = true;
  if (is_request(type) || session.tx == no_tx) {
    end_request(session, Completeness::incomplete, offset, sink);
    session.tx = sink.tx_begin(direction);
    session.told = {};
    session.request_type = 0;
  }
  const Field type_field = is_request(type) ? Field::krb5_request_type : Field::krb5_message_type;
  sink.observe_number(session.tx, type_field, type, offset);
  if (is_request(type)) session.request_type = static_cast<uint8_t>(type);
  if (!observe_message(message, offset, session.told, sink, session.tx))
    sink.anomaly(session.tx, "krb5.bad_message", offset);
  if (!is_request(type)) end_request(session, Completeness::complete, offset, sink);
}

class StreamWalk {
 public:
  StreamWalk(Session& session, const Input& input, Sink& sink)
      : session_(session), side_(session.sides[index_of(input.direction)]), input_(input), sink_(sink) {}

  ParseResult data() {
    size_t need = 0;
    while (step(need)) {
    }
    if (failed_ && !session_.reported) return {ParseStatus::not_this_protocol, 0};
    return {ParseStatus::need_more, at_, need};
  }

 private:
  bool step(size_t& need) {
    need = 0;
    if (side_.lost || side_.skip_bytes != 0) {
      const size_t skipped = side_.lost ? rest().size() : std::min<size_t>(rest().size(), side_.skip_bytes);
      side_.skip_bytes -= side_.lost ? 0 : static_cast<uint32_t>(skipped);
      at_ += skipped;
    }
    if (side_.lost) return false;
    need = length_bytes;
    if (rest().size() < need) return false;
    const size_t length = load_be32(rest().data());
    switch (
        judge(rest().subspan(length_bytes).first(std::min(length, rest().size() - length_bytes)), length)) {
      case Plausibility::no: need = 0; return give_up();
      case Plausibility::cut: need = rest().size() + 1; return false;
      case Plausibility::yes: break;
    }
    if (length > message_bytes_max) {
      sink_.anomaly(session_.tx, "krb5.long_message", input_.offset + at_);
      at_ += length_bytes;
      side_.skip_bytes = static_cast<uint32_t>(length);
      return true;
    }
    need = length_bytes + length;
    if (rest().size() < need) return false;
    report(session_, rest().subspan(length_bytes, length), input_.direction,
           input_.offset + at_ + length_bytes, sink_);
    at_ += need;
    return true;
  }

  bool give_up() {
    failed_ = true;
    if (!session_.reported) return false;
    sink_.anomaly(session_.tx, "krb5.no_message", input_.offset + at_);
    side_.lost = true;
    at_ = input_.bytes.size();
    return false;
  }

  Bytes rest() const { return input_.bytes.subspan(at_); }

  Session& session_;
  Side& side_;
  const Input& input_;
  Sink& sink_;
  size_t at_ = 0;
  bool failed_ = false;
};

ProbeResult as_probe(Plausibility plausibility) {
  if (plausibility == Plausibility::yes) return ProbeResult::certain;
  return plausibility == Plausibility::cut ? ProbeResult::unsure : ProbeResult::not_for_us;
}

ProbeResult probe(Bytes prefix, Direction, Transport transport) {
  if (transport == Transport::datagram) return as_probe(judge(prefix, prefix.size()));
  if (prefix.size() < length_bytes)
    return prefix.empty() || prefix[0] == 0 ? ProbeResult::unsure : ProbeResult::not_for_us;
  const size_t length = load_be32(prefix.data());
  if (length < length_bytes || length >> 31 != 0) return ProbeResult::not_for_us;  // RFC 4120 7.2.2
  return as_probe(
      judge(prefix.subspan(length_bytes).first(std::min(length, prefix.size() - length_bytes)), length));
}

void init(void* state, Transport) { new (state) Session; }

ParseResult parse(void* state, const Input& input, Sink& sink) {
  Session& session = *static_cast<Session*>(state);
  switch (input.kind) {
    case InputKind::data: return StreamWalk(session, input, sink).data();
    case InputKind::datagram:
      if (judge(input.bytes, input.bytes.size()) != Plausibility::yes) {
        if (session.tx == no_tx) return {ParseStatus::not_this_protocol, 0};
        return {ParseStatus::need_more, input.bytes.size()};
      }
      report(session, input.bytes, input.direction, input.offset, sink);
      return {ParseStatus::need_more, input.bytes.size()};
    case InputKind::gap: session.sides[index_of(input.direction)].lost = true; [[fallthrough]];
    case InputKind::end:
      if (input.kind == InputKind::gap || input.direction == Direction::server_to_client ||
          input.end != EndReason::fin)
        end_request(session, Completeness::incomplete, input.offset + input.bytes.size(), sink);
      return {ParseStatus::need_more, input.bytes.size()};
  }
  return {};
}

}  // namespace

}  // namespace krb5

extern const Protocol krb5_protocol;
const Protocol krb5_protocol = {"krb5",      true,       true,       {88}, sizeof(krb5::Session),
                                krb5::probe, krb5::init, krb5::parse};

}  // namespace sekisho
