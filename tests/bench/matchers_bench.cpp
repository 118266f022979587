// SPDX-License-Identifier: Apache-2.0
// matchers_bench [count]...: what an image costs to build, to hold and to ask, and whether it answers as a naive oracle does.
//
// Prints build time, image size and nanoseconds per look-up for each `count` (default 1 k, 100 k and 1 M) indicators of the usual mix
// (60 % domains, 20 % addresses of which 2 % prefixes, 10 % URLs, 10 % SHA-256). Look-ups are timed in chunks of 4096 in batches of 32 on values that
// are not repeated, so large sets come from DRAM; the figure is the 5th percentile of the chunks (a busy machine spoils the mean, not the
// p5), with the median beside it. Misses are what traffic mostly is. The page mode is printed: with 4 KB pages the TLB is part of the figure.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "control/patterns/kept_compiler.h"
#include "control/publish/temporary_folder.h"
#include "matchers/image/image.h"
#include "matchers/normalise/address.h"
#include "matchers/normalise/normalise.h"
#include "tests/bench/naive_oracle.h"

using namespace sekisho;

namespace {

using Clock = std::chrono::steady_clock;

// Of this process only: what the build costs whoever else uses the machine.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string word(std::mt19937_64& random, size_t least, size_t most) {
  std::string out;
  const size_t length = least + random() % (most - least + 1);
  for (size_t i = 0; i < length; ++i) out += static_cast<char>('a' + random() % 26);
  return out;
}

// 20 bytes on average, two or three labels.
std::string domain(std::mt19937_64& random) {
  constexpr std::string_view ends[] = {".com", ".net", ".org", ".info", ".co.jp", ".ru", ".cn"};
  std::string out;
  if (random() % 4 == 0) out.append(word(random, 2, 6)).append(1, '.');
  return out.append(word(random, 8, 18)).append(ends[random() % std::size(ends)]);
}
std::string v4(std::mt19937_64& random) {
  uint8_t room[address_text_max];
  return std::string(as_text({room, format_address(v4_address(static_cast<uint32_t>(random())), room)}));
}
std::string url(std::mt19937_64& random) {
  std::string out("http://");
  out.append(domain(random)).append(1, '/').append(word(random, 3, 10)).append(1, '/').append(word(random, 3, 12));
  return out.append(".php?id=").append(word(random, 4, 8));
}
std::string sha256(std::mt19937_64& random) {
  std::string out;
  for (int i = 0; i < 64; ++i) out += "0123456789abcdef"[random() % 16];
  return out;
}

std::vector<Indicator> usual_mix(size_t count) {
  std::mt19937_64 random(count);
  std::vector<Indicator> list(count);
  for (size_t i = 0; i < count; ++i) {
    Indicator& one = list[i];
    const size_t slot = i % 10;
    one.feed = slot < 5 ? "acme" : "other";
    one.kind = slot < 6 ? Kind::domain : slot < 8 ? Kind::address : slot < 9 ? Kind::url : Kind::sha256;
    if (one.kind == Kind::domain) {
      one.value = domain(random);
      one.mode = MatchMode::subdomains;
    } else if (one.kind == Kind::address) {
      one.value = v4(random);
      if (random() % 50 == 0) {
        one.value.append(1, '/').append(std::to_string(16 + random() % 14));
        one.mode = MatchMode::cidr;
      }
    } else if (one.kind == Kind::url) {
      one.value = url(random);
      if (random() % 4 == 0) {
        one.value.resize(one.value.rfind('/'));
        one.mode = MatchMode::prefix;
      }
    } else {
      one.value = sha256(random);
    }
  }
  return list;
}

