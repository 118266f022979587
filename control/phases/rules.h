// SPDX-License-Identifier: Apache-2.0
// The first-match table of phases (rules.yaml) as values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "control/catalogue/log_item.h"
#include "control/phases/sighting.h"
#include "matchers/base/result.h"

namespace sekisho {

enum class Traffic : uint8_t { inbound, outbound, inside };
enum class OutsideMatrix : uint8_t { passed_over, allowed };

struct PhaseRule {
  std::string name;
  // Conditions; what is absent or empty holds for everything.
  std::optional<Traffic> traffic;
  std::optional<BytesTo> toward;
  std::optional<bool> published, regular;
  std::vector<std::string> sections;
  std::vector<Kind> kinds;
  std::vector<FileClass> files;
  std::vector<std::string> methods;
  std::vector<uint16_t> ports;
  uint64_t bytes_out_min = 0;
  unsigned host_phase_min = 0;
  unsigned executables_min = 0;
  unsigned contacts_min = 0;
  uint64_t over_s_min = 0;
  // Result. `trusted` and `untrusted` are the same where the name has no star.
  SubPhase untrusted = SubPhase::none, trusted = SubPhase::none;
  uint8_t confidence = 50;
  OutsideMatrix outside_matrix = OutsideMatrix::passed_over;
};

struct PhaseRules {
  uint64_t merge_ms = 2000;
  unsigned regular_count = 4;
  unsigned regular_deviation_percent = 25;
  std::vector<PhaseRule> rules;
  std::array<uint8_t, sub_phase_count> routes{};  // by sub-phase; 0 = none
};

// Errors name line and column, the key and what was expected. Unknown and repeated keys are refused.
Result<PhaseRules> parse_phase_rules(const std::string& yaml, const std::string& file_name);
Result<PhaseRules> load_phase_rules(const std::string& path);

// None where no sub-phase has the name.
SubPhase sub_phase_from_name(std::string_view name);

}  // namespace sekisho
