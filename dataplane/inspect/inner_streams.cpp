// SPDX-License-Identifier: Apache-2.0
// The streams that a protocol carries inside its own, beside each other: each has its session here, as a
// flow's own stream has one. Transactions and bodies of all of them are the flow's.
#include <algorithm>
#include <new>
#include <utility>

#include "dataplane/inspect/inspector.h"
#include "dataplane/inspect/tunnel_name.h"

namespace sekisho {

namespace {

constexpr Direction both_directions[] = {Direction::client_to_server, Direction::server_to_client};

}  // namespace

// While it lasts, what is reported is of the inner stream.
class Inspector::InnerTurn {
 public:
  InnerTurn(Inspector& inspector, InnerStream& inner, Direction direction)
      : inspector_(inspector),
        speaking_(std::exchange(inspector.speaking_, &inner)),
        direction_(std::exchange(inspector.direction_, direction)) {}
  InnerTurn(const InnerTurn&) = delete;
  InnerTurn& operator=(const InnerTurn&) = delete;
  ~InnerTurn() {
    inspector_.speaking_ = speaking_;
    inspector_.direction_ = direction_;
  }

 private:
  Inspector& inspector_;
  SpokenStream* speaking_;
  Direction direction_;
};

InnerId Inspector::refuse_inner(TxId tx, const char* anomaly_name) {
  ++counters_.inner_refused;
  gave_up_ = gave_up_ | GaveUp::inner;
  anomaly(tx, anomaly_name, 0);
  return no_inner;
}

InnerId Inspector::inner_begin(TxId tx, const InnerMeta& meta) {
  FlowInspection& inspection = *current_;
  const unsigned depth = speaking_->session.depth() + 1;
  if (depth > handoff_depth_max) {
    ++session_memory_.counters.nesting_full;
    return refuse_inner(tx, "l7.nested_too_deep");
  }
  if (inspection.open_inner_streams == flow_inner_streams_max)
    return refuse_inner(tx, "l7.inner_streams_full");
  void* block = inner_blocks_.take();
  if (block == nullptr) return refuse_inner(tx, "l7.no_memory");
  auto* inner = new (block) InnerStream;
  inner->session.open(Transport::stream, 0, meta.target_port);
  inner->session.nest(depth, meta.hint);
  inner->id = ++inspection.last_inner;
  inner->opened_by = tx;
  inner->carrier = speaking_;
  inner->tunnel_name = tunnel_name(meta.target);
  keep_proxied(*inner, meta);
  inner->next = inspection.inner_streams;
  inspection.inner_streams = inner;
  ++inspection.open_inner_streams;
  ++counters_.inner_streams;
  return inner->id;
}

// Where the tunnel leads, for the rows of what it carries; else where its carrier's does.
void Inspector::keep_proxied(InnerStream& inner, const InnerMeta& meta) {
  const InnerTurn turn(*this, inner, direction_);
  if (!meta.target.empty()) {
    observe(no_tx, Field::proxy_protocol, as_bytes("http"), 0);
    observe(no_tx, Field::proxy_target, meta.target, 0);
    if (meta.target_port != 0) observe_number(no_tx, Field::proxy_target_port, meta.target_port, 0);
    return;
  }
  const Transaction* outer = inner.carrier->flow_values;
  if (outer == nullptr) return;
  inner.flow_values = Transaction::open(transactions_, no_tx, direction_, clock_.now_ns, clock_.wall_ns);
  if (inner.flow_values == nullptr || !inner.flow_values->repeat(transactions_, *outer)) ++counters_.tx_full;
}

InnerStream* Inspector::find_inner(InnerId id) const {
  for (InnerStream* at = current_->inner_streams; at != nullptr; at = at->next)
    if (at->id == id) return at;
  return nullptr;
}

void Inspector::inner_data(InnerId id, Direction direction, Bytes bytes) {
  InnerStream* inner = find_inner(id);
  if (inner == nullptr || bytes.empty() || inner->ended[index_of(direction)]) return;
  uint64_t& taken = inner->offset[index_of(direction)];
  const uint64_t offset = std::exchange(taken, taken + bytes.size());
  SessionStatus status;
  {
    const InnerTurn turn(*this, *inner, direction);
    status = inner->session.on_bytes(direction, bytes, offset, session_memory_, *this);
    note_protocol();
  }
  if (status == SessionStatus::malformed) gave_up_ = gave_up_ | GaveUp::inner_malformed;
  if (status == SessionStatus::no_memory || status == SessionStatus::too_deep)
    gave_up_ = gave_up_ | GaveUp::inner;
  if (status != SessionStatus::active) close_inner(*inner);
}

void Inspector::inner_gap(InnerId id, Direction direction, uint64_t missing_bytes) {
  InnerStream* inner = find_inner(id);
  if (inner == nullptr || missing_bytes == 0 || inner->ended[index_of(direction)]) return;
  inner->offset[index_of(direction)] += missing_bytes;
  SessionStatus status;
  {
    const InnerTurn turn(*this, *inner, direction);
    status = inner->session.on_gap(direction, missing_bytes, session_memory_, *this);
  }
  if (status != SessionStatus::active) close_inner(*inner);
}

void Inspector::inner_end(InnerId id, Direction direction, EndReason reason) {
  InnerStream* inner = find_inner(id);
  if (inner == nullptr || std::exchange(inner->ended[index_of(direction)], true)) return;
  SessionStatus status;
  {
    const InnerTurn turn(*this, *inner, direction);
    status = inner->session.on_end(direction, reason, session_memory_, *this);
    note_protocol();
  }
  if (status != SessionStatus::active || inner->ended[index_of(opposite(direction))]) close_inner(*inner);
}

// What its parser left open ends with it, and what travels in it.
void Inspector::close_inner(InnerStream& inner) {
  FlowInspection& inspection = *current_;
  const auto is_carried = [&inner](const InnerStream& other) { return other.carrier == &inner; };
  for (InnerStream* at = inspection.inner_streams; at != nullptr;) {
    if (!is_carried(*at)) {
      at = at->next;
      continue;
    }
    const InnerId id = at->id;
    for (const Direction direction : both_directions) inner_end(id, direction, EndReason::evicted);
    at = inspection.inner_streams;
  }
  end_transactions_of(inner);
  inner.session.close(session_memory_);
  if (inner.flow_values != nullptr) Transaction::close(inner.flow_values, transactions_);
  InnerStream** link = &inspection.inner_streams;
  while (*link != &inner) link = &(*link)->next;
  *link = inner.next;
  --inspection.open_inner_streams;
  inner_blocks_.give(&inner);
}

void Inspector::end_transactions_of(const InnerStream& inner) {
  FlowInspection& inspection = *current_;
  const auto next_open = [&] {
    Transaction* at = inspection.oldest;
    while (at != nullptr && at->inner != inner.id) at = at->next;
    return at;
  };
  const auto next_body = [&](TxId tx) {
    Body* at = inspection.bodies;
    while (at != nullptr && at->tx != tx) at = at->next;
    return at;
  };
  while (Transaction* open = next_open()) {
    const TxId tx = open->id();
    while (Body* body = next_body(tx)) finish_body(inspection, body, BodyEnd::aborted);
    if (find(tx) != nullptr) end_transaction(inspection, find(tx), Completeness::incomplete);
  }
}

void Inspector::close_inner_streams(FlowInspection& inspection, EndReason reason) {
  while (inspection.inner_streams != nullptr) {
    const InnerId id = inspection.inner_streams->id;
    for (const Direction direction : both_directions) inner_end(id, direction, reason);
  }
}

}  // namespace sekisho
