// SPDX-License-Identifier: Apache-2.0
#include <hs/hs_runtime.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <memory>
#include <random>
#include <set>

#include "matchers/pattern/compiler.h"
#include "matchers/pattern/database.h"

using namespace sekisho;

namespace {

PatternSource source(MatchMode mode, std::string_view value, bool lowered = false) { return {mode, as_bytes(value), lowered}; }

// A compiled set in aligned memory, with scratch.
class Scanner {
 public:
  explicit Scanner(const CompiledPatterns& compiled, PatternUse use = PatternUse::block)
      : memory_(static_cast<uint8_t*>(std::aligned_alloc(database_alignment, compiled.database.size())), &std::free) {
    std::copy(compiled.database.begin(), compiled.database.end(), memory_.get());
    database = check_database({memory_.get(), compiled.database.size()}, use);
    if (database != nullptr) hs_alloc_scratch(database, &scratch);
  }
  ~Scanner() { hs_free_scratch(scratch); }

  std::set<unsigned> scan(std::string_view text) const {
    std::set<unsigned> out;
    hs_scan(database, text.data(), static_cast<unsigned>(text.size()), 0, scratch, collect, &out);
    return out;
  }
  static int collect(unsigned id, unsigned long long, unsigned long long, unsigned, void* out) {
    static_cast<std::set<unsigned>*>(out)->insert(id);
    return 0;
  }

  const hs_database* database = nullptr;
  hs_scratch* scratch = nullptr;

 private:
  std::unique_ptr<uint8_t, decltype(&std::free)> memory_;
};

using Numbers = std::set<unsigned>;

}  // namespace

BOOST_AUTO_TEST_CASE(expressions_are_escaped_and_anchored) {
  BOOST_TEST(expression_of(source(MatchMode::literal, "a.b*c")) == "a\\x2eb\\x2ac");
  BOOST_TEST(expression_of(source(MatchMode::literal, std::string_view("\0\xff", 2))) == "\\x00\\xff");
  BOOST_TEST(expression_of(source(MatchMode::glob, "*.ex?")) == "^.*\\x2eex.\\z");
  BOOST_TEST(expression_of(source(MatchMode::regex, "a.b*")) == "a.b*");
}

BOOST_AUTO_TEST_CASE(literals_globs_and_regexes_match_as_documented) {
  const PatternSource sources[] = {source(MatchMode::literal, "p@ss[word]"), source(MatchMode::glob, "*.exe"),
                                   source(MatchMode::glob, "inv?ice*"), source(MatchMode::regex, "Key=[0-9]{4}"),
                                   source(MatchMode::regex, "LOWER", true)};
  const auto compiled = compile_patterns(sources, PatternUse::block, 0);
  BOOST_REQUIRE(compiled.refused.empty());
  const Scanner scanner(compiled);
  BOOST_REQUIRE(scanner.database != nullptr);
  BOOST_TEST((scanner.scan("my P@SS[WORD]!") == Numbers{0}));
  BOOST_TEST((scanner.scan("p@ssw") == Numbers{}));
  BOOST_TEST((scanner.scan("setup.exe") == Numbers{1}));
  BOOST_TEST((scanner.scan("setup.exe\n") == Numbers{}));
  BOOST_TEST((scanner.scan("a\nb.exe") == Numbers{1}));
  BOOST_TEST((scanner.scan("setup.exe.txt") == Numbers{}));
  BOOST_TEST((scanner.scan("invoice 7.exe") == Numbers{1, 2}));
  BOOST_TEST((scanner.scan("my invoice") == Numbers{}));
  BOOST_TEST((scanner.scan("Key=1234") == Numbers{3}));
  BOOST_TEST((scanner.scan("key=1234") == Numbers{}));
  BOOST_TEST((scanner.scan("it is lower") == Numbers{4}));
}

BOOST_AUTO_TEST_CASE(a_refused_pattern_is_named_and_costs_the_others_nothing) {
  const PatternSource sources[] = {source(MatchMode::regex, "(unclosed"), source(MatchMode::literal, "good"), source(MatchMode::regex, "a*"),
                                   source(MatchMode::regex, "(?<=x)y"),   source(MatchMode::regex, "b*c*"),  source(MatchMode::regex, std::string_view("a\0b", 3)),
                                   source(MatchMode::regex, "also good")};
  const auto compiled = compile_patterns(sources, PatternUse::block, 0);
  std::vector<size_t> refused;
  for (const PatternRefusal& refusal : compiled.refused) {
    refused.push_back(refusal.index);
    BOOST_TEST(!refusal.reason.empty());
  }
  BOOST_TEST((refused == std::vector<size_t>{0, 2, 3, 4, 5}));
  const Scanner scanner(compiled);
  BOOST_REQUIRE(scanner.database != nullptr);
  BOOST_TEST((scanner.scan("also good") == Numbers{0, 1}));  // numbered among the accepted
}

BOOST_AUTO_TEST_CASE(more_bad_patterns_than_retries_leave_the_good_ones) {
  std::vector<PatternSource> sources;
  std::vector<std::string> values;
  for (int i = 0; i < 40; ++i) values.push_back("x*");
  values.push_back(".exe$");
  for (const std::string& value : values) sources.push_back(source(MatchMode::regex, value));
  const auto compiled = compile_patterns(sources, PatternUse::block, 0);
  BOOST_TEST(compiled.refused.size() == 40U);
  const Scanner scanner(compiled);
  BOOST_REQUIRE(scanner.database != nullptr);
  BOOST_TEST((scanner.scan("a.exe") == Numbers{0}));
}

