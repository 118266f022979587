// SPDX-License-Identifier: Apache-2.0
#include "control/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

namespace sekisho {

ServiceManager::ServiceManager() {
  if (const char* microseconds = std::getenv("WATCHDOG_USEC"); microseconds != nullptr)
    watchdog_interval_ = std::chrono::microseconds(std::strtoull(microseconds, nullptr, 10) / 2);
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || (path[0] != '/' && path[0] != '@')) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const size_t length = std::strlen(path);
  if (length >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path, length);
  if (path[0] == '@') address.sun_path[0] = '\0';  // abstract
  FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  if (socket && ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), bytes) == 0) socket_ = std::move(socket);
}

void ServiceManager::reloading() const {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000));
}

void ServiceManager::status(std::string_view text) const { notify("STATUS=" + std::string(text)); }

void ServiceManager::notify(std::string_view text) const {
  if (socket_) (void)::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace sekisho
