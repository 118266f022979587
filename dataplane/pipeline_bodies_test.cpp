// SPDX-License-Identifier: Apache-2.0
// Files on the wire: whose digest is listed never reaches its receiver whole, however its end is told; and what the rows say of it.
#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

const std::string request = "GET /dir/tool.bin HTTP/1.1\r\nHost: h.test\r\n\r\n";
const std::string content = "MZ: this is the whole of a listed file";

std::string hex(Bytes bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const uint8_t byte : bytes) out += {digits[byte >> 4], digits[byte & 15]};
  return out;
}
Indicator listed_content(Kind kind = Kind::sha256) {
  FileHash hash(HashKinds::md5 | HashKinds::sha256);
  hash.update(as_bytes(content));
  const FileDigests digests = hash.peek();
  return listed(kind, kind == Kind::md5 ? hex(digests.md5) : hex(digests.sha256), Action::reset);
}

std::string chunk(std::string_view bytes) {
  char size[8];
  std::snprintf(size, sizeof size, "%zx", bytes.size());
  return std::string(size) + "\r\n" + std::string(bytes) + "\r\n";
}
const std::string counted = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(content.size()) + "\r\n\r\n";
const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string until_close = "HTTP/1.1 200 OK\r\n\r\n";

// A connection on which the file has been asked for.
struct Download {
  explicit Download(TestWire& wire_in) : wire(wire_in) {
    wire.send(talk.handshake());
    wire.send(talk.says(c2s, request));
  }
  std::string sends(const std::string& bytes) { return wire.fate(talk.says(s2c, bytes)); }
  TestWire& wire;
  Talk talk;
};
const std::string stopped = "drop:verdict inject:0 inject:1";

}  // namespace

