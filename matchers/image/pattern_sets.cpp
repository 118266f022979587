// SPDX-License-Identifier: Apache-2.0
#include "matchers/image/pattern_sets.h"

#include <hs/hs_compile.h>

#include <algorithm>

#include "matchers/normalise/normalise.h"
#include "matchers/pattern/database.h"

namespace sekisho {

// Patterns come last, so what Hyperscan refuses can leave before entries get their numbers.
Result<void> PatternSets::compile() {
  std::vector<Record>& list = records_.list();
  const auto first_pattern = std::find_if(list.begin(), list.end(), [](const Record& r) { return r.place >= Place::pattern; });
  const auto last_pattern = std::find_if(first_pattern, list.end(), [](const Record& r) { return r.place > Place::pattern; });
  std::vector<Record> accepted;
  const auto tables_and_intervals = static_cast<uint32_t>(first_pattern - list.begin());
  for (auto first = first_pattern; first != last_pattern;) {
    const auto last = std::find_if(first, last_pattern, [first](const Record& r) { return r.kind != first->kind; });
    const size_t before = accepted.size();
    compile_kind(std::span<const Record>(first, last), accepted);
    if (!failure_.empty()) return fail("matcher image: patterns: " + failure_);
    for (PatternSpec& spec : specs_)
      if (spec.kind == static_cast<uint32_t>(first->kind)) spec.first_entry = tables_and_intervals + static_cast<uint32_t>(before);
    first = last;
  }
  list.insert(list.erase(first_pattern, last_pattern), accepted.begin(), accepted.end());
  return {};
}

void PatternSets::compile_kind(std::span<const Record> records, std::vector<Record>& accepted) {
  const Kind kind = records[0].kind;
  const bool lowered = form_of(kind) != Form::keyword && form_of(kind) != Form::url;
  const uint64_t cpu_features = options_.cpu_features.value_or(host_cpu_features() & HS_CPU_FEATURES_AVX2);
  std::vector<Record> left(records.begin(), records.end());
  std::vector<std::pair<PatternUse, CompiledPatterns>> done;
  // Keywords are scanned in bodies and in fields: both databases must hold the same patterns under the same numbers.
  const std::vector<PatternUse> uses = kind == Kind::keyword ? std::vector{PatternUse::stream, PatternUse::block} : std::vector{PatternUse::block};
  while (done.size() < uses.size() && !left.empty()) {
    std::vector<PatternSource> sources;
    for (const Record& record : left) sources.push_back({record.mode, records_.value(record), lowered});
    CompiledPatterns compiled = options_.compile(sources, uses[done.size()], cpu_features);
    if (!compiled.failure.empty()) {
      failure_ = std::move(compiled.failure);
      return;
    }
    if (compiled.refused.empty()) {
      done.emplace_back(uses[done.size()], std::move(compiled));
      continue;
    }
    for (auto refusal = compiled.refused.rbegin(); refusal != compiled.refused.rend(); ++refusal) {
      records_.reject(left[refusal->index], std::move(refusal->reason));
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(refusal->index));
    }
    compiled.refused.clear();
    if (done.empty() && !left.empty()) done.emplace_back(uses[0], std::move(compiled));
    else done.clear();  // the second use refused what the first took: begin again without it
  }
  if (left.empty()) return;
  for (const auto& [use, compiled] : done) keep_database(kind, use, static_cast<uint32_t>(left.size()), compiled);
  cpu_features_ = cpu_features;
  accepted.insert(accepted.end(), left.begin(), left.end());
}

void PatternSets::keep_database(Kind kind, PatternUse use, uint32_t count, const CompiledPatterns& compiled) {
  PatternSpec spec{};
  spec.kind = static_cast<uint32_t>(kind);
  spec.use = static_cast<uint32_t>(use);
  spec.count = count;
  spec.offset = databases_.size();
  spec.bytes = compiled.database.size();
  specs_.push_back(spec);
  databases_.insert(databases_.end(), compiled.database.begin(), compiled.database.end());
}

}  // namespace sekisho
