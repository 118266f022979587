// SPDX-License-Identifier: Apache-2.0
#include "control/eve_rows.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "control/formats/golden.h"
#include "control/drain/sample_records.h"

using namespace sekisho;

namespace {

std::string eve(const SampleRecord& record, RowContext context = {}, FormatOptions options = {}) {
  context.protocols = sample_protocols;
  std::string out;
  EveWriter(context, options).append(record.view(), nullptr, out);
  return out;
}

nlohmann::json parsed(const SampleRecord& record, RowContext context = {}, FormatOptions options = {}) {
  return nlohmann::json::parse(eve(record, context, options));
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_sample_prints_as_its_golden) {
  for (const NamedRecord& sample : sample_records()) {
    const std::string line = eve(sample.record);
    BOOST_TEST(line == golden("eve", sample.name + ".json", line), sample.name);
    BOOST_TEST(nlohmann::json::parse(line).is_object());
  }
}

BOOST_AUTO_TEST_CASE(a_time_carries_the_configured_offset) {
  const SampleRecord record(RecordType::flow, [](RecordWriter&) {});
  BOOST_TEST(parsed(record)["timestamp"] == "2026-11-22T01:00:00.123456+0000");
  BOOST_TEST(parsed(record, {}, {.utc_offset_minutes = 540})["timestamp"] == "2026-11-22T10:00:00.123456+0900");
  BOOST_TEST(parsed(record, {}, {.utc_offset_minutes = -210})["timestamp"] == "2026-11-21T21:30:00.123456-0330");
}

BOOST_AUTO_TEST_CASE(a_file_to_the_client_comes_from_the_server) {
  for (const NamedRecord& sample : sample_records()) {
    if (sample.name != "file") continue;
    const auto row = parsed(sample.record);
    BOOST_TEST(row["src_ip"] == "198.51.100.7");
    BOOST_TEST(row["dest_port"] == 49152);
    BOOST_TEST(row["fileinfo"]["filename"] == "/a/b?c=d|e\\f");
  }
}

BOOST_AUTO_TEST_CASE(dns_version_2_prints_one_query_and_its_answers) {
  for (const NamedRecord& sample : sample_records()) {
    if (sample.name != "dns") continue;
    const auto row = parsed(sample.record, {.dns_version = DnsVersion::v2});
    BOOST_TEST(row["dns"]["version"] == 2);
    BOOST_TEST(row["dns"]["type"] == "answer");
    BOOST_TEST(row["dns"]["rrname"] == "www.example.test");
    BOOST_TEST(row["dns"]["answers"].size() == 2U);
  }
}

BOOST_AUTO_TEST_CASE(a_transaction_of_an_unknown_protocol_has_no_row) {
  const SampleRecord record(RecordType::transaction, [](RecordWriter& w) { w.endpoints().app_protocol = 99; });
  BOOST_TEST(eve(record).empty());
}

BOOST_AUTO_TEST_CASE(the_protocol_of_the_record_decides_where_fields_of_two_are_there) {
  const SampleRecord record(RecordType::transaction, [](RecordWriter& w) {
    w.endpoints().app_protocol = sample_tls;
    w.text(Field::http_method, "CONNECT");
    w.text(Field::tls_sni, "a.test");
  });
  BOOST_TEST(parsed(record)["event_type"] == "tls");
}

BOOST_AUTO_TEST_CASE(a_range_of_a_file_says_where_it_stands_in_it) {
  const SampleRecord record(RecordType::file, [](RecordWriter& w) {
    w.number(Field::file_size, 3);
    w.number(Field::file_partial, 1);
    w.number(Field::file_range_first, 5);
    w.number(Field::file_range_last, 7);
  });
  BOOST_TEST(parsed(record)["fileinfo"]["start"] == 5);
  BOOST_TEST(parsed(record)["fileinfo"]["end"] == 7);
}

BOOST_AUTO_TEST_CASE(an_anomaly_of_several_readings_names_them) {
  const SampleRecord record(RecordType::anomaly, [](RecordWriter& w) {
    w.text(Field::anomaly_name, "http.ambiguous");
    w.text(Field::anomaly_layer, "app");
    w.text(Field::anomaly_detail, "host of the field or of the target");
  });
  BOOST_TEST(parsed(record)["anomaly"]["detail"] == "host of the field or of the target");
}

BOOST_AUTO_TEST_CASE(counter_names_that_are_hostile_still_make_json) {
  const SampleRecord record(RecordType::stats, [](RecordWriter& w) {
    w.text(Field::stats_counter_name, std::string(60, '.'));
    w.number(Field::stats_counter_value, 1);
    w.text(Field::stats_counter_name, "a");
    w.text(Field::stats_counter_name, "a.b");
    w.text(Field::stats_counter_name, "\"\\\n");
  });
  BOOST_TEST(parsed(record)["stats"].is_object());
}

BOOST_AUTO_TEST_CASE(the_row_id_of_a_record_does_not_depend_on_when_it_is_read) {
  RecordHeader header{};
  header.boot_id = 1;
  header.sequence = 2;
  const uint64_t id = row_id_of(header);
  header.wall_ns = 99;
  BOOST_TEST(row_id_of(header) == id);
  header.sequence = 3;
  BOOST_TEST(row_id_of(header) != id);
}

BOOST_AUTO_TEST_CASE(a_files_row_says_whether_it_is_stored_and_in_which_archive_it_was) {
  const SampleRecord member(RecordType::file, [](RecordWriter& writer) {
    writer.number(Field::file_size, 5);
    writer.number(Field::file_stored, 0);
    writer.text(Field::file_store_reason, "member");
    writer.text(Field::file_archive, "a.zip");
    writer.number(Field::file_archive_id, 6);
  });
  const nlohmann::json info = parsed(member)["fileinfo"];
  BOOST_TEST(info["stored"] == false);
  BOOST_TEST(info["store_reason"] == "member");
  BOOST_TEST(info["archive"] == "a.zip");
  BOOST_TEST(info["archive_id"] == 6);
  const SampleRecord stored(RecordType::file, [](RecordWriter& writer) {
    writer.number(Field::file_size, 5);
    writer.number(Field::file_stored, 1);
  });
  BOOST_TEST(parsed(stored)["fileinfo"]["stored"] == true);
  BOOST_TEST(!parsed(stored)["fileinfo"].contains("store_reason"));
}
