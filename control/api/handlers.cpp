// SPDX-License-Identifier: Apache-2.0
#include "control/api/handlers.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "control/api/limits.h"
#include "control/api/lookup.h"
#include "control/api/verbs.h"
#include "control/catalogue/catalogue.h"
#include "control/feeds/sniff.h"

namespace sekisho {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

int64_t wall_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// One request's arguments: texts and flags, checked against the table of verbs before a function sees them.
struct Request {
  const json& arguments;
  const std::vector<FileDescriptor>& files;

  std::string text(const char* name) const {
    const auto at = arguments.find(name);
    return at != arguments.end() && at->is_string() ? at->get<std::string>() : std::string();
  }
  bool flag(const char* name) const { return arguments.value(name, json()) == true; }
  Result<uint64_t> number(const char* name, uint64_t fallback, uint64_t most) const {
    const std::string digits = text(name);
    if (digits.empty()) return fallback;
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < 1 || value > most)
      return fail(shown(digits) + " is not a number from 1 to " + std::to_string(most));
    return value;
  }
  Result<std::optional<Kind>> kind() const {
    const std::string name = text("kind");
    if (name.empty()) return std::optional<Kind>();
    Kind kind;
    if (!kind_from_name(name, kind)) return fail(shown(name) + " is not an indicator kind");
    return std::optional<Kind>(kind);
  }
};

using Answer = Result<json>;

// --- status and counters

json feed_json(const FeedStatus& feed) {
  json out{{"name", feed.name},
           {"loaded", feed.report.loaded},
           {"duplicate", feed.report.duplicate},
           {"rejected", feed.report.rejected},
           {"expired", feed.report.expired},
           {"refused", feed.refused},
           {"mode", spelling(feed.mode)},
           {"shadowed", feed.shadowed}};
  if (!feed.path.empty()) out["path"] = feed.path;
  if (!feed.error.empty()) out["error"] = feed.error;
  if (feed.kept) out["kept"] = true;
  return out;
}

json set_json(const PublishStatus& status) {
  return {{"generation", status.generation},
          {"loaded_generation", status.loaded_generation},
          {"indicators", status.indicators},
          {"duplicates", status.duplicates},
          {"refused", status.refused},
          {"image_bytes", status.image_bytes},
          {"built_at", status.built_at_s},
          {"build_ms", status.build_ms},
          {"attempts", status.attempts},
          {"failures", status.failures},
          {"error", status.last_error.empty() ? status.load_error : status.last_error}};
}

Answer parsed(Result<std::string> text) {
  if (!text) return tl::unexpected(text.error());
  return json::parse(*text, nullptr, false);
}

// What keeps the appliance from doing its whole job, in words.
json degradations(const PublishStatus& set, bool attached, const json& outputs, const json& lcores) {
  json out = json::array();
  if (!attached) out.push_back("the data plane is not attached");
  if (set.generation == 0) out.push_back("no indicator set yet");
  if (!set.last_error.empty()) out.push_back(set.last_error);
  if (!set.load_error.empty()) out.push_back(set.load_error);
  if (attached && set.generation != 0 && set.loaded_generation != set.generation)
    out.push_back("the data plane has not loaded the present set");
  for (const FeedStatus& feed : set.feeds)
    if (!feed.error.empty()) out.push_back("feed " + feed.name + ": " + feed.error);
  for (const json& lcore : lcores)
    if (lcore.is_object() && lcore.value("heartbeat_age_ms", 0.0) > heartbeat_age_ms_max)
      out.push_back("lcore " + lcore.value("lcore", json()).dump() + " has not moved for " + lcore["heartbeat_age_ms"].dump() + " ms");
  for (const json& output : outputs)
    if (output.value("alive", true) == false) out.push_back("output " + output.value("name", "?") + " is away");
  return out;
}

