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
  explicit Download(TestWire& wire_in, uint16_t client_port = 40000) : wire(wire_in) {
    talk.client_port = client_port;
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

namespace {
std::string range_head(size_t first, size_t size) {
  return "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(first) + "-" + std::to_string(first + size - 1) + "/" +
         std::to_string(content.size()) + "\r\n";
}
std::string range_of(size_t first, size_t size) {
  return range_head(first, size) + "Content-Length: " + std::to_string(size) + "\r\n\r\n" + content.substr(first, size);
}
std::string range_in_chunks(size_t first, size_t size) {  // its terminator withheld
  return range_head(first, size) + "Transfer-Encoding: chunked\r\n\r\n" + chunk(content.substr(first, size));
}
}  // namespace

BOOST_AUTO_TEST_CASE(a_listed_file_in_ranges_over_several_connections_is_stopped_before_its_last_byte) {
  const size_t half = content.size() / 2, rest = content.size() - half;
  for (const auto& last : {range_of, range_in_chunks}) {
    TestWire wire({listed_content()});
    BOOST_TEST(Download(wire).sends(range_of(0, half)) == "forward");
    Download other(wire, 40001);
    BOOST_TEST(other.sends(last(half, rest)) == stopped);
  }
}

BOOST_AUTO_TEST_CASE(ranges_of_a_listed_file_that_overlap_do_not_hide_it) {
  const size_t half = content.size() / 2, rest = content.size() - half;
  TestWire wire({listed_content()});
  BOOST_TEST(Download(wire).sends(range_of(0, half)) == "forward");
  BOOST_TEST(Download(wire, 40001).sends(range_of(half - 5, 3)) == "forward");  // nothing new
  BOOST_TEST(Download(wire, 40002).sends(range_of(half - 3, rest + 3)) == stopped);
}

BOOST_AUTO_TEST_CASE(ranges_that_do_not_follow_one_another_are_no_file) {
  const size_t half = content.size() / 2, rest = content.size() - half;
  TestWire wire({listed_content()});
  Download first(wire);
  BOOST_TEST(first.sends(range_of(0, half - 1)) == "forward");
  wire.send(first.talk.says(c2s, request));
  BOOST_TEST(first.sends(range_of(half, rest)) == "forward");
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

BOOST_AUTO_TEST_CASE(an_attack_pattern_is_met_in_the_target_as_sent_and_decoded) {
  struct Case {
    const char* target;
    Field field;
    const char* matched;
  };
  for (const Case& one : {Case{"/cgi?f=../../etc/passwd", Field::http_url, "/cgi?f=../../etc/passwd"},
                          Case{"/cgi?f=..%2f..%2Fetc%252fpasswd", Field::http_url_decoded, "/cgi?f=../../etc/passwd"},
                          Case{"/?id=1+UNION+Select+2", Field::http_url_decoded, "/?id=1 UNION Select 2"}}) {
    TestWire wire({listed(Kind::keyword, "/etc/passwd", Action::reset, MatchMode::literal),
                   listed(Kind::keyword, "(?i)union\\s+select", Action::reset, MatchMode::regex)});
    Talk talk;
    wire.send(talk.handshake());
    BOOST_TEST(wire.fate(talk.says(c2s, "GET " + std::string(one.target) + " HTTP/1.1\r\nHost: h.test\r\n\r\n")) ==
                   "drop:verdict inject:1 inject:0", one.target);
    const std::vector<KeptRecord> sightings = wire.drain(RingKind::sightings);
    BOOST_REQUIRE(sightings.size() == 1U);
    BOOST_TEST(sightings[0].number(Field::sighting_matched_field) == static_cast<uint64_t>(one.field));
    BOOST_TEST(sightings[0].text(Field::sighting_matched_value) == one.matched);
    BOOST_TEST(sightings[0].text(Field::http_url) == one.target);
    BOOST_TEST(sightings[0].text(Field::http_url_decoded) == "");
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
