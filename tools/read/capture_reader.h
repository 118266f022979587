// SPDX-License-Identifier: Apache-2.0
// CaptureReader: one capture through one fresh pipeline, its records as EVE lines. The one place that sees
// both planes. With phases given, sightings are judged by them as in control, one capture's after the
// other's.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>

#include "control/eve_rows.h"
#include "control/phases/engine.h"
#include "dataplane/pipeline.h"
#include "dataplane/record/ring.h"
#include "dataplane/record/shared_memory.h"
#include "tools/read/arguments.h"
#include "tools/read/capture_file.h"
#include "tools/read/heap_packets.h"
#include "tools/read/indicators.h"
#include "tools/read/summary.h"

namespace sekisho {

class CaptureReader {
 public:
  // `phases` (may be null) outlives the reader and is told of the records; `boot_id` keeps the captures that
  // one engine sees apart.
  // `standings` (may be null) outlives it too, and is told of the sightings.
  CaptureReader(const ReadArguments& arguments, const Indicators& indicators, PhaseEngine* phases,
                FeedStandings* standings, uint32_t boot_id);

  // Reads to the end, or to where the container is damaged (the error names file and offset). Lines go to `out` (flushed by the caller).
  Result<void> read(const std::string& path, std::string& out, void (*flush)(std::string& out));
  // What became of the packets of each pair; complete after read().
  std::vector<PairBalance> balances() const;

 private:
  void walk(std::span<Packet* const> burst);
  void settle();
  void place(Packet& packet, const CapturedPacket& captured) const;
  void drain(std::string& out);
  void print(const RecordView& record, const Finding* finding, std::string& out);
  void write_stats(uint64_t packets);

  ReadArguments arguments_;
  PhaseEngine* phases_;
  FeedStandings* standings_;
  uint32_t boot_id_;
  FieldIndex fields_;
  std::array<uint64_t, port_pairs_max> sent_{};
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
