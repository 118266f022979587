// SPDX-License-Identifier: Apache-2.0
// A hostile data plane behind control's drain: a ring of any bytes goes the alert's whole way, phases, every
// row, both formats. It must end, cost no memory, and give lines that a receiver can read. The input: orders
// that write whole records of any fields, or bytes over whatever is there, cursors included.
#include <nlohmann/json.hpp>

#include "control/drain/drain.h"
#include "control/drain/field_index.h"
#include "control/formats/format.h"
#include "control/formats/utf8.h"
#include "control/phases/engine.h"
#include "control/rows/products/product.h"
#include "control/rules_yaml.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sekisho;
using namespace sekisho::fuzz;

namespace {

constexpr uint64_t capacity = 16384;
constexpr std::string_view protocols[] = {"http", "dns", "smtp", "tls"};

Site site() {
  Site out;
  out.internal = {*parse_network("10.1.0.0/24")};
  out.dmz = {*parse_network("10.2.0.0/24")};
  out.proxies = {*parse_network_address("10.2.0.31")};
  out.resolvers = {*parse_network_address("10.2.0.53")};
  out.mail_relays = {*parse_network_address("10.2.0.25")};
  return out;
}

const PhaseRules& rules() {
  static const PhaseRules parsed = *parse_phase_rules(phase_rules_yaml, "rules.yaml");
  return parsed;
}

void check_utf8(std::string_view line) {
  while (!line.empty()) {
    const size_t length = utf8_sequence_length(line);
    must(length != 0, "a line is valid UTF-8");
    line.remove_prefix(length);
  }
}

// What AlertPipeline does with each record, without spools.
class EveryRow final : public RecordHandler {
 public:
  Result<void> consume(std::span<const RecordView> records) override {
    for (const RecordView& record : records) make_rows(record);
    return {};
  }
  Result<void> sync() override { return {}; }
  uint64_t records = 0;

 private:
  void make_rows(const RecordView& record) {
    ++records;
    fields_.read(record);
    const auto finding = phases_.consider(fields_);
    const ProductContext context{{protocols, "sensor", DnsVersion::v3, finding ? &*finding : nullptr},
                                 &phases_.site()};
    row_.clear();
    if (event_row(fields_, context.row, row_)) {
      const std::string& line = write(format_eve);
      must(nlohmann::json::accept(line), "an EVE line is JSON");
    }
    for (const Product* product : products)
      for (const Format* format : formats)
        if (product_row(*product, fields_, context, format->shape, row_)) write(*format);
  }

  const std::string& write(const Format& format) {
    line_.clear();
    format.write(row_, FormatOptions{}, line_);
    must(line_.find('\n') == std::string::npos, "a row is one line");
    check_utf8(line_);
    return line_;
  }

  PhaseEngine phases_{rules(), site()};
  FieldIndex fields_;
  Row row_;
  std::string line_;
};

// A record of the right shape whose fields are the fuzzer's.
void write_record(FuzzInput& input, RingProducer& producer) {
  const auto room = producer.reserve(2048);
  if (room.empty()) return producer.count_drop();
  const uint8_t about = input.u8();
  RecordWriter writer(room, static_cast<RecordType>(about & 7));
  writer.header().sequence = producer.next_sequence() + ((about & 0x40) != 0 ? input.u8() : 0U);
  writer.header().wall_ns = 1'795'309'200'000'000'000 + uint64_t{input.u8()} * 1'000'000'000;
  writer.header().flags = (about & 0x80) != 0 ? input.u8() : 0U;
  RecordEndpoints& endpoints = writer.endpoints();
  static constexpr uint8_t places[][4] = {{10, 1, 0, 10}, {10, 2, 0, 31},    {10, 2, 0, 53},
                                          {10, 2, 0, 25}, {198, 51, 100, 1}, {10, 2, 0, 80}};
  for (uint8_t* address : {endpoints.client_address, endpoints.server_address}) {
    address[10] = address[11] = 0xff;
    std::copy_n(places[input.u8() % std::size(places)], 4, address + 12);
  }
  endpoints.server_port = input.u8();
  endpoints.ip_protocol = (about & 8) != 0 ? 6 : 17;
  endpoints.app_protocol = (about >> 4) & 7;
  for (unsigned count = input.u8() & 0x1f; count > 0; --count) {
    const auto field = static_cast<Field>(input.u8() % field_count);
    if (field_specs[static_cast<size_t>(field)].type == FieldType::number)
      writer.number(field, input.u16());
    else
      writer.bytes(field, input.take(input.u8() & 0x3f));
  }
  producer.publish(writer.finish());
}

// Bytes over the ring, wherever they fall.
void scribble(FuzzInput& input, std::span<uint8_t> memory) {
  static constexpr size_t starts[] = {0, ring_page_bytes, 2 * ring_page_bytes, 3 * ring_page_bytes};
  size_t at = starts[input.u8() & 3] + input.u16() % capacity;
  for (const uint8_t byte : input.take(input.u8() & 0x1f)) memory[at++ % memory.size()] = byte;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  std::vector<uint64_t> words(ring_mapping_bytes(capacity) / sizeof(uint64_t));
  const std::span<uint8_t> memory{reinterpret_cast<uint8_t*>(words.data()), words.size() * sizeof(uint64_t)};
  RingProducer producer(memory, capacity, 0,
                        (input.u8() & 1) != 0 ? RingKind::sightings : RingKind::transactions, 1);
  if ((input.u8() & 1) != 0) scribble(input, memory);
  auto consumer = RingConsumer::open(memory);
  if (!consumer) return 0;
  EveryRow rows;
  Drain drain(rows);
  must(drain.attach(*consumer).has_value(), "one ring can be attached");
  while (!input.empty()) {
    switch (input.u8() & 3) {
      case 0: scribble(input, memory); break;
      case 1: drain.turn(); break;
      default: write_record(input, producer);
    }
  }
  drain.turn();
  must(drain.counters().records == rows.records, "every record that was taken is counted");
  return 0;
}
