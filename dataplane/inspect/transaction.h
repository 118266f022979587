// SPDX-License-Identifier: Apache-2.0
// Transaction: the values observed so far of one request and response, mail, query or handshake, in the order they came.
//
// Thread-safety: one lcore. Memory: chunks of a BlockPool, the first of which holds this header; given back as one list.
#pragma once

#include <cstdint>

#include "dataplane/inspect/limits.h"
#include "dataplane/observe/fields.h"
#include "dataplane/observe/sink.h"
#include "dataplane/pool/block_pool.h"
#include "dataplane/record/record.h"

namespace sekisho {

struct FlowInspection;

inline constexpr uint64_t no_answer = ~uint64_t{0};

class Transaction {
 public:
  // nullptr when the pool is empty.
  static Transaction* open(BlockPool& pool, TxId id, Direction first, uint64_t now_ns, uint64_t wall_ns);
  static void close(Transaction* transaction, BlockPool& pool);

  // Copies a value; false when the transaction or the pool is full (flag fields_dropped is then set).
  bool add(BlockPool& pool, Field field, Bytes value);
  bool add_number(BlockPool& pool, Field field, uint64_t value);

  // Adds all values of another one.
  bool repeat(BlockPool& pool, const Transaction& from);

  // Bytes that write_fields() will need in a record.
  uint32_t record_bytes() const { return field_count_ * static_cast<uint32_t>(sizeof(RecordField)) + value_bytes_; }
  // Entries so far; a value has one, or several where it is long.
  uint32_t entries() const { return entry_count_; }
  // The values of the first `entries`.
  void write_fields(RecordWriter& writer, uint32_t entries = ~uint32_t{0}) const;

  // The first value of a field; empty where there is none, or it is longer than an entry. Valid while the transaction is.
  Bytes first_value(Field field) const;

  TxId id() const { return id_; }

  Transaction* next = nullptr;  // the flow's list, oldest first; or the inspector's list of ended ones
  uint32_t flags = 0;           // record_flag
  uint16_t sightings = 0;
  bool ended = false;
  Direction first = Direction::client_to_server;
  uint64_t start_ns = 0;
  uint64_t start_wall_ns = 0;
  FlowInspection* inspection = nullptr;  // whose it was, once ended
  uint8_t app_protocol = 0;              // index in the protocol list + 1, when it began
  InnerId inner = no_inner;              // the stream inside the flow that it is of
  uint16_t end_burst_index = 0;          // of the packet that ended it
  uint64_t answer_at = no_answer;  // offset in the server's stream, had it answered all that came before

 private:
  struct Entry {
    uint16_t field;
    uint16_t marks;   // cut, continued in the next entry
    uint32_t length;  // bytes behind the entry, padded to 8; numbers: 8
  };
  struct Chunk {
    Chunk* next;
    uint32_t used;    // bytes behind this header
    uint32_t capacity;
    uint8_t* begin() { return reinterpret_cast<uint8_t*>(this + 1); }
    const uint8_t* begin() const { return reinterpret_cast<const uint8_t*>(this + 1); }
  };
  uint8_t* reserve(BlockPool& pool, uint32_t bytes);

  TxId id_ = no_tx;
  uint32_t field_count_ = 0;
  uint32_t entry_count_ = 0;
  uint32_t value_bytes_ = 0;
  uint32_t total_bytes_ = 0;
  bool full_ = false;
  Chunk* chunks_ = nullptr;  // behind this object in the same block, then further blocks
  Chunk* last_ = nullptr;
};

}  // namespace sekisho
