// SPDX-License-Identifier: Apache-2.0
#include "dataplane/reload/command_server.h"

#include <poll.h>

#include <array>

#include "dataplane/record/unix_socket.h"
#include "dataplane/reload/limits.h"

namespace sekisho {

Result<CommandServer> CommandServer::listen(const std::string& path, CommandCounters& counters,
                                            Answerer answerer) {
  auto listener = listen_unix(path, 0660);
  if (!listener) return tl::unexpected(listener.error());
  CommandServer server;
  server.listener_ = std::move(*listener);
  server.counters_ = &counters;
  server.answerer_ = std::move(answerer);
  return server;
}

void CommandServer::serve(std::chrono::milliseconds patience) {
  std::array<pollfd, 1 + command_clients_max> waits{};
  waits[0] = {listener_.get(), POLLIN, 0};
  nfds_t count = 1;
  for (const Client& client : clients_) waits[count++] = {client.socket.get(), POLLIN, 0};
  if (poll(waits.data(), count, static_cast<int>(patience.count())) <= 0) return;
  auto client = clients_.begin();
  for (nfds_t i = 1; i < count; ++i) {
    const auto current = client++;
    if (waits[i].revents == 0) continue;
    if (read_client(*current))
      clients_.splice(clients_.end(), clients_, current);
    else
      clients_.erase(current);
  }
  if (waits[0].revents != 0) accept_client();
}

void CommandServer::accept_client() {
  auto accepted = accept_unix(listener_.get());
  if (!accepted || !*accepted) return;
  if (clients_.size() == command_clients_max) {
    clients_.pop_front();
    ++counters_->clients_displaced;
  }
  clients_.emplace_back().socket = std::move(*accepted);
}

bool CommandServer::read_client(Client& client) {
  const auto progress = client.reader.read_some(client.socket.get());
  if (!progress || *progress == MessageReader::Progress::closed) return false;
  if (*progress == MessageReader::Progress::need_more) return true;
  Message message = client.reader.take();
  const CommandAnswer answer = answerer_(message.text, message.files);
  if (send_message(client.socket.get(), answer.text, answer.files, answer_patience)) return true;
  ++counters_->answers_lost;
  return false;
}

}  // namespace sekisho
