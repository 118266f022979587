// SPDX-License-Identifier: Apache-2.0
#include "control/sinks/pump.h"

#include <chrono>

namespace sekisho {

namespace {

// How long a row may wait for a turn that nobody called for: acknowledgements and reconnections come by themselves.
constexpr auto idle_turn = std::chrono::milliseconds(20);

uint64_t monotonic_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace

// False when the spool is empty or the sink is busy.
bool Pump::offer_next() {
  if (!held_) held_ = spool_.read();
  if (!held_) return false;
  const auto message = decode_message(held_->payload);
  if (!message) ++unreadable_;
  if (message && sink_.offer(held_->sequence, *message) == Offer::busy) return false;
  held_.reset();
  return true;
}

bool Pump::turn(uint64_t now_ms) {
  bool moved = false;
  while (offer_next()) moved = true;
  const SinkProgress progress = sink_.progress(now_ms);
  if (progress.delivered != 0 && progress.delivered != delivered_) {
    spool_.commit(progress.delivered);
    delivered_ = progress.delivered;
    moved = true;
  }
  if (progress.state == SinkProgress::State::start_again) {
    held_.reset();
    spool_.rewind();
  }
  return moved;
}

PumpThread::PumpThread(Spool& spool, Sink& sink) : pump_(spool, sink), sink_(sink), thread_([this] { run(); }) {}

PumpThread::~PumpThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void PumpThread::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

std::string PumpThread::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

bool PumpThread::working() const {
  const std::lock_guard lock(mutex_);
  return working_;
}

void PumpThread::run() {
  for (;;) {
    const bool moved = pump_.turn(monotonic_ms());
    std::unique_lock lock(mutex_);
    status_ = sink_.status();
    working_ = sink_.working();
    if (!moved) changed_.wait_for(lock, idle_turn, [this] { return woken_ || stopping_; });
    woken_ = false;
    if (!stopping_) continue;
    lock.unlock();
    pump_.turn(monotonic_ms());  // what can go out goes out; the rest stays in the spool
    return;
  }
}

}  // namespace sekisho
