// SPDX-License-Identifier: Apache-2.0
// Listed files in mails, over each protocol that carries them: the verdict falls in the segment that
// completes the file, whatever comes or does not come behind it.
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/inspect/inspector.h"
#include "dataplane/record/ring.h"
#include "matchers/image/loaded_image.h"

using namespace sekisho;

namespace {

constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;

std::string sha256_of(std::string_view file) {
  FileHash hash(HashKinds::sha256);
  hash.update(as_bytes(file));
  std::string text;
  for (const uint8_t byte : hash.peek().sha256) {
    constexpr char digits[] = "0123456789abcdef";
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string base64_of(std::string_view bytes) {
  constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (at + i < bytes.size() ? static_cast<uint8_t>(bytes[at + i]) : 0U);
    for (size_t i = 0; i < 4; ++i) out += at + i > bytes.size() ? '=' : alphabet[bits >> (18 - 6 * i) & 63];
    if (at / 3 % 19 == 18) out += "\r\n";
  }
  return out;
}

struct Listener final : FlowListener {
  void on_flow_end(Flow&, FlowEnd) override {}
};

// An inspector that blocks one file, and one TCP flow through it.
class Wire {
 public:
  Wire(const std::string& digest, uint16_t port)
      : flows_({.flows_max = 64, .half_open_max = 16}, listener_), image_({blocked(digest)}) {
    RingProducer producers[ring_kind_count];
    for (unsigned kind = 0; kind < ring_kind_count; ++kind) {
      memory_[kind].resize(ring_mapping_bytes(ring_bytes) / 8);
      producers[kind] =
          RingProducer({reinterpret_cast<uint8_t*>(memory_[kind].data()), memory_[kind].size() * 8},
                       ring_bytes, 0, static_cast<RingKind>(kind), 1);
    }
    output_ = std::make_unique<RecordOutput>(producers[0], producers[1], 1U, uint8_t{0});
    InspectorOptions options;
    options.flows_max = 64;
    options.transaction_chunks = 256;
    options.bodies_max = 64;
    options.carries_max = 16;
    options.large_carries_max = 4;
    options.modes[0] = WireMode::inline_;
    inspector_ = std::make_unique<Inspector>(options, *output_, flows_);
    inspector_->set_image(image_.image.get(), image_.scratch.get());
    Packet packet{};
    packet.tuple.ip_protocol = 6;
    packet.tuple.source_port = 50000;
    packet.tuple.destination_port = port;
    flow_ = flows_.find_or_create(packet, flows_.hash(packet.tuple), 1).flow;
    inspection_ = inspector_->open(*flow_, Transport::stream);
  }
  ~Wire() {
    inspector_->close(*flow_, FlowEnd::fin);
    inspector_->release(*flow_);
  }

  // One segment. True: the verdict falls in it.
  bool send(Direction direction, std::string_view segment) {
    inspector_->set_packet(0, 0, {1, 1});
    const std::vector<uint8_t> exact(segment.begin(), segment.end());
    inspector_->on_bytes(*inspection_, direction, exact, offsets_[index_of(direction)]);
    offsets_[index_of(direction)] += segment.size();
    inspector_->end_segment(*inspection_);
    inspector_->resolve();
    const bool stopped = !inspector_->decisions().empty();
    inspector_->clear_decisions();
    return stopped;
  }
  // In segments of `size`. The bytes sent when the verdict fell; 0 = it did not.
  size_t send_until_stopped(Direction direction, std::string_view bytes, size_t size) {
    for (size_t at = 0; at < bytes.size(); at += size)
      if (send(direction, bytes.substr(at, size))) return std::min(bytes.size(), at + size);
    return 0;
  }

 private:
  static constexpr uint64_t ring_bytes = 1 << 20;
  static Indicator blocked(const std::string& digest) {
    Indicator indicator = test::indicator(Kind::sha256, digest);
    indicator.action = Action::reset;
    return indicator;
  }

  Listener listener_;
  FlowTable flows_;
  test::LoadedImage image_;
  std::vector<uint64_t> memory_[ring_kind_count];
  std::unique_ptr<RecordOutput> output_;
  std::unique_ptr<Inspector> inspector_;
  Flow* flow_ = nullptr;
  FlowInspection* inspection_ = nullptr;
  uint64_t offsets_[2] = {};
};

// How one protocol brings a mail: what goes before it, by turns, and who sends it.
struct Carrier {
  const char* name;
  uint16_t port;
  std::vector<std::pair<Direction, std::string>> before;
  Direction direction;
  bool counted;  // the size goes before the mail
};
const Carrier carriers[] = {
    {"smtp",
     25,
     {{s2c, "220 mx ESMTP\r\n"},
      {c2s, "EHLO a\r\n"},
      {s2c, "250 ok\r\n"},
      {c2s, "MAIL FROM:<a@x.test>\r\n"},
      {s2c, "250 ok\r\n"},
      {c2s, "RCPT TO:<b@x.test>\r\n"},
      {s2c, "250 ok\r\n"},
      {c2s, "DATA\r\n"},
      {s2c, "354 go\r\n"}},
     c2s,
     false},
    {"smtp bdat",
     25,
     {{s2c, "220 mx ESMTP\r\n"},
      {c2s, "EHLO a\r\n"},
      {s2c, "250 ok\r\n"},
      {c2s, "MAIL FROM:<a@x.test>\r\n"},
      {s2c, "250 ok\r\n"},
      {c2s, "BDAT "}},
     c2s,
     true},
    {"pop3", 110, {{s2c, "+OK ready\r\n"}, {c2s, "RETR 1\r\n"}, {s2c, "+OK\r\n"}}, s2c, false},
    {"imap",
     143,
     {{s2c, "* OK ready\r\n"}, {c2s, "a FETCH 1 BODY[]\r\n"}, {s2c, "* 1 FETCH (BODY[] {"}},
     s2c,
     true},
    {"imap append", 143, {{s2c, "* OK ready\r\n"}, {c2s, "a APPEND x {"}}, c2s, true},
};

// Sends `mail` over the carrier up to `last` bytes of it. The bytes of the mail sent when the verdict fell; 0
// = it did not.
size_t stopped_at(const Carrier& carrier, const std::string& digest, const std::string& mail, size_t last,
                  size_t segment) {
  Wire wire(digest, carrier.port);
  for (const auto& [direction, bytes] : carrier.before) BOOST_TEST(!wire.send(direction, bytes));
  // One byte more than there is: the mail is never complete.
  if (carrier.counted)
    BOOST_TEST(!wire.send(carrier.direction,
                          std::to_string(mail.size() + 1) + (carrier.port == 25 ? "\r\n" : "}\r\n")));
  return wire.send_until_stopped(carrier.direction, std::string_view(mail).substr(0, last), segment);
}

std::string file_of(size_t size) {
  std::string file = "MZ";
  while (file.size() < size) file += static_cast<char>(file.size() * 7 + file.size() / 251);
  return file;
}

const std::string head =
    "From: a@x.test\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
    "boundary=b\r\n\r\n--b\r\n";

}  // namespace

BOOST_AUTO_TEST_CASE(a_listed_attachment_is_stopped_with_its_last_byte_while_its_end_is_held_back) {
  for (const size_t size : {1000U, 1001U, 1002U}) {
    const std::string file = file_of(size);
    const std::string mail =
        head +
        "Content-Type: application/octet-stream; name=x.exe\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
        base64_of(file);
    for (const Carrier& carrier : carriers) {
      BOOST_TEST_CONTEXT(carrier.name << ", " << size << " bytes") {
        for (const size_t segment : {size_t{1}, size_t{100}, mail.size()})
          BOOST_TEST(stopped_at(carrier, sha256_of(file), mail, mail.size(), segment) > mail.size() - 8);
        BOOST_TEST(stopped_at(carrier, sha256_of("other"), mail, mail.size(), 100) == 0U);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_listed_text_is_stopped_whatever_its_line_ends_were) {
  const std::string mail = head +
                           "Content-Type: text/plain\r\nContent-Disposition: attachment; "
                           "filename=x.bat\r\n\r\n@echo off\r\ndel x\r\n";
  for (const char* const saved :
       {"@echo off\r\ndel x", "@echo off\r\ndel x\r\n", "@echo off\ndel x", "@echo off\ndel x\n"}) {
    for (const Carrier& carrier : carriers) {
      BOOST_TEST_CONTEXT(carrier.name << ": " << saved) {
        BOOST_TEST(stopped_at(carrier, sha256_of(saved), mail + "--b--\r\n", mail.size() + 7,
                              mail.size() + 7) != 0U);
        BOOST_TEST(stopped_at(carrier, sha256_of(saved), mail + "\r\n--b--\r\n", mail.size() + 9, 1) != 0U);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_listed_attachment_that_is_fetched_in_pieces_is_stopped_with_its_last) {
  const std::string file = file_of(600);
  const std::string coded = base64_of(file);
  Wire wire(sha256_of(file), 143);
  wire.send(s2c, "* OK ready\r\n");
  constexpr size_t piece = 100;
  for (size_t at = 0; at < coded.size(); at += piece) {
    const std::string part = coded.substr(at, piece);
    wire.send(c2s, "a" + std::to_string(at) + " FETCH 1 BODY.PEEK[2]<" + std::to_string(at) + ".100>\r\n");
    const bool stopped = wire.send(s2c, "* 1 FETCH (BODY[2]<" + std::to_string(at) + "> {" +
                                            std::to_string(part.size()) + "}\r\n" + part);
    BOOST_TEST(stopped == (at + piece >= coded.size()));
    wire.send(s2c, ")\r\na" + std::to_string(at) + " OK\r\n");
  }
}
