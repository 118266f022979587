// SPDX-License-Identifier: Apache-2.0
// Files on FTP's data connections: tied to the control connection that announced them, and stopped there when
// they are listed.
#include <memory>

#include "dataplane/content/archive/test_archives.h"
#include "dataplane/content/file_hash.h"
#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

const std::string content = "MZ: this is the whole of a listed file";
const std::string stopped = "drop:verdict inject:0 inject:1";

Indicator listed_content() {
  FileHash hash(HashKinds::sha256);
  hash.update(as_bytes(content));
  constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (const uint8_t byte : hash.peek().sha256) hex += {digits[byte >> 4], digits[byte & 15]};
  return listed(Kind::sha256, hex, Action::reset);
}

// A session that has logged in. Its server is the talks' usual one, 198.51.100.7; its client 192.0.2.1.
struct FtpSession {
  explicit FtpSession(TestWire& wire_in) : wire(wire_in) {
    control.server_port = 21;
    wire.send(control.handshake());
    answers("220 FTP");
    asks("USER alice");
    answers("230 in");
  }
  void asks(const std::string& line) { wire.send(control.says(c2s, line + "\r\n")); }
  void answers(const std::string& line) { wire.send(control.says(s2c, line + "\r\n")); }
  void agrees(const std::string& line = "227 ok (198,51,100,7,7,208)") {
    asks("PASV");
    answers(line);
  }
  TestWire& wire;
  Talk control;
};

// To the port that agrees() names.
Talk data_connection(uint16_t client_port = 40001, uint16_t server_port = 2000) {
  Talk talk;
  talk.client_port = client_port;
  talk.server_port = server_port;
  return talk;
}
// The server's, to the client's port 2000.
Talk active_connection() {
  Talk talk = data_connection(20);
  std::swap(talk.client_ip.source, talk.client_ip.destination);
  return talk;
}
Arrival end_of(Talk& talk, Direction direction) {
  return talk.segment(direction, tcp_flag::fin | tcp_flag::ack);
}
std::vector<KeptRecord> files_of(TestWire& wire) {
  return wire.drain(RingKind::transactions, RecordType::file);
}

// The one file of a wire whose flows are over.
void check_file(TestWire& wire, const std::string& command, const std::string& name) {
  wire.finish();
  const std::vector<KeptRecord> files = files_of(wire);
  BOOST_REQUIRE(files.size() == 1U);
  BOOST_TEST(files[0].text(Field::file_name) == name);
  BOOST_TEST(files[0].number(Field::file_size) == content.size());
  BOOST_TEST(files[0].text(Field::file_carrier) == "ftp_data");
  BOOST_TEST(files[0].text(Field::file_state) == "closed");
  BOOST_TEST(files[0].text(Field::ftp_data_command) == command);
  BOOST_TEST(files[0].text(Field::ftp_data_filename) == "/pub/" + name);
  BOOST_TEST(files[0].text(Field::ftp_data_user) == "alice");
  BOOST_TEST(files[0].number(Field::ftp_data_control_flow) != 0U);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_on_an_announced_connection_has_the_name_and_user_of_its_control_connection) {
  // The connection opens before the command or behind it, and a server in a hurry sends before it is asked.
  for (const int opened : {0, 1, 2}) {
    TestWire wire;
    FtpSession ftp(wire);
    ftp.agrees();
    Talk data = data_connection();
    if (opened != 0) wire.send(data.handshake());
    if (opened == 2) wire.send(data.says(s2c, content));
    ftp.asks("RETR /pub/tool.bin");
    if (opened == 0) wire.send(data.handshake());
    if (opened != 2) wire.send(data.says(s2c, content));
    wire.send({end_of(data, s2c), end_of(data, c2s)});
    check_file(wire, "RETR", "tool.bin");
    BOOST_TEST(wire.pipeline().inspector().counters().expectations_met == 1U);
  }
}

BOOST_AUTO_TEST_CASE(an_upload_on_an_active_connection_is_a_file_of_the_client) {
  TestWire wire;
  FtpSession ftp(wire);
  ftp.asks("EPRT |1|192.0.2.1|2000|");
  ftp.answers("200 ok");
  ftp.asks("STOR /pub/tool.bin");
  Talk data = active_connection();
  wire.send(data.handshake());
  wire.send(data.says(s2c, content));  // from who was called
  wire.send({end_of(data, s2c), end_of(data, c2s)});
  check_file(wire, "STOR", "tool.bin");
}

