// SPDX-License-Identifier: Apache-2.0
#include "control/devices/devices.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "control/devices/limits.h"
#include "control/drain/sample_records.h"

using namespace sekisho;

namespace {

namespace fs = std::filesystem;

constexpr uint64_t second_ns = 1'000'000'000;

struct MessageOptions {
  uint64_t sequence = 1;
  uint64_t type = 3;    // REQUEST
  uint64_t second = 0;  // after sample_wall_ns
  std::string host = {};
  uint8_t address_end = 23;  // 192.0.2.N
};

SampleRecord message(std::string_view mac, const MessageOptions& options = {}) {
  return SampleRecord(RecordType::transaction, [&](RecordWriter& w) {
    w.header().sequence = options.sequence;
    w.header().wall_ns = sample_wall_ns + options.second * second_ns;
    w.endpoints().ip_protocol = 17;
    w.endpoints().client_port = 68;
    w.endpoints().server_port = 67;
    w.bytes(Field::dhcp_client_mac, as_bytes(mac));
    const uint8_t address[4] = {192, 0, 2, options.address_end};
    if (options.type == 5) w.bytes(Field::dhcp_assigned_ip, address);
    w.number(Field::dhcp_message_type, options.type);
    if (options.type == 3) w.bytes(Field::dhcp_requested_ip, address);
    if (!options.host.empty()) w.text(Field::dhcp_hostname, options.host);
    w.text(Field::dhcp_vendor_class, "MSFT 5.0");
  });
}

bool consider(Devices& devices, const SampleRecord& record) {
  FieldIndex fields;
  fields.read(record.view());
  return devices.consider(fields);
}

std::string numbered(unsigned number) {
  return "mac" + std::string{static_cast<char>(number >> 8), static_cast<char>(number), '!'};
}

struct Directory {
  Directory() {
    char name[] = "/tmp/sekisho_devices_XXXXXX";
    path = mkdtemp(name);
  }
  ~Directory() { fs::remove_all(path); }
  std::string file(const char* name) const { return (path / name).string(); }
  fs::path path;
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_request_of_a_device_introduces_it_and_no_later_message_does) {
  Devices devices(100);
  BOOST_TEST(consider(devices, message("\x02\x11\x22\x33\x44\x55", {.sequence = 1, .host = "desk-7"})));
  BOOST_TEST(
      !consider(devices, message("\x02\x11\x22\x33\x44\x55", {.sequence = 2, .type = 5, .second = 1})));
  BOOST_TEST(!consider(devices, message("\x02\x11\x22\x33\x44\x55", {.sequence = 3, .second = 600})));
  BOOST_TEST(consider(devices, message("\x02\x11\x22\x33\x44\x56", {.sequence = 4, .type = 5})));
  const auto known = devices.newest(10);
  BOOST_REQUIRE(known.size() == 2U);
  BOOST_TEST(known[0].mac == "\x02\x11\x22\x33\x44\x55");
  BOOST_TEST(known[0].host_name == "desk-7");
  BOOST_TEST(known[0].vendor_class == "MSFT 5.0");
  BOOST_TEST(address_text(known[0].address) == "192.0.2.23");
  BOOST_TEST(known[0].is_leased);
  BOOST_TEST(known[0].first_ns == sample_wall_ns);
  BOOST_TEST(known[0].last_ns == sample_wall_ns + 600 * second_ns);
  BOOST_TEST(devices.counters().introduced == 2U);
}

BOOST_AUTO_TEST_CASE(what_was_never_asked_for_in_earnest_introduces_nobody) {
  Devices devices(100);
  for (const uint64_t type : {0U, 1U, 2U, 4U, 6U, 7U})
    BOOST_TEST(!consider(devices, message("mac", {.type = type})), type);
  BOOST_TEST(!consider(devices, message("")));
  BOOST_TEST(consider(devices, message("mac", {.type = 8})));
  BOOST_TEST(devices.counters().known == 1U);
}

BOOST_AUTO_TEST_CASE(other_records_with_the_same_values_are_passed_over) {
  Devices devices(100);
  const SampleRecord by_tcp(RecordType::transaction, [](RecordWriter& w) {
    w.endpoints().server_port = 67;
    w.text(Field::dhcp_client_mac, "mac");
    w.number(Field::dhcp_message_type, 3);
  });
  const SampleRecord sighting(RecordType::sighting, [](RecordWriter& w) {
    w.endpoints().ip_protocol = 17;
    w.endpoints().server_port = 67;
    w.text(Field::dhcp_client_mac, "mac");
    w.number(Field::dhcp_message_type, 3);
  });
  for (const SampleRecord* record : {&by_tcp, &sighting}) {
    BOOST_TEST(!consider(devices, *record));
    BOOST_TEST(!Devices::matters(record->view()));
  }
  BOOST_TEST(Devices::matters(message("mac").view()));
  BOOST_TEST(!Devices::matters(message("mac", {.type = 1}).view()));
}

BOOST_AUTO_TEST_CASE(an_address_asked_for_does_not_hide_the_one_leased) {
  Devices devices(100);
  consider(devices, message("mac", {.sequence = 1, .type = 5, .address_end = 23}));
  consider(devices, message("mac", {.sequence = 2, .address_end = 99}));
  BOOST_TEST(address_text(devices.newest(1)[0].address) == "192.0.2.23");
  consider(devices, message("mac", {.sequence = 3, .type = 5, .address_end = 24}));
  BOOST_TEST(address_text(devices.newest(1)[0].address) == "192.0.2.24");
}

BOOST_AUTO_TEST_CASE(at_the_bound_all_are_known_and_one_past_it_the_oldest_without_a_lease_goes) {
  constexpr unsigned most = 50;
  Devices devices(most);
  for (unsigned i = 0; i < most; ++i)
    BOOST_TEST(
        consider(devices, message(numbered(i), {.sequence = i + 1, .type = i < 10 ? 5U : 3U, .second = i})));
  BOOST_TEST(devices.counters().known == most);
  BOOST_TEST(devices.counters().forgotten == 0U);
  BOOST_TEST(consider(devices, message(numbered(most), {.sequence = 100, .second = 100})));
  BOOST_TEST(devices.counters().known == most);
  BOOST_TEST(devices.counters().forgotten == 1U);
  BOOST_TEST(!consider(devices, message(numbered(0), {.sequence = 101, .second = 101})));  // it has a lease
  BOOST_TEST(
      !consider(devices, message(numbered(11), {.sequence = 102, .second = 102})));  // younger than number 10
  BOOST_TEST(consider(devices, message(numbered(10), {.sequence = 103, .second = 103})));  // that went
}

BOOST_AUTO_TEST_CASE(a_flood_of_invented_devices_pushes_out_none_that_has_a_lease) {
  Devices devices(100);
  for (unsigned i = 0; i < 99; ++i)
    consider(devices, message(numbered(i), {.sequence = i + 1, .type = 5, .second = i}));
  for (unsigned i = 1000; i < 4000; ++i)
    consider(devices, message(numbered(i), {.sequence = i, .second = i}));
  for (unsigned i = 0; i < 99; ++i)
    BOOST_TEST(!consider(devices, message(numbered(i), {.sequence = 10'000 + i, .type = 5, .second = 5000})));
  BOOST_TEST(devices.counters().forgotten == 2999U);
}

BOOST_AUTO_TEST_CASE(where_all_have_leases_the_one_unseen_longest_goes) {
  Devices devices(16);
  for (unsigned i = 0; i < 16; ++i)
    consider(devices, message(numbered(i), {.sequence = i + 1, .type = 5, .second = i}));
  consider(devices, message(numbered(0), {.sequence = 50, .second = 50}));
  consider(devices, message(numbered(16), {.sequence = 51, .type = 5, .second = 51}));
  BOOST_TEST(!consider(devices, message(numbered(0), {.sequence = 52, .second = 52})));
  BOOST_TEST(consider(devices, message(numbered(1), {.sequence = 53, .second = 53})));
}

BOOST_AUTO_TEST_CASE(long_texts_are_cut_at_their_bound) {
  Devices devices(16);
  consider(devices, message("mac", {.host = std::string(device_text_bytes_max, 'a')}));
  BOOST_TEST(devices.newest(1)[0].host_name.size() == device_text_bytes_max);
  consider(devices, message("mac", {.sequence = 2, .host = std::string(device_text_bytes_max + 1, 'b')}));
  BOOST_TEST(devices.newest(1)[0].host_name == std::string(device_text_bytes_max, 'b'));
}

BOOST_AUTO_TEST_CASE(the_table_survives_a_restart_with_hostile_names_and_its_order) {
  Directory directory;
  const std::string file = directory.file("devices.json");
  const std::string hostile = "a\"\\\n\xff\xc3 b";
  {
    Devices devices(100);
    consider(devices, message("leased", {.sequence = 1, .type = 5, .host = hostile}));
    consider(devices, message("asking", {.sequence = 2, .second = 5}));
    BOOST_REQUIRE(devices.save(file).has_value());
  }
  Devices again(100);
  BOOST_REQUIRE(again.load(file).has_value());
  const auto known = again.newest(10);
  BOOST_REQUIRE(known.size() == 2U);
  BOOST_TEST(known[0].mac == "asking");
  BOOST_TEST(!known[0].is_leased);
  BOOST_TEST(known[1].host_name == hostile);
  BOOST_TEST(known[1].is_leased);
  BOOST_TEST(!consider(again, message("leased", {.sequence = 3, .second = 9})));
}

BOOST_AUTO_TEST_CASE(the_record_that_introduced_a_device_introduces_it_again_when_it_is_read_again) {
  Directory directory;
  Devices devices(100);
  BOOST_TEST(consider(devices, message("mac", {.sequence = 4})));
  BOOST_TEST(consider(devices, message("mac", {.sequence = 4})));
  BOOST_REQUIRE(devices.save(directory.file("devices.json")).has_value());
  Devices again(100);
  BOOST_REQUIRE(again.load(directory.file("devices.json")).has_value());
  BOOST_TEST(consider(again, message("mac", {.sequence = 4})));
  BOOST_TEST(!consider(again, message("mac", {.sequence = 5})));
  BOOST_TEST(again.newest(10).size() == 1U);
}

BOOST_AUTO_TEST_CASE(nothing_is_written_where_nothing_changed) {
  Directory directory;
  const std::string file = directory.file("devices.json");
  Devices devices(100);
  consider(devices, message("mac"));
  BOOST_REQUIRE(devices.save(file).has_value());
  fs::remove(file);
  BOOST_REQUIRE(devices.save(file).has_value());
  BOOST_TEST(!fs::exists(file));
  consider(devices, message("mac", {.sequence = 2, .second = 7}));
  BOOST_REQUIRE(devices.save(file).has_value());
  BOOST_TEST(fs::exists(file));
}

BOOST_AUTO_TEST_CASE(a_table_larger_than_the_bound_loads_its_newest) {
  Directory directory;
  const std::string file = directory.file("devices.json");
  {
    Devices devices(100);
    for (unsigned i = 0; i < 40; ++i)
      consider(devices, message(numbered(i), {.sequence = i + 1, .second = i}));
    BOOST_REQUIRE(devices.save(file).has_value());
  }
  Devices fewer(16);
  BOOST_REQUIRE(fewer.load(file).has_value());
  BOOST_TEST(fewer.counters().known == 16U);
  BOOST_TEST(fewer.counters().forgotten == 24U);
  BOOST_TEST(fewer.newest(1)[0].mac == numbered(39));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_table_is_an_error_and_changes_nothing) {
  Directory directory;
  const std::string file = directory.file("devices.json");
  Devices devices(100);
  consider(devices, message("mac"));
  for (const char* text :
       {"", "{}", "[1]", "{\"version\":2,\"devices\":[]}", "{\"version\":1,\"devices\":[{}]}"}) {
    std::ofstream(file) << text;
    BOOST_TEST(!devices.load(file).has_value(), text);
  }
  BOOST_TEST(!devices.load(directory.file("absent")).has_value());
  BOOST_TEST(devices.counters().known == 1U);
}