Answer status(ControlState& state, const Request&) {
  const PublishStatus set = state.publisher.status();
  const Answer dataplane = parsed(state.link.status());
  json out;
  json outputs = state.providers.outputs != nullptr ? state.providers.outputs->outputs() : json::array();
  const Answer counters = dataplane ? parsed(state.link.counters()) : dataplane;
  const json pairs = counters ? counters->value("pairs", json::array()) : json::array();
  json reasons = degradations(set, dataplane.has_value(), outputs,
                              counters ? counters->value("lcores", json::array()) : json::array());
  if (const std::string error = state.config_error ? state.config_error() : ""; !error.empty())
    reasons.push_back(error);
  out["state"] = reasons.empty() ? "ok" : "degraded";
  out["reasons"] = reasons;
  out["uptime_s"] = wall_s() - state.started_at_s;
  out["version"] = SEKISHO_VERSION;
  out["dataplane"] = dataplane ? *dataplane : json{{"ok", false}, {"error", describe(dataplane.error())}};
  out["pairs"] = pairs;
  out["indicators"] = set_json(set);
  out["outputs"] = std::move(outputs);
  if (state.providers.outputs != nullptr) out["drain"] = state.providers.outputs->drain();
  return out;
}

Answer show_ports(ControlState& state, const Request&) {
  Answer answer = parsed(state.link.counters());
  if (!answer) return answer;
  return json{{"pairs", answer->value("pairs", json::array())}, {"ports", answer->value("ports", json::array())}};
}

// Drops of the pairs by reason, and every counter of something that was refused, cut or lost.
Answer show_drops(ControlState& state, const Request&) {
  Answer answer = parsed(state.link.counters());
  if (!answer) return answer;
  const json counters = answer->value("counters", json::object());  // named: items() only refers to it
  const json pairs = answer->value("pairs", json::array());
  json out = json::object();
  for (const json& pair : pairs) {
    const json dropped = pair.is_object() ? pair.value("dropped", json::object()) : json::object();
    for (const auto& [reason, count] : dropped.items()) out["pair." + pair.value("name", "?") + "." + reason] = count;
  }
  for (const auto& [name, value] : counters.items())
    for (const std::string_view part : {"drop", "missed", "nombuf", "no_mbuf", "refused", "evicted", "lost", "full"})
      if (value != 0 && !name.starts_with("pair.") && name.find(part) != std::string::npos) out[name] = value;
  return json{{"counters", std::move(out)}};
}
Answer show_memory(ControlState& state, const Request&) {
  Answer answer = parsed(state.link.counters());
  if (!answer) return answer;
  const json counters = answer->value("counters", json::object());
  json out = json::object();
  for (const auto& [name, value] : counters.items())
    for (const std::string_view part : {"memory", "pool", "mbuf", "ring", "blocks"})
      if (name.find(part) != std::string::npos) out[name] = value;
  out["image_bytes"] = state.publisher.status().image_bytes;
  return json{{"counters", std::move(out)}};
}
Answer show_lcores(ControlState& state, const Request&) {
  Answer answer = parsed(state.link.counters());
  if (!answer) return answer;
  return json{{"lcores", answer->value("lcores", json::array())}};
}
Answer show_flows(ControlState& state, const Request& request) {
  const auto limit = request.number("limit", 50, api_rows_max);
  if (!limit) return tl::unexpected(limit.error());
  const auto port = request.number("port", 0, 65535);
  if (!port) return tl::unexpected(port.error());
  json wanted{
      {"limit", *limit}, {"port", *port}, {"app", request.text("app")}, {"after", request.text("after")}};
  if (const std::string address = request.text("address"); !address.empty()) {
    Prefix network;
    if (!parse_prefix(address, network)) return fail(shown(address) + " is neither an address nor a network");
    wanted["network"] = address;
  }
  Answer answer = parsed(state.link.flows(wanted.dump()));
  if (!answer) return answer;
  json out{{"flows", answer->value("flows", json::array())}};
  if (answer->contains("next")) out["next"] = (*answer)["next"];
  return out;
}

