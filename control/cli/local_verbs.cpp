// SPDX-License-Identifier: Apache-2.0
#include "control/cli/local_verbs.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "control/api/lookup.h"
#include "control/cli/documents.h"
#include "control/cli/image_verbs.h"
#include "control/cli/limit_table.h"
#include "control/cli/show.h"
#include "control/cli/table.h"
#include "control/config/dataplane_options.h"
#include "control/config/load.h"
#include "control/config/ring_survival.h"
#include "control/config/sample.h"
#include "control/feeds/sniff.h"
#include "control/publish/atomic_file.h"
#include "dataplane/observe/fields.h"
#include "matchers/normalise/normalise.h"

namespace sekisho {

namespace {

using nlohmann::json;

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

ExitCode print_text(const std::string& text) {
  print(text);
  return ExitCode::ok;
}

ExitCode refuse(ExitCode code, const std::string& text) {
  std::fprintf(stderr, "sekishoctl: %s\n", text.c_str());
  return code;
}

// What is no number is 0.
uint64_t number_or(const std::string& text, uint64_t fallback) {
  uint64_t value = text.empty() ? fallback : 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return text.empty() || (error == std::errc() && end == text.data() + text.size()) ? value : 0;
}

// --- config

json survival_json(const RingSurvival& survival) {
  return {{"sightings_per_s", survival.sightings_per_s},
          {"sighting_bytes", survival.sighting_bytes},
          {"sightings", survival.sightings},
          {"until_folded_s", survival.until_folded_s},
          {"until_full_s", survival.until_full_s}};
}

json problem_json(const std::string& file, const Problem& problem) {
  return {{"file", file},
          {"line", problem.line},
          {"column", problem.column},
          {"path", problem.path},
          {"code", problem.code},
          {"level", problem.level == Problem::Level::error ? "error" : "warning"},
          {"message", problem.message}};
}

ExitCode config_check(const Invocation& invocation) {
  const std::string file = invocation.value("file");
  const uint64_t rate = number_or(invocation.value("rate"), sightings_per_s_default);
  if (rate == 0 || (!invocation.value("rate").empty() && rate > 100'000'000))
    return refuse(ExitCode::usage,
                  shown(invocation.value("rate")) + " is not a number of sightings a second");
  const LoadedConfig loaded = load_config(file);
  const ExitCode code = loaded.config ? ExitCode::ok : ExitCode::config_invalid;
  if (invocation.json) {
    json out{{"file", file}, {"ok", loaded.config.has_value()}, {"problems", json::array()}};
    for (const Problem& problem : loaded.problems) out["problems"].push_back(problem_json(file, problem));
    if (loaded.config) out["sightings_ring"] = survival_json(ring_survival(*loaded.config, rate));
    print(out.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
    return code;
  }
  for (const Problem& problem : loaded.problems) print(print_problem(problem, file, loaded.source));
  if (loaded.config) print(file + ": good\n" + print_survival(ring_survival(*loaded.config, rate)));
  return code;
}

ExitCode config_render(const Invocation& invocation) {
  const std::string file = invocation.value("file");
  const LoadedConfig loaded = load_config(file);
  if (!loaded.config) {
    for (const Problem& problem : loaded.problems) std::fputs(print_problem(problem, file, loaded.source).c_str(), stderr);
    return ExitCode::config_invalid;
  }
  const std::string options = render_dataplane_options(*loaded.config);
  if (invocation.value("output").empty()) return print_text(options);
  const auto written = write_file_atomically(invocation.value("output"), options);
  return written ? ExitCode::ok : refuse(ExitCode::failed, describe(written.error()));
}

// --- indicators and limits

std::string modes_text(Form form) {
  std::string out;
  for (uint8_t i = 0; i <= static_cast<uint8_t>(MatchMode::range); ++i)
    if ((modes_of(form) & mode_bit(static_cast<MatchMode>(i))) != 0) out.append(out.empty() ? "" : ", ").append(mode_name(static_cast<MatchMode>(i)));
  return out;
}

ExitCode indicator_where(const Invocation& invocation) {
  std::optional<Kind> kind;
  if (const std::string name = invocation.value("kind"); !name.empty())
    if (!kind_from_name(name, kind.emplace())) return refuse(ExitCode::failed, shown(name) + " is not an indicator kind");
  const std::string value = invocation.value("value");
  const std::string plain = !kind || is_defanged_kind(*kind) ? refanged(value) : value;
  if (!kind) kind = sniff_kind(plain);
  if (!kind) return refuse(ExitCode::failed, shown(value) + " is of no kind that can be told from its form: name its kind");
  json out{{"value", plain}, {"kind", kind_name(*kind)}, {"fields", json::array()}};
  for (const FieldSpec& spec : field_specs)
    if ((spec.kinds & kind_bit(*kind)) != 0)
      out["fields"].push_back({{"kind", kind_name(*kind)},
                               {"field", spec.name},
                               {"form", form_name(form_of(*kind))},
                               {"modes", modes_text(form_of(*kind))},
                               {"source", spec.source}});
  print_answer(invocation, out);
  return ExitCode::ok;
}

// The data plane's pipeline is not in this program: sekisho-read, beside it or on the PATH, has it.
ExitCode indicator_test(const Invocation& invocation) {
  const std::string config = invocation.value("config");
  std::error_code error;
  const std::filesystem::path beside = std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "sekisho-read";
  const std::string program = !error && ::access(beside.c_str(), X_OK) == 0 ? beside.string() : "sekisho-read";
  std::string words[] = {program, "--set", config.empty() ? "/etc/sekisho/sekisho.yaml" : config, "--log", invocation.flags.contains("alerts") ? "alerts" : "none",
                         "--summary", invocation.json ? "json" : "table", "--", invocation.value("capture")};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  return refuse(ExitCode::failed, program + " cannot be started: " + std::strerror(errno));
}

ExitCode show_limits(const Invocation& invocation) {
  json out{{"limits", json::array()}};
  for (const LimitRow& row : limit_table)
    out["limits"].push_back({{"folder", row.folder}, {"name", row.name}, {"value", row.value}, {"what", row.sentence}});
  print_answer(invocation, out);
  return ExitCode::ok;
}

// --- watch and version

// Counters that grew since the last look, per second.
json rates(const json& before, const json& now, double seconds) {
  json out = json::object();
  for (const auto& [name, value] : now.items()) {
    if (!value.is_number_unsigned() || !before.contains(name) || !before[name].is_number_unsigned()) continue;
    const auto was = before[name].get<uint64_t>();
    const auto is = value.get<uint64_t>();
    if (is > was) out[name + "/s"] = static_cast<uint64_t>(static_cast<double>(is - was) / seconds);
  }
  return out;
}

// "pairs" and "ports" as one flat list of counters: "inside-dmz.rx".
json flattened(const json& answer) {
  json out = json::object();
  for (const char* list : {"pairs", "ports"}) {
    const json members = answer.value(list, json::array());
    for (const json& member : members)
      for (const auto& [name, value] : member.items())
        if (value.is_number()) out[member.value("name", "?") + "." + name] = value;
  }
  return out;
}

ExitCode watch(const Invocation& invocation) {
  const uint64_t interval_s = std::clamp<uint64_t>(number_or(invocation.value("interval"), 1), 1, 3600);
  const uint64_t count = number_or(invocation.value("count"), UINT64_MAX);
  Client client(invocation);
  json before = json::object();
  for (uint64_t i = 0; i < count; ++i) {
    if (i != 0) std::this_thread::sleep_for(std::chrono::seconds(interval_s));
    auto status = client.ask("status", json::object());
    if (!status) return print_refusal(status.error());
    const auto ports = client.ask("show ports", json::object());
    const json now = ports ? flattened(*ports) : json::object();
    json look{{"status", *status}, {"rates", rates(before, now, static_cast<double>(interval_s))}};
    before = now;
    if (invocation.json) {
      print(look.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
    } else {
      if (::isatty(STDOUT_FILENO) == 1) print("\x1b[H\x1b[2J");
      print(show_answer("status", look["status"], terminal_width()));
      if (!look["rates"].empty()) print("\n" + show_answer("show drops", {{"counters", look["rates"]}}, terminal_width()));
    }
    std::fflush(stdout);
  }
  return ExitCode::ok;
}

ExitCode version(const Invocation& invocation) {
  json out{{"sekishoctl", SEKISHO_VERSION}};
  Invocation quick = invocation;
  if (!invocation.timeout_given) quick.timeout = std::chrono::seconds(2);
  Client client(quick);
  if (const auto status = client.ask("status", json::object())) out["sekisho-control"] = status->value("version", "?");
  if (invocation.json) print(out.dump() + "\n");
  else for (const auto& [name, value] : out.items()) print(name + " " + value.get<std::string>() + "\n");
  return ExitCode::ok;
}

ExitCode completion(const Invocation& invocation) {
  if (invocation.value("shell") != "bash") return refuse(ExitCode::usage, "only bash has a completion");
  return print_text(bash_completion());
}

ExitCode man(const Invocation& invocation) {
  const std::string page = invocation.value("page");
  if (page == "sekishoctl") return print_text(man_sekishoctl());
  if (page == "sekisho.yaml") return print_text(man_sekisho_yaml());
  if (page == "sekisho-indicators") return print_text(man_sekisho_indicators());
  return refuse(ExitCode::usage, "there are the pages sekishoctl, sekisho.yaml and sekisho-indicators");
}

struct LocalVerb {
  std::string_view name;
  ExitCode (*function)(const Invocation& invocation);
};
constexpr LocalVerb local_verbs[] = {
    {"watch", watch},
    {"show limits", show_limits},
    {"indicator where", indicator_where},
    {"indicator test", indicator_test},
    {"config check", config_check},
    {"config render", config_render},
    {"config default", [](const Invocation&) { return print_text(sample_yaml()); }},
    {"config reference", [](const Invocation&) { return print_text(config_reference()); }},
    {"image info", image_info},
    {"image dump", image_dump},
    {"image diff", image_diff},
    {"image build", image_build},
    {"image sign", image_sign},
    {"image verify", image_verify},
    {"version", version},
    {"completion", completion},
    {"man", man},
};

const LocalVerb* local_named(std::string_view name) {
  const auto at = std::find_if(std::begin(local_verbs), std::end(local_verbs), [&](const LocalVerb& v) { return v.name == name; });
  return at == std::end(local_verbs) ? nullptr : at;
}

}  // namespace

bool has_local(std::string_view verb) { return local_named(verb) != nullptr; }

ExitCode run_local(const Invocation& invocation) { return local_named(invocation.verb->name)->function(invocation); }

void print_answer(const Invocation& invocation, const json& answer) {
  if (invocation.json) print(answer.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
  else
    print(
        show_answer(std::string(invocation.verb->name) + (invocation.flags.contains("wide") ? " --wide" : ""),
                    answer, terminal_width()));
}

ExitCode print_refusal(const Refusal& refusal) { return refuse(refusal.code, refusal.text); }

}  // namespace sekisho
