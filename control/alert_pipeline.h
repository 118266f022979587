// SPDX-License-Identifier: Apache-2.0
// AlertPipeline: the alert's walk from records to spools, in one object: phases and devices -> rows -> formats -> spool. The drain feeds it;
// sinks (pump.h) read the spools.
//
// Phases are asked in the order of the records, one by one: they join across hosts, and a sighting costs them little beside its rows.
// Rows and formats are independent of each other and run in chunks on oneTBB, in an arena of the stated width; the spools receive them
// in the order of the records again, so that the output does not depend on the width.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "control/devices/devices.h"
#include "control/drain/drain.h"
#include "control/formats/format.h"
#include "control/phases/engine.h"
#include "control/rows/products/product.h"
#include "control/spool/spool.h"
#include "control/standing/feed_standings.h"

namespace sekisho {

// One destination of rows.
struct PipelineOutput {
  std::string name;
  std::vector<const Product*> products;  // empty = every event as its machine row (tree formats only)
  const Format* format = &format_eve;
  Spool* spool = nullptr;                // outlives the pipeline
  bool alerts_only = false;              // rows of sightings and new devices only
};

struct AlertPipelineOptions {
  std::vector<std::string_view> protocols;  // names by index of the protocol list; static text
  std::string host_name;                    // of the sensor; empty = not printed
  DnsVersion dns_version = DnsVersion::v3;
  FormatOptions format;
  Devices* devices = nullptr;               // told of every record; outlives the pipeline; may be null
  bool tells_new_devices = true;            // with a row for each
  FeedStandings* standings = nullptr;       // told of every sighting; outlives the pipeline; may be null
  unsigned threads = 1;                     // of the arena, the caller's included
  // Every sighting's EVE row, in order, from the thread that calls consume(): for live views. May be empty.
  std::function<void(std::string_view eve_line)> on_alert;
};

struct AlertPipelineCounters {
  uint64_t records = 0;
  uint64_t rows = 0;         // given to spools, all outputs together
  uint64_t rows_too_long = 0;  // refused by the spool for their length
};

class AlertPipeline : public RecordHandler {
 public:
  // `phases` and the spools outlive the pipeline.
  AlertPipeline(AlertPipelineOptions options, PhaseEngine& phases, std::vector<PipelineOutput> outputs);
  ~AlertPipeline() override;

  Result<void> consume(std::span<const RecordView> records) override;
  Result<void> sync() override;
  AlertPipelineCounters counters() const;

 private:
  struct Chunk;
  struct Workers;
  void make_rows(std::span<const RecordView> records, Chunk& chunk) const;
  void make_record_rows(const ProductContext& context, Chunk& chunk) const;
  Result<void> store(const Chunk& chunk);

  AlertPipelineOptions options_;
  PhaseEngine& phases_;
  std::vector<PipelineOutput> outputs_;
  std::unique_ptr<Workers> workers_;
  std::atomic<uint64_t> records_ = 0, rows_ = 0, rows_too_long_ = 0;
};

}  // namespace sekisho