// --- indicators

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
  const std::string_view value = set.image.image->text(entry.original_offset, entry.original_length);
  const std::string_view feed = set.image.image->feed(entry.feed);
  for (size_t i = 0; i < set.set.indicators.size(); ++i) {
    const Indicator& indicator = set.set.indicators[i];
    if (indicator.kind != entry.kind || indicator.mode != entry.mode || indicator.value != value ||
        indicator.feed != feed)
      continue;
    out["line"] = set.set.origins[i].line;
    out["policy_row"] = set.set.origins[i].rule;
    if (!indicator.note.empty()) out["note"] = indicator.note;
    return;
  }
}

// "; feed acme lists it (line 2): ..." for a value that is not the operator's to remove.
std::string listed_by(ControlState& state, const std::string& value, std::optional<Kind> kind) {
  const auto set = state.publisher.current();
  if (set == nullptr) return {};
  const auto found = look_up(*set->image.image, value, kind, wall_s());
  if (!found || found->empty()) return {};
  json origin = json::object();
  add_origin(*set, found->front().entry, origin);
  return "; feed " + std::string(set->image.image->feed(found->front().entry.feed)) + " lists " +
         std::string(set->image.image->text(found->front().entry.original_offset,
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
  FeedFormat format = FeedFormat::automatic;
  const std::string name = request.text("format");
  if (name == "csv") format = FeedFormat::csv;
  else if (name == "list") format = FeedFormat::list;
  else if (!name.empty() && name != "auto") return fail(shown(name) + " is not one of auto, csv, list");
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
  std::vector<Error> problems = status.problems;
  for (const FeedStatus& feed : status.feeds) {
    out["feeds"].push_back(feed_json(feed));
    problems.insert(problems.end(), feed.report.problems.begin(), feed.report.problems.end());
  }
  out["problems"] = problems_json(problems);
  out["problem_count"] = problems.size();
  if (const auto set = state.publisher.current()) {
    std::array<uint64_t, kind_count> counts{};
    for (const Indicator& indicator : set->set.indicators) ++counts[static_cast<uint8_t>(indicator.kind)];
    for (uint8_t i = 0; i < kind_count; ++i)
      if (counts[i] != 0) out["kinds"][std::string(kind_name(static_cast<Kind>(i)))] = counts[i];
  }
  return out;
}

json found_json(const PublishedSet& set, const FoundIndicator& found) {
  const IndicatorEntry& entry = found.entry;
  const Image& image = *set.image.image;
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
  const auto found = look_up(*set->image.image, request.text("value"), *kind, wall_s());
  if (!found) return tl::unexpected(found.error());
  json out{{"generation", set->image.image->generation()}, {"indicators", json::array()}};
  for (const FoundIndicator& one : *found) out["indicators"].push_back(found_json(*set, one));
  return out;
}

// --- alerts and phases

tl::unexpected<Error> not_bound() { return fail("this sekisho-control runs without that part"); }

Answer alert_tail(ControlState& state, const Request& request) {
  if (state.providers.alerts == nullptr) return not_bound();
  const auto limit = request.number("limit", 20, api_rows_max);
  if (!limit) return tl::unexpected(limit.error());
  uint64_t after = 0;
  const std::string text = request.text("after");
  std::from_chars(text.data(), text.data() + text.size(), after);
  return json{{"alerts", state.providers.alerts->alerts(after, *limit)}};
}
Answer phase_matrix_of(ControlState& state, const Request&) {
  if (state.providers.phases == nullptr) return not_bound();
  return state.providers.phases->matrix();
}
Answer phase_host(ControlState& state, const Request& request) {
  if (state.providers.phases == nullptr) return not_bound();
  const std::string address = request.text("address");
  Prefix host;
  if (!parse_prefix(address, host) || host.length != 128) return fail(shown(address) + " is not an address");
  auto out = state.providers.phases->host(address);
  if (!out) return fail("nothing is known of " + address);
  return std::move(*out);
}
Answer why(ControlState& state, const Request& request) {
  if (state.providers.alerts == nullptr) return not_bound();
  auto out = state.providers.alerts->why(request.text("alert"));
  if (!out) return fail(shown(request.text("alert")) + " is not an alert that is still kept");
  return std::move(*out);
}

struct Handler {
  std::string_view verb;
  Answer (*function)(ControlState& state, const Request& request);
};
constexpr Handler handlers[] = {
    {"status", status},
    {"show ports", show_ports},
    {"show lcores", show_lcores},
    {"show flows", show_flows},
    {"show drops", show_drops},
    {"show memory", show_memory},
    {"indicator add", indicator_add},
    {"indicator del", indicator_del},
    {"indicator lookup", indicator_lookup},
    {"indicator import", indicator_import},
    {"indicator reload", indicator_reload},
    {"indicator stats", indicator_stats},
    {"config reload", indicator_reload},
    {"alert tail", alert_tail},
    {"phase matrix", phase_matrix_of},
    {"phase host", phase_host},
    {"why", why},
};

const Handler* handler_of(std::string_view verb) {
  const auto at = std::find_if(std::begin(handlers), std::end(handlers), [&](const Handler& h) { return h.verb == verb; });
  return at == std::end(handlers) ? nullptr : at;
}

// Unknown names and wrong types are refused here, once for all verbs. "after" is the follower's own.
Result<void> check_arguments(const VerbSpec& verb, const json& arguments) {
  for (const auto& [name, value] : arguments.items()) {
    const auto spec = std::find_if(verb.arguments.begin(), verb.arguments.end(), [&, n = name](const ArgumentSpec& a) { return a.name == n; });
    const bool known = spec != verb.arguments.end() || (verb.name == "alert tail" && name == "after");
    if (!known) return fail("\"" + std::string(verb.name) + "\" has no argument " + shown(name));
    const bool flag = spec != verb.arguments.end() && spec->form == ArgumentSpec::Form::flag;
    if (flag ? !value.is_boolean() : !value.is_string()) return fail("argument " + shown(name) + " is of the wrong type");
    if (value.is_string() && value.get_ref<const std::string&>().size() > api_argument_bytes_max)
      return fail("argument " + shown(name) + " is longer than " + std::to_string(api_argument_bytes_max) + " bytes");
  }
  for (const ArgumentSpec& spec : verb.arguments)
    if (spec.form == ArgumentSpec::Form::positional && !arguments.contains(spec.name))
      return fail("argument \"" + std::string(spec.name) + "\" is missing");
  return {};
}

Answer dispatch(ControlState& state, const Message& message) {
  const json request = json::parse(message.text, nullptr, false);
  if (!request.is_object() || !request.contains("verb") || !request["verb"].is_string()) return fail("not a request");
  const std::string name = request["verb"];
  const VerbSpec* verb = verb_named(name);
  const Handler* handler = handler_of(name);
  if (verb == nullptr || handler == nullptr) return fail(shown(name) + " is not a verb of sekisho-control");
  const json arguments = request.value("arguments", json::object());
  if (!arguments.is_object()) return fail("arguments are not an object");
  if (auto checked = check_arguments(*verb, arguments); !checked) return tl::unexpected(checked.error());
  return handler->function(state, {arguments, message.files});
}

}  // namespace

std::string answer_request(ControlState& state, const Message& request) {
  json out;
  try {
    Answer answer = dispatch(state, request);
    if (answer) out = {{"ok", true}, {"result", std::move(*answer)}};
    else out = {{"ok", false}, {"error", describe(answer.error())}};
  } catch (const json::exception& error) {
    out = {{"ok", false}, {"error", std::string("not a request: ") + error.what()}};
  }
  std::string text = out.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > message_bytes_max) text = R"({"ok":false,"error":"the answer is too long: ask for less"})";
  return text;
}

bool has_handler(std::string_view verb) { return handler_of(verb) != nullptr; }

}  // namespace sekisho
