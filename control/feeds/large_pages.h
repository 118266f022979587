// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

namespace sekisho {

// A feed of a million rows is 100,000 small pages; the system is asked for large ones before they are touched, and may refuse.
inline void ask_for_large_pages(void* begin, size_t bytes) {
  constexpr uintptr_t page_bytes = uintptr_t{2} << 20;
  const uintptr_t from = (reinterpret_cast<uintptr_t>(begin) + page_bytes - 1) & ~(page_bytes - 1);
  const uintptr_t to = (reinterpret_cast<uintptr_t>(begin) + bytes) & ~(page_bytes - 1);
  if (to > from) ::madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE);
}

}  // namespace sekisho
