// SPDX-License-Identifier: Apache-2.0
// Compiles literals, regular expressions and globs of one kind into a Hyperscan database. For the image builder; allocates.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "matchers/base/bytes.h"
#include "matchers/indicator.h"

namespace sekisho {

enum class PatternUse : uint8_t {
  block,  // whole values
  stream  // bodies in pieces
};

struct PatternSource {
  MatchMode mode;    // literal, regex or glob
  Bytes value;
  bool lowered;      // the values scanned are in lower case: a regex must not ask for capitals
};

struct PatternRefusal {
  size_t index;        // into the sources given
  std::string reason;  // Hyperscan's message
};

struct CompiledPatterns {
  // A database as it lies in memory, for an address that is a multiple of 64; empty where no pattern was accepted. A pattern's
  // number is its rank among the accepted ones.
  std::vector<uint8_t> database;
  std::vector<PatternRefusal> refused;  // by index
  std::string failure;  // not empty: the compiler could not be run, nothing is known of any pattern
};

// Literals and globs ignore the case of ASCII letters. A glob stands for the whole value; * is any run of characters, ? any one.
// A regex has Hyperscan's syntax (PCRE without back-references and look-around), unanchored; its case counts unless it says (?i) or the
// values are lowered. A pattern that Hyperscan refuses costs the others nothing.
CompiledPatterns compile_patterns(std::span<const PatternSource> sources, PatternUse use, uint64_t cpu_features);

// Who compiles: compile_patterns() itself, or what runs it elsewhere and keeps what it made.
using CompilePatterns = std::function<CompiledPatterns(std::span<const PatternSource>, PatternUse, uint64_t cpu_features)>;

// The expression that Hyperscan gets; exposed for the test.
std::string expression_of(const PatternSource& source);

}  // namespace sekisho
