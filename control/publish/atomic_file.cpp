// SPDX-License-Identifier: Apache-2.0
#include "control/publish/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "dataplane/record/file_descriptor.h"

namespace sekisho {

namespace {

tl::unexpected<Error> fail_errno(const char* what, const std::string& path) {
  return fail(std::string(what) + ": " + std::strerror(errno), path);
}

bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t put = ::write(file, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    content.remove_prefix(static_cast<size_t>(put));
  }
  return true;
}

}  // namespace

Result<void> write_file_atomically(const std::string& path, std::string_view content) {
  const std::string fresh = path + ".new";
  {
    const FileDescriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!file) return fail_errno("cannot be made", fresh);
    if (!write_all(file.get(), content) || ::fsync(file.get()) != 0) {
      const auto failed = fail_errno("cannot be written", fresh);
      ::unlink(fresh.c_str());
      return failed;
    }
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return fail_errno("cannot be renamed", fresh);
  const std::string folder = path.substr(0, path.find_last_of('/') + 1);
  const FileDescriptor at(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!at || ::fsync(at.get()) != 0) return fail_errno("cannot be synced", folder);
  return {};
}

}  // namespace sekisho
