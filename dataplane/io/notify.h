// SPDX-License-Identifier: Apache-2.0
// Notifier: tells systemd how the service is (sd_notify(3)'s protocol: a datagram to $NOTIFY_SOCKET).
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace sekisho {

// Connected at construction, because the data plane may open no socket later. Without $NOTIFY_SOCKET it does nothing.
class Notifier {
 public:
  Notifier() {
    const char* path = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path == nullptr || *path == 0 || std::strlen(path) >= sizeof address.sun_path) return;
    std::strcpy(address.sun_path, path);
    if (address.sun_path[0] == '@') address.sun_path[0] = 0;  // abstract
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
    if (socket_ >= 0 && connect(socket_, reinterpret_cast<sockaddr*>(&address), length) != 0) {
      close(socket_);
      socket_ = -1;
    }
  }
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;
  ~Notifier() {
    if (socket_ >= 0) close(socket_);
  }

  void send(std::string_view state) {
    if (socket_ >= 0) static_cast<void>(::sendto(socket_, state.data(), state.size(), MSG_NOSIGNAL, nullptr, 0));
  }

 private:
  int socket_ = -1;
};

}  // namespace sekisho
