// SPDX-License-Identifier: Apache-2.0
// Where the alert's walk (drain, phases, rows, formats, sinks) meets the daemon. Called from the daemon's one thread.
#pragma once

#include <memory>

#include "control/api/providers.h"
#include "control/config/config.h"
#include "control/publish/dataplane_link.h"

namespace sekisho {

class AlertWalk {
 public:
  virtual ~AlertWalk() = default;
  // The configuration in force from now on; at start, and when it was read again.
  virtual void configure(std::shared_ptr<const Config> config) = 0;
  // A data plane process was attached. Its rings are the pipeline's from now on: earlier ones, of a process that is gone, are
  // drained to their heads first. The same process may be attached again (same boot id): its rings are the same memory.
  virtual void attach(Attachment attachment) = 0;
  // The data plane is gone; what its rings still hold is drained.
  virtual void lost() = 0;
  virtual Providers providers() = 0;
  // Its own thread goes on. False for long = the service manager may start us again.
  virtual bool moving() const = 0;
};

}  // namespace sekisho
