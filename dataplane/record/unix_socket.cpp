// SPDX-License-Identifier: Apache-2.0
#include "dataplane/record/unix_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace sekisho {

namespace {

constexpr int listen_backlog = 16;

tl::unexpected<Error> fail_errno(const std::string& what, const std::string& path) {
  return fail(what + ": " + std::strerror(errno), path);
}

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return fail("\"" + path + "\" is not a socket path: 1 to " + std::to_string(sizeof address.sun_path - 1) + " bytes");
  std::memcpy(address.sun_path, path.c_str(), path.size());
  return address;
}

FileDescriptor open_socket() { return FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

// Frees the name of a socket that a dead process left behind.
Result<void> remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return fail_errno("cannot be examined", path);
  }
  if (!S_ISSOCK(status.st_mode)) return fail("exists and is not a socket", path);
  const FileDescriptor probe = open_socket();
  if (!probe) return fail_errno("no socket", path);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EAGAIN)
    return fail("another process listens here", path);
  if (errno != ECONNREFUSED) return fail_errno("cannot be probed", path);
  if (::unlink(path.c_str()) != 0) return fail_errno("stale socket cannot be removed", path);
  return {};
}

}  // namespace

Result<FileDescriptor> listen_unix(const std::string& path, mode_t mode) {
  const auto address = address_of(path);
  if (!address) return tl::unexpected(address.error());
  if (auto removed = remove_stale(path, *address); !removed) return tl::unexpected(removed.error());
  FileDescriptor socket = open_socket();
  if (!socket) return fail_errno("no socket", path);
  if (::fchmod(socket.get(), mode) != 0) return fail_errno("permissions cannot be set", path);  // before the name appears
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    return fail_errno("cannot be bound", path);
  if (::chmod(path.c_str(), mode) != 0) return fail_errno("permissions cannot be set", path);
  if (::listen(socket.get(), listen_backlog) != 0) return fail_errno("cannot listen", path);
  return socket;
}

Result<FileDescriptor> connect_unix(const std::string& path, std::chrono::milliseconds timeout) {
  const auto address = address_of(path);
  if (!address) return tl::unexpected(address.error());
  FileDescriptor socket = open_socket();
  if (!socket) return fail_errno("no socket", path);
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  // A non-blocking UNIX connect answers at once, or EAGAIN where the backlog is full; there is no event to wait for.
  while (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return fail_errno("cannot connect", path);
    if (std::chrono::steady_clock::now() >= deadline) return fail("cannot connect: the listener is busy", path);
    ::poll(nullptr, 0, 5);
  }
  return socket;
}

Result<FileDescriptor> accept_unix(int listener) {
  const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd >= 0) return FileDescriptor(fd);
  if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return FileDescriptor();
  return fail(std::string("accept: ") + std::strerror(errno));
}

Result<PeerCredentials> peer_credentials(int socket) {
  ucred credentials{};
  socklen_t length = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0)
    return fail(std::string("peer credentials: ") + std::strerror(errno));
  PeerCredentials out{credentials.pid, credentials.uid, credentials.gid, {}};
  // First asked with no room: the kernel answers ERANGE and the length that it needs.
  length = 0;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, nullptr, &length) != 0 && errno == ERANGE) {
    out.groups.resize(length / sizeof(gid_t));
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, out.groups.data(), &length) != 0) out.groups.clear();
  }
  return out;
}

}  // namespace sekisho
