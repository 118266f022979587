// SPDX-License-Identifier: Apache-2.0
// ProgressList: the streams that may hold segments, the one whose receiver acknowledged nothing for longest first. A stream moves at most
// once a tick, and stays listed while it holds nothing: the usual segment costs one comparison.
//
// Thread-safety: belongs to the lcore of its StreamMemory. Links lie in the streams.
#pragma once

#include <cstdint>

namespace sekisho {

class TcpStream;

struct ProgressLink {
  TcpStream* stream = nullptr;  // nullptr: not listed
  ProgressLink* before = nullptr;
  ProgressLink* behind = nullptr;
  uint32_t tick = 0;            // progress_tick() of the last progress
};

constexpr uint32_t progress_tick(uint64_t now_ns) { return static_cast<uint32_t>(now_ns >> 30); }  // unit: 1.07 s

class ProgressList {
 public:
  ProgressLink* front() const { return front_; }

  // To the end, as of this tick.
  void note(ProgressLink& link, TcpStream& stream, uint32_t tick) {
    if (link.stream != nullptr) {
      if (link.tick == tick) return;
      remove(link);
    }
    link = {&stream, back_, nullptr, tick};
    (back_ != nullptr ? back_->behind : front_) = &link;
    back_ = &link;
  }
  void remove(ProgressLink& link) {
    if (link.stream == nullptr) return;
    (link.before != nullptr ? link.before->behind : front_) = link.behind;
    (link.behind != nullptr ? link.behind->before : back_) = link.before;
    link = {};
  }

 private:
  ProgressLink* front_ = nullptr;
  ProgressLink* back_ = nullptr;
};

}  // namespace sekisho
