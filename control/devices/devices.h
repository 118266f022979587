// SPDX-License-Identifier: Apache-2.0
// Devices: who ever asked for an address here or got one, by hardware address, as DHCP tells it (RFC 2131).
// The first request or lease of a device that is not known introduces it; that record makes one row more.
//
// Bounded: past devices_max the device unseen longest goes, those that never got a lease first, so that
// requests of invented addresses push out each other; what went is new when it comes again. The table
// remembers which record introduced a device: read again after a kill, that record introduces it again, with
// the same row.
//
// Thread-safety: all functions may be called from any thread; they take one lock.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "control/drain/field_index.h"
#include "control/phases/address.h"
#include "matchers/base/result.h"

namespace sekisho {

struct Device {
  std::string mac;                      // its bytes, 1 to 16
  uint64_t first_ns = 0, last_ns = 0;   // since 1970; of requests and leases
  Address address{};                    // leased last, else asked for; zero = none known
  bool is_leased = false;               // it ever got a lease
  std::string host_name, vendor_class;  // bytes from the wire, at most device_text_bytes_max
  uint64_t introduced_by = 0;           // row id of the record
};

struct DeviceCounters {
  uint64_t known = 0;       // in the table now
  uint64_t introduced = 0;  // by this process
  uint64_t forgotten = 0;   // for the bound, by this process
};

class Devices {
 public:
  explicit Devices(size_t devices_max) : devices_max_(devices_max) {}

  // Whether consider() would look at it: a client's REQUEST or INFORM, a server's ACK.
  static bool matters(const RecordView& record);
  // Learns from the record; true where it introduces its device.
  bool consider(const FieldIndex& fields);

  // Those seen last first.
  std::vector<Device> newest(size_t count_max) const;
  DeviceCounters counters() const;

  // One JSON file, replaced as a whole where something changed since the last time. Loading forgets the
  // present table; a file that is not ours is an error and changes nothing.
  Result<void> save(const std::string& path);
  Result<void> load(const std::string& path);

 private:
  // Each oldest first. An entry moves to the end of its list when its device is seen.
  using Entries = std::list<Device>;
  struct Table {
    Entries asking, leased;
    std::unordered_map<std::string, Entries::iterator> by_mac;

    Entries& list_of(const Device& device) { return device.is_leased ? leased : asking; }
    Device& add(Device device);
    void remove_oldest();
  };

  const size_t devices_max_;
  mutable std::mutex mutex_;
  Table table_;
  uint64_t introduced_ = 0, forgotten_ = 0;
  bool is_saved_ = false;
};

}  // namespace sekisho
