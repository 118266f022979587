// SPDX-License-Identifier: Apache-2.0
// The operator's indicators, look-ups in the set in force, and what loading it told.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "control/api/limits.h"
#include "control/api/lookup.h"
#include "control/api/request.h"
#include "control/catalogue/catalogue.h"
#include "control/export/export.h"
#include "control/feeds/sniff.h"

namespace sekisho {

namespace {

using nlohmann::json;

json feed_json(const FeedStatus& feed) {
  json out{{"name", feed.name},
           {"loaded", feed.report.loaded},
           {"duplicate", feed.report.duplicate},
           {"rejected", feed.report.rejected},
           {"expired", feed.report.expired},
           {"refused", feed.refused},
           {"mode", spelling(feed.mode)},
           {"shadowed", feed.shadowed},
           {"allowlisted", feed.allowlisted}};
  if (!feed.enabled) out["enabled"] = false;
  if (!feed.report.told.empty()) out["told"] = feed.report.told;
  if (!feed.path.empty()) out["path"] = feed.path;
  if (!feed.error.empty()) out["error"] = feed.error;
  if (feed.kept) out["kept"] = true;
  return out;
}

json patterns_json(const PatternCounters& patterns) {
  return {{"compilations", patterns.compiled.children}, {"stopped", patterns.compiled.stopped}, {"costly", patterns.compiled.costly},
          {"cached", patterns.cached.hits},             {"damaged", patterns.cached.damaged},   {"evicted", patterns.cached.evicted},
          {"not_kept", patterns.cached.failed}};
}

// Publishes; waits unless asked not to.
Answer published(ControlState& state, const Request& request, json out) {
  const uint64_t ticket = state.publisher.request();
  if (request.flag("no-wait")) {
    out["waiting"] = false;
    return out;
  }
  const auto status = state.publisher.wait(ticket, api_publish_wait);
  if (!status) return tl::unexpected(status.error());
  out["set"] = set_json(*status);
  return out;
}

Answer indicator_add(ControlState& state, const Request& request) {
  const char* names[] = {"value", "kind", "mode", "severity", "confidence", "tlp", "valid-from", "valid-until", "phase", "route", "action", "note"};
  std::string_view FeedLine::* cells[] = {&FeedLine::value, &FeedLine::kind, &FeedLine::mode, &FeedLine::severity, &FeedLine::confidence,
                                          &FeedLine::tlp, &FeedLine::valid_from, &FeedLine::valid_until, &FeedLine::phase,
                                          &FeedLine::route, &FeedLine::action, &FeedLine::note};
  std::string texts[std::size(names)];
  FeedLine line;
  for (size_t i = 0; i < std::size(names); ++i) {
    texts[i] = request.text(names[i]);
    line.*cells[i] = texts[i];
  }
  if (auto added = state.publisher.add(line); !added) return tl::unexpected(added.error());
  return published(state, request, {{"added", texts[0]}});
}

// What control knows beyond the image: the line and the note.
void add_origin(const PublishedSet& set, const IndicatorEntry& entry, json& out) {
  const std::string_view value = set.image().text(entry.original_offset, entry.original_length);
  const std::string_view feed = set.image().feed(entry.feed);
  bool found = false;
  set.set.for_each([&](const ListedIndicator& listed, const IndicatorOrigin& origin) {
    const Indicator& indicator = *listed.indicator;
    if (found || indicator.kind != entry.kind || indicator.mode != entry.mode || indicator.value != value || indicator.feed != feed) return;
    found = true;
    out["line"] = origin.line;
    out["policy_row"] = origin.rule;
    if (!indicator.note.empty()) out["note"] = indicator.note;
  });
}

// "; feed acme lists it (line 2): ..." for a value that is not the operator's to remove.
std::string listed_by(ControlState& state, const std::string& value, std::optional<Kind> kind) {
  const auto set = state.publisher.current();
  if (set == nullptr) return {};
  const auto found = look_up(set->image(), value, kind, wall_s());
  if (!found || found->empty()) return {};
  json origin = json::object();
  add_origin(*set, found->front().entry, origin);
  return "; feed " + std::string(set->image().feed(found->front().entry.feed)) + " lists " +
         std::string(set->image().text(found->front().entry.original_offset,
                                            found->front().entry.original_length)) +
         (origin.contains("line") ? " in line " + origin["line"].dump() : "") +
         ": take it out there, or let a row of the policy pass it";
}

Answer indicator_del(ControlState& state, const Request& request) {
  const auto kind = request.kind();
  if (!kind) return tl::unexpected(kind.error());
  const auto removed = state.publisher.remove(request.text("value"), *kind);
  if (!removed) return tl::unexpected(removed.error());
  if (*removed == 0)
    return fail(shown(request.text("value")) + " was not added by the operator" +
                listed_by(state, request.text("value"), *kind));
  return published(state, request, {{"removed", *removed}});
}

json problems_json(const std::vector<Error>& problems) {
  json out = json::array();
  for (size_t i = 0; i < problems.size() && i < api_problems_max; ++i)
    out.push_back({{"file", problems[i].file}, {"line", problems[i].line}, {"text", problems[i].text}});
  return out;
}

Result<std::string> read_handed_file(const std::vector<FileDescriptor>& files) {
  struct stat status;
  if (files.size() != 1 || ::fstat(files[0].get(), &status) != 0 || !S_ISREG(status.st_mode))
    return fail("a request that hands over one regular file is needed");
  if (static_cast<uint64_t>(status.st_size) > api_import_bytes_max)
    return fail("more than " + std::to_string(api_import_bytes_max) + " bytes: use a feed");
  std::string text(static_cast<size_t>(status.st_size), '\0');
  const ssize_t got = ::pread(files[0].get(), text.data(), text.size(), 0);
  if (got < 0) return fail("the file cannot be read");
  text.resize(static_cast<size_t>(got));
  return text;
}

Answer indicator_import(ControlState& state, const Request& request) {
  const std::string name = request.text("format").empty() ? "auto" : request.text("format");
  const auto& names = Spelling<FeedFormat>::names;
  const auto told = std::find(std::begin(names), std::end(names), name);
  if (told == std::end(names)) return fail(shown(name) + " is not a format of feeds");
  const auto format = static_cast<FeedFormat>(told - std::begin(names));
  const auto text = read_handed_file(request.files);
  if (!text) return tl::unexpected(text.error());
  auto report = state.publisher.import(*text, format);
  if (!report) return tl::unexpected(report.error());
  for (Error& problem : report->problems) problem.file = request.text("file");
  return published(state, request, {{"loaded", report->loaded},
                                    {"duplicate", report->duplicate},
                                    {"rejected", report->rejected},
                                    {"expired", report->expired},
                                    {"problems", problems_json(report->problems)}});
}

Answer indicator_reload(ControlState& state, const Request& request) {
  if (auto reloaded = state.reload_config(); !reloaded) return tl::unexpected(reloaded.error());
  return published(state, request, json::object());
}

Answer indicator_stats(ControlState& state, const Request&) {
  const PublishStatus status = state.publisher.status();
  json out = set_json(status);
  out["patterns"] = patterns_json(status.patterns);
  std::vector<Error> problems = status.problems;
  const json fetches = state.providers.fetches != nullptr ? state.providers.fetches->fetches() : json::object();
  for (const FeedStatus& feed : status.feeds) {
    out["feeds"].push_back(feed_json(feed));
    if (fetches.contains(feed.name)) out["feeds"].back()["fetch"] = fetches[feed.name];
    problems.insert(problems.end(), feed.report.problems.begin(), feed.report.problems.end());
  }
  out["problems"] = problems_json(problems);
  out["problem_count"] = problems.size();
  if (const auto set = state.publisher.current()) {
    std::array<uint64_t, kind_count> counts{};
    set->set.for_each([&counts](const ListedIndicator& listed, const IndicatorOrigin&) { ++counts[static_cast<uint8_t>(listed.indicator->kind)]; });
    for (uint8_t i = 0; i < kind_count; ++i)
      if (counts[i] != 0) out["kinds"][std::string(kind_name(static_cast<Kind>(i)))] = counts[i];
  }
  return out;
}

json found_json(const PublishedSet& set, const FoundIndicator& found) {
  const IndicatorEntry& entry = found.entry;
  const Image& image = set.image();
  json out{{"id", std::to_string(entry.id)},
           {"kind", kind_name(entry.kind)},
           {"mode", mode_name(entry.mode)},
           {"value", image.text(entry.original_offset, entry.original_length)},
           {"feed", image.feed(entry.feed)},
           {"severity", entry.severity},
           {"confidence", entry.confidence},
           {"tlp", tlp_name(entry.tlp)},
           {"action", action_name(entry.action)},
           {"looked_up_as", kind_name(found.looked_up_as)}};
  if (entry.valid_until_s != 0) out["valid_until"] = entry.valid_until_s;
  if (entry.phase_hint != 0 && entry.phase_hint < sub_phase_count) out["phase"] = sub_phases[entry.phase_hint].name;
  add_origin(set, entry, out);
  return out;
}

Answer indicator_lookup(ControlState& state, const Request& request) {
  const auto set = state.publisher.current();
  if (set == nullptr) return fail("no indicator set yet");
  const auto kind = request.kind();
  if (!kind) return tl::unexpected(kind.error());
  const auto found = look_up(set->image(), request.text("value"), *kind, wall_s());
  if (!found) return tl::unexpected(found.error());
  json out{{"generation", set->image().generation()}, {"indicators", json::array()}};
  for (const FoundIndicator& one : *found) out["indicators"].push_back(found_json(*set, one));
  return out;
}

// The client hands over memory of its own; a file elsewhere could hold us up.
Answer indicator_export(ControlState& state, const Request& request) {
  if (request.files.size() != 1 || ::fcntl(request.files[0].get(), F_GET_SEALS) < 0) return fail("a request that hands over a memory file is needed");
  const auto set = state.publisher.current();
  if (set == nullptr) return fail("no indicator set yet");
  const std::string name = request.text("format").empty() ? "csv" : request.text("format");
  const ExportFormat* format = export_format_named(name);
  if (format == nullptr) return fail(shown(name) + " is not one of " + export_format_names());
  const std::vector<ListedIndicator> listed = set->set.listed();
  const auto report = export_indicators(*format, {listed, set->image().generation(), wall_s(), api_export_bytes_max}, request.files[0].get());
  if (!report) return tl::unexpected(report.error());
  json out{{"generation", set->image().generation()}, {"exported", report->exported}, {"expired", report->expired}, {"unsaid", json::array()}};
  for (const auto& [what, count] : report->unsaid) out["unsaid"].push_back({{"what", what}, {"count", count}});
  return out;
}

constexpr Handler handlers[] = {
    {"indicator add", indicator_add},
    {"indicator del", indicator_del},
    {"indicator lookup", indicator_lookup},
    {"indicator import", indicator_import},
    {"indicator export", indicator_export},
    {"indicator reload", indicator_reload},
    {"indicator stats", indicator_stats},
    {"config reload", indicator_reload},
};

}  // namespace

std::span<const Handler> indicator_handlers() { return handlers; }

}  // namespace sekisho
