// SPDX-License-Identifier: Apache-2.0
// DeviceAnswers: the table of devices as the operator's command line shows it.
#pragma once

#include "control/api/providers.h"
#include "control/devices/devices.h"

namespace sekisho {

class DeviceAnswers final : public DeviceProvider {
 public:
  // The table outlives it.
  explicit DeviceAnswers(const Devices& devices) : devices_(devices) {}
  nlohmann::json devices(size_t limit) override;

 private:
  const Devices& devices_;
};

}  // namespace sekisho
