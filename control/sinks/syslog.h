// SPDX-License-Identifier: Apache-2.0
// Syslog over TCP. Syslog has no acknowledgement of its own: a message counts as delivered when the
// receiver's host has acknowledged its bytes (SIOCOUTQ) and the connection lived on for a while after that.
// When a connection breaks, everything else is sent again on the next one: duplicates rather than losses, and
// the row's id tells them.
#pragma once

#include <deque>
#include <random>

#include "control/sinks/limits.h"
#include "control/sinks/syslog_frame.h"

namespace sekisho {

struct SyslogSinkOptions {
  std::string host;   // name or address; looked up at each connect
  uint16_t port = 514;
  SyslogHeader header;
  uint64_t reconnect_ms_first = reconnect_ms_min;
  uint64_t stall_ms_max = syslog_stall_ms_max;
  uint64_t settle_ms = syslog_settle_ms;
};

class SyslogSink : public Sink {
 public:
  explicit SyslogSink(const SyslogSinkOptions& options);
  ~SyslogSink() override;
  SyslogSink(const SyslogSink&) = delete;
  SyslogSink& operator=(const SyslogSink&) = delete;

  Offer offer(uint64_t sequence, const SinkMessage& message) override;
  SinkProgress progress(uint64_t now_ms) override;
  std::string status() const override;
  bool working() const override { return state_ == State::up; }

 private:
  enum class State : uint8_t { down, connecting, up };
  struct Sent {
    uint64_t end;       // bytes of the connection up to this message's end
    uint64_t sequence;
    uint64_t acknowledged_at_ms;
  };

  void begin_connect(uint64_t now_ms);
  void finish_connect(uint64_t now_ms);
  void break_off(uint64_t now_ms, const char* reason);
  bool write_queue();
  bool receiver_is_gone();
  void take_acknowledgements(uint64_t now_ms);
  void settle(uint64_t now_ms);

  SyslogSinkOptions options_;
  State state_ = State::down;
  int socket_ = -1;
  uint64_t retry_at_ms_ = 0;
  uint64_t retry_ms_;
  std::minstd_rand jitter_;
  std::string queue_;            // frames not yet given to the kernel
  uint64_t queued_bytes_ = 0;    // of the connection, ever
  uint64_t written_bytes_ = 0;
  uint64_t acknowledged_bytes_ = 0;
  uint64_t acknowledged_at_ms_ = 0;
  std::deque<Sent> sent_;
  size_t settling_ = 0;  // of them, from the front: acknowledged
  uint64_t delivered_ = 0;
  bool start_again_ = false;
  uint64_t connect_failures_ = 0;
  uint64_t connections_lost_ = 0;
  uint64_t cut_messages_ = 0;
  std::string last_error_;
};

}  // namespace sekisho
