// SPDX-License-Identifier: Apache-2.0
#include "control/device_answers.h"

#include <nlohmann/json.hpp>

#include "control/phase_answers.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

using nlohmann::json;

json device_json(const Device& device) {
  std::string mac;
  append_hex(mac, as_bytes(device.mac), ":");
  const bool has_address = device.address != Address{};
  return {{"mac", mac},
          {"address", has_address ? address_text(device.address) : std::string()},
          {"host", device.host_name},
          {"vendor", device.vendor_class},
          {"leased", device.is_leased},
          {"first", answer_time_text(device.first_ns)},
          {"last", answer_time_text(device.last_ns)}};
}

}  // namespace

json DeviceAnswers::devices(size_t limit) {
  json list = json::array();
  for (const Device& device : devices_.newest(limit)) list.push_back(device_json(device));
  const DeviceCounters counters = devices_.counters();
  return {{"known", counters.known},
          {"introduced", counters.introduced},
          {"forgotten", counters.forgotten},
          {"devices", std::move(list)}};
}

}  // namespace sekisho
