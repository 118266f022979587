// SPDX-License-Identifier: Apache-2.0
// PhaseEngine: every record passes here before it becomes a row. Sightings get a Finding and are held against the right host;
// other records teach who asked which relay for what.
//
// Thread-safety: all functions may be called from any thread; they take one lock. Records of one ring come in order.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "control/phases/finding.h"
#include "control/phases/hosts.h"
#include "control/phases/relays.h"
#include "control/phases/rules.h"

namespace sekisho {

struct PhaseCounters {
  uint64_t sightings = 0;
  uint64_t joined = 0;         // attributed through a relay
  uint64_t joined_late = 0;    // ... when the inside leg's record came after the row was written
  uint64_t unattributed = 0;   // on a relay's outside leg, nobody known when the row was written
  uint64_t passed_over = 0;    // rules whose result the phase matrix does not allow
  uint64_t repeated = 0;       // records read again after a restart: judged, not counted
  uint64_t hosts_forgotten = 0;
  uint64_t relay_requests_forgotten = 0;
};

class PhaseEngine {
 public:
  PhaseEngine(PhaseRules rules, Site site) : rules_(std::move(rules)), site_(std::move(site)) {}

  // A finding for each sighting; nothing for other records.
  std::optional<Finding> consider(const FieldIndex& fields);

  // Hosts by falling phase, then by time. Relays are never among them.
  std::vector<HostSummary> matrix() const;
  std::optional<HostSummary> host(const Address& address) const;
  PhaseCounters counters() const;
  const Site& site() const { return site_; }

  // One JSON file, replaced as a whole. Loading forgets the present state; a file that is not ours is an error and changes nothing.
  Result<void> save(const std::string& path) const;
  Result<void> load(const std::string& path);

 private:
  struct Judged {
    SubPhase sub_phase = SubPhase::none;
    uint8_t confidence = 0;
    MatrixPlace place = MatrixPlace::inside;
  };
  struct Subject {
    Attribution attribution = Attribution::none;
    Address host{};
    Address relay{};  // where a relay stands between; else zero
  };

  bool is_repeated(const RecordHeader& header);
  void learn(const FieldIndex& fields, const Sighting& sighting);
  Subject subject_of(const FieldIndex& fields, const Sighting& sighting) const;
  Judged judge(const Sighting& sighting, const HostState& state);
  bool holds(const PhaseRule& rule, const Sighting& sighting, const HostState& state) const;
  bool is_in_matrix(SubPhase sub_phase, const Sighting& sighting, uint8_t route) const;
  void add_evidence(const Address& host, const Sighting& sighting, const Judged& judged);
  void consider_flow(const FieldIndex& fields, const Sighting& sighting);
  HostSummary summary_of(const Address& address, const HostState& state) const;

  const PhaseRules rules_;
  const Site site_;
  mutable std::mutex mutex_;
  Hosts hosts_;
  RelayJoins relays_;
  // Last sequence by (boot id, lcore, ring): a restart of ours reads the last records again.
  std::map<std::string, uint64_t> last_sequences_;
  PhaseCounters counters_;
};

}  // namespace sekisho
