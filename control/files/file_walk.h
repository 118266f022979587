// SPDX-License-Identifier: Apache-2.0
// FileWalk: rings of files -> the store, on a thread of its own, so that neither the packet's walk nor the alert's waits for this disk.
//
// A ring's space is given back when its pieces are in files, not when those are durable: control killed in the middle of a file loses that
// file, and the store never shows a part of one.
//
// Thread-safety: all of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "control/files/file_store.h"
#include "dataplane/record/ring.h"

namespace sekisho {

class FileWalk {
 public:
  explicit FileWalk(std::unique_ptr<FileStore> store);
  ~FileWalk();
  FileWalk(const FileWalk&) = delete;
  FileWalk& operator=(const FileWalk&) = delete;

  // `memory` is what the ring lies in. `protocols`: the data plane's, by index.
  void attach(RingConsumer ring, std::shared_ptr<void> memory, std::vector<std::string> protocols);
  // The rings attached so far get no more records: each is let go when it is drained.
  void retire();
  FileStore& store();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sekisho
