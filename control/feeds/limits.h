// SPDX-License-Identifier: Apache-2.0
// The bounds of feeds. What is past one is reported with file and line (FeedReport), never silently left out.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho {

// Bytes of one file. A larger one is refused as a whole.
inline constexpr uint64_t feed_bytes_max = uint64_t{1} << 30;
// Bytes of one line, and of one quoted cell with its line breaks. A longer one is rejected, reading goes on at the next line.
inline constexpr size_t feed_line_bytes_max = 16384;
// Columns of a CSV header. A wider file is refused.
inline constexpr size_t feed_columns_max = 64;
// Rows that memory is made ready for at once, by a file's lines; more are taken as they come.
inline constexpr uint64_t feed_rows_expected_max = 2'000'000;
// Bytes of a file's signature. A longer one is refused.
inline constexpr uint64_t signature_bytes_max = 4096;
// Options of one rule (Suricata, Snort). A rule with more is rejected.
inline constexpr size_t rule_options_max = 256;
// Bytes of a text that a rule looks for anywhere in a field. A shorter one is rejected: it would be met everywhere.
inline constexpr size_t rule_text_bytes_min = 4;
// Events of one MISP manifest, each a file. One with more is refused.
inline constexpr size_t misp_events_max = 100'000;
// Depth of an OpenIOC's tree, and combinations of its parts below one AND. What is past them is rejected.
inline constexpr unsigned openioc_depth_max = 32;
inline constexpr size_t openioc_products_max = 256;
// Rejected lines that are described; the others are counted.
inline constexpr size_t feed_problems_max = 1000;
// Bytes of one STIX pattern. A longer one is rejected.
inline constexpr size_t stix_pattern_bytes_max = size_t{1} << 20;
// Brackets within brackets, and qualifiers behind one another, in a STIX pattern. A deeper one is rejected.
inline constexpr unsigned stix_depth_max = 64;
// Steps of one object path in a STIX pattern. A pattern with a longer one is rejected.
inline constexpr size_t stix_steps_max = 16;
// Values in one STIX pattern, count. A pattern with more is rejected.
inline constexpr size_t stix_literals_max = 16384;
// Conjunctions that an AND of ORs in a STIX pattern becomes once it is written as an OR of ANDs, count. A pattern with more is rejected.
inline constexpr size_t stix_conjunctions_max = 256;
// Values that one such conjunction needs at once, count. A pattern with more is rejected.
inline constexpr size_t stix_conjunction_terms_max = 64;
// Bytes of a note that are kept; the rest is cut.
inline constexpr size_t feed_note_bytes_max = 1024;
// Shortest prefixes taken from a feed, bits: a shorter one would stop whole continents, and is rejected.
inline constexpr unsigned feed_v4_bits_min = 8;
inline constexpr unsigned feed_v6_bits_min = 16;

}  // namespace sekisho
