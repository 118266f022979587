// SPDX-License-Identifier: Apache-2.0
// Commands whose reply is outstanding, oldest first, for protocols whose replies come in the order of the
// commands.
#pragma once

#include <array>
#include <cstdint>

namespace sekisho {

template <typename Command, unsigned commands_max>
class ReplyQueue {
 public:
  // False: full; the command is counted, and so many replies after those of the kept ones are taken as
  // answers to it.
  bool push(const Command& command) {
    if (count_ == commands_max || unkept_ != 0) {
      ++unkept_;
      return false;
    }
    commands_[(first_ + count_++) % commands_max] = command;
    return true;
  }
  // The oldest; nullptr when there is none, or its like was not kept.
  Command* front() { return count_ == 0 ? nullptr : &commands_[first_]; }
  void pop() {
    if (count_ == 0) {
      if (unkept_ != 0) --unkept_;
      return;
    }
    first_ = (first_ + 1) % commands_max;
    --count_;
  }
  // The kept ones.
  unsigned size() const { return count_; }
  bool empty() const { return count_ == 0 && unkept_ == 0; }
  void clear() { first_ = count_ = unkept_ = 0; }

 private:
  std::array<Command, commands_max> commands_;
  uint32_t first_ = 0;
  uint32_t count_ = 0;
  uint32_t unkept_ = 0;
};

}  // namespace sekisho
