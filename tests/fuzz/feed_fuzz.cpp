// SPDX-License-Identifier: Apache-2.0
// Feeds of any bytes. What is loaded must be accepted by the image's builder and found again by its own
// value; the counts add up, and what is refused is named by its line.
#include "control/feeds/feed.h"
#include "matchers/image/build.h"
#include "matchers/normalise/normalise.h"
#include "tests/fuzz/fuzzed_image.h"

using namespace sekisho;
using namespace sekisho::fuzz;

namespace {

constexpr int64_t now_s = 1'795'309'200;

FeedConfig config(uint8_t choice) {
  FeedConfig feed{};
  feed.name = "fuzz";
  feed.path = "fuzz.csv";
  feed.format = static_cast<FeedFormat>(choice % std::size(Spelling<FeedFormat>::names));
  feed.severity = sekisho::Severity::medium;
  feed.confidence = 50;
  feed.lines_max = 200;
  if ((choice & 0x80) != 0) feed.kind = static_cast<Kind>((choice >> 2) % kind_count);
  return feed;
}

// Patterns are compiled at length and matched by Hyperscan, whose own fuzzing is not ours.
bool is_pattern(const Indicator& indicator) {
  if (indicator.kind == Kind::compound)
    for (const char* word : {"keyword", "/literal", "/regex", "/glob"})
      if (indicator.value.find(word) != std::string::npos) return true;
  return indicator.kind == Kind::keyword || indicator.mode == MatchMode::literal ||
         indicator.mode == MatchMode::regex || indicator.mode == MatchMode::glob;
}

void check_lines(const FeedReport& report, std::string_view text) {
  const auto lines = static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const Error& problem : report.problems) {
    must(problem.line <= lines, "a problem stands in a line of the file");
    must(!problem.text.empty() && problem.text.find('\n') == std::string::npos,
         "a problem is one line of text");
  }
  // A line of a hosts file has many names, a rule many addresses, a pattern many values; each takes at least a byte.
  must(report.loaded + report.duplicate + report.rejected + report.expired <= std::max<uint64_t>(lines, text.size()),
       "an indicator is counted once");
}

void check_found(const FeedContent& content) {
  std::vector<Indicator> list;
  for (const FeedRow& row : content.rows)
    if (!is_pattern(row.indicator)) list.push_back(row.indicator);
  BuildReport report;
  const auto image = build_image(list, 1, report);
  must(image.has_value(), "what feeds load can be built");
  for (const auto& refused : report.rejected) {
    std::fprintf(stderr, "%s: %s\n", list[refused.index].value.c_str(), refused.reason.c_str());
    must(false, "what feeds load is not refused by the builder");
  }
  FuzzedImage opened(list);
  for (const Indicator& indicator : list) {
    if (indicator.mode == MatchMode::range || indicator.mode == MatchMode::cidr) continue;
    if (indicator.kind == Kind::compound) continue;  // its terms are found, each as its kind is
    std::vector<uint8_t> room(normalised_bytes_max(indicator.value.size()));
    const auto value = normalise(indicator.kind, as_bytes(indicator.value), room);
    if (!value) continue;  // notation of feeds: "*.a.test", "1.2.3.0/24", a number
    const Query query{*value, indicator.kind, 0};
    Hit hits[8];
    uint64_t dropped = 0;
    const int64_t when = indicator.valid_from_s;
    if (opened.image().find({&query, 1}, when, opened.scratch(), hits, dropped) == 0) {
      std::fprintf(stderr, "%s %s\n", std::string(kind_name(indicator.kind)).c_str(),
                   indicator.value.c_str());
      must(false, "a loaded value is found");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  const FeedConfig feed = config(input.u8());
  const std::string_view text = as_text(input.rest());
  const auto content = parse_feed(feed, text, now_s);
  if (!content) {
    must(!content.error().text.empty(), "a refusal says why");
    return 0;
  }
  must(content->rows.size() == content->report.loaded, "every loaded line is a row");
  check_lines(content->report, text);
  if (!content->rows.empty()) check_found(*content);
  return 0;
}