BOOST_AUTO_TEST_CASE(a_listed_file_is_stopped_in_both_directions_and_both_modes) {
  for (const char* command : {"RETR tool.bin", "STOR tool.bin"}) {
    const Direction to_listener = command[0] == 'R' ? s2c : c2s;  // with a passive server
    TestWire passive({listed_content()});
    FtpSession ftp(passive);
    ftp.asks("EPSV");
    ftp.answers("229 ok (|||2000|)");
    ftp.asks(command);
    Talk data = data_connection();
    passive.send(data.handshake());
    BOOST_TEST(passive.fate(data.says(to_listener, content.substr(0, 10))) == "forward");
    BOOST_TEST(passive.fate(data.says(to_listener, content.substr(10))).starts_with("drop:verdict inject"));
    TestWire active({listed_content()});
    FtpSession other(active);
    other.asks("PORT 192,0,2,1,7,208");
    other.asks(command);
    Talk called = active_connection();
    active.send(called.handshake());
    BOOST_TEST(active.fate(called.says(opposite(to_listener), content)).starts_with("drop:verdict inject"));
    BOOST_TEST(passive.balance() + active.balance() == 0);
  }
}

BOOST_AUTO_TEST_CASE(
    a_listed_file_is_stopped_where_it_comes_before_its_command_and_on_each_connection_to_the_port) {
  TestWire wire({listed_content()});
  FtpSession ftp(wire);
  ftp.agrees();
  Talk first = data_connection(40001), second = data_connection(40002);
  wire.send(first.handshake());
  wire.send(first.segment(c2s, tcp_flag::rst | tcp_flag::ack));
  wire.send(second.handshake());
  wire.send(second.says(c2s, "x"));  // a word out of turn
  BOOST_TEST(wire.fate(second.says(s2c, content)) == stopped);
}

BOOST_AUTO_TEST_CASE(a_listing_is_no_file_and_a_connection_that_nobody_announced_is_not_read) {
  TestWire wire;
  FtpSession ftp(wire);
  ftp.agrees();
  ftp.asks("LIST /pub");
  Talk listing = data_connection(40001), other = data_connection(40002, 2001);
  wire.send(listing.handshake());
  wire.send(other.handshake());
  wire.send({listing.says(s2c, content), other.says(s2c, content)});
  wire.finish();
  const std::vector<KeptRecord> records = wire.drain(RingKind::transactions);
  size_t listings = 0;
  for (const KeptRecord& record : records) {
    BOOST_TEST((record.type() != RecordType::file));
    listings += record.type() == RecordType::transaction && record.text(Field::ftp_data_command) == "LIST";
  }
  BOOST_TEST(listings == 1U);
}

BOOST_AUTO_TEST_CASE(a_resumed_file_is_a_part_without_a_digest) {
  TestWire wire;
  FtpSession ftp(wire);
  ftp.agrees();
  ftp.asks("REST 1000");
  ftp.asks("RETR /pub/tool.bin");
  Talk data = data_connection();
  wire.send(data.handshake());
  wire.send(data.says(s2c, content));
  wire.send({end_of(data, s2c), end_of(data, c2s)});
  wire.finish();
  const std::vector<KeptRecord> files = files_of(wire);
  BOOST_REQUIRE(files.size() == 1U);
  BOOST_TEST(files[0].number(Field::file_range_first) == 1000U);
  BOOST_TEST(files[0].text(Field::file_sha256) == "");
}

BOOST_AUTO_TEST_CASE(an_archive_that_is_transferred_is_opened) {
  for (const bool early : {false, true}) {  // before its command
    TestWire wire({listed_content()});
    FtpSession ftp(wire);
    ftp.agrees();
    if (!early) ftp.asks("RETR /pub/tools.zip");
    Talk data = data_connection();
    wire.send(data.handshake());
    const std::string archive = zip_of({{"readme", "hello"}, {"tool.bin", content}});
    BOOST_TEST(wire.fate(data.says(s2c, archive)) == stopped);
    if (early) ftp.asks("RETR /pub/tools.zip");
    wire.finish();
    const std::vector<KeptRecord> files = files_of(wire);
    BOOST_REQUIRE(files.size() == 3U);
    BOOST_TEST(files[0].text(Field::file_name) == "readme");
    BOOST_TEST(files[1].text(Field::file_name) == "tool.bin");
    BOOST_TEST(files[2].text(Field::file_name) == "tools.zip");
    BOOST_TEST(files[1].text(Field::file_archive) == (early ? "" : "tools.zip"));
  }
}

BOOST_AUTO_TEST_CASE(what_is_learned_late_of_a_transfer_holds_for_what_has_come) {
  const auto store = [](PipelineOptions& options) { options.inspector.stored_files.enabled = true; };
  const auto told_late = [&](const std::string& restart, const std::string& command) {
    auto wire = std::make_unique<TestWire>(std::vector<Indicator>{}, store);
    FtpSession ftp(*wire);
    ftp.agrees();
    Talk data = data_connection();
    wire->send(data.handshake());
    wire->send(data.says(s2c, content));
    if (!restart.empty()) ftp.asks(restart);
    ftp.asks(command);
    wire->send({end_of(data, s2c), end_of(data, c2s)});
    wire->finish();
    return wire;
  };
  const auto part = told_late("REST 1000", "RETR /pub/tool.bin");
  const std::vector<KeptRecord> files = files_of(*part);
  BOOST_REQUIRE(files.size() == 1U);
  BOOST_TEST(files[0].text(Field::file_name) == "tool.bin");
  BOOST_TEST(files[0].number(Field::file_range_first) == 1000U);
  BOOST_TEST(files[0].text(Field::file_sha256) == "");
  BOOST_TEST(files[0].text(Field::file_store_reason) == "partial");
  const auto listing = told_late("", "LIST /pub");
  BOOST_TEST(files_of(*listing).empty());
  for (TestWire* wire : {part.get(), listing.get()}) {
    const std::vector<KeptRecord> pieces = wire->drain(RingKind::files, RecordType::file_piece);
    BOOST_REQUIRE(!pieces.empty());
    BOOST_TEST(pieces.back().text(Field::file_state) == "given_up");
  }
}

