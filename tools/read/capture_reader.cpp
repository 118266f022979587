// SPDX-License-Identifier: Apache-2.0
#include "tools/read/capture_reader.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <new>
#include <vector>

namespace sekisho {

namespace {

constexpr uint64_t ring_bytes = uint64_t{256} << 20;  // address space; only what is written becomes memory

PipelineOptions options_for(const ReadArguments& arguments) {
  PipelineOptions options;
  const bool strict = arguments.rules == ReadRules::strict;
  options.rules = strict ? StreamRules::strict : StreamRules::lenient;
  options.decode.verify_checksums = strict ? VerifyChecksums::yes : VerifyChecksums::no;
  options.flows.flows_max = 1U << 18;
  options.flows.half_open_max = 1U << 17;
  options.flows.hash_key[0] = 0x5365'6b69'7368'6f21;  // constant: the same capture gives the same output
  options.flows.hash_key[1] = 0x7265'6164'6572'2121;
  options.timers_per_turn = options.flows.flows_max;  // the output must not depend on how packets are bundled
  options.streams.streams = options.flows.flows_max;
  options.streams.kept_segments = 1U << 17;
  if (strict || !arguments.set.empty())  // strict rules are those of a wire that drops
    for (WireMode& mode : options.inspector.modes) mode = WireMode::inline_;
  options.inspector.flows_max = options.flows.flows_max;
  options.inspector.rows = FieldMask::all();
  options.inspector.file_hashes = arguments.hashes;
  options.inspector.unlimited_content = !strict;
  // Phases learn from all records which host asked which relay for what.
  options.inspector.transaction_records = arguments.log == LogChoice::all || !arguments.site.empty();
  options.inspector.flow_records = options.inspector.transaction_records;
  return options;
}

}  // namespace

CaptureReader::CaptureReader(const ReadArguments& arguments, const Indicators& indicators,
                             PhaseEngine* phases, FeedStandings* standings, uint32_t boot_id)
    : arguments_(arguments), phases_(phases), standings_(standings), boot_id_(boot_id) {
  RingProducer producers[ring_kind_count];
  for (unsigned kind = 0; kind < ring_kind_count; ++kind) {
    const size_t bytes = ring_mapping_bytes(ring_bytes);
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    memory_[kind] = Mapping({static_cast<uint8_t*>(memory), bytes});
    producers[kind] =
        RingProducer(memory_[kind].memory(), ring_bytes, 0, static_cast<RingKind>(kind), boot_id_);
    rings_[kind] = *RingConsumer::open(memory_[kind].memory());
  }
  output_ = std::make_unique<RecordOutput>(producers[0], producers[1], boot_id_, uint8_t{0});
  pipeline_ = std::make_unique<Pipeline>(options_for(arguments), *output_);
  if (indicators.image != nullptr) pipeline_->set_image(indicators.image.get(), indicators.scratch.get());
  const ProtocolTable table = protocol_table();
  for (size_t i = 0; i < table.count; ++i) protocols_.push_back(table.protocols[i]->name);
  RowContext context;
  context.protocols = protocols_;
  writer_ = std::make_unique<EveWriter>(context, FormatOptions{});
}

void CaptureReader::walk(std::span<Packet* const> burst) {
  pipeline_->decode_burst(burst);
  pipeline_->process(burst, now_ns_);
  settle();
}

// Nothing leaves by a wire here: what the pipeline is done with is given back.
void CaptureReader::settle() {
  for (const Outcome& outcome : pipeline_->outcomes()) {
    if (outcome.kind != Outcome::Kind::drop) ++sent_[outcome.pair % port_pairs_max];
    if (outcome.packet != nullptr) release(*outcome.packet);
  }
}

// A burst's records packet by packet, sightings before what they were seen in: as if every packet came alone.
void CaptureReader::drain(std::string& out) {
  std::vector<RecordView> records;
  for (RingConsumer& ring : rings_)
    while (const auto record = ring.next()) records.push_back(*record);
  std::ranges::stable_sort(records, {}, [](const RecordView& record) { return record.header().burst_index; });
  for (const RecordView& record : records) {
    std::optional<Finding> finding;
    if (phases_ != nullptr || standings_ != nullptr) fields_.read(record);
    if (phases_ != nullptr) finding = phases_->consider(fields_);
    if (standings_ != nullptr) {
      if (const auto breach = standings_->consider(fields_)) std::fprintf(stderr, "%s\n", breach->c_str());
    }
    print(record, finding ? &*finding : nullptr, out);
  }
  for (RingConsumer& ring : rings_) ring.commit();
}

void CaptureReader::print(const RecordView& record, const Finding* finding, std::string& out) {
  if (arguments_.log == LogChoice::none) return;
  if (arguments_.log == LogChoice::alerts && record.header().type != RecordType::sighting) return;
  writer_->append(record, finding, out);
}

std::vector<PairBalance> CaptureReader::balances() const {
  std::vector<PairBalance> out;
  for (uint16_t pair = 0; pair < port_pairs_max; ++pair) {
    const PairCounters& counters = pipeline_->pair(pair);
    if (counters.rx == 0) continue;
    PairBalance& balance = out.emplace_back();
    balance.pair = pair;
    balance.rx = counters.rx;
    balance.injected = counters.injected;
    balance.tx = sent_[pair];
    balance.held = pipeline_->held(pair);
    std::copy(std::begin(counters.dropped), std::end(counters.dropped), balance.dropped.begin());
  }
  return out;
}

void CaptureReader::place(Packet& packet, const CapturedPacket& captured) const {
  packet.port = packet.pair = 0;
  if (arguments_.interfaces == InterfaceMeaning::none) return;
  packet.port = captured.interface % (2 * port_pairs_max);
  packet.pair = packet.port / 2;
}

void CaptureReader::write_stats(uint64_t packets) {
  if (!output_->begin(RingKind::transactions, RecordType::stats, 256)) return;
  output_->writer().text(Field::stats_counter_name, "decoder.pkts");
  output_->writer().number(Field::stats_counter_value, packets);
  output_->publish();
}

Result<void> CaptureReader::read(const std::string& path, std::string& out, void (*flush)(std::string& out)) {
  auto file = CaptureFile::open(path);
  if (!file) return tl::unexpected(file.error());
  std::vector<Packet*> burst;
  uint64_t count = 0;
  const auto finish_burst = [&] {
    if (burst.empty()) return;
    walk(burst);
    burst.clear();
    drain(out);
    flush(out);
  };
  while (const auto captured = file->next()) {
    ++count;
    if (!captured->known_link) continue;  // counted: a link type that we do not read
    Packet& packet = packets_.take();
    packet.data = captured->bytes.data();
    packet.length = static_cast<uint32_t>(captured->bytes.size());
    packet.wire_length = captured->wire_length;
    packet.wall_ns = captured->wall_ns;
    packet.link = captured->link;
    place(packet, *captured);
    now_ns_ = std::max(now_ns_, captured->wall_ns);  // timers never run backwards; records keep the packet's own time
    packet.time_ns = now_ns_;
    packet.number = count;
    burst.push_back(&packet);
    if (burst.size() == arguments_.burst) finish_burst();
  }
  finish_burst();
  pipeline_->finish(now_ns_);
  settle();
  drain(out);
  if (arguments_.log == LogChoice::all) write_stats(count);
  drain(out);
  flush(out);
  if (file->unknown_link() != 0)
    std::fprintf(stderr, "%s: %llu packets of a link type that is not read\n", path.c_str(),
                 static_cast<unsigned long long>(file->unknown_link()));
  if (file->error()) return tl::unexpected(*file->error());
  return {};
}

}  // namespace sekisho
