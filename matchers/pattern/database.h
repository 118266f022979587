// SPDX-License-Identifier: Apache-2.0
// A Hyperscan database that lies in the image, scanned in place, and streams that live in memory the caller lends.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "matchers/base/bytes.h"
#include "matchers/pattern/compiler.h"

struct hs_database;
struct hs_scratch;
struct hs_stream;

namespace sekisho {

inline constexpr size_t database_alignment = 64;

// CPU features that databases may use on this machine, in Hyperscan's bits (HS_CPU_FEATURES_*).
uint64_t host_cpu_features();
// True where this machine can run Hyperscan at all (SSSE3).
bool hyperscan_runs_here();
// "5.4.0 2021-01-26": part of the image's header, since a database fits one version only.
std::string_view hyperscan_version();

// The database in `memory` (aligned to 64), or null where it is not one of this version, for this use, or is longer than the
// memory. What lies behind the database's header cannot be judged here: the image's checksum covers it.
const hs_database* check_database(Bytes memory, PatternUse use);

// Bytes that one stream needs; 0 on error.
size_t stream_bytes(const hs_database& database);

// Opens a stream at the start of `memory` (8 B aligned, stream_bytes() long). hs_open_stream allocates through one function for the whole
// process; ours, set on first use, hands out what the calling thread lends for the time of this call, and nothing else. So no other code
// in the process may open Hyperscan streams.
bool open_stream(const hs_database& database, std::span<uint8_t> memory);

}  // namespace sekisho
