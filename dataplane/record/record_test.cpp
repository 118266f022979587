// SPDX-License-Identifier: Apache-2.0
#include "dataplane/record/record.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

using namespace sekisho;

namespace {

struct alignas(8) Memory {
  uint8_t bytes[4096];
};

// One record with a number, a text and a list, in `memory`; returns its length.
uint32_t write_sample(Memory& memory) {
  RecordWriter writer(memory.bytes, RecordType::transaction);
  writer.number(Field::dns_id, 4711);
  writer.text(Field::dns_query_name, "example.test");
  writer.text(Field::dns_query_name, "second.test");
  return writer.finish();
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back) {
  Memory memory;
  const uint32_t length = write_sample(memory);
  const auto view = RecordView::check({memory.bytes, length});
  BOOST_REQUIRE(view);
  BOOST_TEST(view->find_number(Field::dns_id).value() == 4711U);
  BOOST_TEST(as_text(view->find(Field::dns_query_name).value()) == "example.test");
  BOOST_TEST(as_text(view->value(view->fields()[2])) == "second.test");
  BOOST_TEST(!view->find(Field::http_url).has_value());
}

BOOST_AUTO_TEST_CASE(a_value_past_the_catalogue_maximum_is_cut_and_marked) {
  Memory memory;
  RecordWriter writer(memory.bytes, RecordType::transaction);
  const uint32_t most = field_specs[static_cast<size_t>(Field::tls_sni)].max_bytes;
  writer.text(Field::tls_sni, std::string(most, 'a'));
  writer.text(Field::tls_sni, std::string(most + 1, 'b'));
  const auto view = RecordView::check({memory.bytes, writer.finish()});
  BOOST_REQUIRE(view);
  BOOST_TEST(view->fields()[0].flags == 0);
  BOOST_TEST(view->fields()[1].flags == field_flag::cut);
  BOOST_TEST(view->fields()[1].length == most);
}

BOOST_AUTO_TEST_CASE(a_record_without_room_says_that_fields_were_dropped) {
  alignas(8) uint8_t memory[sizeof(RecordHeader) + sizeof(RecordEndpoints) + 32];
  RecordWriter writer(memory, RecordType::transaction);
  writer.text(Field::dns_query_name, "0123456789abcdef");  // entry and bytes fill the 32
  writer.number(Field::dns_id, 1);
  const auto view = RecordView::check({memory, writer.finish()});
  BOOST_REQUIRE(view);
  BOOST_TEST(view->header().field_count == 1);
  BOOST_TEST(view->header().flags == record_flag::fields_dropped);
}

BOOST_AUTO_TEST_CASE(a_cut_record_is_refused_at_every_length) {
  Memory memory;
  const uint32_t length = write_sample(memory);
  for (uint32_t cut = 0; cut < length; ++cut) BOOST_TEST(!RecordView::check({memory.bytes, cut}).has_value());
}

BOOST_AUTO_TEST_CASE(a_record_with_any_byte_changed_is_refused_or_stays_inside_its_bytes) {
  Memory memory;
  const uint32_t length = write_sample(memory);
  std::mt19937 random(1);
  for (uint32_t at = 0; at < length; ++at) {
    for (int round = 0; round < 8; ++round) {
      std::vector<uint64_t> copy((length + 7) / 8);
      auto* bytes = reinterpret_cast<uint8_t*>(copy.data());
      std::memcpy(bytes, memory.bytes, length);
      bytes[at] = static_cast<uint8_t>(random());
      const auto view = RecordView::check({bytes, length});
      if (!view) continue;
      uint64_t sum = 0;
      for (const RecordField& field : view->fields())
        if (field.type != static_cast<uint8_t>(FieldType::number))
          for (const uint8_t byte : view->value(field)) sum += byte;  // ASan watches these reads
      BOOST_TEST(sum < ~uint64_t{0});
    }
  }
}
