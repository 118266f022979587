// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/arguments.h"

#include <getopt.h>

#include <charconv>
#include <cstdlib>

namespace sekisho::bench {

const char* const bench_usage =
    "usage: sekisho-bench [OPTION]... CAPTURE...\n"
    "Replays each capture out of preloaded mbufs through the data plane's pipeline on one core, stage by stage, beside the floor.\n"
    "  -i, --indicators FILE     look for these (CSV or a list); may be given several times\n"
    "      --core N              the core to run on (default 1)\n"
    "      --seconds S           measured time for each stage, after its warm-up (default 2)\n"
    "      --flows N             flows that wait in the table meanwhile, about (default 100000)\n"
    "      --hash sha256|all     digests of every file (default: none)\n"
    "      --checksums nic|software   who verifies them (default: nic)\n"
    "      --drain chunks|core   records are read between timed chunks, or by another core meanwhile (default: chunks)\n"
    "      --pages auto|huge|small    page mode of packet memory (default: auto)\n"
    "      --only STAGE          one stage instead of all, for profilers (`all` is the last one)\n"
    "      --json FILE           the figures for programs\n"
    "  -h, --help                this text\n"
    "Exit status: 0 measured; 1 it could not, or packets or records were lost; 2 usage.\n";

namespace {

template <typename Choice>
struct Named {
  std::string_view name;
  Choice choice;
};
constexpr Named<HashKinds> hash_choices[] = {
    {"none", HashKinds::none}, {"sha256", HashKinds::sha256}, {"all", HashKinds::md5 | HashKinds::sha1 | HashKinds::sha256}};
constexpr Named<Checksums> checksum_choices[] = {{"nic", Checksums::by_nic}, {"software", Checksums::in_software}};
constexpr Named<Drain> drain_choices[] = {{"chunks", Drain::between_chunks}, {"core", Drain::other_core}};
constexpr Named<HugepageChoice> page_choices[] = {
    {"auto", HugepageChoice::automatic}, {"huge", HugepageChoice::on}, {"small", HugepageChoice::off}};

template <typename Choice, size_t count>
Result<void> choose(std::string_view text, const char* option, const Named<Choice> (&choices)[count], Choice& into) {
  for (const auto& named : choices) {
    if (named.name != text) continue;
    into = named.choice;
    return {};
  }
  return fail(std::string(option) + ": \"" + std::string(text) + "\" is not one of its values");
}

template <typename Number>
Result<void> number(std::string_view text, const char* option, Number least, Number most, Number& into) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), into);
  if (result.ec == std::errc{} && result.ptr == text.data() + text.size() && into >= least && into <= most) return {};
  return fail(std::string(option) + ": \"" + std::string(text) + "\" is not a number in its range");
}

enum Long { core = 256, seconds, flows, hash, checksums, drain, pages, only, json };
constexpr option long_options[] = {{"indicators", required_argument, nullptr, 'i'}, {"core", required_argument, nullptr, core},
                                   {"seconds", required_argument, nullptr, seconds}, {"flows", required_argument, nullptr, flows},
                                   {"hash", required_argument, nullptr, hash}, {"checksums", required_argument, nullptr, checksums},
                                   {"drain", required_argument, nullptr, drain}, {"pages", required_argument, nullptr, pages},
                                   {"only", required_argument, nullptr, only}, {"json", required_argument, nullptr, json},
                                   {"help", no_argument, nullptr, 'h'}, {nullptr, 0, nullptr, 0}};

Result<void> take(int choice, std::string_view value, BenchArguments& arguments) {
  switch (choice) {
    case 'i': arguments.indicators.emplace_back(value); return {};
    case 'h': arguments.help = true; return {};
    case only: arguments.only = value; return {};
    case json: arguments.json = value; return {};
    case core: return number(value, "--core", 0U, 1023U, arguments.core);
    case seconds: return number(value, "--seconds", 0.01, 3600.0, arguments.seconds);
    case flows: return number(value, "--flows", 1U, 4'000'000U, arguments.resident_flows);
    case hash: return choose(value, "--hash", hash_choices, arguments.hashes);
    case checksums: return choose(value, "--checksums", checksum_choices, arguments.checksums);
    case drain: return choose(value, "--drain", drain_choices, arguments.drain);
    case pages: return choose(value, "--pages", page_choices, arguments.hugepages);
    default: return fail("unknown option, or a value is missing");
  }
}

}  // namespace

Result<BenchArguments> parse_bench_arguments(int argc, char** argv) {
  BenchArguments arguments;
  opterr = 0;
  for (int choice; (choice = getopt_long(argc, argv, "i:h", long_options, nullptr)) != -1;)
    if (auto taken = take(choice, optarg != nullptr ? optarg : "", arguments); !taken) return tl::unexpected(taken.error());
  for (int i = optind; i < argc; ++i) arguments.captures.emplace_back(argv[i]);
  if (!arguments.help && arguments.captures.empty()) return fail("no capture file is given");
  return arguments;
}

}  // namespace sekisho::bench
