// SPDX-License-Identifier: Apache-2.0
// TimerWheel: when to look at a flow again. Six wheels of 256 slots, a tick (limits.h) fine at the lowest: all of 64 bits.
//
// A slot of wheel n covers 256^n ticks. A time is filed on the wheel of the highest byte in which its tick differs from
// the current one. When the current tick reaches a slot, its flows come out; whoever filed them ends those whose time is
// over and files the others again: those of a higher wheel (they now fall on a lower one) and those that a packet has
// moved on meanwhile (a packet writes only last_ns). So a flow comes out a few times in its life, never late.
// Thread-safety: one lcore owns it.
#pragma once

#include <cstdint>

#include "dataplane/flow/flow.h"
#include "dataplane/flow/limits.h"

namespace sekisho {

class TimerWheel {
 public:
  // `flows`: the table's array, linked through Flow::timer_*; index 0 is none.
  explicit TimerWheel(Flow* flows) : flows_(flows) {}

  // Files a flow to come out for the last time at the first tick that begins at or after deadline_ns. Moves one that is in.
  void file(uint32_t flow, uint64_t deadline_ns, uint64_t now_ns);
  void unfile(uint32_t flow);
  // A flow whose slot has come by now_ns, taken out; 0 when there is none.
  uint32_t next_due(uint64_t now_ns);

 private:
  static constexpr unsigned wheel_count = 6, slot_bits = 8, slot_count = 1U << slot_bits, word_bits = 64;
  static_assert(wheel_count * slot_bits + timer_tick_shift >= 64);

  unsigned current_slot(unsigned wheel) const { return static_cast<unsigned>(tick_ >> (wheel * slot_bits)) % slot_count; }
  // The next occupied slot behind the current one on its turn of the wheel, or slot_count.
  unsigned next_occupied(unsigned wheel) const;
  // Moves the current tick to the next at which a flow comes out, at most `target`; false when there is none by then.
  bool step(uint64_t target);

  Flow* flows_;
  uint64_t tick_ = 0;   // everything before it has come out
  uint32_t count_ = 0;
  uint32_t heads_[wheel_count][slot_count] = {};
  uint64_t occupied_[wheel_count][slot_count / word_bits] = {};  // a bit for each slot that holds flows
};

}  // namespace sekisho
