// SPDX-License-Identifier: Apache-2.0
// What is known of each internal host: which sub-phases it reached, when, on how much evidence, and whom it contacted.
// Times are minima and maxima and doubt is a product, so that the state does not depend on the order of arrival.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "control/catalogue/log_item.h"
#include "control/phases/address.h"
#include "control/phases/rules.h"

namespace sekisho {

struct Evidence {
  uint64_t first_ns = 0, last_ns = 0;  // since 1970
  uint64_t count = 0;
  double doubt = 1;                    // probability that all of it is wrong

  void add(uint64_t wall_ns, uint8_t confidence);
  uint8_t confidence() const;          // per cent, at most 99
};

struct Contact {
  uint64_t first_ns = 0, last_ns = 0;
  uint64_t count = 0;
  std::vector<uint64_t> times_ns;      // the newest contact_times_max, ascending
};

struct HostState {
  std::array<Evidence, sub_phase_count> evidence;
  std::unordered_map<std::string, Contact> contacts;  // by destination
  std::vector<uint64_t> programs_ns;  // when executables, scripts, archives came: the earliest, ascending
  uint8_t route_hint = 0;

  uint8_t highest_phase() const;  // 0 = none
  // What was true at a time, however late its record comes.
  uint8_t highest_phase_at(uint64_t wall_ns) const;
  uint64_t programs_before(uint64_t wall_ns) const;
  uint64_t first_ns() const;
  uint64_t last_ns() const;
};

// One line of the matrix, for the command line.
struct HostSummary {
  Address host{};
  uint8_t phase = 0;       // the highest reached
  uint8_t route = 0;
  uint8_t severity = 0;    // of the incident, 0..10
  uint8_t confidence = 0;  // of the highest sub-phase
  uint64_t first_ns = 0, last_ns = 0;
  std::array<Evidence, sub_phase_count> evidence;  // by sub-phase; count 0 = not reached
};

class Hosts {
 public:
  HostState& at(const Address& host);
  const HostState* find(const Address& host) const;
  const std::unordered_map<Address, HostState, AddressHash>& all() const { return hosts_; }
  void clear() { hosts_.clear(); }
  uint64_t forgotten() const { return forgotten_; }

 private:
  std::unordered_map<Address, HostState, AddressHash> hosts_;
  uint64_t forgotten_ = 0;
};

// One sighting of the destination; those closer than merge_ms to another are one contact. Returns whether it is a new one.
bool add_contact(HostState& state, const std::string& destination, uint64_t wall_ns, const PhaseRules& rules);
// The contact as it was at a time: later ones left out. Of those before the newest contact_times_max only the
// number is known.
Contact contact_at(const Contact& contact, uint64_t wall_ns);
bool is_regular(const Contact& contact, const PhaseRules& rules);
void add_program(HostState& state, uint64_t wall_ns);

// The severity of an incident by its host's highest phase, 0..10.
uint8_t incident_severity(uint8_t phase);
// By the way in that has the most evidence; 0 = none known.
uint8_t route_of(const HostState& state, const PhaseRules& rules);

}  // namespace sekisho
