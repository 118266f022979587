// SPDX-License-Identifier: Apache-2.0
// ZeroedArray: a large array taken from the kernel at start, all zero, whose pages cost nothing until first touched.
//
// Thread-safety: none of its own. T is plain memory: no constructor runs, all bytes zero must be a valid state.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace sekisho {

template <typename T>
class ZeroedArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  explicit ZeroedArray(size_t count) : count_(count) {
    void* memory = mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();  // at start only: a worker without its tables does not run
    madvise(memory, bytes(), MADV_HUGEPAGE);           // fewer TLB misses where the kernel has them; a hint
    items_ = static_cast<T*>(memory);
  }
  ZeroedArray(ZeroedArray&& other) noexcept
      : items_(std::exchange(other.items_, nullptr)), count_(std::exchange(other.count_, 0)) {}
  ZeroedArray& operator=(ZeroedArray&&) = delete;
  ~ZeroedArray() {
    if (items_ != nullptr) munmap(items_, bytes());
  }

  // Page aligned.
  T* data() { return items_; }
  const T* data() const { return items_; }
  size_t size() const { return count_; }
  T& operator[](size_t index) { return items_[index]; }
  const T& operator[](size_t index) const { return items_[index]; }

 private:
  size_t bytes() const { return (count_ + 1) * sizeof(T); }  // never 0, which mmap refuses

  T* items_ = nullptr;
  size_t count_;
};

}  // namespace sekisho
