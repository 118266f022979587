// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/file_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "control/feeds/large_pages.h"
#include "dataplane/record/file_descriptor.h"

namespace sekisho {

Result<FileText> read_file_text(const std::string& path, uint64_t bytes_max) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file) return fail(std::string("cannot be opened: ") + std::strerror(errno), path);
  struct stat status;
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return fail("is not a regular file", path);
  if (static_cast<uint64_t>(status.st_size) > bytes_max)
    return fail("has " + std::to_string(status.st_size) + " bytes: at most " + std::to_string(bytes_max) + " are allowed", path);
  const auto size = static_cast<size_t>(status.st_size);
  std::string text;
  text.reserve(size + file_text_padding_bytes);
  ask_for_large_pages(text.data(), text.capacity());
  text.resize(size + file_text_padding_bytes);
  text.resize(size);
  size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(std::string("cannot be read: ") + std::strerror(errno), path);
    if (got == 0) break;  // shortened while we read
    filled += static_cast<size_t>(got);
  }
  text.resize(filled);
  return FileText{std::move(text), status.st_mtim.tv_sec};
}

}  // namespace sekisho
