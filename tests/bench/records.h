// SPDX-License-Identifier: Apache-2.0
// The record rings of one measured pipeline, and who reads them: the bench between timed chunks, or a thread on the other cores.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "dataplane/inspect/record_output.h"
#include "dataplane/record/ring.h"
#include "dataplane/record/shared_memory.h"
#include "tests/bench/stage.h"

namespace sekisho::bench {

class Records {
 public:
  Records(Drain drain, unsigned bench_core);
  ~Records();

  RecordOutput& output() { return *output_; }
  void settle();
  // Of what was read; complete once the pipeline rests and settle() was called.
  void add_to(StageCounts& counts) const;

 private:
  struct Ring {
    Mapping memory;
    RingConsumer consumer;
  };
  void drain();
  void run(unsigned bench_core);

  Ring rings_[ring_kind_count];
  std::unique_ptr<RecordOutput> output_;
  std::atomic<uint64_t> records_{0}, bytes_{0}, transactions_{0}, sightings_{0};
  std::atomic<bool> stop_{false};
  std::thread reader_;
  bool other_core_ = false;
};

}  // namespace sekisho::bench
