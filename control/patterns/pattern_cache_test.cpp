// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "control/patterns/encoded.h"
#include "control/patterns/kept_compiler.h"
#include "control/publish/temporary_folder.h"

using namespace sekisho;

namespace {

const std::vector<PatternSource> two{{MatchMode::literal, as_bytes("secret"), false}, {MatchMode::regex, as_bytes("(broken"), false}};

struct Kept {
  TemporaryFolder folder;
  std::string path = folder.file("patterns");
  KeptCompiler compiler{PatternCache(path)};

  CompiledPatterns compile() { return compiler.compile(two, PatternUse::block, 0); }
  std::string only_file() const { return std::filesystem::directory_iterator(path)->path().string(); }
};

bool same(const CompiledPatterns& a, const CompiledPatterns& b) { return encode(a) == encode(b); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_set_is_compiled_once_also_across_starts) {
  Kept kept;
  const CompiledPatterns first = kept.compile();
  BOOST_TEST(!first.database.empty());
  BOOST_TEST(first.refused.size() == 1U);
  BOOST_TEST(same(kept.compile(), first));
  BOOST_TEST(kept.compiler.counters().compiled.children == 1U);
  BOOST_TEST(kept.compiler.counters().cached.hits == 1U);
  KeptCompiler later{PatternCache(kept.path)};
  BOOST_TEST(same(later.compile(two, PatternUse::block, 0), first));
  BOOST_TEST(later.counters().compiled.children == 0U);
}

BOOST_AUTO_TEST_CASE(whatever_changes_the_database_changes_the_key) {
  std::set<std::string> keys{PatternCache::key(two, PatternUse::block, 0), PatternCache::key(two, PatternUse::stream, 0),
                             PatternCache::key(two, PatternUse::block, 4), PatternCache::key(std::span(two).first(1), PatternUse::block, 0)};
  auto other = two;
  other[0].mode = MatchMode::glob;
  keys.insert(PatternCache::key(other, PatternUse::block, 0));
  other = two;
  other[0].lowered = true;
  keys.insert(PatternCache::key(other, PatternUse::block, 0));
  other = two;
  other[0].value = as_bytes("secret(");  // the same bytes in a row
  other[1].value = as_bytes("broken");
  keys.insert(PatternCache::key(other, PatternUse::block, 0));
  BOOST_TEST(keys.size() == 7U);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_noticed_counted_and_made_again) {
  Kept kept;
  const CompiledPatterns first = kept.compile();
  const std::string file = kept.only_file();
  std::ifstream in(file, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  uint64_t damaged = 0;
  for (const size_t at : {size_t{0}, size_t{31}, size_t{40}, whole.size() / 2, whole.size() - 1}) {
    std::string bent = whole;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    for (const std::string& content : {bent, whole.substr(0, at)}) {
      std::ofstream(file, std::ios::binary) << content;
      BOOST_TEST(same(kept.compile(), first));
      BOOST_TEST(kept.compiler.counters().cached.damaged == ++damaged);
    }
  }
  std::ofstream(file, std::ios::binary) << whole << 'x';
  BOOST_TEST(same(kept.compile(), first));
  BOOST_TEST(kept.compiler.counters().cached.damaged == ++damaged);
  BOOST_TEST(kept.compiler.counters().compiled.children == 1 + damaged);
}

BOOST_AUTO_TEST_CASE(a_file_under_another_name_is_damaged) {
  Kept kept;
  kept.compile();
  const std::string wrong = PatternCache::key(two, PatternUse::stream, 0);
  std::filesystem::rename(kept.only_file(), kept.path + "/" + wrong + ".patterns");
  PatternCache cache(kept.path);
  BOOST_TEST(!cache.find(wrong, 2).has_value());
  BOOST_TEST(cache.counters().damaged == 1U);
}

BOOST_AUTO_TEST_CASE(the_least_recently_used_goes_and_the_bound_holds_to_the_byte) {
  TemporaryFolder folder;
  const CompiledPatterns one{std::vector<uint8_t>(1000, 1), {}, {}};
  const uint64_t size = encode(one).size() + 32;
  PatternCache cache(folder.file("patterns"), 2 * size);
  cache.keep("a", one);
  cache.keep("b", one);
  BOOST_TEST(cache.counters().evicted == 0U);
  std::filesystem::last_write_time(folder.file("patterns/b.patterns"), std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  cache.keep("c", one);
  BOOST_TEST(cache.counters().evicted == 1U);
  BOOST_TEST(cache.find("a", 0).has_value());
  BOOST_TEST(!cache.find("b", 0).has_value());
  BOOST_TEST(cache.find("c", 0).has_value());
  cache.keep("d", {std::vector<uint8_t>(2 * size, 1), {}, {}});
  BOOST_TEST(cache.counters().failed == 1U);
  BOOST_TEST(cache.find("a", 0).has_value());
}

BOOST_AUTO_TEST_CASE(an_encoding_cut_anywhere_is_none) {
  const CompiledPatterns compiled{std::vector<uint8_t>(64, 9), {{0, "bad"}, {3, "worse"}}, {}};
  const std::vector<uint8_t> bytes = encode(compiled);
  BOOST_TEST(same(decode(bytes, 4).value(), compiled));
  BOOST_TEST(!decode(bytes, 3).has_value());  // names a pattern that is not there
  for (size_t length = 0; length < bytes.size(); ++length) BOOST_TEST(!decode(Bytes(bytes).first(length), 4).has_value());
}
