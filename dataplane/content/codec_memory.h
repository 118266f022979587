// SPDX-License-Identifier: Apache-2.0
// Memory for third-party codecs: taken from the system at start, lent per body. No codec calls malloc on the packet path.
//
// Thread-safety: one lcore owns it, like the pools inside.
#pragma once

#include "dataplane/content/limits.h"
#include "dataplane/pool/block_pool.h"

namespace sekisho {

struct CodecMemorySize {
  uint32_t inflate_blocks = inflate_blocks_default;
  uint32_t arena_blocks = arena_blocks_default;
  size_t arena_block_bytes = arena_block_bytes_default;
};

class CodecMemory {
 public:
  explicit CodecMemory(const CodecMemorySize& size);

  BlockPool& inflate_blocks() { return inflate_blocks_; }
  BlockPool& arena_blocks() { return arena_blocks_; }
  // Bodies that found no block.
  uint64_t inflate_refused() const { return inflate_blocks_.refused(); }
  uint64_t arena_refused() const { return arena_blocks_.refused(); }

 private:
  BlockPool inflate_blocks_;
  BlockPool arena_blocks_;
};

// malloc and free inside one block, for codecs that insist on them: first fit, neighbours joined. Codecs hold a few dozen
// pieces at most, so the list stays short. Lives at the front of the block it manages.
class CodecArena {
 public:
  // Manages `block_bytes` from `block` (64 B aligned), itself included.
  static CodecArena* make(void* block, size_t block_bytes);
  // 16 B aligned; nullptr when no piece is large enough (refused() is true from then on).
  void* allocate(size_t bytes);
  // nullptr is allowed.
  void free(void* memory);
  bool refused() const { return refused_; }

 private:
  struct Piece {
    size_t bytes;   // this header included
    Piece* next;    // when free, by address
  };
  static_assert(sizeof(Piece) == 16);

  Piece* free_ = nullptr;
  bool refused_ = false;
};

}  // namespace sekisho
