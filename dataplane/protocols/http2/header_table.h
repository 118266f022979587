// SPDX-License-Identifier: Apache-2.0
// The header table of HPACK (RFC 7541 2.3): the static entries, and the dynamic ones of one direction of a connection.
//
// It says what it does not know: entries made before a flow was picked up, lost in a hole, or too many to keep. Indices count from
// the newest entry, so that what was added since stays right.
#pragma once

#include <array>
#include <span>

#include "dataplane/protocols/http2/limits.h"
#include "matchers/base/bytes.h"

namespace sekisho::http2 {

// What a field's part is: `size` may exceed the bytes that were kept of it.
struct TableField {
  std::string_view name, value;
  bool name_known = true, value_known = true;
};

class HeaderTable {
 public:
  enum class Found : uint8_t { yes, unknown, no };  // no: there is no such index
  // Copies the entry's name and value one behind the other to `out`, cut where it ends. `field` points into `out`.
  Found find(uint32_t index, std::span<char> out, TableField& field) const;
  // `bytes`: of name and value as they are, which may be more than `field` still holds of them.
  void add(const TableField& field, size_t bytes);
  // A dynamic table size update (RFC 7541 6.3).
  void set_bytes_max(size_t bytes);
  // Older entries than those to come are unknown from here on.
  void lose();
  // Entries were forgotten that the sender may still name.
  bool lost() const { return lost_; }
  // Since the last call: because they were more than header_table_bytes_max.
  bool take_overflow() {
    const bool overflow = overflow_;
    overflow_ = false;
    return overflow;
  }

 private:
  struct Entry {
    uint16_t begin;      // in bytes_, around its end
    uint16_t name_bytes;
    uint16_t value_bytes;
    bool name_known, value_known;
  };
  static constexpr size_t entry_overhead = 32;

  static size_t size_of(const Entry& entry) { return size_t{entry.name_bytes} + entry.value_bytes + entry_overhead; }
  void evict_to(size_t bytes_max);
  void store(std::string_view text);
  void load(size_t begin, std::span<char> out) const;

  std::array<Entry, header_table_entries_max> entries_;
  std::array<char, header_table_bytes_max> bytes_;
  size_t bytes_max_ = 4096;  // RFC 9113 6.5.2
  uint32_t size_ = 0;        // as the RFC counts
  uint16_t first_ = 0;       // the oldest
  uint16_t count_ = 0;
  uint16_t end_ = 0;         // in bytes_, behind the newest
  bool lost_ = false;
  bool overflow_ = false;
};

}  // namespace sekisho::http2
