// SPDX-License-Identifier: Apache-2.0
// Messages over a UNIX stream socket: a 4 B big-endian length, then that many bytes of JSON text; open files ride on the
// first byte (SCM_RIGHTS). Used between the planes and between sekishoctl and control.
//
// This layer does not look into the text. It is bounded (limits.h), and every wait has a deadline. System calls: sendmsg, recvmsg,
// poll, close, clock_gettime.
// Thread-safety: one thread at a time for each direction of a socket.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/record/file_descriptor.h"
#include "dataplane/record/limits.h"
#include "matchers/base/result.h"

namespace sekisho {

struct Message {
  std::string text;
  std::vector<FileDescriptor> files;  // in the sender's order; close on exec
};

// Collects one message from a non-blocking socket, as its bytes come. Never reads past the message's end, so that files stay with
// the message that carries them. After an error the connection must be closed.
class MessageReader {
 public:
  enum class Progress { message, need_more, closed };

  // Reads what is there. `closed`: the peer ended between messages. An end inside one is an error.
  Result<Progress> read_some(int socket);
  // After Progress::message, once; the reader is then ready for the next.
  Message take();
  // True once any byte of a message is in: the moment its deadline begins.
  bool inside_message() const { return header_filled_ != 0; }

 private:
  Result<Progress> read_into(int socket, uint8_t* at, size_t wanted, size_t& filled);

  uint8_t header_[4] = {};
  size_t header_filled_ = 0;
  size_t text_filled_ = 0;
  Message message_;
};

// Sends one message over a non-blocking socket, as the peer takes it.
class MessageWriter {
 public:
  // `files` stay the caller's and must live until done(). The text is at most message_bytes_max long.
  Result<void> start(std::string_view text, std::span<const int> files = {});
  Result<void> write_some(int socket);
  bool done() const { return sent_ == frame_.size(); }

 private:
  std::string frame_;
  std::vector<int> files_;
  size_t sent_ = 0;
};

// The blocking pair, for peers with one conversation.
Result<void> send_message(int socket, std::string_view text, std::span<const int> files, std::chrono::milliseconds timeout);
Result<Message> receive_message(int socket, std::chrono::milliseconds timeout);

}  // namespace sekisho
