// SPDX-License-Identifier: Apache-2.0
#include "control/alert_pipeline.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>

#include "control/rows/events/event.h"
#include "control/sinks/sink.h"

namespace sekisho {

namespace {

constexpr size_t chunk_records = 64;
constexpr std::string_view machine_row_name = "sekisho";

// What one thread reuses from record to record.
struct Scratch {
  FieldIndex fields;
  Row row;
  std::string text;
};
Scratch& scratch() {
  thread_local Scratch own;
  return own;
}

// The row in scratch() as the format's text, valid until the next.
const std::string& write_row(const Format& format, const FormatOptions& options) {
  Scratch& own = scratch();
  own.text.clear();
  format.write(own.row, options, own.text);
  return own.text;
}

}  // namespace

// 64 records at most, with what the phases said of them and the rows they became, in order.
struct AlertPipeline::Chunk {
  struct Payload {
    size_t output;
    std::string bytes;
  };
  size_t first = 0, count = 0;
  std::vector<std::optional<Finding>> findings;
  struct OwnEvent {
    std::string_view name;  // empty: none
    std::string detail;
  };
  std::vector<OwnEvent> own_events;
  std::vector<Payload> payloads;
  std::vector<std::string> alerts;  // EVE lines for on_alert
};

struct AlertPipeline::Workers {
  explicit Workers(unsigned threads) : arena(static_cast<int>(std::max(threads, 1U))) {}
  tbb::task_arena arena;
};

AlertPipeline::AlertPipeline(AlertPipelineOptions options, PhaseEngine& phases, std::vector<PipelineOutput> outputs)
    : options_(std::move(options)),
      phases_(phases),
      outputs_(std::move(outputs)),
      workers_(std::make_unique<Workers>(options_.threads)) {}

AlertPipeline::~AlertPipeline() = default;

// The rows of the record in scratch(), for every output that wants it.
void AlertPipeline::make_record_rows(const ProductContext& context, Chunk& chunk) const {
  Scratch& own = scratch();
  const bool is_alert =
      own.fields.record().header().type == RecordType::sighting || !context.row.own_event.empty();
  for (size_t output = 0; output < outputs_.size(); ++output) {
    const PipelineOutput& wanted = outputs_[output];
    if (wanted.alerts_only && !is_alert) continue;
    const auto keep = [&](std::string_view name) {
      const RowHeader& header = own.row.header;
      encode_message({header.wall_ns, header.id, header.severity, name, write_row(*wanted.format, options_.format)},
                     chunk.payloads.emplace_back(Chunk::Payload{output, {}}).bytes);
    };
    own.row.clear();
    if (wanted.products.empty() && event_row(own.fields, context.row, own.row)) keep(machine_row_name);
    for (const Product* product : wanted.products)
      if (product_row(*product, own.fields, context, wanted.format->shape, own.row)) keep(product->title);
  }
}

void AlertPipeline::make_rows(std::span<const RecordView> records, Chunk& chunk) const {
  Scratch& own = scratch();
  for (size_t i = 0; i < records.size(); ++i) {
    own.fields.read(records[i]);
    const Finding* finding = chunk.findings[i] ? &*chunk.findings[i] : nullptr;
    ProductContext context{{options_.protocols, options_.host_name, options_.dns_version, finding}, &phases_.site()};
    make_record_rows(context, chunk);
    if (options_.on_alert && records[i].header().type == RecordType::sighting) {
      own.row.clear();
      if (event_row(own.fields, context.row, own.row)) chunk.alerts.push_back(write_row(format_eve, options_.format));
    }
    const Chunk::OwnEvent& event = chunk.own_events[i];
    if (event.name.empty()) continue;
    context.row.own_event = event.name;
    context.row.own_detail = event.detail;
    make_record_rows(context, chunk);
  }
}

Result<void> AlertPipeline::consume(std::span<const RecordView> records) {
  std::vector<Chunk> chunks((records.size() + chunk_records - 1) / chunk_records);
  FieldIndex& fields = scratch().fields;
  for (size_t i = 0; i < records.size(); ++i) {
    fields.read(records[i]);
    Chunk& chunk = chunks[i / chunk_records];
    if (chunk.count++ == 0) chunk.first = i;
    chunk.findings.push_back(phases_.consider(fields));
    Chunk::OwnEvent& event = chunk.own_events.emplace_back();
    const bool is_new = options_.devices != nullptr && options_.devices->consider(fields);
    if (is_new && options_.tells_new_devices) event.name = new_device_event;
    if (options_.standings == nullptr) continue;
    if (auto breach = options_.standings->consider(fields)) event = {feed_reverted_event, std::move(*breach)};
  }
  workers_->arena.execute([&] {
    tbb::parallel_for(size_t{0}, chunks.size(), [&](size_t i) {
      make_rows(records.subspan(chunks[i].first, chunks[i].count), chunks[i]);
    });
  });
  for (const Chunk& chunk : chunks)
    if (auto stored = store(chunk); !stored) return stored;
  for (const Chunk& chunk : chunks)
    for (const std::string& line : chunk.alerts) options_.on_alert(line);
  records_ += records.size();
  return {};
}

// A spool that takes no more now stops the batch, which then comes again; a row that it can never take is counted and left.
Result<void> AlertPipeline::store(const Chunk& chunk) {
  for (const Chunk::Payload& payload : chunk.payloads) {
    if (payload.bytes.size() > spool_payload_bytes_max) {
      ++rows_too_long_;
      continue;
    }
    Spool& spool = *outputs_[payload.output].spool;
    auto appended = spool.append(as_bytes(payload.bytes));
    if (!appended && spool.sync()) appended = spool.append(as_bytes(payload.bytes));
    if (!appended) return tl::unexpected(appended.error());
    ++rows_;
  }
  return {};
}

Result<void> AlertPipeline::sync() {
  for (const PipelineOutput& output : outputs_)
    if (auto synced = output.spool->sync(); !synced) return synced;
  return {};
}

AlertPipelineCounters AlertPipeline::counters() const { return {records_, rows_, rows_too_long_}; }

}  // namespace sekisho
