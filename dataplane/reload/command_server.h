// SPDX-License-Identifier: Apache-2.0
// CommandServer: the data plane's end of the command socket. Control connects, takes the rings, loads images, reads counters.
//
// Runs on main, between its other duties; one connection at a time is enough (control is one), a new one replaces the old.
// Messages are JSON (record/message_socket.h). Nothing here touches an lcore but through ImageSlot and counters.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "dataplane/record/message_socket.h"
#include "matchers/base/result.h"

namespace sekisho {

struct CommandAnswer {
  std::string text;        // JSON
  std::vector<int> files;  // stay the answerer's
};

class CommandServer {
 public:
  // `answer` gets the command's text and its files, and always answers ({"ok":false,"error":...} at worst).
  using Answerer = std::function<CommandAnswer(const std::string& text, std::vector<FileDescriptor>& files)>;

  // Binds and listens; an old socket file is replaced. The file's mode lets the owner's group connect.
  static Result<CommandServer> listen(const std::string& path, Answerer answerer);

  // Waits at most `patience` for something to do, and does it.
  void serve(std::chrono::milliseconds patience);

 private:
  void accept_client();
  void read_client();
  void drop_client();

  FileDescriptor listener_;
  FileDescriptor client_;
  MessageReader reader_;
  Answerer answerer_;
};

}  // namespace sekisho
