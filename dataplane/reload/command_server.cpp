// SPDX-License-Identifier: Apache-2.0
#include "dataplane/reload/command_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sekisho {

namespace {
constexpr std::chrono::milliseconds answer_patience{2000};
}

Result<CommandServer> CommandServer::listen(const std::string& path, Answerer answerer) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return fail("the socket's path is too long", path);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  CommandServer server;
  server.answerer_ = std::move(answerer);
  server.listener_ = FileDescriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  unlink(path.c_str());
  if (server.listener_.get() < 0 || bind(server.listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      chmod(path.c_str(), 0660) != 0 || ::listen(server.listener_.get(), 4) != 0)
    return fail(std::strerror(errno), path);
  return server;
}

void CommandServer::serve(std::chrono::milliseconds patience) {
  pollfd waits[2] = {{listener_.get(), POLLIN, 0}, {client_.get(), POLLIN, 0}};
  if (poll(waits, client_.get() >= 0 ? 2 : 1, static_cast<int>(patience.count())) <= 0) return;
  if (client_.get() >= 0 && waits[1].revents != 0) read_client();
  if (waits[0].revents != 0) accept_client();
}

void CommandServer::accept_client() {
  const int accepted = accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (accepted < 0) return;
  drop_client();
  client_ = FileDescriptor(accepted);
}

void CommandServer::read_client() {
  const auto progress = reader_.read_some(client_.get());
  if (!progress || *progress == MessageReader::Progress::closed) return drop_client();
  if (*progress == MessageReader::Progress::need_more) return;
  Message message = reader_.take();
  const CommandAnswer answer = answerer_(message.text, message.files);
  if (!send_message(client_.get(), answer.text, answer.files, answer_patience)) drop_client();
}

void CommandServer::drop_client() {
  client_ = FileDescriptor();
  reader_ = MessageReader();
}

}  // namespace sekisho
