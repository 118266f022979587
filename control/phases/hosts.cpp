// SPDX-License-Identifier: Apache-2.0
#include "control/phases/hosts.h"

#include <algorithm>
#include <cmath>

#include "control/phases/limits.h"

namespace sekisho {

namespace {

// Keeps the newest times in ascending order, wherever the new one belongs.
void add_time(std::vector<uint64_t>& times_ns, uint64_t wall_ns) {
  times_ns.insert(std::upper_bound(times_ns.begin(), times_ns.end(), wall_ns), wall_ns);
  if (times_ns.size() > contact_times_max) times_ns.erase(times_ns.begin());
}

bool is_near(const std::vector<uint64_t>& times_ns, uint64_t wall_ns, uint64_t distance_ns) {
  return std::any_of(times_ns.begin(), times_ns.end(), [&](uint64_t time_ns) {
    return (time_ns > wall_ns ? time_ns - wall_ns : wall_ns - time_ns) < distance_ns;
  });
}

void forget_oldest_contact(HostState& state) {
  const auto oldest = std::min_element(state.contacts.begin(), state.contacts.end(), [](const auto& a, const auto& b) {
    return a.second.last_ns != b.second.last_ns ? a.second.last_ns < b.second.last_ns : a.first < b.first;
  });
  state.contacts.erase(oldest);
}

}  // namespace

void Evidence::add(uint64_t wall_ns, uint8_t confidence) {
  first_ns = count == 0 ? wall_ns : std::min(first_ns, wall_ns);
  last_ns = std::max(last_ns, wall_ns);
  ++count;
  doubt *= 1 - std::min<double>(confidence, 99) / 100;
}

uint8_t Evidence::confidence() const {
  return count == 0 ? 0 : static_cast<uint8_t>(std::min(99.0, std::round((1 - doubt) * 100)));
}

uint8_t HostState::highest_phase() const {
  uint8_t highest = 0;
  for (uint8_t i = 1; i < sub_phase_count; ++i)
    if (evidence[i].count != 0) highest = std::max(highest, sub_phases[i].phase);
  return highest;
}

uint8_t HostState::highest_phase_at(uint64_t wall_ns) const {
  uint8_t highest = 0;
  for (uint8_t i = 1; i < sub_phase_count; ++i)
    if (evidence[i].count != 0 && evidence[i].first_ns <= wall_ns)
      highest = std::max(highest, sub_phases[i].phase);
  return highest;
}

uint64_t HostState::programs_before(uint64_t wall_ns) const {
  return static_cast<uint64_t>(std::lower_bound(programs_ns.begin(), programs_ns.end(), wall_ns) -
                               programs_ns.begin());
}

uint64_t HostState::first_ns() const {
  uint64_t first = 0;
  for (const Evidence& entry : evidence)
    if (entry.count != 0 && (first == 0 || entry.first_ns < first)) first = entry.first_ns;
  return first;
}

uint64_t HostState::last_ns() const {
  uint64_t last = 0;
  for (const Evidence& entry : evidence) last = std::max(last, entry.last_ns);
  return last;
}

HostState& Hosts::at(const Address& host) {
  const auto found = hosts_.find(host);
  if (found != hosts_.end()) return found->second;
  if (hosts_.size() >= phase_hosts_max) {
    const auto oldest = std::min_element(hosts_.begin(), hosts_.end(), [](const auto& a, const auto& b) {
      return a.second.last_ns() < b.second.last_ns();
    });
    hosts_.erase(oldest);
    ++forgotten_;
  }
  return hosts_[host];
}

const HostState* Hosts::find(const Address& host) const {
  const auto found = hosts_.find(host);
  return found == hosts_.end() ? nullptr : &found->second;
}

bool add_contact(HostState& state, const std::string& destination, uint64_t wall_ns, const PhaseRules& rules) {
  if (!state.contacts.contains(destination) && state.contacts.size() >= contacts_per_host_max) forget_oldest_contact(state);
  Contact& contact = state.contacts[destination];
  const bool is_new = !is_near(contact.times_ns, wall_ns, rules.merge_ms * 1'000'000);
  contact.first_ns = contact.count == 0 ? wall_ns : std::min(contact.first_ns, wall_ns);
  contact.last_ns = std::max(contact.last_ns, wall_ns);
  if (!is_new) return false;
  ++contact.count;
  add_time(contact.times_ns, wall_ns);
  return true;
}

Contact contact_at(const Contact& contact, uint64_t wall_ns) {
  Contact then = contact;
  while (!then.times_ns.empty() && then.times_ns.back() > wall_ns) {
    then.times_ns.pop_back();
    --then.count;
  }
  // A sighting merged into its contact may be later than the contact's own time.
  if (contact.last_ns > wall_ns) then.last_ns = std::max(wall_ns, then.first_ns);
  return then;
}

void add_program(HostState& state, uint64_t wall_ns) {
  auto& times = state.programs_ns;
  times.insert(std::upper_bound(times.begin(), times.end(), wall_ns), wall_ns);
  if (times.size() > program_times_max) times.pop_back();
}

bool is_regular(const Contact& contact, const PhaseRules& rules) {
  const auto& times = contact.times_ns;
  if (times.size() < std::max(rules.regular_count, 3U)) return false;
  const double mean = static_cast<double>(times.back() - times.front()) / static_cast<double>(times.size() - 1);
  for (size_t i = 1; i < times.size(); ++i) {
    const double interval = static_cast<double>(times[i] - times[i - 1]);
    if (std::abs(interval - mean) * 100 > mean * rules.regular_deviation_percent) return false;
  }
  return true;
}

uint8_t incident_severity(uint8_t phase) {
  constexpr uint8_t by_phase[] = {0, 2, 4, 6, 7, 9, 10};
  return by_phase[std::min<size_t>(phase, std::size(by_phase) - 1)];
}

uint8_t route_of(const HostState& state, const PhaseRules& rules) {
  uint8_t route = state.route_hint;
  uint64_t most = 0;
  for (uint8_t i = 1; i < sub_phase_count && state.route_hint == 0; ++i) {
    if (rules.routes[i] == 0 || state.evidence[i].count <= most) continue;
    most = state.evidence[i].count;
    route = rules.routes[i];
  }
  return route;
}

}  // namespace sekisho