BOOST_AUTO_TEST_CASE(nothing_accepted_is_no_database) {
  BOOST_TEST(compile_patterns({}, PatternUse::block, 0).database.empty());
  const PatternSource bad[] = {source(MatchMode::regex, "(")};
  const auto compiled = compile_patterns(bad, PatternUse::block, 0);
  BOOST_TEST(compiled.database.empty());
  BOOST_TEST(compiled.refused.size() == 1U);
}

BOOST_AUTO_TEST_CASE(compiling_twice_gives_the_same_bytes) {
  std::vector<std::string> words;
  std::mt19937 random(5);
  for (int i = 0; i < 200; ++i) words.push_back("word" + std::to_string(random()));
  std::vector<PatternSource> sources;
  for (const std::string& word : words) sources.push_back(source(MatchMode::literal, word));
  sources.push_back(source(MatchMode::regex, "card [0-9]{4}-[0-9]{4}"));
  for (const PatternUse use : {PatternUse::block, PatternUse::stream})
    BOOST_TEST((compile_patterns(sources, use, 0).database == compile_patterns(sources, use, 0).database));
}

BOOST_AUTO_TEST_CASE(random_literals_are_found_as_a_loop_finds_them) {
  std::mt19937 random(6);
  const auto word = [&random](size_t length) {
    std::string out;
    for (size_t i = 0; i < length; ++i) out += "abcd.A("[random() % 7];
    return out;
  };
  const auto lowered = [](std::string text) {
    for (char& c : text) c = static_cast<char>(ascii_lower(static_cast<uint8_t>(c)));
    return text;
  };
  std::vector<std::string> words;
  for (int i = 0; i < 150; ++i) words.push_back(lowered(word(2 + random() % 5)));
  std::vector<PatternSource> sources;
  for (const std::string& w : words) sources.push_back(source(MatchMode::literal, w));
  const Scanner scanner(compile_patterns(sources, PatternUse::block, 0));
  BOOST_REQUIRE(scanner.database != nullptr);
  for (int round = 0; round < 3000; ++round) {
    const std::string text = word(random() % 40);
    Numbers expected;
    for (unsigned i = 0; i < words.size(); ++i)
      if (lowered(text).find(words[i]) != std::string::npos) expected.insert(i);
    BOOST_REQUIRE(scanner.scan(text) == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_stream_lives_in_the_lent_memory_and_matches_over_pieces) {
  const PatternSource sources[] = {source(MatchMode::literal, "secret plan"), source(MatchMode::regex, "the end$")};
  const Scanner scanner(compile_patterns(sources, PatternUse::stream, 0), PatternUse::stream);
  BOOST_REQUIRE(scanner.database != nullptr);
  const size_t bytes = stream_bytes(*scanner.database);
  BOOST_REQUIRE(bytes > 0U);
  const std::string text = "a secret plan to the end";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    std::vector<uint64_t> memory((bytes + 7) / 8);  // exact: ASan sees a byte past
    const std::span<uint8_t> state(reinterpret_cast<uint8_t*>(memory.data()), bytes);
    BOOST_REQUIRE(open_stream(*scanner.database, state));
    auto* stream = reinterpret_cast<hs_stream_t*>(state.data());
    Numbers got;
    for (const std::string_view piece : {std::string_view(text).substr(0, cut), std::string_view(text).substr(cut)})
      hs_scan_stream(stream, piece.data(), static_cast<unsigned>(piece.size()), 0, scanner.scratch, Scanner::collect, &got);
    BOOST_TEST((got == Numbers{0}));
    hs_close_stream(stream, scanner.scratch, Scanner::collect, &got);
    BOOST_TEST((got == Numbers{0, 1}));
  }
}

BOOST_AUTO_TEST_CASE(a_stream_without_room_is_not_opened) {
  const PatternSource sources[] = {source(MatchMode::literal, "secret")};
  const Scanner scanner(compile_patterns(sources, PatternUse::stream, 0), PatternUse::stream);
  std::vector<uint64_t> memory(stream_bytes(*scanner.database) / 8 + 1);
  const std::span<uint8_t> state(reinterpret_cast<uint8_t*>(memory.data()), stream_bytes(*scanner.database) - 1);
  BOOST_TEST(!open_stream(*scanner.database, state));
  // Nor does anybody else get a stream: nothing is lent.
  hs_stream_t* stream = nullptr;
  BOOST_TEST(hs_open_stream(scanner.database, 0, &stream) == HS_NOMEM);
}

BOOST_AUTO_TEST_CASE(memory_that_is_no_database_of_this_use_is_refused) {
  const PatternSource sources[] = {source(MatchMode::literal, "secret")};
  auto compiled = compile_patterns(sources, PatternUse::block, 0);
  BOOST_TEST((Scanner(compiled, PatternUse::stream).database == nullptr));
  auto cut = compiled;
  cut.database.resize(cut.database.size() - database_alignment);
  BOOST_TEST((Scanner(cut).database == nullptr));
  for (size_t at = 0; at < 8; ++at) {  // magic and version
    auto bad = compiled;
    bad.database[at] ^= 0x55;
    BOOST_TEST((Scanner(bad).database == nullptr));
  }
  BOOST_TEST((check_database(Bytes(), PatternUse::block) == nullptr));
}
