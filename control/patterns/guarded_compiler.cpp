// SPDX-License-Identifier: Apache-2.0
#include "control/patterns/guarded_compiler.h"

#include <algorithm>

#include "control/patterns/encoded.h"

namespace sekisho {

// One set on its way through as many children as it takes.
class GuardedSet {
 public:
  GuardedSet(GuardedCompiler& owner, std::span<const PatternSource> sources, PatternUse use, uint64_t cpu_features)
      : owner_(owner), sources_(sources), use_(use), cpu_features_(cpu_features) {}

  CompiledPatterns run();

 private:
  using Indices = std::vector<size_t>;
  struct Attempt {
    bool good = false;
    CompiledPatterns compiled;  // where it is good
    std::string reason;         // else why not
  };

  Attempt attempt(const Indices& indices);
  void find_costly(const Indices& suspects, const std::string& reason);
  void refuse(const Indices& indices, const std::string& reason);
  CompiledPatterns finish(CompiledPatterns compiled, const Indices& indices);
  CompiledPatterns shrink_until_it_fits(Indices literals);

  GuardedCompiler& owner_;
  std::span<const PatternSource> sources_;
  PatternUse use_;
  uint64_t cpu_features_;
  unsigned attempts_ = 0;
  std::string failure_;  // no child could be made: nothing can be said of any pattern
  Indices good_;         // suspects that compile in some set
  std::vector<PatternRefusal> refused_;
};

GuardedSet::Attempt GuardedSet::attempt(const Indices& indices) {
  std::vector<PatternSource> chosen;
  chosen.reserve(indices.size());
  for (const size_t index : indices) chosen.push_back(sources_[index]);
  const GuardedCompiler::Limits& limits = owner_.limits_;
  const auto cpu_s = limits.cpu_s + static_cast<unsigned>(indices.size()) / pattern_compile_patterns_per_s;
  ++attempts_;
  ++owner_.counters_.children;
  const ChildOutcome outcome = run_in_child({limits.memory_bytes, cpu_s, std::chrono::seconds(cpu_s * limits.wall_factor), pattern_compiled_bytes_max},
                                            [&] { return encode(owner_.compile_(chosen, use_, cpu_features_)); });
  if (outcome.end == ChildOutcome::End::not_started) return failure_ = outcome.reason, Attempt{};
  owner_.lasting_ = owner_.lasting_ && outcome.end != ChildOutcome::End::too_late;
  Attempt out;
  out.reason = outcome.reason;
  if (outcome.end == ChildOutcome::End::answered) {
    auto compiled = decode(outcome.answer, chosen.size());
    out.good = compiled.has_value();
    if (out.good) out.compiled = std::move(*compiled);
    else out.reason = "ends the compiler without a whole answer";
  }
  // Every pattern of a larger set refused together is a verdict on the set (no memory, too large), not on each.
  if (out.good && out.compiled.database.empty() && chosen.size() > 1) {
    out.reason = out.compiled.refused.empty() ? "gives no database" : out.compiled.refused.front().reason;
    out.good = false;
  }
  if (!out.good) ++owner_.counters_.stopped;
  return out;
}

void GuardedSet::refuse(const Indices& indices, const std::string& reason) {
  for (const size_t index : indices) refused_.push_back({index, reason});
  owner_.counters_.costly += indices.size();
}

// `suspects` did not compile, together or with others, for `reason`.
void GuardedSet::find_costly(const Indices& suspects, const std::string& reason) {
  if (suspects.empty() || !failure_.empty()) return;
  if (attempts_ >= pattern_compile_attempts_max)
    return refuse(suspects, "is of a group of " + std::to_string(suspects.size()) + " that together " + reason);
  Attempt tried = attempt(suspects);
  if (tried.good) {
    good_.insert(good_.end(), suspects.begin(), suspects.end());
    return;
  }
  if (!failure_.empty()) return;
  if (suspects.size() == 1) return refuse(suspects, tried.reason);
  const auto half = suspects.begin() + static_cast<std::ptrdiff_t>(suspects.size() / 2);
  find_costly(Indices(suspects.begin(), half), tried.reason);
  find_costly(Indices(half, suspects.end()), tried.reason);
}

CompiledPatterns GuardedSet::finish(CompiledPatterns compiled, const Indices& indices) {
  for (PatternRefusal& refusal : compiled.refused) refused_.push_back({indices[refusal.index], std::move(refusal.reason)});
  std::sort(refused_.begin(), refused_.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  compiled.refused = std::move(refused_);
  return compiled;
}

// Each part compiles alone; where all together do not, the later half of the dearest goes, regexes before literals, until they do.
CompiledPatterns GuardedSet::shrink_until_it_fits(Indices literals) {
  for (;;) {
    Indices all = literals;
    all.insert(all.end(), good_.begin(), good_.end());
    std::sort(all.begin(), all.end());
    if (all.empty()) return finish({}, all);
    Attempt tried = attempt(all);
    if (tried.good) return finish(std::move(tried.compiled), all);
    if (!failure_.empty()) return {};
    Indices& shrinking = good_.empty() ? literals : good_;
    const auto half = shrinking.begin() + static_cast<std::ptrdiff_t>(shrinking.size() / 2);
    refuse(Indices(half, shrinking.end()), "with those before it, " + tried.reason);
    shrinking.erase(half, shrinking.end());
  }
}

CompiledPatterns GuardedSet::run() {
  Indices all, literals, suspects;
  for (size_t i = 0; i < sources_.size(); ++i) {
    all.push_back(i);
    (sources_[i].mode == MatchMode::literal ? literals : suspects).push_back(i);
  }
  CompiledPatterns out;
  Attempt tried = attempt(all);
  if (tried.good) return finish(std::move(tried.compiled), all);
  if (failure_.empty()) find_costly(suspects, tried.reason);
  if (failure_.empty()) out = shrink_until_it_fits(std::move(literals));
  out.failure = failure_;
  return out;
}

CompiledPatterns GuardedCompiler::compile(std::span<const PatternSource> sources, PatternUse use, uint64_t cpu_features) {
  lasting_ = true;
  return GuardedSet(*this, sources, use, cpu_features).run();
}

}  // namespace sekisho
