// SPDX-License-Identifier: Apache-2.0
// BlockPool: equal blocks of memory, all taken from the system at start, handed out and back in O(1).
//
// Thread-safety: one lcore owns a pool. No call after construction allocates, locks or touches the kernel.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dataplane/pool/zeroed_array.h"

namespace sekisho {

class BlockPool {
 public:
  // `block_bytes` is rounded up to 64 (a cache line): blocks never share one.
  BlockPool(size_t block_bytes, uint32_t block_count);

  // Uninitialised memory of block_bytes(), 64 B aligned; nullptr when all are out (refused() rises).
  void* take();
  // `block` came from take() of this pool and is given back once.
  void give(void* block);

  size_t block_bytes() const { return block_bytes_; }
  uint32_t capacity() const { return capacity_; }
  uint32_t in_use() const { return in_use_; }
  uint64_t refused() const { return refused_; }

 private:
  struct Free {
    Free* next;
  };
  size_t block_bytes_;
  ZeroedArray<uint8_t> memory_;
  uint32_t capacity_;
  uint32_t in_use_ = 0;
  uint64_t refused_ = 0;
  Free* free_ = nullptr;
  uint32_t untouched_ = 0;  // blocks past this one were never handed out: their pages stay untouched until needed
};

}  // namespace sekisho
