// SPDX-License-Identifier: Apache-2.0
#define BOOST_TEST_MODULE patterns
#include <signal.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>

#include "control/patterns/guarded_compiler.h"
#include "matchers/pattern/compiler.h"

using namespace sekisho;

namespace {

struct Sources {
  std::vector<std::string> values;
  std::vector<MatchMode> modes;

  void add(MatchMode mode, std::string value) {
    modes.push_back(mode);
    values.push_back(std::move(value));
  }
  std::vector<PatternSource> all() const {
    std::vector<PatternSource> out;
    for (size_t i = 0; i < values.size(); ++i) out.push_back({modes[i], as_bytes(values[i]), false});
    return out;
  }
};

// A compiler with a fault: it does what a pattern of this name asks for, else its work.
CompiledPatterns faulty(std::span<const PatternSource> sources, PatternUse use, uint64_t cpu_features) {
  for (const PatternSource& source : sources) {
    if (as_text(source.value) == "crash") {
      ::signal(SIGSEGV, SIG_DFL);
      ::raise(SIGSEGV);
    }
    if (as_text(source.value) == "spin")
      for (volatile unsigned i = 0;; i = i + 1) {
      }
    if (as_text(source.value) == "swallow" && sources.size() > 5) throw std::bad_alloc();  // a set of its size is too much
  }
  return compile_patterns(sources, use, cpu_features);
}

const GuardedCompiler::Limits small{uint64_t{512} << 20, 1, 10};

Sources usual(size_t count) {
  Sources out;
  for (size_t i = 0; i < count; ++i)
    out.add(i % 3 == 0 ? MatchMode::regex : MatchMode::literal, "word" + std::to_string(i) + (i % 3 == 0 ? "[0-9]+" : ""));
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_good_set_is_one_child_and_the_same_database) {
  const Sources sources = usual(40);
  GuardedCompiler compiler;
  const CompiledPatterns here = compile_patterns(sources.all(), PatternUse::block, 0);
  const CompiledPatterns there = compiler.compile(sources.all(), PatternUse::block, 0);
  BOOST_TEST(there.failure.empty());
  BOOST_TEST(!there.database.empty());
  BOOST_TEST((there.database == here.database));
  BOOST_TEST(compiler.counters().children == 1U);
}

BOOST_AUTO_TEST_CASE(what_hyperscan_refuses_is_told_as_before) {
  Sources sources = usual(10);
  sources.add(MatchMode::regex, "(unclosed");
  GuardedCompiler compiler;
  const CompiledPatterns out = compiler.compile(sources.all(), PatternUse::stream, 0);
  BOOST_REQUIRE(out.refused.size() == 1U);
  BOOST_TEST(out.refused[0].index == 10U);
  BOOST_TEST(out.refused[0].reason.find("arenthes") != std::string::npos);
  BOOST_TEST(compiler.counters().costly == 0U);
}

BOOST_AUTO_TEST_CASE(patterns_that_crash_or_hang_cost_themselves) {
  Sources sources = usual(40);
  sources.add(MatchMode::regex, "crash");
  for (size_t i = 0; i < 10; ++i) sources.add(MatchMode::glob, "*good" + std::to_string(i));
  sources.add(MatchMode::regex, "spin");
  GuardedCompiler compiler(small, faulty);
  const CompiledPatterns out = compiler.compile(sources.all(), PatternUse::block, 0);
  BOOST_REQUIRE(out.refused.size() == 2U);
  BOOST_TEST(out.refused[0].index == 40U);
  BOOST_TEST(out.refused[0].reason == "ends the compiler with signal 11");
  BOOST_TEST(out.refused[1].index == 51U);
  BOOST_TEST(out.refused[1].reason == "takes more than 1 s of processor time to compile");
  BOOST_TEST(compiler.counters().costly == 2U);
  BOOST_TEST(compiler.is_lasting());
  Sources good = sources;
  for (const size_t bad : {51, 40}) {
    good.values.erase(good.values.begin() + bad);
    good.modes.erase(good.modes.begin() + bad);
  }
  BOOST_TEST((out.database == compile_patterns(good.all(), PatternUse::block, 0).database));
}

BOOST_AUTO_TEST_CASE(a_set_that_is_too_much_together_loses_its_later_half_and_says_so) {
  Sources sources;
  sources.add(MatchMode::regex, "swallow");
  for (size_t i = 0; i < 7; ++i) sources.add(MatchMode::regex, "swallow");
  GuardedCompiler compiler(small, faulty);
  const CompiledPatterns out = compiler.compile(sources.all(), PatternUse::block, 0);
  BOOST_REQUIRE(out.refused.size() == 4U);
  BOOST_TEST(out.refused[0].index == 4U);
  BOOST_TEST(out.refused[0].reason == "with those before it, needs more than 512 MiB of memory to compile");
  BOOST_TEST(!out.database.empty());
}

BOOST_AUTO_TEST_CASE(past_the_most_attempts_the_rest_is_refused_as_a_group) {
  Sources sources;
  for (size_t i = 0; i < 200; ++i) sources.add(MatchMode::regex, "crash");
  sources.add(MatchMode::literal, "kept");
  GuardedCompiler compiler(small, faulty);
  const CompiledPatterns out = compiler.compile(sources.all(), PatternUse::block, 0);
  BOOST_TEST(out.refused.size() == 200U);
  BOOST_TEST(compiler.counters().children <= pattern_compile_attempts_max + 1);
  BOOST_TEST(std::any_of(out.refused.begin(), out.refused.end(), [](const auto& one) { return one.reason.starts_with("is of a group of "); }));
  BOOST_TEST(!out.database.empty());
}
