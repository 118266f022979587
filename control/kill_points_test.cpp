// SPDX-License-Identifier: Apache-2.0
// Control killed before and inside each system call that makes something durable, from ring to spool and
// phases. The calls of the program are wrapped by the linker (--wrap): the n-th of them ends the process
// there and then.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <map>

#include "control/alert_pipeline.h"
#include "control/drain/sample_records.h"
#include "control/kill_points.h"
#include "control/phase_journal.h"
#include "control/sinks/sink.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

namespace fs = std::filesystem;
constexpr uint64_t ring_bytes = 1 << 20;
constexpr std::string_view victim = "192.0.2.10";

PhaseRules one_rule() {
  return *parse_phase_rules("rules:\n- {name: a, traffic: outbound, sub_phase: 3.backdoor-*}\n", "r");
}

Site documentation_site() {
  Site site;
  site.internal = {*parse_network("192.0.2.0/24")};
  return site;
}

// What outlives control: the ring in shared memory, and the disk.
struct World {
  World() {
    char name[] = "/tmp/sekisho_kill_XXXXXX";
    folder = mkdtemp(name);
    const size_t bytes = ring_mapping_bytes(ring_bytes);
    auto* at = static_cast<uint8_t*>(
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    memory = {at, bytes};
    producer = RingProducer(memory, ring_bytes, 0, RingKind::sightings, 7);
  }
  ~World() {
    ::munmap(memory.data(), memory.size());
    fs::remove_all(folder);
  }
  void publish() {
    const auto room = producer.reserve(1024);
    BOOST_REQUIRE(!room.empty());
    RecordWriter writer(room, RecordType::sighting);
    writer.header().sequence = producer.next_sequence();
    writer.header().boot_id = 7;
    writer.header().wall_ns = sample_wall_ns + published * 1'000'000'000;
    set_address(writer.endpoints().client_address, victim);
    set_address(writer.endpoints().server_address, "198.51.100.7");
    writer.number(Field::sighting_confidence, 100);
    writer.number(Field::sighting_indicator, ++published);
    producer.publish(writer.finish());
  }

  // A request for an address by the device of this number.
  void publish_request(uint64_t device) {
    const auto room = producer.reserve(1024);
    BOOST_REQUIRE(!room.empty());
    RecordWriter writer(room, RecordType::transaction);
    writer.header().sequence = producer.next_sequence();
    writer.header().boot_id = 7;
    writer.header().wall_ns = sample_wall_ns + ++published * 1'000'000'000;
    writer.endpoints().ip_protocol = 17;
    writer.endpoints().server_port = 67;
    writer.number(Field::dhcp_op, 1);
    writer.number(Field::dhcp_message_type, 3);
    writer.text(Field::dhcp_client_mac, "device " + std::to_string(device));
    producer.publish(writer.finish());
  }

  fs::path folder;
  std::span<uint8_t> memory;
  RingProducer producer;
  uint64_t published = 0;
};

// One life of control: what live_walk.cpp does with its files.
struct Life {
  explicit Life(const World& world)
      : snapshot((world.folder / "phases.json").string()),
        devices_snapshot((world.folder / "devices.json").string()),
        rows(*Spool::open({.directory = (world.folder / "rows").string(), .segment_bytes = 4096})),
        journal_spool(
            *Spool::open({.directory = (world.folder / "journal").string(), .segment_bytes = 4096})) {
    if (fs::exists(snapshot) && !phases.load(snapshot)) ::_exit(1);
    if (fs::exists(devices_snapshot) && !devices.load(devices_snapshot)) ::_exit(1);
    journal.replay();
    journal.set_next(pipeline);
    if (!drain.attach(*RingConsumer::open(world.memory))) ::_exit(1);
  }
  void drain_all() {
    while (drain.turn() != 0)
      if (phases.save(snapshot) && devices.save(devices_snapshot)) journal.forget();
  }
  static AlertPipelineOptions options(Devices& devices) {
    AlertPipelineOptions options;
    options.devices = &devices;
    options.protocols.assign(std::begin(sample_protocols), std::end(sample_protocols));
    return options;
  }

