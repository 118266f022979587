// SPDX-License-Identifier: Apache-2.0
// LDAP (RFC 4511) over streams, and over datagrams as domain controllers answer it (MS-ADTS 6.3.3).
#include <algorithm>
#include <new>

#include "dataplane/protocols/ldap/session.h"

namespace sekisho {

namespace ldap {

namespace {

class Parser {
 public:
  Parser(Session& session, const Input& input, Sink& sink)
      : session_(session), side_(session.sides[index_of(input.direction)]), input_(input), sink_(sink) {}

  ParseResult data() {
    while (status_ == ParseStatus::need_more && step()) {
    }
    return {status_, status_ == ParseStatus::not_this_protocol ? 0 : at_, need_, wake_};
  }

  // One message or more: a controller puts entry and result into one datagram.
  ParseResult datagram() {
    Envelope envelope;
    while (!rest().empty() && read_envelope(rest(), envelope) == Reading::yes &&
           envelope.bytes <= rest().size()) {
      take(envelope);
      at_ += static_cast<size_t>(envelope.bytes);
    }
    if (!session_.reported) return {ParseStatus::not_this_protocol, 0};
    return {ParseStatus::need_more, input_.bytes.size()};
  }

  ParseResult gap() {
    if (input_.gap_bytes <= side_.skip_bytes) {
      side_.skip_bytes -= input_.gap_bytes;
    } else {
      side_.lost = true;
      end_all();
    }
    return {ParseStatus::need_more, input_.bytes.size(), 0, true};
  }

  ParseResult end() {
    const bool may_be_answered =
        input_.direction == Direction::client_to_server && input_.end == EndReason::fin;
    if (!may_be_answered) end_all();
    return {ParseStatus::need_more, input_.bytes.size()};
  }

 private:
  // One message; false where more bytes are needed.
  bool step() {
    need_ = 0;
    skip();
    if (rest().empty() || session_.client == ClientStage::handed_off) return false;
    if (from_client() && session_.client != ClientStage::requests) return wait();
    Envelope envelope;
    switch (read_envelope(rest(), envelope)) {
      case Reading::no: return leave();
      case Reading::cut: need_ = rest().size() + 1; return false;
      case Reading::yes: break;
    }
    if (envelope.bytes > declared_bytes_max) return leave();
    need_ = static_cast<size_t>(std::min<uint64_t>(envelope.bytes, message_bytes_max));
    if (rest().size() < need_) return false;
    const size_t read = need_;
    take(envelope);
    side_.skip_bytes = envelope.bytes - read;
    at_ += read;
    return true;
  }

  void skip() {
    const uint64_t wanted = side_.lost || session_.over ? rest().size() : side_.skip_bytes;
    const size_t skipped = static_cast<size_t>(std::min<uint64_t>(wanted, rest().size()));
    side_.skip_bytes -= std::min<uint64_t>(side_.skip_bytes, skipped);
    at_ += skipped;
  }

  // Behind StartTLS the client waits for its answer.
  bool wait() {
    need_ = rest().size() + 1;
    if (rest().size() < early_bytes_max) return false;
    sink_.anomaly(no_tx, "ldap.early_data", input_.offset + at_);
    end_all();
    session_.over = true;
    status_ = ParseStatus::done;
    return false;
  }

  // No message: protected by SASL from here on, or another protocol.
  bool leave() {
    if (!session_.reported) {
      status_ = ParseStatus::not_this_protocol;
      return false;
    }
    if (!session_.sasl) sink_.anomaly(no_tx, "ldap.bad_message", input_.offset + at_);
    side_.lost = true;
    at_ = input_.bytes.size();
    end_all();
    if (session_.sides[0].lost && session_.sides[1].lost) status_ = ParseStatus::done;
    return false;
  }

  void take(const Envelope& envelope) {
    session_.reported = true;
    const Bytes seen = rest().subspan(envelope.content_at);
    const size_t length = static_cast<size_t>(std::min<uint64_t>(
        {envelope.content_bytes, seen.size(),
         message_bytes_max > envelope.content_at ? message_bytes_max - envelope.content_at : 0}));
    const Message message{envelope, seen.first(length), input_.offset + at_ + envelope.content_at};
    if (is_request(envelope.tag))
      take_request(message);
    else
      take_response(message);
  }

  void take_request(const Message& message) {
    const uint8_t tag = message.envelope.tag;
    if (tag == operation::abandon_request ||
        tag == operation::unbind_request) {  // not answered (RFC 4511 4.3, 4.11)
      const TxId tx = sink_.tx_begin(input_.direction);
      observe_request(message, sink_, tx);
      sink_.tx_end(tx, Completeness::complete);
      return;
    }
    if (Outstanding* same = find(message.envelope.id); same != nullptr) end(*same, Completeness::incomplete);
    Outstanding& request = free_place(message.offset);
    request = {sink_.tx_begin(input_.direction), message.envelope.id, tag, false, 0};
    request.starttls = observe_request(message, sink_, request.tx);
    session_.sasl |= tag == operation::bind_request;
    if (!request.starttls || !from_client()) return;
    session_.client = ClientStage::waits_for_tls;
    session_.client_next = input_.offset + at_ + message.envelope.bytes;
  }

