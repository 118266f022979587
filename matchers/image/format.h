// SPDX-License-Identifier: Apache-2.0
// The image as bytes. Offsets are from the image's first byte; sections begin at multiples of 64; integers are in the order of
// the machine that built it (byte_order says which; the other is refused). Every change is a new version.
//
//   header | entries | ids? | profiles | feeds | text | tables | lines | interval sets | intervals | pattern sets | databases | compounds
//
// A delta is the same with a base_checksum and tombstones, without patterns and compounds, and with its base's seed.
//
// 1 M indicators of the usual mix take 57 MiB: 16 B an entry, 11 B a table slot, the rest text. What indicators share (feed, action,
// validity, ...) is stored once in a profile.
#pragma once

#include <cstdint>

#include "matchers/indicator.h"

namespace sekisho {

inline constexpr uint64_t image_magic = 0x31676d496b6553;  // "SekImg1" and a zero
inline constexpr uint32_t image_version = 3;
inline constexpr uint32_t image_byte_order = 0x01020304;
inline constexpr size_t section_alignment = 64;

struct ImageSection {
  uint64_t offset;
  uint64_t bytes;
};

enum class Section : uint32_t {
  entries,        // PackedEntry[]; those of tables first, of intervals next, of patterns then, compounds last
  ids,            // uint64_t[], one an entry: only where some indicator came with an id that is not indicator_id()
  profiles,       // Profile[]
  feeds,          // FeedName[]
  text,           // originals and normalised values, feed names
  tables,         // TableSpec[]
  lines,          // TableLine[]
  interval_sets,  // IntervalSpec[]
  intervals,      // bounds, pieces, owners, directories
  pattern_sets,   // PatternSpec[]
  databases,      // Hyperscan, each at a multiple of 64
  tombstones,     // uint32_t[], of a delta: the entries of its base that are gone, rising
  compounds,      // CompoundSpec[]
  compound_terms, // uint32_t[], entries
  anchor_links,   // AnchorLink[], by rising term
  count
};
inline constexpr uint32_t section_count = static_cast<uint32_t>(Section::count);

struct ImageHeader {
  uint64_t magic;
  uint32_t version;
  uint32_t byte_order;
  uint64_t total_bytes;
  uint64_t checksum;  // checksum_bytes() of everything behind this field
  uint32_t generation;
  uint32_t entry_count;
  uint64_t seed;  // of the tables' hash; from the content, so that builds are repeatable
  uint64_t kinds;
  uint64_t pattern_kinds;
  uint64_t cpu_features;   // HS_CPU_FEATURES_* that the databases use; 0 without patterns
  uint64_t base_checksum;  // of a delta: its base's `checksum`. 0: this is no delta
  char hyperscan[48];      // hyperscan_version(), zero-filled; empty without patterns
  ImageSection sections[section_count];
  uint32_t first_interval;  // entry
  uint32_t first_pattern;   // entry
  uint32_t term_count;      // entries that are terms
  uint8_t reserved[4];
};
static_assert(sizeof(ImageHeader) == 384);
inline constexpr size_t checksum_end = 32;

// What find() reads of an indicator. The original lies at text_offset; the normalised value value_shift behind it: inside the
// original where it stands there, else right after it.
struct PackedEntry {
  uint32_t text_offset;
  uint32_t profile;
  uint16_t original_length;
  uint16_t value_length;
  uint16_t value_shift;
  uint16_t flags;
};
static_assert(sizeof(PackedEntry) == 16);
inline constexpr uint16_t entry_term = 2;  // no indicator: a term of compounds
inline constexpr uint16_t entry_more = 1;  // the next entry has the same kind and value (another mode or validity)

struct Profile {
  int64_t valid_from_s;
  int64_t valid_until_s;
  uint32_t feed;
  Kind kind;
  MatchMode mode;
  uint8_t severity;
  uint8_t confidence;
  Tlp tlp;
  Action action;
  uint8_t phase_hint;
  uint8_t route_hint;
  Action shadowed;
  uint8_t reserved[3];
};
static_assert(sizeof(Profile) == 32);

struct FeedName {
  uint32_t text_offset;
  uint32_t length;
};

// One kind's exact values, and the suffixes or path prefixes among them.
struct TableSpec {
  uint32_t kind;
  uint32_t probe_max;   // lines
  uint32_t first_line;
  uint32_t line_count;
  uint32_t length_max;  // bytes of the longest value
  uint32_t reserved;
  uint64_t shapes;      // label or boundary counts whose subdomains or prefixes are listed (domain/suffixes.h)
};
static_assert(sizeof(TableSpec) == 32);

struct IntervalSpec {
  uint32_t kind;
  uint32_t key_bytes;  // 4 IPv4, 16 IPv6, 8 numbers
  uint64_t bounds;     // offsets into the intervals section
  uint64_t pieces;
  uint64_t owners;
  uint64_t directory;
  uint32_t bound_count;
  uint32_t owner_count;
  uint32_t directory_count;
  uint32_t shift;
  uint64_t reserved;
};
static_assert(sizeof(IntervalSpec) == 64);

struct PatternSpec {
  uint32_t kind;
  uint32_t use;  // PatternUse
  uint32_t first_entry;
  uint32_t count;
  uint64_t offset;  // into the databases section
  uint64_t bytes;
};
static_assert(sizeof(PatternSpec) == 32);

// Several terms that must be met together, and some that must not.
struct CompoundSpec {
  uint32_t entry;
  uint32_t first_term;  // index into the compound terms
  uint16_t term_count;
  uint16_t negated;     // bit i: the i-th term must not be met
  uint32_t reserved;
};
static_assert(sizeof(CompoundSpec) == 16);

// From a term to those compounds of which it is the rarest.
struct AnchorLink {
  uint32_t term;      // entry
  uint32_t compound;  // index into the compounds
};

}  // namespace sekisho
