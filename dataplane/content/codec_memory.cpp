// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/codec_memory.h"

#include <new>

#include "dataplane/content/inflate.h"

namespace sekisho {

namespace {
constexpr size_t alignment = 16;
constexpr size_t arena_header_bytes = 64;
constexpr size_t smallest_split = 64;
size_t rounded(size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }
}  // namespace

CodecMemory::CodecMemory(const CodecMemorySize& size)
    : inflate_blocks_(inflate_block_bytes(), size.inflate_blocks),
      arena_blocks_(size.arena_block_bytes, size.arena_blocks) {}

CodecArena* CodecArena::make(void* block, size_t block_bytes) {
  static_assert(sizeof(CodecArena) <= arena_header_bytes);
  auto* arena = new (block) CodecArena;
  arena->free_ = new (static_cast<uint8_t*>(block) + arena_header_bytes)
      Piece{(block_bytes - arena_header_bytes) / alignment * alignment, nullptr};
  return arena;
}

void* CodecArena::allocate(size_t bytes) {
  if (bytes <= SIZE_MAX / 2) {
    const size_t wanted = rounded(bytes) + sizeof(Piece);
    for (Piece** link = &free_; *link != nullptr; link = &(*link)->next) {
      Piece* piece = *link;
      if (piece->bytes < wanted) continue;
      if (piece->bytes - wanted >= smallest_split) {
        *link = new (reinterpret_cast<uint8_t*>(piece) + wanted) Piece{piece->bytes - wanted, piece->next};
        piece->bytes = wanted;
      } else {
        *link = piece->next;
      }
      return piece + 1;
    }
  }
  refused_ = true;
  return nullptr;
}

void CodecArena::free(void* memory) {
  if (memory == nullptr) return;
  Piece* piece = static_cast<Piece*>(memory) - 1;
  const auto end_of = [](Piece* p) { return reinterpret_cast<uint8_t*>(p) + p->bytes; };
  Piece* before = nullptr;
  Piece* after = free_;
  while (after != nullptr && after < piece) {
    before = after;
    after = after->next;
  }
  piece->next = after;
  if (after != nullptr && end_of(piece) == reinterpret_cast<uint8_t*>(after)) {
    piece->bytes += after->bytes;
    piece->next = after->next;
  }
  if (before == nullptr) {
    free_ = piece;
  } else if (end_of(before) == reinterpret_cast<uint8_t*>(piece)) {
    before->bytes += piece->bytes;
    before->next = piece->next;
  } else {
    before->next = piece;
  }
}

}  // namespace sekisho