  std::string snapshot, devices_snapshot;
  std::unique_ptr<Spool> rows, journal_spool;
  PhaseEngine phases{one_rule(), documentation_site()};
  Devices devices{1000};
  PhaseJournal journal{*journal_spool, phases, devices};
  AlertPipeline pipeline{options(devices), phases, {{"events", {}, &format_eve, rows.get()}}};
  Drain drain{journal};
};

// How a life ended that was to be killed at its n-th call; 0 = nothing was left to kill it at.
int live(const World& world, unsigned kill_at) {
  const pid_t child = ::fork();
  if (child == 0) {
    kill_at_call(kill_at);
    Life life(world);
    life.drain_all();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

BOOST_AUTO_TEST_CASE(control_killed_at_each_step_loses_no_record_and_doubles_none) {
  World world;
  unsigned kills = 0;
  for (unsigned kill_at = 1, untouched = 0; untouched < 3 && kill_at < 500; ++kill_at) {
    for (int i = 0; i < 3; ++i) world.publish();
    const int end = live(world, kill_at);
    BOOST_REQUIRE_MESSAGE(end == killed || end == 0, "a life ended with " << end << " at call " << kill_at);
    untouched = end == 0 ? untouched + 1 : 0;
    kills += end == killed ? 1 : 0;
  }
  BOOST_TEST(kills > 10U);
  BOOST_REQUIRE(live(world, 0) == 0);

  // Every record is a row; those that came again are the same, id and text.
  Life last(world);
  std::map<uint64_t, std::string> rows;
  uint64_t again = 0;
  while (const auto record = last.rows->read()) {
    const auto message = decode_message(record->payload);
    BOOST_REQUIRE(message.has_value());
    const auto [at, is_new] = rows.try_emplace(message->id, message->text);
    again += is_new ? 0 : 1;
    BOOST_REQUIRE(at->second == message->text);
  }
  BOOST_TEST(rows.size() == world.published);
  BOOST_TEST(last.rows->counters().lost_records == 0U);
  // Every record is evidence, once.
  const auto host = last.phases.host(*parse_network_address(victim));
  BOOST_REQUIRE(host.has_value());
  BOOST_TEST(host->evidence[static_cast<size_t>(SubPhase::p3_backdoor_untrusted)].count == world.published);
  BOOST_TEST_MESSAGE(kills << " kills, " << world.published << " records, " << again
                           << " rows came twice with their ids");
}

BOOST_AUTO_TEST_CASE(control_killed_at_each_step_tells_of_each_new_device_once) {
  World world;
  unsigned kills = 0;
  uint64_t device_count = 0;
  for (unsigned kill_at = 1, untouched = 0; untouched < 3 && kill_at < 500; ++kill_at) {
    world.publish_request(++device_count);
    world.publish_request(1);  // known since the first life
    const int end = live(world, kill_at);
    BOOST_REQUIRE_MESSAGE(end == killed || end == 0, "a life ended with " << end << " at call " << kill_at);
    untouched = end == 0 ? untouched + 1 : 0;
    kills += end == killed ? 1 : 0;
  }
  BOOST_TEST(kills > 10U);
  BOOST_REQUIRE(live(world, 0) == 0);

  Life last(world);
  std::map<uint64_t, std::string> introductions;
  while (const auto record = last.rows->read()) {
    const auto message = decode_message(record->payload);
    BOOST_REQUIRE(message.has_value());
    if (message->text.find("dhcp.new_device") == std::string_view::npos) continue;
    const auto [at, is_new] = introductions.try_emplace(message->id, message->text);
    if (!is_new) BOOST_REQUIRE(at->second == message->text);
  }
  BOOST_TEST(introductions.size() == device_count);
  BOOST_TEST(last.devices.counters().known == device_count);
}