BOOST_AUTO_TEST_CASE(a_listing_is_not_stored) {
  TestWire wire({}, [](PipelineOptions& options) { options.inspector.stored_files.enabled = true; });
  FtpSession ftp(wire);
  ftp.agrees();
  ftp.asks("LIST /pub");
  Talk data = data_connection();
  wire.send(data.handshake());
  wire.send(data.says(s2c, content));
  wire.send({end_of(data, s2c), end_of(data, c2s)});
  wire.finish();
  BOOST_TEST(wire.drain(RingKind::files, RecordType::file_piece).empty());
}

BOOST_AUTO_TEST_CASE(an_address_that_is_not_the_peers_is_told_and_is_met_once) {
  const auto count = [](TestWire& wire, std::string_view wanted) {
    uint64_t found = 0;
    wire.pipeline().inspector().anomaly_counters().for_each(
        [&](const char* name, uint64_t times) { found += name == wanted ? times : 0; });
    return found;
  };
  TestWire wire({listed_content()});
  FtpSession ftp(wire);
  ftp.agrees("227 ok (203,0,113,9,7,208)");
  BOOST_TEST(count(wire, "ftp.foreign_passive_address") == 1U);
  ftp.asks("RETR tool.bin");
  for (const bool first : {true, false}) {
    Talk third = data_connection(first ? 40001 : 40002);
    third.client_ip.destination = v4(203, 0, 113, 9);
    wire.send(third.handshake());
    BOOST_TEST(wire.fate(third.says(s2c, content)) == (first ? stopped : "forward"));
  }
  Talk own = data_connection(40003);  // the peer's own address all the same
  wire.send(own.handshake());
  BOOST_TEST(wire.fate(own.says(s2c, content)) == stopped);
  ftp.asks("PORT 203,0,113,9,0,80");
  BOOST_TEST(count(wire, "ftp.bounce") == 1U);
}

BOOST_AUTO_TEST_CASE(one_control_connection_does_not_fill_the_table) {
  TestWire wire;
  FtpSession ftp(wire);
  for (unsigned port = 1; port <= 2 * flow_announcements_max; ++port)
    ftp.agrees("227 ok (198,51,100,7,8," + std::to_string(port) + ")");
  const InspectorCounters& counters = wire.pipeline().inspector().counters();
  BOOST_TEST(counters.expectations == 2 * flow_announcements_max);
  BOOST_TEST(counters.expectations_withdrawn == flow_announcements_max);
  Talk forgotten = data_connection(40001, 2049),
       kept = data_connection(40002, 2048 + 2 * flow_announcements_max);
  wire.send(forgotten.handshake());
  wire.send(kept.handshake());
  BOOST_TEST(counters.expectations_met == 1U);
}

BOOST_AUTO_TEST_CASE(an_announcement_is_over_in_its_time_but_not_for_a_connection_that_is_open) {
  TestWire wire({listed_content()});
  FtpSession ftp(wire);
  ftp.agrees();
  ftp.asks("RETR tool.bin");
  Talk early = data_connection(40001), late = data_connection(40002);
  wire.send(early.handshake());
  for (unsigned passed = 0; passed < 10; ++passed) {
    wire.pass_time(expected_flow_timeout_ns / 10);
    wire.send(early.segment(c2s, tcp_flag::ack));
  }
  wire.send(late.handshake());
  BOOST_TEST(wire.fate(early.says(s2c, content)) == stopped);
  BOOST_TEST(wire.fate(late.says(s2c, content)) == "forward");
}

BOOST_AUTO_TEST_CASE(an_announcement_on_one_lcore_is_met_on_another) {
  constexpr uint64_t key[2] = {7, 8};
  Expectations shared{KeyedHash(key)};
  const auto share = [&shared](PipelineOptions& options) { options.inspector.expectations = &shared; };
  TestWire one({listed_content()}, share), other({listed_content()}, share);
  FtpSession ftp(one);
  ftp.agrees();
  ftp.asks("RETR tool.bin");
  Talk data = data_connection();
  other.send(data.handshake());
  BOOST_TEST(other.fate(data.says(s2c, content)) == stopped);
}
