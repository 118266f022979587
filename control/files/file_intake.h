// SPDX-License-Identifier: Apache-2.0
// FileIntake: records of the rings of files -> files in the store. The rings are hostile: a file whose pieces do not follow one another
// is abandoned, what a record claims is checked, and the digest is the store's own.
//
// Thread-safety: one thread.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "control/files/incoming_file.h"
#include "dataplane/record/record.h"

namespace sekisho {

class FileIntake {
 public:
  explicit FileIntake(FileStore& store) : store_(store) {}

  void set_protocols(std::vector<std::string> names) { protocols_ = std::move(names); }
  // One record of a ring; others than pieces of files are passed over.
  void take(const RecordView& record);
  size_t open_files() const { return open_.size(); }

 private:
  using Key = std::tuple<uint32_t, uint8_t, uint64_t>;  // data plane process, lcore, file
  struct Open {
    std::unique_ptr<IncomingFile> file;
    std::list<Key>::iterator place;
  };

  Open* find_or_begin(const Key& key, uint64_t offset);
  void forget(const Key& key);
  void end(const Key& key, const RecordView& record, std::string_view state, uint64_t bytes);

  FileStore& store_;
  std::vector<std::string> protocols_;
  std::map<Key, Open> open_;
  std::list<Key> oldest_first_;
};

}  // namespace sekisho
