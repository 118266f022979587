// SPDX-License-Identifier: Apache-2.0
// The control socket's server: one thread accepts, one thread serves each client, with deadlines and a bound on clients, so that a
// slow or hostile client costs itself only.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

#include "dataplane/record/message_socket.h"
#include "dataplane/record/unix_socket.h"

namespace sekisho {

struct ServerOptions {
  std::string socket;
  std::string group;            // its members may connect, beside root and our own user
  size_t connections_max = 16;
  std::chrono::milliseconds request_timeout{5000};
};

struct ServerCounters {
  std::atomic<uint64_t> accepted = 0;
  std::atomic<uint64_t> refused_busy = 0;
  std::atomic<uint64_t> refused_peer = 0;
  std::atomic<uint64_t> requests = 0;
  std::atomic<uint64_t> broken = 0;  // bad frames, time-outs
};

class Server {
 public:
  using Answer = std::function<std::string(const Message& request)>;

  // Listens at once; `answer` is called from many threads.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Answer answer);
  ~Server();

  const ServerCounters& counters() const { return counters_; }

 private:
  struct Client {
    FileDescriptor socket;
    std::thread thread;
    std::atomic<bool> done = false;
  };

  Server(ServerOptions options, Answer answer, FileDescriptor listener, gid_t group);
  void accept_loop();
  void admit(FileDescriptor socket);
  void serve(Client& client);
  // Waits for the next request; false = the connection is over.
  bool next_request(int socket, MessageReader& reader);
  bool may_connect(int socket);
  void reap();

  const ServerOptions options_;
  const Answer answer_;
  const FileDescriptor listener_;
  const gid_t group_;
  ServerCounters counters_;
  std::atomic<bool> stopping_ = false;
  std::list<Client> clients_;  // of the accepting thread
  std::thread acceptor_;
};

}  // namespace sekisho
