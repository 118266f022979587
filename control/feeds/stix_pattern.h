// SPDX-License-Identifier: Apache-2.0
// A STIX pattern (STIX 2.1 9, and 2.0 part 5, which differs in START and STOP only) as a tree. What its words mean here is not this file's
// to say: see stix_terms.h.
//
// Hostile input is normal input: linear in the text, depth and size bounded (limits.h). No state between calls.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho {

enum class StixOperator : uint8_t { equal, not_equal, less, less_equal, greater, greater_equal, in, like, matches, is_subset, is_superset, exists };
std::string_view stix_operator_name(StixOperator op);

enum class StixLiteralType : uint8_t { text, integer, real, boolean, timestamp, hex, binary };

struct StixLiteral {
  StixLiteralType type = StixLiteralType::text;
  std::string_view text;  // without quotes and escapes; of hex and binary the bytes; of numbers and words as written
};

// One step of an object path: ".name", ".'quoted name'", or an index "[0]", "[-1]", "[*]".
struct StixStep {
  std::string_view name;   // empty = an index
  std::string_view index;
};

// A part of one of the pattern's lists.
struct StixRange {
  uint32_t first = 0;
  uint32_t count = 0;
};

struct StixComparison {
  std::string_view object_type;  // "file" in file:hashes.MD5
  StixRange steps;
  StixOperator op = StixOperator::equal;
  bool negated = false;          // NOT before the operator
  StixRange literals;            // one; of IN any number; of EXISTS none
  std::string_view text;         // all of it, as written
};

enum class StixNodeType : uint8_t {
  comparison,
  all_of,      // AND within one observation
  any_of,      // OR within one observation
  and_,        // AND, OR, FOLLOWEDBY between observations
  or_,
  followed_by,
  within,      // qualifiers of the observations that are their one child; literals: seconds
  repeats,     // times
  start_stop   // from, until
};

inline constexpr uint32_t stix_no_node = UINT32_MAX;

struct StixNode {
  StixNodeType type;
  uint32_t first_child = stix_no_node;
  uint32_t next = stix_no_node;  // sibling
  uint32_t comparison = 0;       // of type comparison: its place in the list
  StixRange literals;            // of qualifiers
};

// Views point into the text that was read, which outlives the pattern, and into the pattern itself.
struct StixPattern {
  StixPattern() = default;
  StixPattern(const StixPattern&) = delete;
  StixPattern& operator=(const StixPattern&) = delete;

  uint32_t root = stix_no_node;
  std::vector<StixNode> nodes;
  std::vector<StixComparison> comparisons;
  std::vector<StixStep> steps;
  std::vector<StixLiteral> literals;
  std::deque<std::string> texts;  // literals and names that had escapes
};

// Replaces what `out` held, whose memory is used again. Empty = read; else what is wrong and at which byte, from 0; `out` is then of no use.
std::string read_stix_pattern(std::string_view text, StixPattern& out);

}  // namespace sekisho
