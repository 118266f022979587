// SPDX-License-Identifier: Apache-2.0
// UNIX stream sockets: listen, connect, accept, and who is at the other end. All sockets are non-blocking and close on exec.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "dataplane/record/file_descriptor.h"
#include "matchers/base/result.h"

namespace sekisho {

struct PeerCredentials {
  pid_t pid;
  uid_t uid;
  gid_t gid;                  // the primary group
  std::vector<gid_t> groups;  // the supplementary ones, as they were when the peer connected
};

// Binds `path` with the permission bits `mode` (0660). A socket file that nobody listens on is replaced; a live one, or a file
// that is not a socket, is an error.
Result<FileDescriptor> listen_unix(const std::string& path, mode_t mode);
Result<FileDescriptor> connect_unix(const std::string& path, std::chrono::milliseconds timeout);
// An empty descriptor where no connection is waiting.
Result<FileDescriptor> accept_unix(int listener);
Result<PeerCredentials> peer_credentials(int socket);

}  // namespace sekisho
