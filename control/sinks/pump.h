// SPDX-License-Identifier: Apache-2.0
// Pump: feeds one sink from its spool and tells the spool what is delivered. PumpThread runs it; tests turn it by hand.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "control/sinks/sink.h"
#include "control/spool/spool.h"

namespace sekisho {

class Pump {
 public:
  // Both outlive the pump.
  Pump(Spool& spool, Sink& sink) : spool_(spool), sink_(sink) {}
  // One round: offer until the sink is busy or the spool is empty, let the sink write, commit. True when anything moved.
  bool turn(uint64_t now_ms);
  // Payloads that were no message: counted and skipped.
  uint64_t unreadable() const { return unreadable_; }

 private:
  bool offer_next();

  Spool& spool_;
  Sink& sink_;
  std::optional<SpoolRecord> held_;  // read and refused as busy
  std::optional<uint64_t> delivered_;
  std::atomic<uint64_t> unreadable_ = 0;
};

class PumpThread {
 public:
  PumpThread(Spool& spool, Sink& sink);
  ~PumpThread();
  PumpThread(const PumpThread&) = delete;
  PumpThread& operator=(const PumpThread&) = delete;
  // The spool has more.
  void wake();
  std::string status() const;  // of the sink, thread-safe
  bool working() const;

 private:
  void run();

  Pump pump_;
  Sink& sink_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;
  std::string status_;
  bool working_ = true;
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace sekisho
