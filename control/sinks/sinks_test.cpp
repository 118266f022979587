// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "control/sinks/file.h"
#include "control/sinks/pump.h"
#include "control/sinks/syslog.h"

using namespace sekisho;

namespace {

namespace fs = std::filesystem;

struct Directory {
  Directory() {
    char name[] = "/tmp/sekisho_sinks_XXXXXX";
    path = mkdtemp(name);
  }
  ~Directory() { fs::remove_all(path); }
  fs::path path;
};

std::string text_of(uint64_t number) { return "row " + std::to_string(number); }

void put_rows(Spool& spool, uint64_t first, uint64_t last) {
  for (uint64_t number = first; number <= last; ++number) {
    std::string payload;
    encode_message({.wall_ns = 1'795'309'200'123'456'000, .id = number, .severity = 7, .app_name = "NGFW", .text = text_of(number)},
                   payload);
    BOOST_REQUIRE(spool.append(as_bytes(payload)).has_value());
  }
  BOOST_REQUIRE(spool.sync().has_value());
}

std::string file_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A receiver of octet-counted syslog on a port of its own, read by hand.
class Receiver {
 public:
  explicit Receiver(uint16_t port = 0) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    BOOST_REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    BOOST_REQUIRE(::listen(listener_, 4) == 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    this->port = ntohs(address.sin_port);
  }
  ~Receiver() {
    hang_up();
    ::close(listener_);
  }

