// SPDX-License-Identifier: Apache-2.0
#include "control/devices/devices.h"

#include <algorithm>

#include "control/devices/limits.h"
#include "control/rows/events/event.h"

namespace sekisho {

namespace {

constexpr uint64_t type_request = 3, type_ack = 5, type_inform = 8;  // RFC 2132 9.6
constexpr uint16_t port_server = 67, port_client = 68;               // RFC 2131 4.1
constexpr uint8_t protocol_udp = 17;

bool introduces(uint64_t message_type) {
  return message_type == type_request || message_type == type_ack || message_type == type_inform;
}

// Most records are told apart by these alone.
bool may_be_dhcp(const RecordEndpoints& endpoints) {
  return endpoints.ip_protocol == protocol_udp &&
         (endpoints.server_port == port_server || endpoints.server_port == port_client ||
          endpoints.client_port == port_server || endpoints.client_port == port_client);
}

void learn_text(const FieldIndex& fields, Field field, std::string& into) {
  const std::string_view text = fields.text(field);
  if (!text.empty()) into = text.substr(0, device_text_bytes_max);
}

void learn_address(const FieldIndex& fields, Field field, Device& device) {
  const Bytes bytes = fields.bytes(field);
  Address address{};
  if (bytes.size() == address.size()) {
    std::copy(bytes.begin(), bytes.end(), address.begin());
  } else if (bytes.size() == 4) {
    address[10] = address[11] = 0xff;
    std::copy(bytes.begin(), bytes.end(), address.begin() + 12);
  } else {
    return;
  }
  device.address = address;
}

// A lease is an address that a server assigned. What is asked for counts until there is one.
void learn(const FieldIndex& fields, Device& device) {
  const bool is_lease =
      fields.number(Field::dhcp_message_type) == type_ack && fields.has(Field::dhcp_assigned_ip);
  if (is_lease)
    learn_address(fields, Field::dhcp_assigned_ip, device);
  else if (!device.is_leased)
    learn_address(
        fields, fields.has(Field::dhcp_client_ip) ? Field::dhcp_client_ip : Field::dhcp_requested_ip, device);
  device.is_leased = device.is_leased || is_lease;
  learn_text(fields, fields.text(Field::dhcp_hostname).empty() ? Field::dhcp_fqdn : Field::dhcp_hostname,
             device.host_name);
  learn_text(fields, Field::dhcp_vendor_class, device.vendor_class);
  const uint64_t wall_ns = fields.record().header().wall_ns;
  device.first_ns = device.first_ns == 0 ? wall_ns : std::min(device.first_ns, wall_ns);
  device.last_ns = std::max(device.last_ns, wall_ns);
}

}  // namespace

bool Devices::matters(const RecordView& record) {
  return record.header().type == RecordType::transaction && may_be_dhcp(record.endpoints()) &&
         introduces(record.find_number(Field::dhcp_message_type).value_or(0));
}

bool Devices::consider(const FieldIndex& fields) {
  const RecordView& record = fields.record();
  if (record.header().type != RecordType::transaction || !may_be_dhcp(record.endpoints()) ||
      !introduces(fields.number(Field::dhcp_message_type)))
    return false;
  const std::string mac(fields.text(Field::dhcp_client_mac));
  if (mac.empty()) return false;
  const uint64_t row_id = row_id_of(record.header());
  const std::lock_guard lock(mutex_);
  is_saved_ = false;
  const auto found = table_.by_mac.find(mac);
  if (found != table_.by_mac.end()) {
    const auto entry = found->second;
    Entries& from = table_.list_of(*entry);
    learn(fields, *entry);
    Entries& to = table_.list_of(*entry);
    to.splice(to.end(), from, entry);
    return entry->introduced_by == row_id;
  }
  Device device;
  device.mac = mac;
  device.introduced_by = row_id;
  learn(fields, device);
  if (table_.by_mac.size() >= devices_max_) {
    table_.remove_oldest();
    ++forgotten_;
  }
  table_.add(std::move(device));
  ++introduced_;
  return true;
}

Device& Devices::Table::add(Device device) {
  Entries& list = list_of(device);
  list.push_back(std::move(device));
  by_mac[list.back().mac] = std::prev(list.end());
  return list.back();
}

void Devices::Table::remove_oldest() {
  Entries& list = asking.empty() ? leased : asking;
  if (list.empty()) return;
  by_mac.erase(list.front().mac);
  list.pop_front();
}

std::vector<Device> Devices::newest(size_t count_max) const {
  std::vector<Device> devices;
  {
    const std::lock_guard lock(mutex_);
    devices.reserve(table_.by_mac.size());
    for (const Entries* list : {&table_.asking, &table_.leased})
      devices.insert(devices.end(), list->begin(), list->end());
  }
  const size_t count = std::min(count_max, devices.size());
  std::partial_sort(devices.begin(), devices.begin() + static_cast<ptrdiff_t>(count), devices.end(),
                    [](const Device& a, const Device& b) {
                      return a.last_ns != b.last_ns ? a.last_ns > b.last_ns : a.mac < b.mac;
                    });
  devices.resize(count);
  return devices;
}

DeviceCounters Devices::counters() const {
  const std::lock_guard lock(mutex_);
  return {table_.by_mac.size(), introduced_, forgotten_};
}

}  // namespace sekisho
