// SPDX-License-Identifier: Apache-2.0
// FileStore: a folder of files by their SHA-256, each written once, with a description beside it.
//
//   DIR/ab/ab12...        the file, 0440; there only when it is whole and its bytes have that digest
//   DIR/ab/ab12....json   its description, there before the file
//   DIR/incoming/N        what is still arriving; emptied at start
//
// Thread-safety: all of it, by one mutex. (list() reads descriptions while it holds it.)
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "control/files/limits.h"
#include "matchers/base/result.h"

namespace sekisho {

enum class WhenFull : uint8_t { refuse, evict_oldest };

struct FileStoreOptions {
  std::string directory;
  uint64_t budget_bytes = uint64_t{1} << 32;  // of all files, arriving ones included
  WhenFull when_full = WhenFull::evict_oldest;
};

struct FileStoreCounters {
  uint64_t stored = 0;
  uint64_t duplicates = 0;    // there already: not written again
  uint64_t refused = 0;       // no room
  uint64_t evicted = 0;
  uint64_t given_up = 0;      // the data plane could not hand it over whole
  uint64_t abandoned = 0;     // pieces are missing, or too many files arrive at a time
  uint64_t write_errors = 0;  // the disk refused
};

class FileStore {
 public:
  // Makes the folders, removes what an earlier process left half done, counts what is there.
  static Result<std::unique_ptr<FileStore>> open(FileStoreOptions options);

  // Where a file may grow until it is whole: a name of its own.
  std::string new_incoming();
  // Room for so many more bytes of an arriving file. False: there is none (counted as refused).
  bool reserve(uint64_t bytes);
  void release(uint64_t bytes);

  enum class Kept : uint8_t { stored, duplicate, refused, failed };
  // The file at `incoming`, written and synced, whose `bytes` were reserved, becomes the store's, or goes. `sha256`: of its bytes, 64
  // hexadecimal digits. `description`: JSON.
  Kept keep(const std::string& incoming, const std::string& sha256, uint64_t bytes, const std::string& description);

  // The latest first: {"files":[description,..],"count","bytes","budget_bytes",counters}.
  nlohmann::json list(size_t limit);
  // One description with the path of its file; nothing where the store has no such digest.
  std::optional<nlohmann::json> show(std::string_view sha256);
  nlohmann::json state();

  void count(uint64_t FileStoreCounters::*counter) {
    const std::lock_guard lock(mutex_);
    ++(counters_.*counter);
  }
  FileStoreCounters counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
  }
  uint64_t used_bytes() const {
    const std::lock_guard lock(mutex_);
    return used_bytes_;
  }

 private:
  explicit FileStore(FileStoreOptions options) : options_(std::move(options)) {}
  Result<void> scan();
  std::string path_of(std::string_view sha256) const;
  bool make_room(uint64_t bytes, size_t files);
  void evict_oldest();
  void forget(const std::string& sha256);
  nlohmann::json description_of(const std::string& sha256) const;
  nlohmann::json state_locked() const;

  const FileStoreOptions options_;
  mutable std::mutex mutex_;
  FileStoreCounters counters_;
  std::unordered_map<std::string, uint64_t> bytes_of_;  // by digest
  std::deque<std::string> oldest_first_;
  uint64_t used_bytes_ = 0;
  uint64_t next_incoming_ = 0;
};

// Whether `text` is a digest as the store names files: 64 digits 0-9 a-f.
bool is_sha256_name(std::string_view text);

}  // namespace sekisho
