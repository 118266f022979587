// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/file_identity.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>

namespace sekisho {

namespace {

// Kernels stamp files by the tick, at most 10 ms; a clock that is set is not helped by any margin.
constexpr int64_t settled_after_ns = 100'000'000;

int64_t nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

}  // namespace

FileIdentity identity_of(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino, static_cast<uint64_t>(status.st_size), nanoseconds(status.st_mtim), nanoseconds(status.st_ctim), true};
}

void FileIdentities::add(const std::string& path) {
  if (entries_.empty()) began_ns_ = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  const FileIdentity identity = identity_of(path);
  const int64_t written_ns = std::max(identity.modified_ns, identity.changed_ns);
  entries_.push_back({path, identity, !identity.there || written_ns + settled_after_ns < began_ns_});
}

bool FileIdentities::unchanged() const {
  return std::all_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.settled && identity_of(entry.path) == entry.identity; });
}

}  // namespace sekisho
