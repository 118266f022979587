// SPDX-License-Identifier: Apache-2.0
// PhaseAnswers: the phase engine's hosts as the operator's command line shows them.
#pragma once

#include "control/api/providers.h"
#include "control/phases/engine.h"

namespace sekisho {

// "2026-11-25T12:20:29Z".
std::string answer_time_text(uint64_t wall_ns);

class PhaseAnswers final : public PhaseProvider {
 public:
  // The engine outlives it.
  explicit PhaseAnswers(const PhaseEngine& engine) : engine_(engine) {}
  nlohmann::json matrix() override;
  std::optional<nlohmann::json> host(std::string_view address) override;

 private:
  const PhaseEngine& engine_;
};

}  // namespace sekisho
