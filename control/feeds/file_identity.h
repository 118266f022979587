// SPDX-License-Identifier: Apache-2.0
// FileIdentity: whether a file that was read is still the one that lies there, without reading it again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sekisho {

struct FileIdentity {
  uint64_t device = 0, inode = 0, bytes = 0;
  int64_t modified_ns = 0, changed_ns = 0;
  bool there = false;

  bool operator==(const FileIdentity&) const = default;
};

FileIdentity identity_of(const std::string& path);

// What several files were when they were read.
class FileIdentities {
 public:
  // Absent files count: one that appears is a change. The first is added before anything is read; another may be added once it has been.
  void add(const std::string& path);
  // True where all are as they were, and none had been written after the first add(), or so shortly before it that a later writing may bear the
  // same time.
  bool unchanged() const;

 private:
  struct Entry {
    std::string path;
    FileIdentity identity;
    bool settled;
  };
  std::vector<Entry> entries_;
  int64_t began_ns_ = 0;  // the first add(), since 1970
};

}  // namespace sekisho
