// SPDX-License-Identifier: Apache-2.0
#include "tools/read/arguments.h"

#include <getopt.h>

#include <boost/test/unit_test.hpp>

using namespace sekisho;

namespace {

Result<ReadArguments> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "sekisho-read");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  optind = 0;  // getopt begins afresh
  return parse_read_arguments(static_cast<int>(words.size()), argv.data());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_capture_alone_prints_all_rows_without_phases_or_summary) {
  const auto arguments = parse({"a.pcap"});
  BOOST_REQUIRE(arguments.has_value());
  BOOST_TEST((arguments->log == LogChoice::all));
  BOOST_TEST((arguments->summary == SummaryChoice::none));
  BOOST_TEST((arguments->interfaces == InterfaceMeaning::none));
  BOOST_TEST(arguments->site.empty());
}

BOOST_AUTO_TEST_CASE(site_summary_and_ports_are_taken) {
  const auto arguments =
      parse({"--site", "s.yaml", "--summary", "table", "--ports", "--log", "none", "a.pcapng"});
  BOOST_REQUIRE(arguments.has_value());
  BOOST_TEST((arguments->log == LogChoice::none));
  BOOST_TEST((arguments->summary == SummaryChoice::table));
  BOOST_TEST((arguments->interfaces == InterfaceMeaning::port));
  BOOST_TEST(arguments->site == "s.yaml");
}

BOOST_AUTO_TEST_CASE(a_word_that_an_option_does_not_know_is_named) {
  for (const char* option : {"--log", "--summary"}) {
    const auto arguments = parse({option, "some", "a.pcap"});
    BOOST_REQUIRE(!arguments.has_value());
    BOOST_TEST(arguments.error().text.find("\"some\"") != std::string::npos);
    BOOST_TEST(arguments.error().text.find(option) != std::string::npos);
  }
}