  // Takes what is there now, at most `reads` pieces of it.
  void turn(size_t reads = SIZE_MAX) {
    pollfd waiting{listener_, POLLIN, 0};
    if (connection_ < 0 && ::poll(&waiting, 1, 0) == 1) connection_ = ::accept(listener_, nullptr, nullptr);
    char bytes[4096];
    for (ssize_t got;
         reads != 0 && connection_ >= 0 && (got = ::recv(connection_, bytes, sizeof bytes, MSG_DONTWAIT)) > 0;
         --reads)
      stream_.append(bytes, static_cast<size_t>(got));
    while (take_frame()) {
    }
  }
  // Breaks the connection in the middle of whatever it is.
  void hang_up() {
    if (connection_ >= 0) {
      const linger reset{1, 0};
      ::setsockopt(connection_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      ::close(connection_);
    }
    connection_ = -1;
    stream_.clear();
  }

  uint16_t port = 0;
  std::vector<std::string> frames;
  size_t bad_frames = 0;

 private:
  bool take_frame() {
    const size_t blank = stream_.find(' ');
    if (blank == std::string::npos) return false;
    size_t length = 0;
    const auto read = std::from_chars(stream_.data(), stream_.data() + blank, length);
    if (read.ptr != stream_.data() + blank) ++bad_frames;
    if (stream_.size() < blank + 1 + length) return false;
    frames.push_back(stream_.substr(blank + 1, length));
    stream_.erase(0, blank + 1 + length);
    return true;
  }

  int listener_ = -1;
  int connection_ = -1;
  std::string stream_;
};

SyslogSinkOptions options_for(const Receiver& receiver) {
  return {.host = "127.0.0.1", .port = receiver.port, .header = {.host_name = "sensor 1"}, .reconnect_ms_first = 4};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_message_survives_the_spools_payload_and_short_bytes_are_no_message) {
  std::string payload;
  encode_message({.wall_ns = 1, .id = 2, .severity = 3, .app_name = "WAF", .text = "text"}, payload);
  const auto message = decode_message(as_bytes(payload));
  BOOST_REQUIRE(message.has_value());
  BOOST_TEST(message->id == 2U);
  BOOST_TEST(message->app_name == "WAF");
  BOOST_TEST(message->text == "text");
  for (size_t cut = 0; cut < payload.size() - 4; ++cut)
    BOOST_TEST(!decode_message(as_bytes(std::string_view(payload).substr(0, cut))).has_value());
}

BOOST_AUTO_TEST_CASE(a_syslog_frame_is_counted_and_has_the_fields_of_rfc_5424) {
  std::string out;
  BOOST_TEST(!append_syslog_frame(out, {.host_name = "sensor 1\n"},
                                  {.wall_ns = 1'795'309'200'123'456'000, .id = 0xab, .severity = 9, .app_name = "N G", .text = "日本"}));
  BOOST_TEST(out == "97 <130>1 2026-11-22T01:00:00.123456Z sensor-1- N-G - - [sekisho@32473 id=\"00000000000000ab\"] 日本");
}

BOOST_AUTO_TEST_CASE(a_long_message_is_cut_at_a_character) {
  std::string out;
  BOOST_TEST(append_syslog_frame(out, {.message_bytes_max = 4}, {.app_name = "A", .text = "a日本"}));
  BOOST_TEST(out.ends_with("] a日"));
  out.clear();
  BOOST_TEST(append_syslog_frame(out, {.message_bytes_max = 6}, {.app_name = "A", .text = "a日本"}));
  BOOST_TEST(out.ends_with("] a日"));
  BOOST_TEST(!append_syslog_frame(out, {.message_bytes_max = 7}, {.app_name = "A", .text = "a日本"}));
}

BOOST_AUTO_TEST_CASE(severities_fall_into_syslogs) {
  BOOST_TEST(syslog_severity(0) == 6);
  BOOST_TEST(syslog_severity(3) == 5);
  BOOST_TEST(syslog_severity(10) == 2);
  BOOST_TEST(syslog_severity(255) == 2);
}

BOOST_AUTO_TEST_CASE(files_turn_at_their_bound_with_whole_lines_and_the_oldest_goes) {
  Directory directory;
  auto spool = *Spool::open({.directory = (directory.path / "spool").string()});
  const fs::path path = directory.path / "eve.json";
  FileSink sink({.path = path.string(), .rotate_bytes = 30, .keep_count = 2});
  Pump pump(*spool, sink);
  put_rows(*spool, 1, 20);
  for (int turn = 0; turn < 40; ++turn) pump.turn(0);
  BOOST_TEST(spool->backlog_records() == 0U);
  BOOST_TEST(file_text(path.string() + ".2") == "row 10\nrow 11\nrow 12\nrow 13\n");
  BOOST_TEST(file_text(path.string() + ".1") == "row 14\nrow 15\nrow 16\nrow 17\n");
  BOOST_TEST(!fs::exists(path.string() + ".3"));
  put_rows(*spool, 21, 21);
  pump.turn(0);
  pump.turn(0);
  BOOST_TEST(file_text(path) == "row 18\nrow 19\nrow 20\nrow 21\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened_holds_its_rows_until_it_can) {
  Directory directory;
  auto spool = *Spool::open({.directory = (directory.path / "spool").string()});
  FileSink sink({.path = (directory.path / "later" / "eve.json").string(), .sync = FileSync::each_write});
  Pump pump(*spool, sink);
  put_rows(*spool, 1, 3);
  pump.turn(0);
  BOOST_TEST(spool->backlog_records() == 3U);
  fs::create_directory(directory.path / "later");
  pump.turn(0);
  BOOST_TEST(spool->backlog_records() == 0U);
  BOOST_TEST(file_text(directory.path / "later" / "eve.json") == "row 1\nrow 2\nrow 3\n");
}

BOOST_AUTO_TEST_CASE(rows_reach_a_syslog_receiver_once_while_nothing_breaks) {
  Directory directory;
  auto spool = *Spool::open({.directory = directory.path.string()});
  Receiver receiver;
  SyslogSink sink(options_for(receiver));
  Pump pump(*spool, sink);
  put_rows(*spool, 1, 500);
  for (uint64_t now_ms = 0; now_ms < 2000 && (spool->backlog_records() != 0 || receiver.frames.size() < 500); ++now_ms) {
    pump.turn(now_ms);
    receiver.turn();
  }
  BOOST_TEST(receiver.bad_frames == 0U);
  BOOST_REQUIRE(receiver.frames.size() == 500U);
  BOOST_TEST(receiver.frames[0] ==
             "<131>1 2026-11-22T01:00:00.123456Z sensor-1 NGFW - - [sekisho@32473 id=\"0000000000000001\"] row 1");
  BOOST_TEST(spool->backlog_records() == 0U);
}

BOOST_AUTO_TEST_CASE(a_receiver_that_comes_late_and_breaks_often_still_gets_every_row) {
  Directory directory;
  auto spool = *Spool::open({.directory = directory.path.string()});
  uint16_t port = 0;
  { port = Receiver().port; }
  SyslogSink sink({.host = "127.0.0.1", .port = port, .reconnect_ms_first = 2});
  Pump pump(*spool, sink);
  put_rows(*spool, 1, 300);
  for (uint64_t now_ms = 0; now_ms < 20; ++now_ms) pump.turn(now_ms);
  BOOST_TEST(spool->backlog_records() == 300U);
  Receiver receiver(port);
  uint64_t now_ms = 20, next_row = 301;
  for (int breaks = 0; breaks < 5; ++breaks) {
    put_rows(*spool, next_row, next_row + 99);
    next_row += 100;
    for (int turn = 0; turn < 30; ++turn) {
      pump.turn(now_ms += 20);
      if (turn % 7 == 0) receiver.turn();
    }
    receiver.hang_up();
  }
  for (int turn = 0; turn < 5000 && (spool->backlog_records() != 0 || turn < 50); ++turn) {
    pump.turn(now_ms += 20);
    receiver.turn();
  }
  std::set<std::string> texts;
  for (const std::string& frame : receiver.frames) texts.insert(frame.substr(frame.find("] ") + 2));
  BOOST_TEST(texts.size() == next_row - 1);
  BOOST_TEST(receiver.bad_frames == 0U);
  BOOST_TEST(spool->backlog_records() == 0U);
}

BOOST_AUTO_TEST_CASE(what_a_dying_receivers_host_had_acknowledged_and_it_had_not_read_is_sent_again) {
  Directory directory;
  auto spool = *Spool::open({.directory = directory.path.string()});
  auto dying = std::make_unique<Receiver>();
  const uint16_t port = dying->port;
  SyslogSink sink({.host = "127.0.0.1", .port = port, .reconnect_ms_first = 4});
  Pump pump(*spool, sink);
  put_rows(*spool, 1, 50);
  uint64_t now_ms = 0;
  for (; now_ms < 100; ++now_ms) pump.turn(now_ms);
  BOOST_TEST(sink.working());
  dying->turn(1);  // reads the first bytes only
  BOOST_TEST(dying->frames.size() < 50U);
  dying.reset();
  Receiver next(port);
  for (int turn = 0; turn < 5000 && spool->backlog_records() != 0; ++turn) {
    pump.turn(now_ms += 20);
    next.turn();
  }
  std::set<std::string> texts;
  for (const std::string& frame : next.frames) texts.insert(frame.substr(frame.find("] ") + 2));
  BOOST_TEST(texts.size() == 50U);
  BOOST_TEST(spool->backlog_records() == 0U);
  BOOST_TEST(next.frames.size() == 50U);  // nothing twice to the one that lives
}

BOOST_AUTO_TEST_CASE(a_receiver_that_never_reads_is_left_and_nothing_counts_as_delivered_that_it_did_not_acknowledge) {
  Directory directory;
  auto spool = *Spool::open({.directory = directory.path.string()});
  Receiver receiver;
  SyslogSinkOptions options = options_for(receiver);
  options.stall_ms_max = 50;
  SyslogSink sink(options);
  Pump pump(*spool, sink);
  const std::string long_text(60'000, 'x');
  for (uint64_t number = 1; number <= 400; ++number) {
    std::string payload;
    encode_message({.id = number, .app_name = "A", .text = long_text}, payload);
    BOOST_REQUIRE(spool->append(as_bytes(payload)).has_value());
    if (number % 50 == 0) BOOST_REQUIRE(spool->sync().has_value());
  }
  for (uint64_t now_ms = 0; now_ms < 1000; ++now_ms) pump.turn(now_ms);
  BOOST_TEST(sink.status().find(": 0 connections lost") == std::string::npos, sink.status());
  BOOST_TEST(spool->backlog_records() > 0U);
}

BOOST_AUTO_TEST_CASE(the_pumps_thread_delivers_by_itself) {
  Directory directory;
  auto spool = *Spool::open({.directory = (directory.path / "spool").string()});
  FileSink sink({.path = (directory.path / "out").string()});
  {
    PumpThread thread(*spool, sink);
    put_rows(*spool, 1, 10);
    thread.wake();
    for (int wait = 0; wait < 500 && spool->backlog_records() != 0; ++wait) ::usleep(2000);
    BOOST_TEST(spool->backlog_records() == 0U);
    put_rows(*spool, 11, 11);
  }
  BOOST_TEST(file_text(directory.path / "out").ends_with("row 11\n"));
}
