// SPDX-License-Identifier: Apache-2.0
#include "dataplane/stats/flow_listing.h"

#include <algorithm>
#include <cassert>

#include "dataplane/inspect/flow_inspection.h"

namespace sekisho {

namespace {

bool begins_alike(const Address& a, const Address& b, unsigned bits) {
  const unsigned whole = bits / 8, rest = bits % 8;
  if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
  return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

uint8_t app_protocol_of(const Flow& flow) {
  return flow.inspection != nullptr ? flow.inspection->app_protocol : 0;
}

FlowLine line_of(const Flow& flow, const FlowFirst& first, uint64_t now_ns) {
  FlowLine line;
  line.tuple = flow.tuple;
  line.id = flow.id;
  for (size_t side = 0; side < 2; ++side) {
    line.bytes[side] = flow.bytes[side];
    line.packets[side] = flow.packets[side];
  }
  line.age_ns = now_ns - std::min(now_ns, first.start_ns);
  line.idle_ns = now_ns - std::min(now_ns, flow.last_ns);
  line.state = flow.state;
  line.app_protocol = app_protocol_of(flow);
  if (flow.inspection != nullptr) {
    line.verdict = flow.inspection->verdict;
    line.sightings = flow.inspection->sightings;
  }
  line.flags = flow.flags;
  line.port = first.client_side_port != flow_port_unknown ? first.client_side_port : first.server_side_port;
  return line;
}

}  // namespace

bool is_wanted(const FlowFilter& filter, const Flow& flow) {
  const FiveTuple& tuple = flow.tuple;
  if (filter.port != 0 && filter.port != tuple.source_port && filter.port != tuple.destination_port)
    return false;
  if (filter.app_protocol != 0 && filter.app_protocol != app_protocol_of(flow)) return false;
  return begins_alike(filter.address, tuple.source, filter.address_bits) ||
         begins_alike(filter.address, tuple.destination, filter.address_bits);
}

FlowListing::FlowListing() : lines_(new FlowLine[flow_page_lines_max]) {}

void FlowListing::ask(const FlowFilter& filter, uint32_t from, uint32_t limit) {
  assert(answered());
  filter_ = filter;
  limit_ = std::min(limit, flow_page_lines_max);
  place_ = std::max(from, 1U);
  count_ = 0;
  asked_.fetch_add(1, std::memory_order_release);
}

void FlowListing::serve_slice(const FlowTable& flows, uint64_t now_ns, uint32_t places) {
  place_ = flows.visit(place_, places, [&](const Flow& flow, const FlowFirst& first) {
    if (!is_wanted(filter_, flow)) return true;
    if (count_ == limit_) return false;
    lines_[count_++] = line_of(flow, first, now_ns);
    return true;
  });
  if (place_ != 0 && count_ < limit_) return;
  served_ = asked_.load(std::memory_order_relaxed);
  answered_.store(served_, std::memory_order_release);
}

}  // namespace sekisho
