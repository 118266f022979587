// SPDX-License-Identifier: Apache-2.0
#include "control/sinks/syslog.h"

#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ranges>

namespace sekisho {

SyslogSink::SyslogSink(const SyslogSinkOptions& options)
    : options_(options), retry_ms_(options.reconnect_ms_first), jitter_(static_cast<unsigned>(::getpid())) {}

SyslogSink::~SyslogSink() {
  if (socket_ >= 0) ::close(socket_);
}

Offer SyslogSink::offer(uint64_t sequence, const SinkMessage& message) {
  if (state_ != State::up || start_again_ || queue_.size() >= sink_queue_bytes_max) return Offer::busy;
  const size_t before = queue_.size();
  if (append_syslog_frame(queue_, options_.header, message)) ++cut_messages_;
  queued_bytes_ += queue_.size() - before;
  sent_.push_back({queued_bytes_, sequence, 0});
  return Offer::taken;
}

SinkProgress SyslogSink::progress(uint64_t now_ms) {
  if (state_ == State::down && now_ms >= retry_at_ms_) begin_connect(now_ms);
  if (state_ == State::connecting) finish_connect(now_ms);
  if (state_ == State::up) {
    if (!write_queue())
      break_off(now_ms, std::strerror(errno));
    else
      take_acknowledgements(now_ms);
  }
  const auto next = start_again_ ? SinkProgress::State::start_again : SinkProgress::State::going_on;
  start_again_ = false;
  return {delivered_, next};
}

void SyslogSink::begin_connect(uint64_t now_ms) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = ::getaddrinfo(options_.host.c_str(), std::to_string(options_.port).c_str(), &hints, &found); code != 0)
    return break_off(now_ms, ::gai_strerror(code));
  socket_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const bool begun = socket_ >= 0 && (::connect(socket_, found->ai_addr, found->ai_addrlen) == 0 || errno == EINPROGRESS);
  const int code = errno;
  ::freeaddrinfo(found);
  if (!begun) return break_off(now_ms, std::strerror(code));
  state_ = State::connecting;
  acknowledged_at_ms_ = now_ms;
}

void SyslogSink::finish_connect(uint64_t now_ms) {
  pollfd wait{socket_, POLLOUT, 0};
  if (::poll(&wait, 1, 0) == 0) {
    if (now_ms - acknowledged_at_ms_ > options_.stall_ms_max) break_off(now_ms, "no answer to the connection request");
    return;
  }
  int code = 0;
  socklen_t size = sizeof code;
  ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &code, &size);
  if (code != 0) return break_off(now_ms, std::strerror(code));
  const int on = 1;
  ::setsockopt(socket_, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  state_ = State::up;
  acknowledged_at_ms_ = now_ms;
}

// Forgets what was not acknowledged; the pump gives it again.
void SyslogSink::break_off(uint64_t now_ms, const char* reason) {
  last_error_ = reason;
  ++(state_ == State::up ? connections_lost_ : connect_failures_);
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  state_ = State::down;
  start_again_ = true;
  queue_.clear();
  sent_.clear();
  settling_ = 0;
  queued_bytes_ = written_bytes_ = acknowledged_bytes_ = 0;
  // A quarter more or less, so that a fleet does not come back as one.
  retry_at_ms_ = now_ms + retry_ms_ * 3 / 4 + jitter_() % (retry_ms_ / 2 + 1);
  retry_ms_ = std::min(retry_ms_ * 2, reconnect_ms_max);
}

bool SyslogSink::write_queue() {
  size_t done = 0;
  while (done < queue_.size()) {
    const ssize_t now = ::send(socket_, queue_.data() + done, queue_.size() - done, MSG_NOSIGNAL);
    if (now < 0 && errno == EINTR) continue;
    if (now < 0 && errno != EAGAIN) return false;
    if (now < 0) break;
    done += static_cast<size_t>(now);
  }
  written_bytes_ += done;
  queue_.erase(0, done);
  return true;
}

// A receiver has nothing to say to us: bytes are thrown away, an end means that it is gone.
bool SyslogSink::receiver_is_gone() {
  char bytes[512];
  for (;;) {
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got > 0 || (got < 0 && errno == EINTR)) continue;
    return got == 0 || errno != EAGAIN;
  }
}

void SyslogSink::take_acknowledgements(uint64_t now_ms) {
  int waiting = 0;
  // The queue's length is asked before the connection's health: after a reset it would say nothing of what arrived.
  const bool asked = ::ioctl(socket_, SIOCOUTQ, &waiting) == 0;
  if (receiver_is_gone()) return break_off(now_ms, "the receiver closed the connection");
  const uint64_t acknowledged = asked ? written_bytes_ - static_cast<uint64_t>(waiting) : acknowledged_bytes_;
  if (acknowledged > acknowledged_bytes_ || acknowledged == queued_bytes_) {
    acknowledged_at_ms_ = now_ms;
    if (acknowledged > acknowledged_bytes_) retry_ms_ = options_.reconnect_ms_first;
    acknowledged_bytes_ = acknowledged;
  } else if (now_ms - acknowledged_at_ms_ > options_.stall_ms_max) {
    return break_off(now_ms, "the receiver takes nothing");
  }
  settle(now_ms);
}

void SyslogSink::settle(uint64_t now_ms) {
  for (Sent& sent : std::ranges::subrange(sent_.begin() + static_cast<ptrdiff_t>(settling_), sent_.end())) {
    if (sent.end > acknowledged_bytes_) break;
    sent.acknowledged_at_ms = now_ms;
    ++settling_;
  }
  while (settling_ != 0 && now_ms - sent_.front().acknowledged_at_ms >= options_.settle_ms) {
    delivered_ = sent_.front().sequence;
    sent_.pop_front();
    --settling_;
  }
}

std::string SyslogSink::status() const {
  constexpr const char* names[] = {"down", "connecting", "up"};
  std::string text = "syslog " + options_.host + ":" + std::to_string(options_.port) + " " + names[static_cast<size_t>(state_)] + ": " +
                     std::to_string(connections_lost_) + " connections lost, " + std::to_string(connect_failures_) +
                     " connect failures, " + std::to_string(cut_messages_) + " messages cut";
  return last_error_.empty() ? text : text + " (last: " + last_error_ + ")";
}

}  // namespace sekisho
