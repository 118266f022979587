// SPDX-License-Identifier: Apache-2.0
// Commands whose reply is outstanding, in order (RFC 2920: replies come in the order of the commands).
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/observe/sink.h"
#include "dataplane/protocols/smtp/limits.h"

namespace sekisho::smtp {

enum class Awaits : uint8_t { plain, mail, data, message, closing, auth, starttls };

struct Outstanding {
  TxId tx = no_tx;
  Awaits awaits = Awaits::plain;
};

class OutstandingQueue {
 public:
  // False: full; the command is counted, and so many replies after those of the kept ones are taken as answers to it.
  bool push(Outstanding command) {
    if (count_ == outstanding_max || unkept_ != 0) {
      ++unkept_;
      return false;
    }
    commands_[(first_ + count_++) % outstanding_max] = command;
    return true;
  }
  // The oldest; nullptr when there is none, or its like was not kept.
  Outstanding* front() { return count_ == 0 ? nullptr : &commands_[first_]; }
  void pop() {
    if (count_ == 0) {
      if (unkept_ != 0) --unkept_;
      return;
    }
    first_ = static_cast<uint8_t>((first_ + 1) % outstanding_max);
    --count_;
  }
  bool empty() const { return count_ == 0 && unkept_ == 0; }
  void clear() { *this = {}; }

  bool contains(Awaits awaits) const {
    for (unsigned i = 0; i < count_; ++i)
      if (at(i).awaits == awaits) return true;
    return false;
  }
  // `tx` has ended: no reply speaks of it any more.
  void forget(TxId tx) {
    for (unsigned i = 0; i < count_; ++i)
      if (at(i).tx == tx) commands_[(first_ + i) % outstanding_max].tx = no_tx;
  }

 private:
  const Outstanding& at(unsigned i) const { return commands_[(first_ + i) % outstanding_max]; }

  std::array<Outstanding, outstanding_max> commands_;
  uint8_t first_ = 0;
  uint8_t count_ = 0;
  uint32_t unkept_ = 0;
};

}  // namespace sekisho::smtp