// Normalised values in one block, as a burst's observations lie in packets.
class Asked {
 public:
  void add(Kind kind, std::string_view text) {
    std::vector<uint8_t> room(normalised_bytes_max(text.size()));
    const auto value = normalise(kind, as_bytes(text), room);
    if (!value) return;
    spans_.push_back({bytes_.size(), value->size()});
    kind_ = kind;
    bytes_.insert(bytes_.end(), value->begin(), value->end());
  }
  std::vector<Query> queries() const {
    std::vector<Query> out;
    for (uint32_t i = 0; i < spans_.size(); ++i)
      out.push_back({Bytes(bytes_).subspan(spans_[i].first, spans_[i].second), kind_, i});
    return out;
  }

 private:
  std::vector<std::pair<size_t, size_t>> spans_;
  std::vector<uint8_t> bytes_;
  Kind kind_ = Kind::domain;
};

void time_lookups(const char* name, const Image& image, const Asked& asked) {
  constexpr size_t batch = 32, chunk = 4096, least_chunks = 60;
  const std::vector<Query> queries = asked.queries();
  auto scratch = image.make_scratch();
  if (!scratch || queries.size() < chunk) return;
  std::vector<Hit> hits(batch * 8);
  std::vector<double> ns;
  uint64_t dropped = 0, found = 0, asked_count = 0;
  for (size_t at = 0; ns.size() < least_chunks || at != 0; at = at + 2 * chunk <= queries.size() ? at + chunk : 0) {
    const auto start = Clock::now();
    for (size_t i = at; i < at + chunk; i += batch)
      found += image.find(std::span(queries).subspan(i, batch), 1000, **scratch, hits, dropped);
    ns.push_back(seconds_since(start) * 1e9 / chunk);
    asked_count += chunk;
    if (ns.size() > 4 * least_chunks) break;
  }
  std::sort(ns.begin(), ns.end());
  std::printf("  %-34s p5 %6.1f ns   median %6.1f ns   (%.0f %% met)\n", name, ns[ns.size() / 20], ns[ns.size() / 2],
              100.0 * static_cast<double>(found) / static_cast<double>(asked_count));
}

void time_all_lookups(const Image& image, const std::vector<Indicator>& list) {
  std::mt19937_64 random(77);
  constexpr size_t count = 200000;
  Asked names, known_names, hosts, known_hosts, urls, digests, known_digests;
  for (size_t i = 0; i < count; ++i) {
    names.add(Kind::domain, std::string("www.").append(domain(random)));
    hosts.add(Kind::address, v4(random));
    urls.add(Kind::url, url(random));
    digests.add(Kind::sha256, sha256(random));
    const Indicator& one = list[random() % list.size()];
    if (one.kind == Kind::domain) known_names.add(Kind::domain, one.value);
    if (one.kind == Kind::address) known_hosts.add(Kind::address, one.value);
    if (one.kind == Kind::sha256) known_digests.add(Kind::sha256, one.value);
  }
  time_lookups("host name, all suffixes, unlisted", image, names);
  time_lookups("host name, listed", image, known_names);
  time_lookups("address with prefixes, unlisted", image, hosts);
  time_lookups("address, listed", image, known_hosts);
  time_lookups("SHA-256, unlisted", image, digests);
  time_lookups("SHA-256, listed", image, known_digests);
  time_lookups("URL with prefixes, unlisted", image, urls);
}

// Beyond this many indicators the oracle takes more memory than the machine may have: there what is listed must be found, and no more is asked.
constexpr size_t oracle_indicators_max = 2'000'000;

bool finds_what_is_listed(const Image& image, const std::vector<Indicator>& list) {
  constexpr size_t sample = 200'000;
  const auto scratch = image.make_scratch();
  if (!scratch) return false;
  size_t missed = 0;
  std::mt19937_64 random(99);
  for (size_t i = 0; i < sample; ++i) {
    const Indicator& one = list[random() % list.size()];
    if (one.mode == MatchMode::cidr) continue;
    Asked asked;
    asked.add(one.kind, one.value);
    Hit hit;
    uint64_t dropped = 0;
    const std::vector<Query> queries = asked.queries();
    missed += image.find(queries, 1000, **scratch, {&hit, 1}, dropped) == 1 ? 0 : 1;
  }
  std::printf("  of %zu that are listed %zu are not found\n", sample, missed);
  return missed == 0;
}

