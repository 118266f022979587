// SPDX-License-Identifier: Apache-2.0
#include "dataplane/pool/block_pool.h"

#include <new>

namespace sekisho {

namespace {
constexpr size_t cache_line = 64;
}

BlockPool::BlockPool(size_t block_bytes, uint32_t block_count)
    : block_bytes_((block_bytes + cache_line - 1) / cache_line * cache_line),
      memory_(block_bytes_ * block_count),
      capacity_(block_count) {}

void* BlockPool::take() {
  if (free_ != nullptr) {
    Free* block = free_;
    free_ = block->next;
    ++in_use_;
    return block;
  }
  if (untouched_ == capacity_) {
    ++refused_;
    return nullptr;
  }
  ++in_use_;
  return memory_.data() + block_bytes_ * untouched_++;
}

void BlockPool::give(void* block) {
  free_ = new (block) Free{free_};
  --in_use_;
}

}  // namespace sekisho
