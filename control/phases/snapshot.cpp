// SPDX-License-Identifier: Apache-2.0
// The engine's state as one JSON file. Sub-phases go by name, so that a later catalogue reads an earlier file.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "control/phases/engine.h"
#include "dataplane/record/file_descriptor.h"

namespace sekisho {

namespace {

using Json = nlohmann::json;
constexpr int snapshot_version = 2;

Json to_json(const HostState& state) {
  Json evidence = Json::object(), contacts = Json::object();
  for (uint8_t i = 1; i < sub_phase_count; ++i) {
    const Evidence& entry = state.evidence[i];
    if (entry.count != 0)
      evidence[std::string(sub_phases[i].name)] = {{"first_ns", entry.first_ns}, {"last_ns", entry.last_ns}, {"count", entry.count}, {"doubt", entry.doubt}};
  }
  // Destinations are names from the wire: any bytes. JSON takes them as numbers.
  Json list = Json::array();
  for (const auto& [destination, contact] : state.contacts)
    list.push_back({{"destination", std::vector<uint8_t>(destination.begin(), destination.end())},
                    {"first_ns", contact.first_ns},
                    {"last_ns", contact.last_ns},
                    {"count", contact.count},
                    {"times_ns", contact.times_ns}});
  return {{"evidence", evidence},
          {"contacts", list},
          {"programs_ns", state.programs_ns},
          {"route_hint", state.route_hint}};
}

HostState host_from_json(const Json& json) {
  HostState state;
  for (const auto& [name, entry] : json.at("evidence").items()) {
    const SubPhase sub_phase = sub_phase_from_name(name);
    if (sub_phase == SubPhase::none) continue;
    state.evidence[static_cast<size_t>(sub_phase)] = {entry.at("first_ns"), entry.at("last_ns"), entry.at("count"), entry.at("doubt")};
  }
  for (const Json& entry : json.at("contacts")) {
    const auto destination = entry.at("destination").get<std::vector<uint8_t>>();
    state.contacts[std::string(destination.begin(), destination.end())] = {entry.at("first_ns"), entry.at("last_ns"), entry.at("count"),
                                                                           entry.at("times_ns").get<std::vector<uint64_t>>()};
  }
  state.programs_ns = json.at("programs_ns").get<std::vector<uint64_t>>();
  state.route_hint = json.at("route_hint");
  return state;
}

// Written beside, synced, renamed: a reader finds the old file or the new one.
Result<void> replace_file(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  bool written = file >= 0;
  for (size_t done = 0; written && done < text.size();) {
    const ssize_t now = ::write(file, text.data() + done, text.size() - done);
    if (now < 0 && errno != EINTR) written = false;
    if (now > 0) done += static_cast<size_t>(now);
  }
  written = written && ::fsync(file) == 0;
  const int code = errno;
  if (file >= 0) ::close(file);
  if (!written || std::rename(fresh.c_str(), path.c_str()) != 0)
    return fail("cannot save the state of phases: " + std::string(std::strerror(written ? errno : code)), path);
  // The new name is durable once its folder is: what the journal holds may go then.
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const FileDescriptor parent(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent || ::fsync(parent.get()) != 0)
    return fail("cannot sync the folder of the state of phases", path);
  return {};
}

}  // namespace

Result<void> PhaseEngine::save(const std::string& path) const {
  Json json = {{"version", snapshot_version}, {"sequences", Json::object()}, {"hosts", Json::object()}};
  {
    const std::lock_guard lock(mutex_);
    json["sequences"] = last_sequences_;
    for (const auto& [address, state] : hosts_.all()) json["hosts"][address_text(address)] = to_json(state);
  }
  return replace_file(path, json.dump());
}

Result<void> PhaseEngine::load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("cannot read the state of phases", path);
  try {
    const Json json = Json::parse(file);
    if (json.at("version") != snapshot_version) return fail("the state of phases has another version", path);
    const auto sequences = json.at("sequences").get<std::map<std::string, uint64_t>>();
    Hosts hosts;
    for (const auto& [text, entry] : json.at("hosts").items()) {
      const auto address = parse_network_address(text);
      if (!address) return fail(address.error().text, path);
      hosts.at(*address) = host_from_json(entry);
    }
    const std::lock_guard lock(mutex_);
    last_sequences_ = sequences;
    hosts_ = std::move(hosts);
    return {};
  } catch (const Json::exception& error) {
    return fail("not a state of phases: " + std::string(error.what()), path);
  }
}

}  // namespace sekisho
