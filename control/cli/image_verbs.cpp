// SPDX-License-Identifier: Apache-2.0
#include "control/cli/image_verbs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <nlohmann/json.hpp>

#include "control/config/load.h"
#include "control/publish/atomic_file.h"
#include "control/publish/feed_reader.h"
#include "control/publish/stored_image.h"

namespace sekisho {

namespace {

using nlohmann::json;

ExitCode refuse(const Error& error) { return print_refusal({ExitCode::failed, describe(error)}); }

std::string hex(uint64_t number) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return text;
}

void print_line(std::string_view mark, std::string_view line) {
  std::fwrite(mark.data(), 1, mark.size(), stdout);
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

json described(const std::string& path, const StoredImage& stored) {
  const Image& image = *stored.image;
  json out{{"file", path},
           {"generation", image.generation()},
           {"indicators", image.indicator_count()},
           {"bytes", image.bytes()},
           {"checksum", hex(image.checksum())},
           {"kinds", json::object()},
           {"sections", json::object()}};
  std::array<uint64_t, kind_count> counts{};
  for (const IndicatorEntry& entry : image.indicators()) ++counts[static_cast<uint8_t>(entry.kind)];
  for (uint8_t i = 0; i < kind_count; ++i)
    if (counts[i] != 0) out["kinds"][std::string(kind_name(static_cast<Kind>(i)))] = counts[i];
  for (const SectionSize& section : sections_of(stored))
    if (section.bytes != 0) out["sections"][std::string(section.name)] = section.bytes;
  return out;
}

std::vector<std::string> only_in(const std::vector<std::string>& these, const std::vector<std::string>& those) {
  std::vector<std::string> out;
  std::set_difference(these.begin(), these.end(), those.begin(), those.end(), std::back_inserter(out));
  return out;
}

int64_t wall_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void say(const Error& problem) { std::fprintf(stderr, "%s\n", describe(problem).c_str()); }

// What was left out, with its place; true where a feed as a whole could not be read.
bool say_problems(const IndicatorSet& set, const BuildReport& report) {
  bool lost = false;
  for (const Error& problem : set.problems) say(problem);
  for (const FeedStatus& feed : set.feeds) {
    for (const Error& problem : feed.report.problems) say(problem);
    if (!feed.error.empty()) say({feed.error, feed.name});
    lost = lost || !feed.error.empty();
  }
  for (const BuildReport::Rejected& rejected : report.rejected) {
    const IndicatorOrigin origin = set.origin(rejected.index);
    say({rejected.reason, set.feeds[origin.feed].path, origin.line});
  }
  return lost;
}

}  // namespace

ExitCode image_info(const Invocation& invocation) {
  const auto stored = open_stored_image(invocation.value("file"));
  if (!stored) return refuse(stored.error());
  print_answer(invocation, described(invocation.value("file"), *stored));
  return ExitCode::ok;
}

ExitCode image_dump(const Invocation& invocation) {
  const auto stored = open_stored_image(invocation.value("file"));
  if (!stored) return refuse(stored.error());
  print_line("", image_lines_header());
  for (const std::string& line : image_lines(*stored->image)) print_line("", line);
  return ExitCode::ok;
}

ExitCode image_diff(const Invocation& invocation) {
  const auto before = open_stored_image(invocation.value("before"));
  if (!before) return refuse(before.error());
  const auto after = open_stored_image(invocation.value("after"));
  if (!after) return refuse(after.error());
  const auto old_lines = image_lines(*before->image), new_lines = image_lines(*after->image);
  const auto removed = only_in(old_lines, new_lines), added = only_in(new_lines, old_lines);
  if (invocation.json) {
    print_answer(invocation, {{"removed", removed}, {"added", added}});
  } else {
    for (const std::string& line : removed) print_line("-", line);
    for (const std::string& line : added) print_line("+", line);
  }
  return removed.empty() && added.empty() ? ExitCode::ok : ExitCode::failed;
}

ExitCode image_build(const Invocation& invocation) {
  const std::string file = invocation.value("file"), text = invocation.value("generation");
  uint32_t generation = 1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), generation);
  if (!text.empty() && (error != std::errc() || end != text.data() + text.size() || generation == 0))
    return print_refusal({ExitCode::usage, "\"" + text + "\" is not a generation: 1 to 4294967295"});
  const LoadedConfig loaded = load_config(file);
  if (!loaded.config) {
    for (const Problem& problem : loaded.problems) std::fputs(print_problem(problem, file, loaded.source).c_str(), stderr);
    return ExitCode::config_invalid;
  }
  const IndicatorSet set = FeedReader().read(*loaded.config, nullptr, wall_s());
  BuildReport report;
  // For every machine: an image is built ahead to be carried elsewhere.
  const auto image = build_image(set.listed(), {.generation = generation, .cpu_features = 0}, report);
  if (say_problems(set, report)) return print_refusal({ExitCode::failed, "no image: a feed could not be read"});
  if (!image) return refuse(image.error());
  const auto written = write_file_atomically(invocation.value("image"), as_text(*image));
  if (!written) return refuse(written.error());
  const auto stored = open_stored_image(invocation.value("image"));
  if (!stored) return refuse(stored.error());
  print_answer(invocation, described(invocation.value("image"), *stored));
  return ExitCode::ok;
}

}  // namespace sekisho
