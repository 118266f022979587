// SPDX-License-Identifier: Apache-2.0
#include "dataplane/flow/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace sekisho {

void TimerWheel::file(uint32_t flow, uint64_t deadline_ns, uint64_t now_ns) {
  unfile(flow);
  if (count_ == 0) tick_ = std::max(tick_, now_ns >> timer_tick_shift);
  const uint64_t rounded_up = (deadline_ns >> timer_tick_shift) + (deadline_ns % timer_tick_ns != 0);
  const uint64_t tick = std::max(tick_, rounded_up);
  const uint64_t difference = tick ^ tick_;
  const unsigned wheel = difference == 0 ? 0 : static_cast<unsigned>(std::bit_width(difference) - 1) / slot_bits;
  const unsigned slot = static_cast<unsigned>(tick >> (wheel * slot_bits)) % slot_count;
  uint32_t& head = heads_[wheel][slot];
  Flow& item = flows_[flow];
  item.timer_slot = wheel * slot_count + slot + 1;
  item.timer_previous = 0;
  item.timer_next = head;
  if (head != 0) flows_[head].timer_previous = flow;
  head = flow;
  occupied_[wheel][slot / word_bits] |= uint64_t{1} << slot % word_bits;
  ++count_;
}

void TimerWheel::unfile(uint32_t flow) {
  Flow& item = flows_[flow];
  if (item.timer_slot == 0) return;
  const unsigned wheel = (item.timer_slot - 1) / slot_count, slot = (item.timer_slot - 1) % slot_count;
  (item.timer_previous != 0 ? flows_[item.timer_previous].timer_next : heads_[wheel][slot]) = item.timer_next;
  if (item.timer_next != 0) flows_[item.timer_next].timer_previous = item.timer_previous;
  if (heads_[wheel][slot] == 0) occupied_[wheel][slot / word_bits] &= ~(uint64_t{1} << slot % word_bits);
  item.timer_slot = 0;
  --count_;
}

uint32_t TimerWheel::next_due(uint64_t now_ns) {
  const uint64_t target = now_ns >> timer_tick_shift;
  if (target < tick_) return 0;
  do {
    for (unsigned wheel = 0; wheel < wheel_count; ++wheel) {
      if (const uint32_t flow = heads_[wheel][current_slot(wheel)]; flow != 0) {
        unfile(flow);
        return flow;
      }
    }
  } while (step(target));
  return 0;
}

unsigned TimerWheel::next_occupied(unsigned wheel) const {
  const unsigned from = current_slot(wheel) + 1;
  if (from == slot_count) return slot_count;
  uint64_t word = occupied_[wheel][from / word_bits] >> from % word_bits << from % word_bits;
  for (unsigned index = from / word_bits;;) {
    if (word != 0) return index * word_bits + static_cast<unsigned>(std::countr_zero(word));
    if (++index == slot_count / word_bits) return slot_count;
    word = occupied_[wheel][index];
  }
}

// The lowest wheel with an occupied slot ahead is the one to go by: a wheel's turn ends before the next slot of any higher.
bool TimerWheel::step(uint64_t target) {
  for (unsigned wheel = 0; count_ != 0 && wheel < wheel_count; ++wheel) {
    const unsigned slot = next_occupied(wheel);
    if (slot == slot_count) continue;
    const unsigned turn_bits = (wheel + 1) * slot_bits;
    const uint64_t tick = (tick_ >> turn_bits << turn_bits) | uint64_t{slot} << (wheel * slot_bits);
    if (tick > target) break;
    tick_ = tick;
    return true;
  }
  tick_ = target;
  return false;
}

}  // namespace sekisho
