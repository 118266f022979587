// SPDX-License-Identifier: Apache-2.0
// CaptureReader: one capture through one fresh pipeline, its records as EVE lines. The one place that sees both planes.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "control/eve_rows.h"
#include "dataplane/pipeline.h"
#include "dataplane/record/ring.h"
#include "dataplane/record/shared_memory.h"
#include "tools/read/arguments.h"
#include "tools/read/capture_file.h"
#include "tools/read/heap_packets.h"
#include "tools/read/indicators.h"

namespace sekisho {

class CaptureReader {
 public:
  CaptureReader(const ReadArguments& arguments, const Indicators& indicators);

  // Reads to the end, or to where the container is damaged (the error names file and offset). Lines go to `out` (flushed by the caller).
  Result<void> read(const std::string& path, std::string& out, void (*flush)(std::string& out));

 private:
  void walk(std::span<Packet* const> burst);
  void settle();
  void drain(std::string& out);
  void write_stats(uint64_t packets);

  ReadArguments arguments_;
  Mapping memory_[ring_kind_count];
  RingConsumer rings_[ring_kind_count];
  std::unique_ptr<RecordOutput> output_;
  std::unique_ptr<Pipeline> pipeline_;
  HeapPackets packets_;
  std::vector<std::string_view> protocols_;
  std::unique_ptr<EveWriter> writer_;
  uint64_t now_ns_ = 0;
};

}  // namespace sekisho
