// SPDX-License-Identifier: Apache-2.0
// Bounds of the inspection stage, per lcore where not said otherwise.
#pragma once

#include <cstddef>
#include <cstdint>

#include "matchers/limits.h"

namespace sekisho {

// Bytes of observed values kept for one transaction, bytes. Past it: counter `inspect.tx_full`; the value is still matched, the
// record carries flag fields_dropped.
inline constexpr uint32_t transaction_bytes_max = 56 * 1024;
// Size of one piece of a transaction's memory, bytes; a transaction holds as many as its values need.
inline constexpr uint32_t transaction_chunk_bytes = 2048;
// Files that came up to some byte, as ranges, and wait for the next, count. Past it: the one that waits longest is forgotten, its parts
// are judged each for itself. No counter.
inline constexpr unsigned assembled_files_max = 64;
// Terms of compound indicators that one flow has met and that wait for the others, count; and those of all flows of an lcore. Past either: counter
// `inspect.terms_refused`; compounds that need the term are not met.
inline constexpr uint32_t flow_terms_max = 64;
inline constexpr uint32_t met_terms_max = 1U << 14;
// Open transactions of one flow, count. Past it: counter `inspect.tx_evicted`, the oldest ends as incomplete.
inline constexpr unsigned flow_transactions_max = 128;
// Streams inside one flow that are read at a time (CONNECT over HTTP/2; one that is known to say no more to us does not count), count. Past
// it: counter `inspect.inner_refused`, anomaly `l7.inner_streams_full`, that stream goes on without inspection or the flow is dropped, by
// policy. How deep they nest is handoff_depth_max (protocols/limits.h).
inline constexpr unsigned flow_inner_streams_max = 64;
// One in so many flows may have such a stream at a time, on average. Past it: as above, anomaly `l7.no_memory`.
inline constexpr uint32_t inner_streams_share = 16;
// Open bodies of one flow, count (both directions, and a mail's nested parts). Past it: counter `inspect.body_refused`, the body is
// not inspected; the file record is missing, the transaction stays.
inline constexpr unsigned flow_bodies_max = 40;
// Content decodings applied to one body, count. Past it: counter `inspect.body_layers`, the rest stays encoded.
inline constexpr unsigned body_layers_max = 3;
// One in so many bodies may have a decoder with a large state (a mail) at a time. Past it: counter `inspect.body_layers`, the mail is
// not taken apart.
inline constexpr uint32_t large_decoders_share = 8;
// Values waiting for a batched look-up, count; when full the batch is looked up at once (no loss).
inline constexpr unsigned lookups_max = 256;
// Normalised bytes of those values, bytes; when full likewise. A value as long as its field may be (fields.yaml) fits in every form; of
// a longer one that does not, counter `inspect.values_cut`, the beginning is looked up.
inline constexpr size_t lookup_bytes_max = 256 * 1024;
// Packets whose values one batch may hold, count: a burst's. The pipeline resolves at each burst's end.
inline constexpr unsigned packets_per_resolve_max = 32;
// Sightings from one batch, count: as many as its values may have, each at most scan_hits_max (matchers/limits.h). Past a value's share:
// counter `inspect.hits_dropped`; those with the strongest actions are told, so the verdict is as if all were.
inline constexpr unsigned hits_max = lookups_max * scan_hits_max;
static_assert(scan_hits_max >= query_hits_max);
// Verdicts under way, count: one for each packet and each flow that it is part of, and one of a flow that is being ended. Cannot be met.
inline constexpr unsigned decisions_max = 4 * packets_per_resolve_max;
// Sighting records of one flow, count. Past it: counter `inspect.sightings_folded`; the verdict is still carried out.
inline constexpr unsigned flow_sightings_max = 256;
// Fill of the ring of sightings from which identical ones fold into a count, per cent. Counter `inspect.sightings_folded`.
inline constexpr unsigned sightings_fold_percent = 75;
// Kinds of sightings that fold at one time, count. Past it: the kind that began first gives up its place, its count is written early.
inline constexpr uint32_t folded_sightings_max = 64;
// Room for the record of a folded sighting, bytes. Past it: its longest texts are left out, the record carries flag fields_dropped.
inline constexpr uint32_t folded_sighting_bytes = 2048;
// Announced flows that wait to be met, over all lcores, count. Past it: counter `inspect.expectations_evicted`, one whose time is nearly over
// is forgotten: its flow is detected like any other.
inline constexpr uint32_t expected_flows_max = 4096;
// Time from the announcement to the flow's first packet, ns: what servers wait for one (vsftpd 60 s to be called, 300 s for its data). Past
// it: as above, without a counter.
inline constexpr uint64_t expected_flow_timeout_ns = 300'000'000'000;
// Announcements of one flow in force, count: nobody fills the table from one connection. Past it: counter `inspect.expectations_withdrawn`,
// its oldest is taken back.
inline constexpr unsigned flow_announcements_max = 4;
// Looks at an entry that another lcore is writing, count. Past it: as if it were not there; counter `inspect.expectations_contended` where
// an entry found no place for it.
inline constexpr unsigned expectation_reads_max = 64;
// Bytes of a file in one record of the ring of files, bytes. More goes in further records.
inline constexpr size_t stored_piece_bytes_max = 16384;
// Targets of a SOCKS association's datagrams that are told apart at a time, count; their parsers' memory is from the pools of all flows. Past
// it: counter `inspect.relayed_targets_replaced`, the one least recently spoken to ends: what it was putting together is lost.
inline constexpr unsigned relayed_targets_max = 8;
// One in so many flows may be such an association at a time. Past it: counter `inspect.relayed_refused`, what its datagrams carry is not
// inspected; policy `layer7`.
inline constexpr uint32_t relayed_flows_share = 64;
// Anomaly records of one flow, count. Past it only the counters rise.
inline constexpr unsigned flow_anomalies_max = 32;

}  // namespace sekisho
