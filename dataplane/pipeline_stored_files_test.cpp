// SPDX-License-Identifier: Apache-2.0
// What goes into the ring of files: the bytes of those that policy chooses, and what their rows say of it.
#include <map>

#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

bool stops = false;  // whether some of what is sent may be dropped
constexpr uint64_t small_ring = 1 << 16;

struct Stored {
  std::string bytes, state, name, url;
};

TestWire::Adjust storing(const std::function<void(StoredFiles&)>& adjust = {}) {
  return [adjust](PipelineOptions& options) {
    options.inspector.stored_files.enabled = true;
    if (adjust) adjust(options.inspector.stored_files);
  };
}
std::string response(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
// In a flow of its own, acknowledged as it comes.
void download(TestWire& wire, const std::string& bytes, const std::string& name = "x.exe", size_t size = 1400, uint16_t client_port = 40000) {
  Talk talk;
  talk.client_port = client_port;
  wire.send(talk.handshake());
  wire.send(talk.says(c2s, "GET /" + name + " HTTP/1.1\r\nHost: h.test\r\n\r\n"));
  for (size_t at = 0; at < bytes.size(); at += size) {
    BOOST_REQUIRE(wire.fate(talk.says(s2c, bytes.substr(at, size))).find("drop") == std::string::npos || stops);
    wire.send(talk.segment(c2s, tcp_flag::ack));
  }
}
// What a store would make of the ring: each piece where it says.
std::map<uint64_t, Stored> stored(TestWire& wire) {
  std::map<uint64_t, Stored> out;
  for (const KeptRecord& record : wire.drain(RingKind::files, RecordType::file_piece)) {
    Stored& file = out[record.number(Field::file_id)];
    BOOST_TEST(record.number(Field::file_offset) == file.bytes.size());
    file.bytes += record.text(Field::file_content);
    file.state = record.text(Field::file_state);
    file.name = record.text(Field::file_name);
    file.url = record.text(Field::http_url);
  }
  return out;
}
// "1" or why not, of the one file.
std::string told(TestWire& wire) {
  const std::vector<KeptRecord> files = wire.drain(RingKind::transactions, RecordType::file);
  BOOST_REQUIRE(files.size() == 1);
  return files[0].number(Field::file_stored) == 1 ? "1" : files[0].text(Field::file_store_reason);
}

const std::string program = "MZ" + std::string(40'000, 'x') + "end";

}  // namespace

BOOST_AUTO_TEST_CASE(without_a_policy_nothing_is_stored) {
  TestWire wire;
  download(wire, response(program));
  BOOST_TEST(told(wire) == "off");
  BOOST_TEST(stored(wire).empty());
}

BOOST_AUTO_TEST_CASE(a_chosen_file_is_in_the_ring_whole_however_it_was_cut) {
  for (const size_t size : {size_t{1}, size_t{7}, size_t{500}, size_t{1400}}) {
    const std::string bytes = program.substr(0, size < 500 ? 700 * size : program.size());
    for (const bool by_type : {false, true}) {
      TestWire wire({}, storing([&](StoredFiles& policy) {
                      if (by_type) policy.types = {"pe"};
                    }));
      download(wire, response(bytes), "x.exe", size);
      BOOST_TEST(told(wire) == "1");
      const auto files = stored(wire);
      BOOST_REQUIRE(files.size() == 1);
      const Stored& file = files.begin()->second;
      BOOST_TEST((file.bytes == bytes));
      BOOST_TEST(file.state == "closed");
      BOOST_TEST(file.name == "x.exe");
      BOOST_TEST(file.url == "/x.exe");
      BOOST_TEST(wire.pipeline().inspector().counters().files_stored == 1U);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_stored_is_the_decoded_content) {
  TestWire wire({}, storing());
  download(wire, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nMZ\r\n3\r\nabc\r\n0\r\n\r\n");
  BOOST_TEST(told(wire) == "1");
  BOOST_TEST(stored(wire).begin()->second.bytes == "MZabc");
}

BOOST_AUTO_TEST_CASE(what_policy_does_not_choose_is_not_stored) {
  const std::function<void(StoredFiles&)> policies[] = {[](StoredFiles& policy) { policy.types = {"pdf", "zip"}; },
                                                        [](StoredFiles& policy) { policy.protocols = {"smtp"}; },
                                                        [](StoredFiles& policy) { policy.directions[1] = false; }};
  for (const auto& policy : policies) {
    TestWire wire({}, storing(policy));
    download(wire, response(program));
    BOOST_TEST(told(wire) == "policy");
    BOOST_TEST(stored(wire).empty());
    BOOST_TEST(wire.pipeline().inspector().counters().files_chosen == 0U);
  }
  TestWire wire({}, storing([](StoredFiles& policy) { policy.types = {"pe"}; policy.protocols = {"http"}; policy.directions[0] = false; }));
  download(wire, response(program));
  BOOST_TEST(told(wire) == "1");
}

BOOST_AUTO_TEST_CASE(a_file_of_the_largest_size_is_stored_and_one_of_a_byte_more_is_given_up) {
  for (const size_t more : {size_t{0}, size_t{1}}) {
    TestWire wire({}, storing([](StoredFiles& policy) { policy.bytes_max = 5000; }));
    download(wire, response(std::string(5000 + more, 'x')));
    BOOST_TEST(told(wire) == (more == 0 ? "1" : "too_large"));
    BOOST_TEST(stored(wire).begin()->second.state == (more == 0 ? "closed" : "given_up"));
    BOOST_TEST(wire.pipeline().inspector().counters().files_too_large == more);
  }
}

BOOST_AUTO_TEST_CASE(a_file_of_the_smallest_size_is_stored_and_one_of_a_byte_less_is_not) {
  for (const size_t less : {size_t{0}, size_t{1}}) {
    TestWire wire({}, storing([](StoredFiles& policy) { policy.bytes_min = 50; }));
    download(wire, response(std::string(50 - less, 'x')));
    BOOST_TEST(told(wire) == (less == 0 ? "1" : "too_small"));
    BOOST_TEST(wire.pipeline().inspector().counters().files_too_small == less);
  }
}

BOOST_AUTO_TEST_CASE(where_the_ring_is_full_the_file_is_given_up_and_traffic_goes_on) {
  TestWire wire({}, storing(), small_ring);
  const std::string large(2 * small_ring, 'x');
  download(wire, response(large));
  BOOST_TEST(told(wire) == "ring_full");
  const InspectorCounters& counters = wire.pipeline().inspector().counters();
  BOOST_TEST(counters.files_ring_full == 1U);
  BOOST_TEST(counters.files_stored == 0U);
  BOOST_TEST(wire.output().ring(RingKind::files).dropped() > 0U);
  BOOST_TEST(stored(wire).begin()->second.bytes.size() < large.size());
  // With room again the next file is whole.
  download(wire, response(program.substr(0, 3000)), "y.exe", 1400, 40001);
  BOOST_TEST(told(wire) == "1");
  BOOST_TEST((stored(wire).rbegin()->second.bytes == program.substr(0, 3000)));
}

BOOST_AUTO_TEST_CASE(a_file_that_ends_early_is_given_up) {
  TestWire wire({}, storing());
  const std::string bytes = response(program);
  download(wire, bytes.substr(0, bytes.size() - 1));
  wire.finish();
  BOOST_TEST(told(wire) == "truncated");
  BOOST_TEST(stored(wire).begin()->second.state == "given_up");
  BOOST_TEST(wire.pipeline().inspector().counters().files_damaged == 1U);
}

BOOST_AUTO_TEST_CASE(a_part_of_a_file_is_not_the_file) {
  TestWire wire({}, storing());
  download(wire, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/9\r\nContent-Length: 5\r\n\r\nMZabc");
  BOOST_TEST(told(wire) == "partial");
  BOOST_TEST(stored(wire).empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_stopped_is_stored_for_the_sandbox_all_the_same) {
  FileHash hash(HashKinds::sha256);
  hash.update(as_bytes(program));
  std::string digest;
  for (const uint8_t byte : hash.peek().sha256) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", byte);
    digest += digits;
  }
  TestWire wire({listed(Kind::sha256, digest, Action::drop)}, storing());
  stops = true;
  download(wire, response(program));
  stops = false;
  BOOST_TEST(told(wire) == "1");
  BOOST_TEST((stored(wire).begin()->second.bytes == program));
}
