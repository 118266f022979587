// SPDX-License-Identifier: Apache-2.0
// The walk of what HTTP/1 hands on to and of what carries it otherwise: files, names and words in HTTP/2, in
// an upgraded connection, in WebSocket messages and in DNS over HTTPS decide over the wire like those in
// clear HTTP/1.
#include "dataplane/protocols/http2/frame.h"
#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

constexpr uint8_t end_stream = 0x01, end_headers = 0x04;
const std::string content = "MZ: this is the whole of a listed file";

Indicator listed_content() {
  FileHash hash(HashKinds::sha256);
  hash.update(as_bytes(content));
  const FileDigests digests = hash.peek();
  std::string hex;
  for (const uint8_t byte : digests.sha256)
    for (const int shift : {4, 0}) hex += "0123456789abcdef"[byte >> shift & 15];
  return listed(Kind::sha256, hex, Action::reset);
}

std::string frame(uint8_t type, uint8_t flags, uint8_t stream, const std::string& payload = {}) {
  const std::string head{
      0, 0, static_cast<char>(payload.size()), static_cast<char>(type), static_cast<char>(flags), 0,
      0, 0, static_cast<char>(stream)};
  return head + payload;
}
// A literal field whose name is the static table's (RFC 7541 6.2.2).
std::string literal(uint8_t name, const std::string& value) {
  return std::string{static_cast<char>(name), static_cast<char>(value.size())} + value;
}
const std::string settings = frame(http2::settings, 0, 0), preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const std::string get = "\x82\x86" + literal(4, "/dir/tool.bin") + literal(1, "h.test"), ok = "\x88";
const std::string stopped = "drop:verdict inject:0 inject:1",
                  asked_stopped = "drop:verdict inject:1 inject:0";

std::string data(const std::string& bytes) { return frame(http2::data, 0, 1, bytes); }  // its end is withheld

const std::string upgrade_request =
    "GET /dir/tool.bin HTTP/1.1\r\nHost: h.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    "HTTP2-Settings: AAMAAABk\r\n\r\n";
std::string switching(const std::string& protocol) {
  return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: " + protocol + "\r\n\r\n";
}
std::string masked(uint8_t first, const std::string& payload) {
  const std::string mask = "\x37\xfa\x21\x3d";
  std::string out = {static_cast<char>(first), static_cast<char>(0x80 | payload.size())};
  out += mask;
  for (size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ mask[i % mask.size()]);
  return out;
}

struct Connected {
  explicit Connected(TestWire& wire_in) : wire(wire_in) { wire.send(talk.handshake()); }
  std::string client(const std::string& bytes) { return wire.fate(talk.says(c2s, bytes)); }
  std::string server(const std::string& bytes) { return wire.fate(talk.says(s2c, bytes)); }
  TestWire& wire;
  Talk talk;
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_last_byte_of_a_listed_file_over_http2_is_not_forwarded_though_its_end_is_withheld) {
  TestWire wire({listed_content()});
  Connected both(wire);
  BOOST_TEST(both.client(preface + settings + frame(http2::headers, end_headers | end_stream, 1, get)) ==
             "forward");
  BOOST_TEST(both.server(settings + frame(http2::headers, end_headers, 1, ok)) == "forward");
  BOOST_TEST(both.server(data(content.substr(0, 20)) + data(content.substr(20, content.size() - 21))) ==
             "forward");
  BOOST_TEST(both.server(data(content.substr(content.size() - 1))) == stopped);
  wire.finish();
  const std::vector<KeptRecord> files = wire.drain(RingKind::transactions, RecordType::file);
  BOOST_REQUIRE(files.size() == 1U);
  BOOST_TEST(files[0].text(Field::file_name) == "tool.bin");
  BOOST_TEST(files[0].text(Field::file_state) == "blocked");
}

BOOST_AUTO_TEST_CASE(a_listed_host_in_http2_is_met) {
  TestWire wire({listed(Kind::domain, "h.test", Action::reset)});
  Connected both(wire);
  BOOST_TEST(both.client(preface + settings) == "forward");
  BOOST_TEST(both.client(frame(http2::headers, end_headers | end_stream, 1, get)) == asked_stopped);
}

BOOST_AUTO_TEST_CASE(a_listed_file_behind_an_upgrade_to_http2_is_stopped_and_its_rows_have_the_requests_url) {
  TestWire wire({listed_content()});
  Connected both(wire);
  BOOST_TEST(both.client(upgrade_request) == "forward");
  BOOST_TEST(both.server(switching("h2c") + settings + frame(http2::headers, end_headers, 1, ok) +
                         data(content.substr(0, 20))) == "forward");
  BOOST_TEST(both.client(preface + settings) == "forward");
  BOOST_TEST(both.server(data(content.substr(20))) == stopped);
  wire.finish();
  const std::vector<KeptRecord> transactions = wire.drain(RingKind::transactions, RecordType::transaction);
  BOOST_REQUIRE(transactions.size() == 2U);
  for (const KeptRecord& one : transactions) BOOST_TEST(one.text(Field::http_url) == "/dir/tool.bin");
  BOOST_TEST(transactions[0].number(Field::http_status) == 101U);
  BOOST_TEST(transactions[1].number(Field::http_status) == 200U);
}

BOOST_AUTO_TEST_CASE(
    a_keyword_in_masked_fragments_of_a_websocket_message_is_met_before_its_last_byte_is_forwarded) {
  TestWire wire({listed(Kind::keyword, "TOP-SECRET", Action::reset, MatchMode::literal)});
  Connected both(wire);
  both.client(
      "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: "
      "AA==\r\n\r\n");
  BOOST_TEST(both.server(switching("websocket")) == "forward");
  BOOST_TEST(both.client(masked(0x01, "abc TOP-SE")) == "forward");
  BOOST_TEST(both.client(masked(0x89, "") + masked(0x00, "CRE")) == "forward");
  BOOST_TEST(both.client(masked(0x80, "T x")) == asked_stopped);
}

BOOST_AUTO_TEST_CASE(a_listed_name_asked_for_by_dns_over_https_is_met) {
  const std::string query("\0\0\1\0\0\1\0\0\0\0\0\0\3www\4evil\4test\0\0\1\0\1", 31);
  const std::string posted =
      "POST /dns-query HTTP/1.1\r\nHost: h\r\nContent-Type: application/dns-message\r\nContent-Length: "
      "31\r\n\r\n" +
      query;
  const std::string asked =
      "GET /dns-query?dns=AAABAAABAAAAAAAAA3d3dwRldmlsBHRlc3QAAAEAAQ HTTP/1.1\r\nHost: h\r\n\r\n";
  for (const std::string& request : {posted, asked}) {
    TestWire wire({listed(Kind::domain, "evil.test", Action::reset, MatchMode::subdomains)});
    Connected both(wire);
    BOOST_TEST(both.client(request) == asked_stopped, request);
    const std::vector<KeptRecord> sightings = wire.drain(RingKind::sightings, RecordType::sighting);
    BOOST_REQUIRE(sightings.size() == 1U);
    BOOST_TEST(sightings[0].text(Field::dns_query_name) == "www.evil.test");
  }
}
