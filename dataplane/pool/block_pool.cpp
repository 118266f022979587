// SPDX-License-Identifier: Apache-2.0
#include "dataplane/pool/block_pool.h"

#include <cstdlib>
#include <new>

namespace sekisho {

namespace {
constexpr size_t cache_line = 64;
}

void BlockPool::Release::operator()(void* memory) const { std::free(memory); }

BlockPool::BlockPool(size_t block_bytes, uint32_t block_count)
    : block_bytes_((block_bytes + cache_line - 1) / cache_line * cache_line), capacity_(block_count) {
  if (block_count == 0) return;
  void* memory = std::aligned_alloc(cache_line, block_bytes_ * block_count);
  if (memory == nullptr) throw std::bad_alloc();  // at start only: a worker without its pools does not run
  memory_.reset(static_cast<uint8_t*>(memory));
}

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
  return memory_.get() + block_bytes_ * untouched_++;
}

void BlockPool::give(void* block) {
  free_ = new (block) Free{free_};
  --in_use_;
}

}  // namespace sekisho
