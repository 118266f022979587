// SPDX-License-Identifier: Apache-2.0
#include "control/api/server.h"

#include <grp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

#include "control/api/limits.h"

namespace sekisho {

namespace {

constexpr int poll_ms = 100;  // how late a stop or an end is seen
constexpr gid_t no_group = static_cast<gid_t>(-1);

bool readable(int socket, int timeout_ms) {
  pollfd entry{socket, POLLIN, 0};
  return ::poll(&entry, 1, timeout_ms) > 0;
}

gid_t group_id(const std::string& name) {
  const group* entry = ::getgrnam(name.c_str());  // once, at start, before any thread of ours
  return entry == nullptr ? no_group : entry->gr_gid;
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Answer answer) {
  auto listener = listen_unix(options.socket, 0660);
  if (!listener) return tl::unexpected(listener.error());
  const gid_t group = group_id(options.group);
  // Where the group exists its members must be able to open the socket; without it root and our own user can.
  if (group != no_group && ::chown(options.socket.c_str(), static_cast<uid_t>(-1), group) != 0 && ::geteuid() == 0)
    return fail("cannot be given to group " + options.group, options.socket);
  return std::unique_ptr<Server>(new Server(std::move(options), std::move(answer), std::move(*listener), group));
}

Server::Server(ServerOptions options, Answer answer, FileDescriptor listener, gid_t group)
    : options_(std::move(options)), answer_(std::move(answer)), listener_(std::move(listener)), group_(group), acceptor_([this] { accept_loop(); }) {}

Server::~Server() {
  stopping_ = true;
  acceptor_.join();
  for (Client& client : clients_) ::shutdown(client.socket.get(), SHUT_RDWR);
  for (Client& client : clients_) client.thread.join();
  ::unlink(options_.socket.c_str());
}

void Server::accept_loop() {
  while (!stopping_) {
    reap();
    if (!readable(listener_.get(), poll_ms)) continue;
    auto socket = accept_unix(listener_.get());
    if (socket && *socket) admit(std::move(*socket));
  }
}

void Server::admit(FileDescriptor socket) {
  reap();
  if (!may_connect(socket.get())) {
    ++counters_.refused_peer;
    (void)send_message(socket.get(), R"({"ok":false,"error":"permission denied: root or the group of the socket"})", {}, std::chrono::milliseconds(poll_ms));
    return;
  }
  if (clients_.size() >= options_.connections_max) {
    ++counters_.refused_busy;
    (void)send_message(socket.get(), R"({"ok":false,"error":"too many connections"})", {}, std::chrono::milliseconds(poll_ms));
    return;
  }
  ++counters_.accepted;
  Client& client = clients_.emplace_back();
  client.socket = std::move(socket);
  client.thread = std::thread([this, &client] { serve(client); });
}

bool Server::may_connect(int socket) {
  const auto peer = peer_credentials(socket);
  if (!peer) return false;
  if (peer->uid == 0 || peer->uid == ::geteuid()) return true;
  if (group_ == no_group) return false;
  return peer->gid == group_ || std::find(peer->groups.begin(), peer->groups.end(), group_) != peer->groups.end();
}

bool Server::next_request(int socket, MessageReader& reader) {
  using Clock = std::chrono::steady_clock;
  auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(api_idle_timeout);
  bool inside = false;
  while (!stopping_ && Clock::now() < deadline) {
    if (!readable(socket, poll_ms)) continue;
    const auto progress = reader.read_some(socket);
    if (!progress) break;
    if (*progress == MessageReader::Progress::message) return true;
    if (*progress == MessageReader::Progress::closed) return false;
    if (!inside && reader.inside_message()) deadline = Clock::now() + options_.request_timeout;
    inside = reader.inside_message();
  }
  if (!stopping_) ++counters_.broken;
  return false;
}

void Server::serve(Client& client) {
  MessageReader reader;
  while (next_request(client.socket.get(), reader)) {
    ++counters_.requests;
    const std::string answer = answer_(reader.take());
    if (send_message(client.socket.get(), answer, {}, options_.request_timeout)) continue;
    ++counters_.broken;
    break;
  }
  ::shutdown(client.socket.get(), SHUT_RDWR);
  client.done = true;
}

// Ends the threads that have nothing to do any more.
void Server::reap() {
  for (auto client = clients_.begin(); client != clients_.end();) {
    if (!client->done) {
      ++client;
      continue;
    }
    client->thread.join();
    client = clients_.erase(client);
  }
}

}  // namespace sekisho
