// SPDX-License-Identifier: Apache-2.0
// CommandServer: the data plane's end of the command socket. Control connects, takes the rings, loads images,
// reads counters.
//
// Runs on main, between its other duties. Control is one connection; whoever looks beside it is another, and
// displaces nobody until limits.h says so. Messages are JSON (record/message_socket.h). Nothing here touches
// an lcore but through ImageSlot and counters.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "dataplane/record/message_socket.h"
#include "matchers/base/result.h"

namespace sekisho {

struct CommandAnswer {
  std::string text;        // JSON
  std::vector<int> files;  // stay the answerer's
};

// One writer, main.
struct CommandCounters {
  uint64_t clients_displaced = 0;
  uint64_t answers_lost = 0;  // not taken in time, or by a client that had gone
};

class CommandServer {
 public:
  // `answer` gets the command's text and its files, and always answers ({"ok":false,"error":...} at worst).
  using Answerer = std::function<CommandAnswer(const std::string& text, std::vector<FileDescriptor>& files)>;

  // Binds and listens; a socket file that a dead process left is replaced. The file's mode lets the owner's
  // group connect. `counters` outlives the server.
  static Result<CommandServer> listen(const std::string& path, CommandCounters& counters, Answerer answerer);

  // Waits at most `patience` for something to do, and does it.
  void serve(std::chrono::milliseconds patience);

 private:
  struct Client {
    FileDescriptor socket;
    MessageReader reader;
  };
  using Clients = std::list<Client>;

  void accept_client();
  // False when the connection is over.
  bool read_client(Client& client);

  FileDescriptor listener_;
  Clients clients_;  // who spoke last comes last
  CommandCounters* counters_ = nullptr;
  Answerer answerer_;
};

}  // namespace sekisho
