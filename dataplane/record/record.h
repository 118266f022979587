// SPDX-License-Identifier: Apache-2.0
// The record ABI: what the data plane tells control. Fixed header, the flow's endpoints, a table of typed fields, bytes.
//
//   RecordHeader (64 B) | RecordEndpoints (64 B) | field_count x RecordField (16 B each) | bytes of the fields | pad to 8
//
// All numbers are in host order: writer and reader share the machine. A reader treats a record as hostile (RecordView
// validates every length and offset before anything is used). At most record_bytes_max; cut fields are marked.
#pragma once

#include <cstdint>
#include <optional>

#include "dataplane/observe/fields.h"
#include "matchers/base/bytes.h"

namespace sekisho {

inline constexpr uint8_t record_version = 1;
inline constexpr uint32_t record_bytes_max = 65536;

enum class RecordType : uint16_t { pad, sighting, transaction, flow, file, anomaly, stats, gap, file_piece };
// One ring of each kind per lcore: transactions may overflow without taking sightings with them.
// `files`: pieces of the files that policy stores, where it stores any; read by the file store, not by the drain.
enum class RingKind : uint16_t { sightings, transactions, files };
inline constexpr unsigned ring_kind_count = 2;  // of those that each lcore has

struct RecordHeader {
  uint32_t length;         // of the whole record, bytes, a multiple of 8
  RecordType type;
  uint8_t version;
  uint8_t lcore;           // index of the worker, from 0
  uint32_t generation;     // of the matcher image in force; 0 = none
  uint32_t boot_id;        // of the data plane process; random
  uint64_t sequence;       // of its ring, from 1; a dropped record consumes one
  uint64_t wall_ns;        // since 1970
  uint64_t monotonic_ns;
  uint64_t flow_id;        // unique within a boot id
  uint32_t transaction;    // TxId within the flow; 0 = none
  RingKind ring;
  uint16_t field_count;
  uint32_t flags;          // record_flag
  uint32_t burst_index;    // of the packet that made it, in the burst that was walked: look-ups come in batches, so a ring's order is not theirs
};
static_assert(sizeof(RecordHeader) == 64);

namespace record_flag {
inline constexpr uint32_t incomplete = 1;        // the transaction or file did not end by itself
inline constexpr uint32_t fields_dropped = 2;    // did not all fit
inline constexpr uint32_t ambiguous = 4;         // readings differ between implementations; every reading is in
inline constexpr uint32_t midstream = 8;         // the flow was picked up without its handshake
}  // namespace record_flag

// The flow that a record belongs to; all zero in stats and gap records. Client = who opened the flow.
struct RecordEndpoints {
  uint8_t client_address[16];   // IPv4 as ::ffff:a.b.c.d
  uint8_t server_address[16];
  uint16_t client_port;
  uint16_t server_port;
  uint8_t ip_protocol;
  uint8_t vlan_count;
  uint16_t vlan[2];
  uint16_t pair;                // port pair index
  uint8_t first_direction;      // of the transaction: 0 client spoke first
  uint8_t app_protocol;         // index in the protocol list + 1; 0 = not known
  uint8_t client_side_port;     // index of the port on the client's side
  uint8_t server_side_port;
  uint8_t reserved[16];
};
static_assert(sizeof(RecordEndpoints) == 64);

struct RecordField {
  uint16_t field;     // enum Field
  uint8_t type;       // enum FieldType, repeated so that a reader needs no catalogue to print
  uint8_t flags;      // field_flag
  uint32_t length;    // bytes; numbers: 8
  uint64_t value;     // the number, or the offset of the bytes from the start of the record
};
static_assert(sizeof(RecordField) == 16);

namespace field_flag {
inline constexpr uint8_t cut = 1;      // longer than the catalogue's maximum
}  // namespace field_flag

// A validated, read-only view of one record. Lives as long as the bytes under it.
class RecordView {
 public:
  // Nothing where the bytes are not one whole, consistent record.
  static std::optional<RecordView> check(Bytes bytes);

  const RecordHeader& header() const { return *reinterpret_cast<const RecordHeader*>(bytes_.data()); }
  const RecordEndpoints& endpoints() const {
    return *reinterpret_cast<const RecordEndpoints*>(bytes_.data() + sizeof(RecordHeader));
  }
  std::span<const RecordField> fields() const {
    return {reinterpret_cast<const RecordField*>(bytes_.data() + sizeof(RecordHeader) + sizeof(RecordEndpoints)),
            header().field_count};
  }
  Bytes value(const RecordField& field) const { return bytes_.subspan(field.value, field.length); }

  // The first value of a field; absent when it was not observed.
  std::optional<Bytes> find(Field field) const;
  std::optional<uint64_t> find_number(Field field) const;
  Bytes bytes() const { return bytes_; }

 private:
  explicit RecordView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;  // 8 B aligned
};

// Builds one record in memory that the caller lends (a ring's reservation or a buffer), fields appended in order.
class RecordWriter {
 public:
  // `memory`: 8 B aligned, at least one header and endpoints.
  RecordWriter(std::span<uint8_t> memory, RecordType type);

  RecordHeader& header() { return *reinterpret_cast<RecordHeader*>(memory_.data()); }
  RecordEndpoints& endpoints() { return *reinterpret_cast<RecordEndpoints*>(memory_.data() + sizeof(RecordHeader)); }
  void number(Field field, uint64_t value);
  void bytes(Field field, Bytes value);
  void text(Field field, std::string_view value) { bytes(field, as_bytes(value)); }
  // Room left for fields and bytes together.
  size_t left() const;
  // Moves the bytes behind the field table, sets length and field_count; returns the record's length.
  uint32_t finish();

 private:
  bool reserve(size_t byte_count);
  std::span<uint8_t> memory_;
  uint32_t fields_end_;   // the field table grows up from the endpoints,
  uint32_t bytes_begin_;  // the bytes grow down from the end of the memory
};

}  // namespace sekisho
