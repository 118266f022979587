// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/quic/hello_bytes.h"

#include <algorithm>
#include <cstring>

#include "dataplane/protocols/limits.h"

namespace sekisho::quic {

namespace {

// Kept memory: the hello's bytes, then a bit for each.
constexpr size_t kept_for(size_t capacity) { return capacity + capacity / 8; }
static_assert(kept_for(hello_bytes_max) <= carry_bytes_max && hello_bytes_small % 8 == 0);

bool is_marked(size_t at, size_t capacity, std::span<const uint8_t> memory) {
  return (memory[capacity + at / 8] >> (at % 8) & 1) != 0;
}

}  // namespace

bool HelloBytes::reserve(size_t size, KeptBytes& kept) {
  if (size <= capacity_) return true;
  const size_t capacity = size <= hello_bytes_small ? hello_bytes_small : hello_bytes_max;
  const std::span<uint8_t> memory = kept.hold(kept_for(capacity));
  if (memory.empty()) return false;
  const size_t old_marks = capacity_ / 8;
  std::memmove(&memory[capacity], &memory[capacity_], old_marks);
  std::memset(&memory[capacity + old_marks], 0, capacity / 8 - old_marks);
  capacity_ = static_cast<uint32_t>(capacity);
  return true;
}

void HelloBytes::mark(size_t begin, size_t end, std::span<uint8_t> memory) const {
  for (size_t at = begin; at < end; ++at) memory[capacity_ + at / 8] |= static_cast<uint8_t>(1 << (at % 8));
}

// False where a byte that was there is another one.
bool HelloBytes::put_among_others(size_t offset, Bytes bytes, std::span<uint8_t> memory) {
  bool same = true;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const size_t at = offset + i;
    if (at < front_ || is_marked(at, capacity_, memory)) {
      same &= memory[at] == bytes[i];
    } else {
      memory[at] = bytes[i];
      mark(at, at + 1, memory);
    }
  }
  return same;
}

Put HelloBytes::put(uint64_t offset, Bytes bytes, KeptBytes& kept) {
  if (offset >= hello_bytes_max) return bytes.empty() ? Put::stored : Put::too_long;
  const bool too_long = bytes.size() > hello_bytes_max - offset;
  bytes = bytes.first(std::min<size_t>(bytes.size(), hello_bytes_max - offset));
  if (bytes.empty()) return Put::stored;
  const size_t end = offset + bytes.size();
  if (!reserve(end, kept)) return Put::no_memory;
  const std::span<uint8_t> memory = kept.hold(kept_for(capacity_));
  bool same = true;
  if (offset < end_) {
    same = put_among_others(offset, bytes, memory);
  } else {
    std::copy(bytes.begin(), bytes.end(), &memory[offset]);
    if (offset > front_) mark(offset, end, memory);
  }
  end_ = std::max(end_, static_cast<uint32_t>(end));
  if (offset <= front_) front_ = std::max(front_, static_cast<uint32_t>(end));
  while (front_ < end_ && is_marked(front_, capacity_, memory)) ++front_;
  if (!same) return Put::differs;
  return too_long ? Put::too_long : Put::stored;
}

Bytes HelloBytes::front(KeptBytes& kept) const {
  return front_ == 0 ? Bytes{} : Bytes(kept.hold(kept_for(capacity_)).first(front_));
}

}  // namespace sekisho::quic