// Every answer to a sample, listed and not, against the oracle's. Ranges make the oracle slow: the sample is small.
bool agrees_with_oracle(const Image& image, const std::vector<Indicator>& list) {
  constexpr size_t sample = 20000;
  std::mt19937_64 random(99);
  const NaiveOracle oracle(list);
  Asked kinds[4];
  for (size_t i = 0; i < sample; ++i) {
    const Indicator& one = list[random() % list.size()];
    const std::string_view value(one.value);
    kinds[0].add(Kind::domain, i % 2 != 0 ? domain(random) : one.kind == Kind::domain ? std::string("a.b.").append(value) : "x.test");
    kinds[1].add(Kind::address, one.kind == Kind::address && one.mode == MatchMode::exact ? one.value : v4(random));
    kinds[2].add(Kind::url, one.kind == Kind::url ? std::string(value).append(i % 2 != 0 ? "/deeper?x=1" : "x") : url(random));
    kinds[3].add(Kind::sha256, one.kind == Kind::sha256 ? one.value : sha256(random));
  }
  const auto scratch = image.make_scratch();
  if (!scratch) return false;
  size_t asked = 0, met = 0, wrong = 0;
  for (const Asked& each : kinds) {
    std::vector<Hit> hits(64);
    for (const Query& query : each.queries()) {
      uint64_t dropped = 0;
      const size_t count = image.find({&query, 1}, 1000, **scratch, hits, dropped);
      NaiveOracle::Answer answer;
      for (const Hit& hit : std::span(hits).first(count)) {
        const IndicatorEntry entry = image.indicator(hit.indicator);
        answer.emplace(image.text(entry.value_offset, entry.value_length), entry.mode);
      }
      ++asked;
      met += count != 0 ? 1 : 0;
      wrong += dropped == 0 && answer != oracle.ask(query.kind, std::string(as_text(query.value))) ? 1 : 0;
    }
  }
  std::printf("  oracle: %zu values asked, %zu met something, %zu answers differ\n", asked, met, wrong);
  return wrong == 0 && met != 0;
}

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  size_t total = 0, resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

bool measure(size_t count) {
  const std::vector<Indicator> list = usual_mix(count);
  double best_s = 1e9;
  std::vector<uint8_t> built;
  BuildReport report;
  for (int round = 0; round < (count <= oracle_indicators_max ? 3 : 1); ++round) {
    const double start = cpu_seconds();
    auto result = build_image(list, 1, report);
    best_s = std::min(best_s, cpu_seconds() - start);
    if (!result) return std::fprintf(stderr, "%s\n", result.error().text.c_str()), false;
    built = std::move(*result);
  }
  const size_t rounded = (built.size() + 4095) / 4096 * 4096;
  const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(4096, rounded), &std::free);
  std::copy(built.begin(), built.end(), static_cast<uint8_t*>(memory.get()));
  const auto start = Clock::now();
  const double before_mib = resident_mib();
  auto image = Image::open({static_cast<const uint8_t*>(memory.get()), built.size()});
  if (!image) return std::fprintf(stderr, "%s\n", image.error().text.c_str()), false;
  std::printf("%zu indicators: build %.3f s of CPU, image %.1f MiB (%.1f B each), open %.1f ms (+%.2f MiB resident), %zu duplicates, %zu rejected\n", count,
              best_s, static_cast<double>(built.size()) / (1 << 20), static_cast<double>(built.size()) / static_cast<double>(count),
              seconds_since(start) * 1e3, resident_mib() - before_mib, report.duplicates, report.rejected.size());
  time_all_lookups(**image, list);
  return count <= oracle_indicators_max ? agrees_with_oracle(**image, list) : finds_what_is_listed(**image, list);
}