BOOST_AUTO_TEST_CASE(the_last_byte_of_a_listed_file_of_known_length_is_not_forwarded) {
  for (const Kind kind : {Kind::sha256, Kind::md5}) {
    TestWire wire({listed_content(kind)});
    Download download(wire);
    BOOST_TEST(download.sends(counted + content.substr(0, content.size() - 1)) == "forward");
    BOOST_TEST(download.sends(content.substr(content.size() - 1)) == stopped);
    BOOST_TEST(wire.balance() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_listed_file_in_chunks_is_stopped_before_its_last_byte_though_the_terminator_is_withheld) {
  TestWire wire({listed_content()});
  Download download(wire);
  BOOST_TEST(download.sends(chunked + chunk(content.substr(0, 10))) == "forward");
  BOOST_TEST(download.sends(chunk(content.substr(10))) == stopped);
}

BOOST_AUTO_TEST_CASE(a_chunk_that_promises_more_does_not_hide_that_the_file_is_whole) {
  TestWire wire({listed_content()});
  Download download(wire);
  const std::string longer = chunk(content + std::string(100, 'x'));
  const size_t last = longer.find(content) + content.size() - 1;
  BOOST_TEST(download.sends(chunked + longer.substr(0, last)) == "forward");
  BOOST_TEST(download.sends(longer.substr(last, 1)) == stopped);
}

BOOST_AUTO_TEST_CASE(a_listed_file_that_ends_with_the_connection_is_stopped_before_its_last_byte) {
  TestWire wire({listed_content()});
  Download download(wire);
  BOOST_TEST(download.sends(until_close + content.substr(0, 20)) == "forward");
  BOOST_TEST(download.sends(content.substr(20)) == stopped);
}

BOOST_AUTO_TEST_CASE(without_judging_prefixes_the_end_decides) {
  TestWire wire({listed_content()}, [](PipelineOptions& options) { options.inspector.judge_open_bodies = false; });
  Download download(wire);
  BOOST_TEST(download.sends(chunked + chunk(content)) == "forward");
  BOOST_TEST(download.sends("0\r\n\r\n") == stopped);
}

BOOST_AUTO_TEST_CASE(a_file_out_of_order_is_stopped_by_the_segment_that_fills_the_hole) {
  TestWire wire({listed_content()});
  Download download(wire);
  const Arrival first = download.talk.says(s2c, counted + content.substr(0, 10));
  const Arrival hole = download.talk.says(s2c, content.substr(10, 10));
  const Arrival rest = download.talk.says(s2c, content.substr(20));
  BOOST_TEST(wire.fate(std::vector<Arrival>{first, rest}) == "forward forward");
  BOOST_TEST(wire.fate(hole) == stopped);
}

BOOST_AUTO_TEST_CASE(a_file_like_a_listed_one_but_for_a_byte_passes) {
  TestWire wire({listed_content()});
  Download download(wire);
  std::string other = content;
  other.back() = 'E';
  BOOST_TEST(download.sends(counted + other) == "forward");
  const std::vector<KeptRecord> files = wire.drain(RingKind::transactions, RecordType::file);
  BOOST_REQUIRE(files.size() == 1U);
  BOOST_TEST(files[0].text(Field::file_state) == "closed");
  BOOST_TEST(files[0].number(Field::file_size) == content.size());
  BOOST_TEST(files[0].text(Field::file_name) == "tool.bin");
}

BOOST_AUTO_TEST_CASE(the_record_of_a_stopped_file_says_blocked) {
  TestWire wire({listed_content()});
  Download download(wire);
  download.sends(chunked + chunk(content));
  wire.pass_time(100'000'000'000);
  wire.idle();
  const std::vector<KeptRecord> files = wire.drain(RingKind::transactions, RecordType::file);
  BOOST_REQUIRE(files.size() == 1U);
  BOOST_TEST(files[0].text(Field::file_state) == "blocked");
}

BOOST_AUTO_TEST_CASE(a_keyword_is_met_across_segments_and_its_last_byte_is_not_forwarded) {
  TestWire wire({listed(Kind::keyword, "TOP-SECRET", Action::reset, MatchMode::literal)});
  Talk talk;
  wire.send(talk.handshake());
  BOOST_TEST(wire.fate(talk.says(c2s, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 30\r\n\r\nabc TOP-SE")) == "forward");
  BOOST_TEST(wire.fate(talk.says(c2s, "CRE")) == "forward");
  BOOST_TEST(wire.fate(talk.says(c2s, "T x")) == "drop:verdict inject:1 inject:0");
}

// --- what transactions' records say

BOOST_AUTO_TEST_CASE(a_transactions_record_has_its_start_and_is_stamped_with_its_end) {
  TestWire wire;
  Download download(wire);
  const uint64_t start_ns = wire.wall_ns + 3;  // the fourth packet's
  wire.pass_time(250'000'000);
  download.sends(counted + content);
  const std::vector<KeptRecord> records = wire.drain(RingKind::transactions, RecordType::transaction);
  BOOST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].number(Field::transaction_start_ns) == start_ns);
  BOOST_TEST(records[0].view().header().wall_ns == start_ns + 250'000'001);
}

BOOST_AUTO_TEST_CASE(a_listed_url_is_met_as_exact_prefix_and_pattern_and_is_in_no_record_of_itself) {
  const Indicator indicators[] = {listed(Kind::url, "http://h.test/dir/tool.bin", Action::reset),
                                  listed(Kind::url, "h.test/dir", Action::reset, MatchMode::prefix),
                                  listed(Kind::url, "tool\\.(bin|exe)$", Action::reset, MatchMode::regex)};
  for (const Indicator& one : indicators) {
    TestWire wire({one});
    Talk talk;
    wire.send(talk.handshake());
    BOOST_TEST(wire.fate(talk.says(c2s, request)) == "drop:verdict inject:1 inject:0", one.value);
    const std::vector<KeptRecord> sightings = wire.drain(RingKind::sightings);
    BOOST_REQUIRE(sightings.size() == 1U);
    BOOST_TEST(sightings[0].number(Field::sighting_matched_field) == static_cast<uint64_t>(Field::http_full_url));
    BOOST_TEST(sightings[0].text(Field::sighting_matched_value) == "h.test/dir/tool.bin");
    BOOST_TEST(sightings[0].text(Field::http_full_url) == "");
    BOOST_TEST(sightings[0].text(Field::http_url) == "/dir/tool.bin");
  }
}

BOOST_AUTO_TEST_CASE(a_listed_url_is_met_in_each_reading_of_an_ambiguous_request) {
  for (const char* ambiguous : {"GET http://other.test/x HTTP/1.1\r\nHost: evil.test\r\n\r\n", "GET http://evil.test/x HTTP/1.1\r\nHost: other.test\r\n\r\n",
                                "GET /x HTTP/1.1\r\nHost: other.test\r\nHost: evil.test\r\n\r\n"}) {
    TestWire wire({listed(Kind::url, "http://evil.test/x", Action::reset)});
    Talk talk;
    wire.send(talk.handshake());
    BOOST_TEST(wire.fate(talk.says(c2s, ambiguous)) == "drop:verdict inject:1 inject:0", ambiguous);
  }
}

namespace {

// An FTP session that has logged in. Its talks are the client's connections to the server: 198.51.100.7.
struct FtpSession {
  explicit FtpSession(TestWire& wire_in) : wire(wire_in) {
    control.server_port = 21;
    wire.send(control.handshake());
    says(s2c, "220 FTP\r\n");
    says(c2s, "USER alice\r\n");
    says(s2c, "230 in\r\n");
  }
  void says(Direction direction, const std::string& line) { wire.send(control.says(direction, line)); }
  Talk connection(uint16_t client_port, uint16_t server_port) {
    Talk talk;
    talk.client_port = client_port;
    talk.server_port = server_port;
    return talk;
  }
  TestWire& wire;
  Talk control;
};

std::vector<KeptRecord> files_of(TestWire& wire) { return wire.drain(RingKind::transactions, RecordType::file); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_on_an_announced_connection_has_the_name_and_user_of_its_control_connection) {
  for (const bool opened_before_the_command : {false, true}) {
    TestWire wire;
    FtpSession ftp(wire);
    ftp.says(c2s, "PASV\r\n");
    ftp.says(s2c, "227 ok (198,51,100,7,7,208)\r\n");
    Talk data = ftp.connection(40001, 2000);
    if (opened_before_the_command) wire.send(data.handshake());
    ftp.says(c2s, "RETR /pub/tool.bin\r\n");
    if (!opened_before_the_command) wire.send(data.handshake());
    wire.send(data.says(s2c, content));
    wire.send(data.segment(s2c, tcp_flag::fin | tcp_flag::ack));
    wire.finish();
    const std::vector<KeptRecord> files = files_of(wire);
    BOOST_REQUIRE(files.size() == 1U);
    BOOST_TEST(files[0].text(Field::file_name) == "tool.bin");
    BOOST_TEST(files[0].number(Field::file_size) == content.size());
    BOOST_TEST(files[0].text(Field::file_carrier) == "ftp_data");
    BOOST_TEST(files[0].text(Field::file_state) == "closed");
    BOOST_TEST(files[0].text(Field::ftp_data_command) == "RETR");
    BOOST_TEST(files[0].text(Field::ftp_data_filename) == "/pub/tool.bin");
    BOOST_TEST(files[0].text(Field::ftp_data_user) == "alice");
    BOOST_TEST(files[0].number(Field::ftp_data_control_flow) != 0U);
    BOOST_TEST(wire.pipeline().inspector().counters().expectations_met == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_listed_file_is_stopped_on_passive_and_active_data_connections) {
  TestWire passive({listed_content()});
  FtpSession down(passive);
  down.says(c2s, "EPSV\r\n");
  down.says(s2c, "229 ok (|||2000|)\r\n");
  down.says(c2s, "RETR tool.bin\r\n");
  Talk data = down.connection(40001, 2000);
  passive.send(data.handshake());
  BOOST_TEST(passive.fate(data.says(s2c, content.substr(0, 10))) == "forward");
  BOOST_TEST(passive.fate(data.says(s2c, content.substr(10))) == stopped);
  TestWire active({listed_content()});
  FtpSession up(active);
  up.says(c2s, "PORT 192,0,2,1,7,208\r\n");
  up.says(s2c, "200 ok\r\n");
  up.says(c2s, "STOR tool.bin\r\n");
  Talk from_server = up.connection(20, 2000);  // the server opens it
  std::swap(from_server.client_ip.source, from_server.client_ip.destination);
  active.send(from_server.handshake());
  BOOST_TEST(active.fate(from_server.says(s2c, content)) == stopped);
  BOOST_TEST(passive.balance() + active.balance() == 0);
}

BOOST_AUTO_TEST_CASE(a_listing_and_a_connection_that_nobody_announced_are_no_files) {
  TestWire wire({listed_content()});
  FtpSession ftp(wire);
  ftp.says(c2s, "PASV\r\n");
  ftp.says(s2c, "227 ok (198,51,100,7,7,208)\r\n");
  ftp.says(c2s, "LIST\r\n");
  Talk listing = ftp.connection(40001, 2000), other = ftp.connection(40002, 2001);
  wire.send(listing.handshake());
  wire.send(other.handshake());
  BOOST_TEST(wire.fate({listing.says(s2c, content), other.says(s2c, content)}) == "forward forward");
  wire.finish();
  BOOST_TEST(files_of(wire).empty());
}

BOOST_AUTO_TEST_CASE(an_announcement_on_one_lcore_is_met_on_another) {
  constexpr uint64_t key[2] = {7, 8};
  Expectations shared{KeyedHash(key)};
  const auto share = [&shared](PipelineOptions& options) { options.inspector.expectations = &shared; };
  TestWire one({listed_content()}, share), other({listed_content()}, share);
  FtpSession ftp(one);
  ftp.says(c2s, "PASV\r\n");
  ftp.says(s2c, "227 ok (198,51,100,7,7,208)\r\n");
  ftp.says(c2s, "RETR tool.bin\r\n");
  Talk data = ftp.connection(40001, 2000);
  other.send(data.handshake());
  BOOST_TEST(other.fate(data.says(s2c, content)) == stopped);
}
