// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/transaction.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace sekisho {

namespace {
constexpr uint16_t entry_cut = 1, entry_continued = 2;
constexpr uint32_t round_up_8(uint32_t value) { return (value + 7) & ~7U; }
}  // namespace

Transaction* Transaction::open(BlockPool& pool, TxId id, Direction first, uint64_t now_ns, uint64_t wall_ns) {
  void* block = pool.take();
  if (block == nullptr) return nullptr;
  auto* transaction = new (block) Transaction;
  transaction->id_ = id;
  transaction->first = first;
  transaction->start_ns = now_ns;
  transaction->start_wall_ns = wall_ns;
  constexpr size_t header = (sizeof(Transaction) + 7) / 8 * 8;
  auto* chunk = new (static_cast<uint8_t*>(block) + header)
      Chunk{nullptr, 0, static_cast<uint32_t>(pool.block_bytes() - header - sizeof(Chunk))};
  transaction->chunks_ = transaction->last_ = chunk;
  return transaction;
}

void Transaction::close(Transaction* transaction, BlockPool& pool) {
  for (Chunk* chunk = transaction->chunks_->next; chunk != nullptr;) {
    Chunk* next = chunk->next;
    pool.give(chunk);
    chunk = next;
  }
  pool.give(transaction);
}

uint8_t* Transaction::reserve(BlockPool& pool, uint32_t bytes) {
  if (last_->used + bytes > last_->capacity) {
    void* block = !full_ && total_bytes_ + bytes <= transaction_bytes_max ? pool.take() : nullptr;
    if (block == nullptr) {  // nothing is added behind a value that may have been kept in part
      full_ = true;
      flags |= record_flag::fields_dropped;
      return nullptr;
    }
    last_->next = new (block) Chunk{nullptr, 0, static_cast<uint32_t>(pool.block_bytes() - sizeof(Chunk))};
    last_ = last_->next;
  }
  if (full_) return nullptr;
  uint8_t* at = last_->begin() + last_->used;
  last_->used += bytes;
  ++entry_count_;
  total_bytes_ += bytes;
  return at;
}

bool Transaction::add(BlockPool& pool, Field field, Bytes value) {
  const uint32_t most = field_specs[static_cast<size_t>(field)].max_bytes;
  const bool cut = value.size() > most;
  if (cut) value = value.first(most);
  const auto size = static_cast<uint32_t>(value.size());
  // A value longer than a chunk lies in pieces that write_fields() joins: each but the last is marked `continued`.
  constexpr uint32_t piece_max = (transaction_chunk_bytes - sizeof(Chunk) - sizeof(Entry)) / 8 * 8 - 8;
  do {
    const Bytes piece = value.first(std::min<size_t>(value.size(), piece_max));
    value = value.subspan(piece.size());
    uint8_t* at = reserve(pool, sizeof(Entry) + round_up_8(static_cast<uint32_t>(piece.size())));
    if (at == nullptr) return false;
    const uint16_t marks = static_cast<uint16_t>((cut ? entry_cut : 0) | (value.empty() ? 0 : entry_continued));
    const Entry entry{static_cast<uint16_t>(field), marks, static_cast<uint32_t>(piece.size())};
    std::memcpy(at, &entry, sizeof entry);
    if (!piece.empty()) std::memcpy(at + sizeof entry, piece.data(), piece.size());
  } while (!value.empty());
  ++field_count_;
  value_bytes_ += size;
  return true;
}

bool Transaction::add_number(BlockPool& pool, Field field, uint64_t value) {
  uint8_t* at = reserve(pool, sizeof(Entry) + 8);
  if (at == nullptr) return false;
  const Entry entry{static_cast<uint16_t>(field), 0, 8};
  std::memcpy(at, &entry, sizeof entry);
  std::memcpy(at + sizeof entry, &value, 8);
  ++field_count_;
  return true;
}

bool Transaction::repeat(BlockPool& pool, const Transaction& from) {
  for (const Chunk* chunk = from.chunks_; chunk != nullptr; chunk = chunk->next) {
    for (uint32_t at = 0; at < chunk->used;) {
      Entry entry;
      std::memcpy(&entry, chunk->begin() + at, sizeof entry);
      const uint32_t bytes = static_cast<uint32_t>(sizeof entry) + round_up_8(entry.length);
      uint8_t* to = reserve(pool, bytes);
      if (to == nullptr) return false;
      std::memcpy(to, chunk->begin() + at, bytes);
      if ((entry.marks & entry_continued) == 0) ++field_count_;
      if (field_specs[entry.field].type != FieldType::number) value_bytes_ += entry.length;
      at += bytes;
    }
  }
  return true;
}

Bytes Transaction::first_value(Field field) const {
  for (const Chunk* chunk = chunks_; chunk != nullptr; chunk = chunk->next) {
    for (uint32_t at = 0; at < chunk->used;) {
      Entry entry;
      std::memcpy(&entry, chunk->begin() + at, sizeof entry);
      const uint8_t* value = chunk->begin() + at + sizeof entry;
      at += static_cast<uint32_t>(sizeof entry) + round_up_8(entry.length);
      if (static_cast<Field>(entry.field) != field) continue;
      return (entry.marks & entry_continued) != 0 ? Bytes{} : Bytes{value, entry.length};
    }
  }
  return {};
}

void Transaction::write_fields(RecordWriter& writer, uint32_t entries) const {
  uint8_t joined[16 * 1024];
  static_assert(sizeof joined >= 8192, "the longest field of the catalogue fits");
  size_t joined_size = 0;
  for (const Chunk* chunk = chunks_; chunk != nullptr; chunk = chunk->next) {
    for (uint32_t at = 0; at < chunk->used;) {
      if (entries-- == 0) return;
      Entry entry;
      std::memcpy(&entry, chunk->begin() + at, sizeof entry);
      const uint8_t* value = chunk->begin() + at + sizeof entry;
      at += static_cast<uint32_t>(sizeof entry) + round_up_8(entry.length);
      const auto field = static_cast<Field>(entry.field);
      if (field_specs[entry.field].type == FieldType::number) {
        uint64_t number;
        std::memcpy(&number, value, sizeof number);
        writer.number(field, number);
      } else if ((entry.marks & entry_continued) != 0 || joined_size > 0) {
        const size_t take = std::min<size_t>(entry.length, sizeof joined - joined_size);
        std::memcpy(joined + joined_size, value, take);
        joined_size += take;
        if ((entry.marks & entry_continued) != 0) continue;
        writer.bytes(field, {joined, joined_size});
        joined_size = 0;
      } else {
        writer.bytes(field, {value, entry.length});
      }
    }
  }
}

}  // namespace sekisho
