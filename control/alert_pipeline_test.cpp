// SPDX-License-Identifier: Apache-2.0
// The whole walk: records in a ring, rows in spools, kills in between.
#include "control/alert_pipeline.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "control/drain/sample_records.h"
#include "control/sinks/sink.h"

using namespace sekisho;

namespace {

namespace fs = std::filesystem;

struct Directory {
  Directory() {
    char name[] = "/tmp/sekisho_pipeline_XXXXXX";
    path = mkdtemp(name);
  }
  ~Directory() { fs::remove_all(path); }
  fs::path path;
};

PhaseRules one_rule() { return *parse_phase_rules("rules:\n- {name: a, traffic: outbound, sub_phase: 3.backdoor-*}\n", "r"); }

Site documentation_site() {
  Site site;
  site.internal = {*parse_network("192.0.2.0/24")};
  return site;
}

AlertPipelineOptions options_with(unsigned threads) {
  AlertPipelineOptions options;
  options.protocols.assign(std::begin(sample_protocols), std::end(sample_protocols));
  options.host_name = "sensor-1";
  options.threads = threads;
  return options;
}

std::vector<std::string> texts_in(Spool& spool) {
  std::vector<std::string> texts;
  while (const auto record = spool.read()) texts.emplace_back(decode_message(record->payload)->text);
  return texts;
}

// Sightings numbered by sequence, 300 of them: several chunks.
std::vector<SampleRecord> sightings(uint64_t count) {
  std::vector<SampleRecord> records;
  for (uint64_t sequence = 1; sequence <= count; ++sequence)
    records.emplace_back(RecordType::sighting, [&](RecordWriter& w) {
      w.header().sequence = sequence;
      w.number(Field::sighting_indicator, sequence);
      w.number(Field::sighting_confidence, 100);
      w.text(Field::http_host, "c2.test");
    });
  return records;
}

std::vector<RecordView> views_of(const std::vector<SampleRecord>& records) {
  std::vector<RecordView> views;
  for (const SampleRecord& record : records) views.push_back(record.view());
  return views;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_sighting_reaches_every_output_that_wants_it_with_its_phase) {
  Directory directory;
  auto events = *Spool::open({.directory = (directory.path / "events").string()});
  auto threats = *Spool::open({.directory = (directory.path / "threats").string()});
  auto flows = *Spool::open({.directory = (directory.path / "flows").string()});
  PhaseEngine phases(one_rule(), documentation_site());
  std::vector<std::string> live;
  AlertPipelineOptions options = options_with(1);
  options.on_alert = [&](std::string_view line) { live.emplace_back(line); };
  AlertPipeline pipeline(options, phases,
                         {{"events", {}, &format_eve, events.get()},
                          {"threats", {&product_ngfw, &product_nips}, &format_cef, threats.get()},
                          {"flows", {&product_flow}, &format_cef, flows.get()}});
  const auto records = sightings(1);
  BOOST_REQUIRE(pipeline.consume(views_of(records)).has_value());
  BOOST_TEST(!events->read().has_value());  // not before sync
  BOOST_REQUIRE(pipeline.sync().has_value());
  const auto eve = texts_in(*events);
  BOOST_REQUIRE(eve.size() == 1U);
  const auto row = nlohmann::json::parse(eve[0]);
  BOOST_TEST(row["alert"]["metadata"]["attack_phase"][0] == "3");
  BOOST_TEST(row["alert"]["metadata"]["host"][0] == "192.0.2.10");
  BOOST_TEST(row["host"] == "sensor-1");
  BOOST_TEST(live == eve);
  const auto cef = texts_in(*threats);
  BOOST_REQUIRE(cef.size() == 2U);
  BOOST_TEST(cef[0].find("cat=NGFW") != std::string::npos);
  BOOST_TEST(cef[1].find("cat=IPS") != std::string::npos);
  BOOST_TEST(cef[0].find(" cs5=3.backdoor-untrusted ") != std::string::npos);
  BOOST_TEST(texts_in(*flows).empty());
  BOOST_TEST(pipeline.counters().rows == 3U);
}

BOOST_AUTO_TEST_CASE(a_new_device_is_one_row_more_in_outputs_of_alerts_too) {
  Directory directory;
  auto events = *Spool::open({.directory = (directory.path / "events").string()});
  auto alerts = *Spool::open({.directory = (directory.path / "alerts").string()});
  auto leases = *Spool::open({.directory = (directory.path / "leases").string()});
  PhaseEngine phases(one_rule(), documentation_site());
  Devices devices(100);
  AlertPipelineOptions options = options_with(1);
  options.devices = &devices;
  AlertPipeline pipeline(options, phases,
                         {{"events", {}, &format_eve, events.get()},
                          {"alerts", {}, &format_eve, alerts.get(), true},
                          {"leases", {&product_dhcp, &product_nips}, &format_cef, leases.get()}});
  std::vector<SampleRecord> records;
  for (uint64_t sequence = 1; sequence <= 2; ++sequence)
    records.emplace_back(RecordType::transaction, [&](RecordWriter& w) {
      w.header().sequence = sequence;
      w.endpoints().app_protocol = sample_dhcp;
      w.endpoints().ip_protocol = 17;
      w.endpoints().server_port = 67;
      w.number(Field::dhcp_op, 1);
      w.number(Field::dhcp_message_type, 3);
      w.text(Field::dhcp_client_mac, "\x02\x11\x22\x33\x44\x55");
      w.text(Field::dhcp_hostname, "desk-7");
    });
  BOOST_REQUIRE(pipeline.consume(views_of(records)).has_value());
  BOOST_REQUIRE(pipeline.sync().has_value());
  const auto rows = texts_in(*events);
  BOOST_REQUIRE(rows.size() == 3U);
  BOOST_TEST(nlohmann::json::parse(rows[0])["event_type"] == "dhcp");
  const auto introduced = nlohmann::json::parse(rows[1]);
  BOOST_TEST(introduced["event_type"] == "anomaly");
  BOOST_TEST(introduced["anomaly"]["event"] == "dhcp.new_device");
  BOOST_TEST(introduced["dhcp"]["client_mac"] == "02:11:22:33:44:55");
  BOOST_TEST(introduced["dhcp"]["hostname"] == "desk-7");
  BOOST_TEST(nlohmann::json::parse(rows[2])["event_type"] == "dhcp");
  BOOST_TEST((texts_in(*alerts) == std::vector<std::string>{rows[1]}));
  const auto cef = texts_in(*leases);
  BOOST_REQUIRE(cef.size() == 2U);
  BOOST_TEST(cef[0].find("|dhcp.new_device|3|cat=DHCP ") != std::string::npos);
  BOOST_TEST(cef[0].find(" outcome=new ") != std::string::npos);
  BOOST_TEST(cef[1].find("cat=IPS") != std::string::npos);
  BOOST_TEST(cef[1].find("msg=dhcp.new_device") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_feed_that_stops_too_much_is_one_row_more_behind_the_sighting_that_was_too_many) {
  Directory directory;
  auto events = *Spool::open({.directory = (directory.path / "events").string()});
  auto threats = *Spool::open({.directory = (directory.path / "threats").string()});
  PhaseEngine phases(one_rule(), documentation_site());
  FeedStandings standings;
  FeedConfig loud{};
  loud.name = "loud";
  loud.stops_per_minute_max = 1;
  standings.configure({loud});
  AlertPipelineOptions options = options_with(1);
  options.standings = &standings;
  AlertPipeline pipeline(options, phases, {{"events", {}, &format_eve, events.get(), true}, {"threats", {&product_nips}, &format_cef, threats.get()}});
  std::vector<SampleRecord> records;
  for (uint64_t sequence = 1; sequence <= 3; ++sequence)
    records.emplace_back(RecordType::sighting, [&](RecordWriter& w) {
      w.header().sequence = sequence;
      w.text(Field::sighting_feed, "loud");
      w.number(Field::sighting_action, static_cast<uint64_t>(Action::block_page));
      w.number(Field::sighting_verdict, static_cast<uint64_t>(Action::block_page));
    });
  BOOST_REQUIRE(pipeline.consume(views_of(records)).has_value());
  BOOST_REQUIRE(pipeline.sync().has_value());
  const auto rows = texts_in(*events);
  BOOST_REQUIRE(rows.size() == 4U);
  const auto sighting = nlohmann::json::parse(rows[1]), reverted = nlohmann::json::parse(rows[2]);
  BOOST_TEST(sighting["alert"]["context"]["sekisho"]["verdict"] == "block_page");
  BOOST_TEST(reverted["event_type"] == "anomaly");
  BOOST_TEST(reverted["anomaly"]["event"] == "feed.reverted");
  BOOST_TEST(reverted["anomaly"]["layer"] == "feed");
  BOOST_TEST(reverted["anomaly"]["detail"] == "feed loud: 2 stopped within a minute, at most 1: in shadow until `sekishoctl feed promote loud`");
  BOOST_TEST(!reverted.contains("alert"));
  const auto cef = texts_in(*threats);
  BOOST_REQUIRE(cef.size() == 4U);
  BOOST_TEST(cef[1].find("block_page") != std::string::npos);
  BOOST_TEST(cef[2].find("|feed.reverted|3|cat=IPS") != std::string::npos);
  BOOST_TEST(cef[2].find("msg=feed.reverted") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(where_new_devices_are_not_told_they_are_learned_all_the_same) {
  Directory directory;
  auto alerts = *Spool::open({.directory = directory.path.string()});
  PhaseEngine phases(one_rule(), documentation_site());
  Devices devices(100);
  AlertPipelineOptions options = options_with(1);
  options.devices = &devices;
  options.tells_new_devices = false;
  AlertPipeline pipeline(options, phases, {{"alerts", {}, &format_eve, alerts.get(), true}});
  const SampleRecord request(RecordType::transaction, [](RecordWriter& w) {
    w.endpoints().ip_protocol = 17;
    w.endpoints().server_port = 67;
    w.number(Field::dhcp_message_type, 3);
    w.text(Field::dhcp_client_mac, "device");
  });
  const RecordView view = request.view();
  BOOST_REQUIRE(pipeline.consume({&view, 1}).has_value());
  BOOST_REQUIRE(pipeline.sync().has_value());
  BOOST_TEST(texts_in(*alerts).empty());
  BOOST_TEST(devices.counters().known == 1U);
}

BOOST_AUTO_TEST_CASE(the_output_does_not_depend_on_the_number_of_threads) {
  const auto records = sightings(300);
  std::vector<std::string> expected;
  for (const unsigned threads : {1U, 2U, 4U}) {
    Directory directory;
    auto spool = *Spool::open({.directory = directory.path.string()});
    PhaseEngine phases(one_rule(), documentation_site());
    AlertPipeline pipeline(options_with(threads), phases, {{"events", {}, &format_eve, spool.get()}});
    BOOST_REQUIRE(pipeline.consume(views_of(records)).has_value());
    BOOST_REQUIRE(pipeline.sync().has_value());
    const auto texts = texts_in(*spool);
    BOOST_TEST(texts.size() == 300U);
    if (expected.empty()) expected = texts;
    BOOST_TEST((texts == expected));
  }
}

BOOST_AUTO_TEST_CASE(rows_of_a_killed_control_come_again_with_the_same_ids_and_none_is_missing) {
  Directory directory;
  std::vector<uint64_t> ring_words(ring_mapping_bytes(1 << 20) / 8);
  const std::span<uint8_t> memory{reinterpret_cast<uint8_t*>(ring_words.data()), ring_words.size() * 8};
  RingProducer producer(memory, 1 << 20, 0, RingKind::sightings, 7);
  std::mt19937 random(1);
  uint64_t published = 0;
  std::map<uint64_t, std::string> rows;  // by id
  for (int life = 0; life < 30; ++life) {
    auto spool = *Spool::open({.directory = directory.path.string()});
    PhaseEngine phases(one_rule(), documentation_site());
    AlertPipeline pipeline(options_with(1), phases, {{"events", {}, &format_eve, spool.get()}});
    Drain drain(pipeline);
    BOOST_REQUIRE(drain.attach(*RingConsumer::open(memory)).has_value());
    for (unsigned i = random() % 20; i > 0; --i) {
      const auto room = producer.reserve(512);
      RecordWriter writer(room, RecordType::sighting);
      writer.header().sequence = producer.next_sequence();
      writer.header().boot_id = 7;
      writer.number(Field::sighting_indicator, ++published);
      producer.publish(writer.finish());
    }
    if (random() % 2 == 0) {
      drain.turn();
    } else {  // killed between the spool's sync and the ring's commit
      auto ring = *RingConsumer::open(memory);
      std::vector<RecordView> taken;
      while (const auto record = ring.next()) taken.push_back(*record);
      BOOST_REQUIRE(pipeline.consume(taken).has_value());
      BOOST_REQUIRE(pipeline.sync().has_value());
    }
    while (const auto record = spool->read()) {
      const auto message = decode_message(record->payload);
      const auto [at, is_new] = rows.try_emplace(message->id, message->text);
      if (!is_new) BOOST_REQUIRE(at->second == message->text);
    }
  }
  BOOST_TEST(rows.size() == published);
}
