// SPDX-License-Identifier: Apache-2.0
#include "tools/read/arguments.h"

#include <getopt.h>

#include <algorithm>
#include <charconv>

#include "dataplane/content/file_hash.h"
#include "dataplane/pipeline.h"

namespace sekisho {

const char* const read_usage =
    "usage: sekisho-read [OPTION]... FILE...\n"
    "Reads captures (pcap, pcapng) through the data plane and prints EVE records, one JSON object a line.\n"
    "  -i, --indicators FILE     look for these (CSV or a list, one value a line); may be given several "
    "times\n"
    "      --set FILE            a sekisho.yaml: look for what its feeds, its policy and the operator list, stop "
    "it as on the wire,\n"
    "                            and tell in the summary what each feed met\n"
    "      --log none|alerts|all what to print (default: all)\n"
    "      --site FILE           a sekisho.yaml, whose zones, relays and trusted domains say who is who: "
    "alerts tell the\n"
    "                            phase of the attack and the host that it is held against\n"
    "      --summary json|table  at the end: the hosts by phases (with --site), and what became of the "
    "packets\n"
    "      --ports               each interface of a capture is a port of the appliance; 0 and 1 are a pair, "
    "2 and 3 the next\n"
    "      --hash LIST           digests of every file: md5, sha1, sha256, comma between (default: sha256)\n"
    "      --strict              the rules of the wire: checksums verified, streams as a receiver reads "
    "them\n"
    "      --burst N             packets handed to the pipeline at once, 1 to 32 (default: 1)\n"
    "  -h, --help                this text\n"
    "Exit status: 0 all read; 1 a file could not be read to its end (what could be read was printed); 2 "
    "usage.\n";

namespace {

template <typename Choice>
struct Word {
  std::string_view word;
  Choice choice;
};
constexpr Word<LogChoice> log_words[] = {
    {"none", LogChoice::none}, {"alerts", LogChoice::alerts}, {"all", LogChoice::all}};
constexpr Word<SummaryChoice> summary_words[] = {{"json", SummaryChoice::json},
                                                 {"table", SummaryChoice::table}};

template <typename Choice, size_t count>
bool choose(const Word<Choice> (&words)[count], std::string_view text, Choice& out) {
  const auto at = std::find_if(std::begin(words), std::end(words),
                               [&](const Word<Choice>& one) { return one.word == text; });
  if (at == std::end(words)) return false;
  out = at->choice;
  return true;
}

Result<HashKinds> hash_list(std::string_view list) {
  HashKinds hashes = HashKinds::none;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    const std::string_view name = list.substr(0, comma);
    if (name == "md5") hashes = hashes | HashKinds::md5;
    else if (name == "sha1") hashes = hashes | HashKinds::sha1;
    else if (name == "sha256") hashes = hashes | HashKinds::sha256;
    else return fail("--hash: \"" + std::string(name) + "\" is none of md5, sha1, sha256");
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return hashes;
}

}  // namespace

Result<ReadArguments> parse_read_arguments(int argc, char** argv) {
  enum Long { log = 256, hash, strict, burst, site, summary, ports, set };
  const option longs[] = {
      {"indicators", required_argument, nullptr, 'i'}, {"log", required_argument, nullptr, log},
      {"hash", required_argument, nullptr, hash},      {"strict", no_argument, nullptr, strict},
      {"burst", required_argument, nullptr, burst},    {"help", no_argument, nullptr, 'h'},
      {"site", required_argument, nullptr, site},      {"summary", required_argument, nullptr, summary},
      {"ports", no_argument, nullptr, ports},          {"set", required_argument, nullptr, set},
      {nullptr, 0, nullptr, 0}};
  ReadArguments arguments;
  arguments.hashes = HashKinds::sha256;
  opterr = 0;
  for (int choice; (choice = getopt_long(argc, argv, "i:h", longs, nullptr)) != -1;) {
    const std::string_view value = optarg != nullptr ? optarg : "";
    switch (choice) {
      case 'i': arguments.indicators.emplace_back(value); break;
      case 'h': arguments.help = true; break;
      case strict: arguments.rules = ReadRules::strict; break;
      case log:
        if (!choose(log_words, value, arguments.log))
          return fail("--log is none, alerts or all, not \"" + std::string(value) + "\"");
        break;
      case summary:
        if (!choose(summary_words, value, arguments.summary))
          return fail("--summary is json or table, not \"" + std::string(value) + "\"");
        break;
      case set: arguments.set = value; break;
      case site: arguments.site = value; break;
      case ports: arguments.interfaces = InterfaceMeaning::port; break;
      case hash: {
        const auto hashes = hash_list(value);
        if (!hashes) return tl::unexpected(hashes.error());
        arguments.hashes = *hashes;
        break;
      }
      case burst: {
        const auto result = std::from_chars(value.data(), value.data() + value.size(), arguments.burst);
        if (result.ec != std::errc{} || arguments.burst < 1 || arguments.burst > burst_packets_max)
          return fail("--burst is a number from 1 to " + std::to_string(burst_packets_max));
        break;
      }
      default: return fail("unknown option \"" + std::string(argv[optind - 1]) + "\"");
    }
  }
  for (int i = optind; i < argc; ++i) arguments.captures.emplace_back(argv[i]);
  if (!arguments.help && arguments.captures.empty()) return fail("no capture file is given");
  if (!arguments.set.empty() && !arguments.indicators.empty()) return fail("--set and --indicators exclude each other");
  return arguments;
}

}  // namespace sekisho
