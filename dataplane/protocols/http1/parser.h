// SPDX-License-Identifier: Apache-2.0
// The state machine of HTTP/1, alive for one call of parse. http1.cpp reads heads and bodies, requests.cpp and responses.cpp
// hold what differs between them, recovery.cpp what happens when the stream is not what it should be.
#pragma once

#include "dataplane/protocols/http1/framing.h"
#include "dataplane/protocols/http1/head.h"
#include "dataplane/protocols/http1/session.h"
#include "dataplane/protocols/http1/start_line.h"

namespace sekisho::http1 {

// Whether a head is all there, or what came of it before the stream broke off.
enum class HeadPart : uint8_t { whole, cut };

// Steps consume from the front of `rest_`; they return false when they need more bytes to go on.
class Parser {
 public:
  Parser(Session& session, const Input& input, Sink& sink)
      : session_(session), sink_(sink), input_(input), rest_(input.bytes), offset_(input.offset),
        client_(input.direction == Direction::client_to_server), side_(client_ ? session.client : session.server) {}

  ParseResult run();

 private:
  // http1.cpp
  bool step();
  bool step_head();
  bool find_head_end(Bytes window);
  void whole_head(Bytes head);
  bool step_counted();
  bool step_until_close();
  bool step_chunked();
  void begin_body(Head& head, const Framing& framing, Bytes name_from_target);
  void tell_readings(const Head& head, uint64_t offset);
  void give_body(Bytes bytes);
  void end_body(BodyEnd end);
  void end_message(Completeness completeness);

  // requests.cpp
  bool check_request_line(std::string_view line);
  void request_head(Bytes head, HeadPart part);
  void observe_request_line(const RequestLine& line);
  void check_host(const RequestLine& line, Head& head, uint64_t start);
  void queue_request(const OpenRequest& request, Bytes name);
  void end_request(Completeness completeness);
  bool settle_expectation();
  bool step_held();
  void hand_off_client(HandoffHint hint);

  // other_reading.cpp
  void note_other_end(const Head& head, const Framing& framing);
  Bytes before_other_end() const;
  bool await_other_reading();
  bool go_on_by_other_reading();
  void tell_other_reading(Bytes bytes);

  // responses.cpp
  bool check_server_start();
  void response_head(Bytes head, HeadPart part);
  void interim_head(Bytes head, std::string_view line, unsigned status);
  void take_request();
  void begin_bare_body();
  void response_body(Head& head, const StatusLine& line);
  void observe_proxied();
  void tunnel(HandoffHint hint);
  void hand_off_server(HandoffHint hint);
  void settle_held();
  void end_response(Completeness completeness);
  void end_unanswered();

  // recovery.cpp
  void gap();
  void end();
  bool step_seek();
  bool pass_over(size_t bytes);
  bool begins_message(std::string_view line) const;
  void seek();
  void cut_head();
  void give_up();

  void consume(size_t bytes) {
    rest_ = rest_.subspan(bytes);
    offset_ += bytes;
  }
  void report(Head& head, Oddity oddity, uint64_t offset) { head.oddities.report(sink_, side_.tx, oddity, offset); }
  void report(Oddity oddity, uint64_t offset) { side_.oddities.report(sink_, side_.tx, oddity, offset); }

  Session& session_;
  Sink& sink_;
  const Input& input_;
  Bytes rest_;
  uint64_t offset_;                    // of rest_ in its direction's stream
  bool client_;
  Side& side_;
  ParseStatus status_ = ParseStatus::need_more;
  size_t need_ = 0;
  std::string_view checked_text_;  // the request line that check_request_line() looked at in this call,
  RequestLine checked_line_;       // and what it says
  bool wake_other_ = false;
  uint8_t name_[file_name_bytes_max];  // of the file that the answered request's target names
  size_t name_bytes_ = 0;
};

}  // namespace sekisho::http1
