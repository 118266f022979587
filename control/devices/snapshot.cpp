// SPDX-License-Identifier: Apache-2.0
// The table as one JSON file. What came from the wire stands there in hex: it may be any bytes.
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>

#include "control/devices/devices.h"
#include "control/publish/atomic_file.h"

namespace sekisho {

namespace {

using Json = nlohmann::json;
constexpr int snapshot_version = 1;

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    out += digits[static_cast<uint8_t>(byte) >> 4];
    out += digits[static_cast<uint8_t>(byte) & 15];
  }
  return out;
}

// As far as it is hex.
std::string bytes_of(const std::string& hex) {
  std::string out;
  for (size_t at = 0; at + 2 <= hex.size(); at += 2) {
    uint8_t byte = 0;
    const char* end = hex.data() + at + 2;
    if (std::from_chars(hex.data() + at, end, byte, 16).ptr != end) break;
    out += static_cast<char>(byte);
  }
  return out;
}

Json to_json(const Device& device) {
  return {{"mac", hex_of(device.mac)},
          {"first_ns", device.first_ns},
          {"last_ns", device.last_ns},
          {"address", address_text(device.address)},
          {"leased", device.is_leased},
          {"host_name", hex_of(device.host_name)},
          {"vendor_class", hex_of(device.vendor_class)},
          {"introduced_by", device.introduced_by}};
}

Device from_json(const Json& json) {
  Device device;
  device.mac = bytes_of(json.at("mac"));
  device.first_ns = json.at("first_ns");
  device.last_ns = json.at("last_ns");
  if (const auto address = parse_network_address(json.at("address").get<std::string>()))
    device.address = *address;
  device.is_leased = json.at("leased");
  device.host_name = bytes_of(json.at("host_name"));
  device.vendor_class = bytes_of(json.at("vendor_class"));
  device.introduced_by = json.at("introduced_by");
  return device;
}

}  // namespace

// What changes while the file is written is written the next time.
Result<void> Devices::save(const std::string& path) {
  Json list = Json::array();
  {
    const std::lock_guard lock(mutex_);
    if (is_saved_) return {};
    for (const Entries* entries : {&table_.asking, &table_.leased})
      for (const Device& device : *entries) list.push_back(to_json(device));
    is_saved_ = true;
  }
  auto written =
      write_file_atomically(path, Json{{"version", snapshot_version}, {"devices", std::move(list)}}.dump());
  if (!written) {
    const std::lock_guard lock(mutex_);
    is_saved_ = false;
  }
  return written;
}

Result<void> Devices::load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("cannot read the table of devices", path);
  try {
    const Json json = Json::parse(file);
    if (json.at("version") != snapshot_version) return fail("the table of devices has another version", path);
    Table table;
    uint64_t forgotten = 0;
    for (const Json& entry : json.at("devices")) {
      Device device = from_json(entry);
      if (device.mac.empty() || table.by_mac.contains(device.mac)) continue;
      if (table.by_mac.size() >= devices_max_) {  // the bound was lowered
        table.remove_oldest();
        ++forgotten;
      }
      table.add(std::move(device));
    }
    const std::lock_guard lock(mutex_);
    table_ = std::move(table);
    forgotten_ += forgotten;
    is_saved_ = false;
    return {};
  } catch (const Json::exception& error) {
    return fail("not a table of devices: " + std::string(error.what()), path);
  }
}

}  // namespace sekisho