  void take_response(const Message& message) {
    Outstanding* request = find(message.envelope.id);
    if (request == nullptr) {
      request = &free_place(message.offset);
      *request = {sink_.tx_begin(input_.direction), message.envelope.id, 0, false, 0};
      sink_.observe_number(request->tx, Field::ldap_message_id, message.envelope.id, message.offset);
    }
    const uint8_t tag = message.envelope.tag;
    const bool more_follow = tag == operation::search_entry || tag == operation::search_reference ||
                             tag == operation::intermediate_response;
    uint64_t result = no_result;
    if (!more_follow || request->responses < responses_max)
      observe_response(message, sink_, request->tx, result);
    if (request->responses < UINT16_MAX) ++request->responses;
    if (more_follow) return;
    if (request->starttls) answer_starttls(*request, message, result == 0);
    end(*request, request->tag != 0 ? Completeness::complete : Completeness::incomplete);
  }

  void answer_starttls(const Outstanding& request, const Message& message, bool accepted) {
    if (accepted) sink_.observe_number(request.tx, Field::ldap_starttls, 1, message.offset);
    if (session_.client != ClientStage::waits_for_tls || from_client()) return;
    wake_ = true;
    session_.client = accepted ? ClientStage::handed_off : ClientStage::requests;
    if (!accepted) return;
    sink_.handoff(Direction::client_to_server, session_.client_next, HandoffHint::tls);
    sink_.handoff(Direction::server_to_client, input_.offset + at_ + message.envelope.bytes,
                  HandoffHint::tls);
    for (Outstanding& other : session_.outstanding)
      if (&other != &request && other.tx != no_tx) end(other, Completeness::incomplete);
  }

  Outstanding* find(uint32_t id) {
    for (Outstanding& request : session_.outstanding)
      if (request.tx != no_tx && request.id == id) return &request;
    return nullptr;
  }
  Outstanding& free_place(uint64_t offset) {
    for (Outstanding& request : session_.outstanding)
      if (request.tx == no_tx) return request;
    Outstanding& oldest = session_.outstanding[session_.next];
    session_.next = (session_.next + 1) % outstanding_max;
    sink_.anomaly(oldest.tx, "ldap.requests_full", offset);
    end(oldest, Completeness::incomplete);
    return oldest;
  }
  void end(Outstanding& request, Completeness completeness) {
    sink_.tx_end(request.tx, completeness);
    request.tx = no_tx;
  }
  void end_all() {
    for (Outstanding& request : session_.outstanding)
      if (request.tx != no_tx) end(request, Completeness::incomplete);
  }

  bool from_client() const { return input_.direction == Direction::client_to_server; }
  Bytes rest() const { return input_.bytes.subspan(at_); }

  Session& session_;
  Side& side_;
  const Input& input_;
  Sink& sink_;
  ParseStatus status_ = ParseStatus::need_more;
  size_t at_ = 0;
  size_t need_ = 0;
  bool wake_ = false;
};

// The first octets inside an operation, as far as they are there: other protocols of DER begin alike.
Reading judge_operation(Bytes message, const Envelope& envelope) {
  const auto inside = [&](std::initializer_list<uint8_t> expected) {
    const Bytes there = message.subspan(std::min(envelope.content_at, message.size()));
    const size_t common = std::min(expected.size(), there.size());
    if (!std::equal(expected.begin(), expected.begin() + common, there.begin())) return Reading::no;
    return common == expected.size() ? Reading::yes : Reading::cut;
  };
  constexpr uint8_t integer = 0x02, octet_string = 0x04, enumerated = 0x0A, first_choice = 0x80;
  switch (envelope.tag) {
    case operation::bind_request: return inside({integer, 1});
    case operation::unbind_request: return envelope.content_bytes == 0 ? Reading::yes : Reading::no;
    case operation::abandon_request: return envelope.content_bytes <= 4 ? Reading::yes : Reading::no;
    case operation::del_request: return Reading::yes;
    case operation::extended_request: return inside({first_choice});
    case operation::search_reference: return inside({octet_string});
    case operation::intermediate_response: return Reading::yes;
    default: break;
  }
  if (is_request(envelope.tag) || envelope.tag == operation::search_entry) return inside({octet_string});
  return inside({enumerated, 1});
}

ProbeResult probe(Bytes prefix, Direction direction, Transport transport) {
  Envelope envelope;
  Reading reading = read_envelope(prefix, envelope);
  if (reading == Reading::yes) {
    const bool own_side =
        direction == Direction::client_to_server ? is_request(envelope.tag) : is_response(envelope.tag);
    const bool too_long = envelope.bytes > declared_bytes_max ||
                          (transport == Transport::datagram && envelope.bytes > prefix.size());
    reading = own_side && !too_long ? judge_operation(prefix, envelope) : Reading::no;
  }
  if (reading == Reading::yes) return ProbeResult::certain;
  return reading == Reading::cut && transport == Transport::stream ? ProbeResult::unsure
                                                                   : ProbeResult::not_for_us;
}

void init(void* state, Transport) { new (state) Session; }

ParseResult parse(void* state, const Input& input, Sink& sink) {
  Parser parser(*static_cast<Session*>(state), input, sink);
  switch (input.kind) {
    case InputKind::data: return parser.data();
    case InputKind::datagram: return parser.datagram();
    case InputKind::gap: return parser.gap();
    case InputKind::end: return parser.end();
  }
  return {};
}

}  // namespace

}  // namespace ldap

extern const Protocol ldap_protocol;
const Protocol ldap_protocol = {"ldap",      true,       true,       {389, 3268}, sizeof(ldap::Session),
                                ldap::probe, ldap::init, ldap::parse};

}  // namespace sekisho
