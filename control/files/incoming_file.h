// SPDX-License-Identifier: Apache-2.0
// IncomingFile: a file that arrives in pieces, on disk and under its digest from the first. Gone from the disk with the object, unless the
// store kept it.
//
// Thread-safety: one thread.
#pragma once

#include <memory>
#include <string>

#include "control/files/file_store.h"
#include "dataplane/record/file_descriptor.h"
#include "matchers/base/bytes.h"

namespace sekisho {

class IncomingFile {
 public:
  // Nothing where the disk refuses (counted by the store).
  static std::unique_ptr<IncomingFile> begin(FileStore& store);
  ~IncomingFile();
  IncomingFile(const IncomingFile&) = delete;
  IncomingFile& operator=(const IncomingFile&) = delete;

  uint64_t bytes() const { return bytes_; }
  // False: no room, or the disk refuses; counted. The file is lost.
  bool append(Bytes piece);
  // The digest of what came; 64 hexadecimal digits. Once.
  std::string digest();
  // Syncs and hands over. The object is over then.
  FileStore::Kept keep(const std::string& sha256, const std::string& description);

 private:
  struct Hash;
  IncomingFile(FileStore& store, std::string path, FileDescriptor file);

  FileStore& store_;
  const std::string path_;
  FileDescriptor file_;
  std::unique_ptr<Hash> hash_;
  uint64_t bytes_ = 0;
  bool over_ = false;
};

}  // namespace sekisho
