// SPDX-License-Identifier: Apache-2.0
#include "dataplane/record/message_socket.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "matchers/base/bytes.h"

namespace sekisho {

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t files_bytes_max = message_files_max * sizeof(int);

// Room for SCM_RIGHTS with as many files as the kernel passes.
struct ControlBuffer {
  alignas(cmsghdr) uint8_t bytes[CMSG_SPACE(files_bytes_max)];
};

tl::unexpected<Error> fail_errno(const char* what) { return fail(std::string(what) + ": " + std::strerror(errno)); }

bool would_block() { return errno == EAGAIN || errno == EINTR; }

// Takes ownership of every file that came, also where the message will be refused.
void collect_files(msghdr& header, std::vector<FileDescriptor>& files) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
      files.emplace_back(fd);
    }
  }
}

void attach_files(msghdr& header, ControlBuffer& control, std::span<const int> files) {
  std::memset(control.bytes, 0, sizeof control.bytes);
  header.msg_control = control.bytes;
  header.msg_controllen = CMSG_SPACE(files.size_bytes());
  cmsghdr* part = CMSG_FIRSTHDR(&header);
  part->cmsg_level = SOL_SOCKET;
  part->cmsg_type = SCM_RIGHTS;
  part->cmsg_len = CMSG_LEN(files.size_bytes());
  std::memcpy(CMSG_DATA(part), files.data(), files.size_bytes());
}

// Waits until the socket is ready or the deadline has passed.
Result<void> wait_for(int socket, short events, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return fail("the peer did not answer in time");
    pollfd entry{socket, events, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::min<int64_t>(left, 60'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return fail_errno("poll");
  }
}

}  // namespace

Result<MessageReader::Progress> MessageReader::read_into(int socket, uint8_t* at, size_t wanted, size_t& filled) {
  while (filled < wanted) {
    ControlBuffer control;
    iovec part{at + filled, wanted - filled};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof control.bytes;
    const ssize_t got = ::recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0) {
      if (would_block()) return Progress::need_more;
      return fail_errno("receive");
    }
    collect_files(header, message_.files);
    if ((header.msg_flags & MSG_CTRUNC) != 0 || message_.files.size() > message_files_max)
      return fail("a message with too many open files");
    if (got == 0) return Progress::closed;
    filled += static_cast<size_t>(got);
  }
  return Progress::message;
}

Result<MessageReader::Progress> MessageReader::read_some(int socket) {
  if (header_filled_ < sizeof header_) {
    const auto progress = read_into(socket, header_, sizeof header_, header_filled_);
    if (!progress) return progress;
    if (*progress == Progress::closed && header_filled_ != 0) return fail("the peer closed inside a message");
    if (*progress != Progress::message) return progress;
    const uint32_t length = load_be32(header_);
    if (length == 0 || length > message_bytes_max)
      return fail("a message of " + std::to_string(length) + " bytes: 1 to " + std::to_string(message_bytes_max) +
                  " are allowed");
  }
  // The buffer grows with what came, not with what the peer claims.
  const size_t length = load_be32(header_);
  while (text_filled_ < length) {
    constexpr size_t step = 65536;
    message_.text.resize(std::min(length, text_filled_ + step));
    const auto progress =
        read_into(socket, reinterpret_cast<uint8_t*>(message_.text.data()), message_.text.size(), text_filled_);
    if (!progress) return progress;
    if (*progress == Progress::closed) return fail("the peer closed inside a message");
    if (*progress == Progress::need_more) return Progress::need_more;
  }
  return Progress::message;
}

Message MessageReader::take() {
  Message out = std::move(message_);
  message_ = {};
  header_filled_ = 0;
  text_filled_ = 0;
  return out;
}

Result<void> MessageWriter::start(std::string_view text, std::span<const int> files) {
  if (text.empty() || text.size() > message_bytes_max)
    return fail("a message of " + std::to_string(text.size()) + " bytes: 1 to " + std::to_string(message_bytes_max) +
                " are allowed");
  if (files.size() > message_files_max) return fail("a message with too many open files");
  uint8_t header[4];
  store_be32(header, static_cast<uint32_t>(text.size()));
  frame_.assign(reinterpret_cast<const char*>(header), sizeof header);
  frame_.append(text);
  files_.assign(files.begin(), files.end());
  sent_ = 0;
  return {};
}

Result<void> MessageWriter::write_some(int socket) {
  while (!done()) {
    ControlBuffer control;
    iovec part{frame_.data() + sent_, frame_.size() - sent_};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (sent_ == 0 && !files_.empty()) attach_files(header, control, files_);
    const ssize_t put = ::sendmsg(socket, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put < 0) {
      if (would_block()) return {};
      return fail_errno("send");
    }
    sent_ += static_cast<size_t>(put);
  }
  return {};
}

Result<void> send_message(int socket, std::string_view text, std::span<const int> files,
                          std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  MessageWriter writer;
  if (auto started = writer.start(text, files); !started) return started;
  for (;;) {
    if (auto written = writer.write_some(socket); !written || writer.done()) return written;
    if (auto ready = wait_for(socket, POLLOUT, deadline); !ready) return ready;
  }
}

Result<Message> receive_message(int socket, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  MessageReader reader;
  for (;;) {
    const auto progress = reader.read_some(socket);
    if (!progress) return tl::unexpected(progress.error());
    if (*progress == MessageReader::Progress::message) return reader.take();
    if (*progress == MessageReader::Progress::closed) return fail("the peer closed the connection");
    if (auto ready = wait_for(socket, POLLIN, deadline); !ready) return tl::unexpected(ready.error());
  }
}

}  // namespace sekisho
