// SPDX-License-Identifier: Apache-2.0
// What the command socket understands: one table of names and functions.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "dataplane/io/heartbeat.h"
#include "dataplane/io/ports.h"
#include "dataplane/record/shared_memory.h"
#include "dataplane/reload/command_server.h"
#include "dataplane/worker.h"

namespace sekisho {

// What the commands look at. Everything outlives the server.
struct DataplaneView {
  const DataplaneOptions* options = nullptr;
  const Ports* ports = nullptr;
  std::span<const std::unique_ptr<Worker>> workers;
  std::span<const MemoryFile> rings;  // two for each worker: sightings, transactions
  const MemoryFile* heartbeat = nullptr;
  const rte_mempool* pool = nullptr;
  const HandoverRings* handover = nullptr;
  ImageSlot* images = nullptr;
  const CommandCounters* commands = nullptr;
  const TscClock* clock = nullptr;
  uint32_t boot_id = 0;
  std::string page_mode;
};

CommandAnswer answer_command(const DataplaneView& view, const std::string& text,
                             std::vector<FileDescriptor>& files);

}  // namespace sekisho