// As control compiles: in a child process, then from the cache, which must give the same image. Wall clock: control waits for the child.
bool measure_kept_patterns(const std::vector<Indicator>& list, const std::vector<uint8_t>& expected) {
  const TemporaryFolder folder;
  KeptCompiler compiler(PatternCache(folder.file("patterns")));
  BuildOptions options;
  options.compile = [&](std::span<const PatternSource> sources, PatternUse use, uint64_t cpu) { return compiler.compile(sources, use, cpu); };
  double seconds[2];
  for (double& each : seconds) {
    BuildReport report;
    const auto start = Clock::now();
    const auto built = build_image(list, options, report);
    each = seconds_since(start);
    if (!built || *built != expected) return std::fprintf(stderr, "another image than in one process\n"), false;
  }
  std::printf("  in a child process %.0f ms, from the cache %.0f ms (%llu compilations, %llu from the cache)\n", seconds[0] * 1e3, seconds[1] * 1e3,
              static_cast<unsigned long long>(compiler.counters().compiled.children), static_cast<unsigned long long>(compiler.counters().cached.hits));
  return compiler.counters().cached.hits == compiler.counters().compiled.children;
}

// 10,000 keywords and regexes, and a body through them.
bool measure_patterns() {
  std::mt19937_64 random(5);
  std::vector<Indicator> list(10000);
  for (size_t i = 0; i < list.size(); ++i) {
    list[i].kind = Kind::keyword;
    list[i].mode = i % 20 == 0 ? MatchMode::regex : MatchMode::literal;
    list[i].value = i % 20 == 0 ? word(random, 6, 10) + "[0-9]{4}" : word(random, 8, 20);
  }
  BuildReport report;
  const double start = cpu_seconds();
  const auto built = build_image(list, 1, report);
  if (!built) return false;
  const double build_s = cpu_seconds() - start;
  const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(64, (built->size() + 63) / 64 * 64), &std::free);
  std::copy(built->begin(), built->end(), static_cast<uint8_t*>(memory.get()));
  const auto image = Image::open({static_cast<const uint8_t*>(memory.get()), built->size()});
  if (!image) return std::fprintf(stderr, "%s\n", image.error().text.c_str()), false;
  auto scratch = (*image)->make_scratch();
  std::string body;
  while (body.size() < 1 << 16) body += word(random, 2, 12) + ' ';
  const std::unique_ptr<void, decltype(&std::free)> lent(std::aligned_alloc(64, (*image)->stream_state_bytes()), &std::free);
  const std::span<uint8_t> state(static_cast<uint8_t*>(lent.get()), (*image)->stream_state_bytes());
  std::vector<double> ns;
  std::vector<Hit> hits(64);
  uint64_t dropped = 0;
  for (int round = 0; round < 60; ++round) {
    const auto begin = Clock::now();
    if (!(*image)->stream_open(state)) return false;
    for (size_t at = 0; at < body.size(); at += 1400)
      (*image)->stream_scan(state, as_bytes(std::string_view(body).substr(at, 1400)), 0, 1000, **scratch, hits, dropped);
    (*image)->stream_close(state, **scratch);
    ns.push_back(seconds_since(begin) * 1e9 / static_cast<double>(body.size()));
  }
  std::sort(ns.begin(), ns.end());
  std::printf("%zu keywords and regexes: build %.2f s of CPU (block and stream), image %.1f MiB, %zu B a stream, body %.2f ns a byte (%.1f Gbit/s)\n",
              list.size(), build_s, static_cast<double>(built->size()) / (1 << 20), (*image)->stream_state_bytes(), ns[3], 8 / ns[3]);
  return measure_kept_patterns(list, *built);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<size_t> counts;
  for (int i = 1; i < argc; ++i) counts.push_back(std::strtoull(argv[i], nullptr, 10));
  if (counts.empty()) counts = {1000, 100000, 1000000};
  std::printf("pages: %ld B, transparent huge pages as the system sets them; p5 of chunks of 4096 look-ups in batches of 32, one core\n",
              sysconf(_SC_PAGESIZE));
  for (const size_t count : counts)
    if (count == 0 || !measure(count)) return 1;
  return measure_patterns() ? 0 : 1;
}
