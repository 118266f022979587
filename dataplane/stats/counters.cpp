// SPDX-License-Identifier: Apache-2.0
#include "dataplane/stats/counters.h"

#include <rte_mempool.h>

#include <map>

#include "dataplane/reload/commands.h"

namespace sekisho {

namespace {

using Sums = std::map<std::string, uint64_t>;

void add_flows(const Pipeline& pipeline, Sums& sums) {
  const FlowCounters& flows = pipeline.flows().counters();
  sums["flow.created"] += flows.created;
  sums["flow.expired"] += flows.expired;
  sums["flow.evicted_half_open"] += flows.evicted_half_open;
  sums["flow.refused"] += flows.refused;
  sums["flow.refused_bucket"] += flows.refused_bucket;
  sums["flow.timers_visited"] += flows.timers_visited;
  sums["flow.refused_half_open"] += flows.refused_half_open;
  sums["flow.now"] += pipeline.flows().size();
  sums["flow.half_open_now"] += pipeline.flows().half_open();
}

void add_streams(const Pipeline& pipeline, Sums& sums) {
  const StreamCounters& streams = pipeline.stream_counters();
  for (size_t i = 1; i < static_cast<size_t>(SegmentReason::count); ++i)
    sums["stream." + std::string(reason_name(static_cast<SegmentReason>(i)))] += streams.reasons[i];
  sums["stream.segments"] += streams.segments;
  sums["stream.delivered_bytes"] += streams.delivered_bytes;
  sums["stream.gaps"] += streams.gaps;
  sums["stream.gap_bytes"] += streams.gap_bytes;
  sums["stream.refused"] += streams.streams_refused;
  sums["stream.stalled"] += streams.stalled_streams;
  sums["stream.blocked_streams"] += streams.blocked_streams;
  sums["stream.repeated"] += streams.repeated;
  sums["stream.acknowledged_again"] += streams.acknowledged_again;
}

void add_decode(const Pipeline& pipeline, Sums& sums) {
  const PipelineCounters& counters = pipeline.counters();
  for (size_t i = 0; i < decode_status_count; ++i)
    sums["decode." + std::string(status_name(static_cast<DecodeStatus>(i)))] += counters.decode.by_status[i];
  for (size_t i = 1; i < static_cast<size_t>(DecodeAnomaly::count); ++i)
    sums["anomaly." + std::string(anomaly_name(static_cast<DecodeAnomaly>(i)))] += counters.decode.by_anomaly[i];
  sums["pipeline.no_flow"] += counters.no_flow;
  sums["pipeline.pair_closed"] += counters.pair_closed;
  sums["pipeline.tunnelled_packets"] += counters.tunnelled_packets;
  sums["pipeline.tunnel_ways_full"] += counters.tunnel_ways_full;
  sums["pipeline.tunnel_unanswered"] += counters.tunnel_unanswered + pipeline.inspector().counters().tunnel_unanswered;
  sums["pipeline.bypassed_packets"] += counters.bypassed_packets;
  sums["pipeline.injected_mirrored"] += counters.injected_mirrored;
  sums["pipeline.inject_failed"] += counters.inject_failed;
}

void add_fragments(const Pipeline& pipeline, Sums& sums) {
  const FragmentCounters& fragments = pipeline.fragments().counters();
  sums["fragments.held"] += fragments.held;
  sums["fragments.completed"] += fragments.completed;
  for (size_t i = 1; i < static_cast<size_t>(FragmentReason::count); ++i)
    sums["fragments." + std::string(fragment_reason_name(static_cast<FragmentReason>(i)))] += fragments.dropped[i];
}

void add_inspection(const Pipeline& pipeline, Sums& sums) {
  const Inspector& inspector = pipeline.inspector();
  const InspectorCounters& counters = inspector.counters();
  const SessionCounters& sessions = inspector.session_counters();
  sums["inspect.transactions"] += counters.transactions;
  sums["inspect.tx_full"] += counters.tx_full;
  sums["inspect.tx_evicted"] += counters.tx_evicted;
  sums["inspect.tx_refused"] += counters.tx_refused;
  sums["inspect.bodies"] += counters.bodies;
  sums["inspect.body_refused"] += counters.body_refused;
  sums["inspect.body_layers"] += counters.body_layers;
  sums["inspect.archives"] += counters.archives;
  sums["files.chosen"] += counters.files_chosen;
  sums["files.stored"] += counters.files_stored;
  sums["files.too_large"] += counters.files_too_large;
  sums["files.too_small"] += counters.files_too_small;
  sums["files.damaged"] += counters.files_damaged;
  sums["files.ring_full"] += counters.files_ring_full;
  sums["inspect.body_unscanned"] += counters.body_unscanned;
  sums["inspect.inner_streams"] += counters.inner_streams;
  sums["inspect.inner_refused"] += counters.inner_refused;
  sums["inspect.flows_refused"] += counters.flows_refused;
  sums["inspect.sightings"] += counters.sightings;
  sums["inspect.sightings_folded"] += counters.sightings_folded;
  sums["inspect.anomalies"] += counters.anomalies;
  sums["inspect.scan_hits_dropped"] += counters.scan_hits_dropped;
  sums["inspect.expectations"] += counters.expectations;
  sums["inspect.expectations_met"] += counters.expectations_met;
  sums["inspect.expectations_withdrawn"] += counters.expectations_withdrawn;
  sums["inspect.relayed_refused"] += counters.relayed_refused;
  sums["inspect.relayed_targets_replaced"] += counters.relayed_targets_replaced;
  sums["inspect.expectations_evicted"] = inspector.expectations().evicted();  // one table for all lcores
  sums["inspect.expectations_contended"] = inspector.expectations().contended();
  sums["inspect.streams_restarted"] += counters.streams_restarted;
  sums["inspect.terms_refused"] += inspector.compound_counters().refused;
  sums["inspect.terms_forgotten"] += inspector.compound_counters().forgotten;
  sums["inspect.values_looked_up"] += inspector.look_ups().looked_up();
  sums["inspect.values_cut"] += inspector.look_ups().values_cut();
  sums["inspect.hits_dropped"] += inspector.look_ups().hits_dropped();
  sums["content.inflate_refused"] += inspector.codecs().inflate_refused();
  sums["content.arena_refused"] += inspector.codecs().arena_refused();
  sums["l7.detected"] += sessions.detected;
  sums["l7.undetected"] += sessions.undetected;
  sums["l7.malformed"] += sessions.malformed;
  sums["l7.carry_full"] += sessions.carry_full;
  sums["l7.nesting_full"] += sessions.nesting_full;
  sums["l7.no_memory"] += sessions.no_memory;
  inspector.anomaly_counters().for_each(
      [&](const char* name, uint64_t count) { sums["anomaly." + std::string(name)] += count; });
  sums["anomaly.unnamed"] += inspector.anomaly_counters().overflow();
}

void add_worker(const Worker& worker, Sums& sums) {
  sums["io.polls"] += worker.counters().polls;
  sums["io.sleeps"] += worker.counters().sleeps;
  sums["io.handed_over"] += worker.counters().handed_over;
  sums["io.injected_without_buffer"] += worker.counters().injected_without_buffer;
  sums["ring.published"] += worker.output().published();
  sums["ring.sightings.sequence"] += worker.output().ring(RingKind::sightings).last_sequence();
  sums["ring.sightings.dropped"] += worker.output().ring(RingKind::sightings).dropped();
  sums["ring.files.dropped"] += worker.output().ring(RingKind::files).dropped();
  sums["ring.transactions.dropped"] += worker.output().ring(RingKind::transactions).dropped();
}

void add_pairs(const DataplaneView& view, Sums& sums) {
  for (const PairSummary& pair : pair_summaries(view)) {
    const std::string prefix = "pair." + pair.name + ".";
    sums[prefix + "rx"] = pair.counters.rx;
    sums[prefix + "rx_bytes"] = pair.counters.rx_bytes;
    sums[prefix + "tx"] = pair.counters.tx;
    sums[prefix + "injected"] = pair.counters.injected;
    sums[prefix + "held"] = pair.held;
    for (size_t i = 0; i < static_cast<size_t>(DropReason::count); ++i)
      sums[prefix + "dropped." + drop_reason_names[i]] = pair.counters.dropped[i];
  }
}

void add_ports(const DataplaneView& view, Sums& sums) {
  for (const Port& port : view.ports->list()) {
    const DriverCounters driver = view.ports->counters(port);
    const std::string prefix = "port." + port.name.substr(0, port.name.find(',')) + ".";
    sums[prefix + "received"] = driver.received;
    sums[prefix + "transmitted"] = driver.transmitted;
    sums[prefix + "missed"] = driver.missed;
    sums[prefix + "no_mbuf"] = driver.no_mbuf;
    sums[prefix + "receive_errors"] = driver.receive_errors;
    sums[prefix + "transmit_errors"] = driver.transmit_errors;
    sums[prefix + "link_up"] = view.ports->link_up(port) ? 1 : 0;
  }
  sums["commands.clients_displaced"] = view.commands->clients_displaced;
  sums["commands.answers_lost"] = view.commands->answers_lost;
  sums["memory.packet_buffers"] = view.pool->size;
  sums["memory.packet_buffers_free"] = rte_mempool_avail_count(view.pool);
}

}  // namespace

std::vector<std::pair<std::string, uint64_t>> all_counters(const DataplaneView& view) {
  Sums sums;
  for (const auto& worker : view.workers) {
    add_decode(worker->pipeline(), sums);
    add_fragments(worker->pipeline(), sums);
    add_flows(worker->pipeline(), sums);
    add_streams(worker->pipeline(), sums);
    add_inspection(worker->pipeline(), sums);
    add_worker(*worker, sums);
  }
  add_pairs(view, sums);
  add_ports(view, sums);
  return {sums.begin(), sums.end()};
}

std::vector<LcoreSummary> lcore_summaries(const DataplaneView& view) {
  std::vector<LcoreSummary> summaries;
  const auto* heartbeat = reinterpret_cast<const Heartbeat*>(view.heartbeat->mapping.memory().data());
  for (size_t i = 0; i < view.workers.size(); ++i) {
    const Worker& worker = *view.workers[i];
    const WorkerCounters& counters = worker.counters();
    const uint64_t beat_ns = heartbeat->lcores[i].monotonic_ns.load(std::memory_order_relaxed);
    LcoreSummary summary;
    summary.lcore = view.options->lcores[i];
    summary.busy_percent =
        counters.polls != 0 ? static_cast<unsigned>((counters.polls - counters.empty_polls) * 100 / counters.polls) : 0;
    summary.heartbeat_age_ms = (view.clock->monotonic_ns() - beat_ns) / 1'000'000;
    summary.flows = worker.pipeline().flows().size();
    summary.half_open = worker.pipeline().flows().half_open();
    summary.generation = worker.generation();
    summaries.push_back(summary);
  }
  return summaries;
}

std::vector<PairSummary> pair_summaries(const DataplaneView& view) {
  std::vector<PairSummary> summaries;
  for (size_t pair = 0; pair < view.options->pairs.size(); ++pair) {
    PairSummary summary;
    summary.name = view.options->pairs[pair].name;
    summary.mode = view.options->pairs[pair].mode;
    uint64_t dropped = 0;
    for (const auto& worker : view.workers) {
      const PairCounters& counters = worker->pipeline().pair(static_cast<uint16_t>(pair));
      summary.counters.rx += counters.rx;
      summary.counters.rx_bytes += counters.rx_bytes;
      summary.counters.tx += counters.tx;
      summary.counters.injected += counters.injected;
      for (size_t i = 0; i < static_cast<size_t>(DropReason::count); ++i) {
        summary.counters.dropped[i] += counters.dropped[i];
        dropped += counters.dropped[i];
      }
      summary.held += worker->pipeline().held(static_cast<uint16_t>(pair));
    }
    summary.balance = static_cast<int64_t>(summary.counters.rx + summary.counters.injected) -
                      static_cast<int64_t>(summary.counters.tx + dropped + summary.held);
    summaries.push_back(summary);
  }
  return summaries;
}

}  // namespace sekisho
