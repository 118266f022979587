// SPDX-License-Identifier: Apache-2.0
// PhaseJournal: what the phases and the table of devices were told since their last snapshots, on disk before
// the ring gives its space back. A kill at any instruction then costs no evidence: the next process loads the
// snapshot and judges the journal's records again (those that the snapshot knows are told apart by their
// sequence).
//
// Stands in front of the pipeline as the drain's handler. Thread-safety: the drain's thread alone.
#pragma once

#include <string>

#include "control/devices/devices.h"
#include "control/drain/drain.h"
#include "control/phases/engine.h"
#include "control/spool/spool.h"

namespace sekisho {

class PhaseJournal final : public RecordHandler {
 public:
  // Everything outlives it. `next` is the pipeline, which tells both itself.
  PhaseJournal(Spool& spool, PhaseEngine& phases, Devices& devices)
      : spool_(spool), phases_(phases), devices_(devices) {}
  void set_next(RecordHandler& next) { next_ = &next; }

  // Tells both what an earlier process did not save. Before the first consume().
  size_t replay();
  // Both are saved, with all that was consumed before: nothing of it is needed any more.
  void forget();

  Result<void> consume(std::span<const RecordView> records) override;
  Result<void> sync() override;

 private:
  static bool matters(const RecordView& record);

  Spool& spool_;
  PhaseEngine& phases_;
  Devices& devices_;
  RecordHandler* next_ = nullptr;
  uint64_t last_appended_ = 0;
};

}  // namespace sekisho
