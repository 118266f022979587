// SPDX-License-Identifier: Apache-2.0
// Whole feeds as they are published, each against its rows and rejects (FILE.expected).
#include <fstream>
#include <iterator>

#include "control/catalogue/catalogue.h"
#include "control/feeds/sample_feed.h"

using namespace sekisho;

namespace {

struct Sample {
  const char* file;
  std::optional<Kind> kind;
  FeedFormat format = FeedFormat::automatic;
};
const Sample samples[] = {{"hosts.txt", {}},
                          {"zeek-intel.dat", {}},
                          {"dataset-domain.lst", Kind::domain, FeedFormat::suricata_dataset},
                          {"dataset-sha256.lst", Kind::sha256, FeedFormat::suricata_dataset},
                          {"emerging.rules", {}},
                          {"stix-bundle.json", {}},
                          {"stix-2.0.json", {}},
                          {"dark-harbor.ioc", {}},
                          {"misp-event.json", {}}};

const std::string folder = SEKISHO_FEEDS_DIR "/";

// A row or a problem a line, without the folder.
std::string told(const FeedContent& content) {
  std::string out;
  for (const FeedRow& row : content.rows) {
    const Indicator& i = row.indicator;
    out += std::to_string(row.line) + " " + std::string(kind_name(i.kind)) + " " + std::string(mode_name(i.mode)) + " " + i.value + " severity " +
           std::to_string(i.severity) + " confidence " + std::to_string(i.confidence) + (row.asked ? " " + std::string(action_name(*row.asked)) : "") +
           (i.tlp == Tlp::clear ? "" : " " + std::string(tlp_name(i.tlp))) + (i.phase_hint == 0 ? "" : " " + std::string(sub_phases[i.phase_hint].name)) +
           (i.note.empty() ? "" : " | " + i.note) + "\n";
  }
  for (const Error& problem : content.report.problems) out += describe(problem) + "\n";
  const FeedReport& r = content.report;
  out += "loaded " + std::to_string(r.loaded) + ", duplicate " + std::to_string(r.duplicate) + ", rejected " + std::to_string(r.rejected) + "; " + r.told + "\n";
  for (size_t at = 0; (at = out.find(folder, at)) != std::string::npos;) out.erase(at, folder.size());
  return out;
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_feed_of_the_corpus_is_read_as_expected) {
  for (const Sample& sample : samples) {
    FeedConfig feed = sample_feed(sample.format);
    feed.path = folder + sample.file;
    feed.kind = sample.kind;
    const auto content = read_feed(feed, sample_now_s);
    BOOST_REQUIRE(content.has_value());
    BOOST_TEST(told(*content) == text_of(feed.path + ".expected"), sample.file << " is read as:\n" << told(*content));
  }
}
