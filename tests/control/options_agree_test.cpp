// SPDX-License-Identifier: Apache-2.0
// What control renders is what the data plane reads: every option of every configuration is known there, and no word is refused.
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "control/config/dataplane_options.h"
#include "control/config/load.h"
#include "dataplane/options.h"

using namespace sekisho;

namespace {

DataplaneOptions taken(const std::string& yaml) {
  const LoadedConfig loaded = load_config_text(yaml);
  BOOST_REQUIRE(loaded.config.has_value());
  std::istringstream rendered(render_dataplane_options(*loaded.config));
  std::vector<std::string> lines;
  for (std::string line; std::getline(rendered, line);) lines.push_back(line);
  const auto options = parse_options(lines, "options");
  BOOST_TEST_CONTEXT((options ? std::string() : describe(options.error()))) BOOST_REQUIRE(options.has_value());
  return *options;
}

const std::string pair = "  pairs:\n  - {name: p, mode: inline, a: {vdev: \"net_tap0,iface=t0\"}, b: {pci: \"0000:03:00.1\"}, path_group: g}\n";

}  // namespace

BOOST_AUTO_TEST_CASE(the_defaults_are_taken) {
  const DataplaneOptions options = taken("dataplane:\n" + pair);
  BOOST_TEST(options.memory_mb == 1024U);
  BOOST_REQUIRE(options.pairs.size() == 1);
  BOOST_TEST(options.pairs[0].a == "net_tap0,iface=t0");
  BOOST_TEST(options.pairs[0].b == "0000:03:00.1");
  BOOST_TEST(options.pairs[0].path_group == "g");
  BOOST_TEST(options.pipeline.flows.flows_max == 131072U);
}

BOOST_AUTO_TEST_CASE(every_word_of_every_choice_is_taken) {
  for (const char* line : {"hugepages: auto", "hugepages: \"on\"", "hugepages: \"off\"", "exhaustion: {flows: open, segments: closed}",
                           "exhaustion: {flows: closed, segments: open, half_open: closed, streams: closed, layer7: closed}",
                           "exhaustion: {transactions: closed, bodies: closed, sightings: closed}", "malformed: {packet: pass, application: drop}",
                           "malformed: {packet: drop, application: pass, uncompared_retransmission: pass}", "digests: [md5, sha1, sha256]",
                           "judge_body_prefixes: false", "flows: {pick_up_midstream: false}", "flows: {vlans_in_key: true}", "user: \"\"", "lcores: [2, 3, 5]",
                           "stored_files: {enabled: true, types: [pe, pdf, ooxml], protocols: [http, smtp, imap], directions: [to_client]}"})
    taken("dataplane:\n  " + std::string(line) + "\n" + pair);
}

BOOST_AUTO_TEST_CASE(which_files_are_stored_is_taken) {
  const DataplaneOptions options = taken(
      "dataplane:\n  stored_files: {enabled: true, ring_mb: 4, types: [pe, pdf], protocols: [smtp], directions: [to_server], bytes_min: 7, bytes_max: 99}\n" +
      pair);
  const StoredFiles& files = options.pipeline.inspector.stored_files;
  BOOST_TEST(files.enabled);
  BOOST_TEST(options.files_ring_mb == 4U);
  BOOST_TEST((files.types == std::vector<std::string>{"pe", "pdf"}));
  BOOST_TEST((files.protocols == std::vector<std::string>{"smtp"}));
  BOOST_TEST(files.directions[0]);
  BOOST_TEST(!files.directions[1]);
  BOOST_TEST(files.bytes_min == 7U);
  BOOST_TEST(files.bytes_max == 99U);
  BOOST_TEST(!taken("dataplane:\n" + pair).pipeline.inspector.stored_files.enabled);
}

BOOST_AUTO_TEST_CASE(a_type_or_protocol_that_nobody_knows_is_refused) {
  for (const char* line : {"--store-types=pe,executable", "--store-protocols=http,gopher", "--store-directions=up"})
    BOOST_TEST(!parse_options({"--pair-name=p", "--pair-a=x", line}, "options").has_value(), line);
}
