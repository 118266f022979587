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
// Open transactions of one flow, count. Past it: counter `inspect.tx_evicted`, the oldest ends as incomplete.
inline constexpr unsigned flow_transactions_max = 128;
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
// Bytes of a file in one record of the ring of files, bytes. More goes in further records.
inline constexpr size_t stored_piece_bytes_max = 16384;
// Anomaly records of one flow, count. Past it only the counters rise.
inline constexpr unsigned flow_anomalies_max = 32;

}  // namespace sekisho
