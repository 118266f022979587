// SPDX-License-Identifier: Apache-2.0
#include "control/files/file_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "control/publish/atomic_file.h"
#include "dataplane/record/file_descriptor.h"

namespace sekisho {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
constexpr mode_t folder_mode = 0750, file_mode = 0440;
constexpr std::string_view incoming_folder = "incoming";

bool make_folder(const std::string& path) { return ::mkdir(path.c_str(), folder_mode) == 0 || errno == EEXIST; }

bool sync_folder(const std::string& path) {
  const FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder && ::fsync(folder.get()) == 0;
}

struct Found {
  fs::file_time_type time;
  std::string name;
  uint64_t bytes;
};

}  // namespace

bool is_sha256_name(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<std::unique_ptr<FileStore>> FileStore::open(FileStoreOptions options) {
  std::unique_ptr<FileStore> store(new FileStore(std::move(options)));
  if (auto scanned = store->scan(); !scanned) return tl::unexpected(scanned.error());
  return store;
}

// The folders "00" to "ff" are the store's.
bool is_shelf_name(std::string_view text) {
  return text.size() == 2 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// What a killed process may have left beside a file of this name that never came.
bool is_left_over(const fs::path& path) {
  fs::path stem = path;
  if (stem.extension() == ".new") stem = stem.stem();
  return stem.extension() == ".json" && is_sha256_name(stem.stem().string());
}

// What has no whole file beside it is from a process that was killed: incoming files, descriptions that came first. What else lies in the
// folder is somebody's, and stays. An entry that goes meanwhile was taken over.
Result<void> FileStore::scan() {
  const std::string& root = options_.directory;
  const std::string incoming = root + "/" + std::string(incoming_folder);
  std::error_code error;
  if (!make_folder(root) || !make_folder(incoming)) return fail(std::string("cannot be made: ") + std::strerror(errno), root);
  std::vector<Found> found;
  std::vector<fs::path> beside, incoming_files;
  const auto each_in = [&error](const fs::path& folder, auto use) {
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) use(*at);
  };
  each_in(incoming, [&](const fs::directory_entry& entry) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") == std::string::npos) incoming_files.push_back(entry.path());
  });
  each_in(root, [&](const fs::directory_entry& shelf) {
    std::error_code none;
    if (!is_shelf_name(shelf.path().filename().string()) || !shelf.is_directory(none)) return;
    each_in(shelf.path(), [&](const fs::directory_entry& entry) {
      const std::string name = entry.path().filename();
      std::error_code gone;
      const auto time = entry.last_write_time(gone);
      const uint64_t bytes = gone || !is_sha256_name(name) ? 0 : entry.file_size(gone);
      if (gone) return;
      if (is_sha256_name(name))
        found.push_back({time, name, bytes});
      else if (is_left_over(entry.path()))
        beside.push_back(entry.path());
    });
  });
  if (error) return fail("cannot be read: " + error.message(), root);
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.time < b.time; });
  for (const Found& one : found) {
    bytes_of_[one.name] = one.bytes;
    oldest_first_.push_back(one.name);
    used_bytes_ += one.bytes;
  }
  for (const fs::path& path : incoming_files) fs::remove(path, error);
  for (const fs::path& path : beside)
    if (path.extension() != ".json" || !bytes_of_.contains(path.stem())) fs::remove(path, error);
  while (used_bytes_ > options_.budget_bytes && !oldest_first_.empty() && options_.when_full == WhenFull::evict_oldest) evict_oldest();
  return {};
}

std::string FileStore::path_of(std::string_view sha256) const {
  return options_.directory + "/" + std::string(sha256.substr(0, 2)) + "/" + std::string(sha256);
}

std::string FileStore::new_incoming() {
  const std::lock_guard lock(mutex_);
  return options_.directory + "/" + std::string(incoming_folder) + "/" + std::to_string(++next_incoming_);
}

void FileStore::evict_oldest() {
  const std::string name = std::move(oldest_first_.front());
  oldest_first_.pop_front();
  const std::string path = path_of(name);
  ::unlink(path.c_str());
  ::unlink((path + ".json").c_str());
  used_bytes_ -= bytes_of_[name];
  bytes_of_.erase(name);
  ++counters_.evicted;
}

// Somebody has taken it away.
void FileStore::forget(const std::string& sha256) {
  oldest_first_.erase(std::find(oldest_first_.begin(), oldest_first_.end(), sha256));
  used_bytes_ -= bytes_of_[sha256];
  bytes_of_.erase(sha256);
}

bool FileStore::make_room(uint64_t bytes, size_t files) {
  const auto fits = [&] { return used_bytes_ + bytes <= options_.budget_bytes && oldest_first_.size() + files <= stored_files_max; };
  if (bytes <= options_.budget_bytes && options_.when_full == WhenFull::evict_oldest)
    while (!fits() && !oldest_first_.empty()) evict_oldest();
  return fits();
}

bool FileStore::reserve(uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  if (!make_room(bytes, 0)) {
    ++counters_.refused;
    return false;
  }
  used_bytes_ += bytes;
  return true;
}

void FileStore::release(uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  used_bytes_ -= bytes;
}

FileStore::Kept FileStore::keep(const std::string& incoming, const std::string& sha256, uint64_t bytes, const std::string& description) {
  const std::lock_guard lock(mutex_);
  const auto drop = [&](uint64_t FileStoreCounters::*counter, Kept kept) {
    ::unlink(incoming.c_str());
    used_bytes_ -= bytes;
    ++(counters_.*counter);
    return kept;
  };
  const std::string path = path_of(sha256);
  if (bytes_of_.contains(sha256) && ::access(path.c_str(), F_OK) != 0) forget(sha256);
  if (bytes_of_.contains(sha256)) return drop(&FileStoreCounters::duplicates, Kept::duplicate);
  if (!make_room(0, 1)) return drop(&FileStoreCounters::refused, Kept::refused);
  const std::string folder = path.substr(0, path.rfind('/'));
  // The description first: whoever sees the file finds it. Until the rename nothing has the digest's name.
  const bool made = make_folder(folder) && ::chmod(incoming.c_str(), file_mode) == 0 &&
                    write_file_atomically(path + ".json", description) && ::rename(incoming.c_str(), path.c_str()) == 0;
  if (!made) {
    ::unlink((path + ".json").c_str());
    return drop(&FileStoreCounters::write_errors, Kept::failed);
  }
  sync_folder(folder);
  bytes_of_[sha256] = bytes;
  oldest_first_.push_back(sha256);
  ++counters_.stored;
  return Kept::stored;
}

json FileStore::description_of(const std::string& sha256) const {
  std::ifstream file(path_of(sha256) + ".json");
  json out = json::parse(file, nullptr, false);
  if (!out.is_object()) out = json{{"sha256", sha256}, {"bytes", bytes_of_.at(sha256)}};
  return out;
}

json FileStore::state_locked() const {
  return {{"count", oldest_first_.size()},
          {"bytes", used_bytes_},
          {"budget_bytes", options_.budget_bytes},
          {"stored", counters_.stored},
          {"duplicates", counters_.duplicates},
          {"refused", counters_.refused},
          {"evicted", counters_.evicted},
          {"given_up", counters_.given_up},
          {"abandoned", counters_.abandoned},
          {"write_errors", counters_.write_errors}};
}

json FileStore::state() {
  const std::lock_guard lock(mutex_);
  return state_locked();
}

json FileStore::list(size_t limit) {
  const std::lock_guard lock(mutex_);
  json out = state_locked();
  json& files = out["files"] = json::array();
  for (auto name = oldest_first_.rbegin(); name != oldest_first_.rend() && files.size() < limit; ++name) files.push_back(description_of(*name));
  return out;
}

std::optional<json> FileStore::show(std::string_view sha256) {
  const std::lock_guard lock(mutex_);
  if (!is_sha256_name(sha256) || !bytes_of_.contains(std::string(sha256))) return std::nullopt;
  json out = description_of(std::string(sha256));
  out["path"] = path_of(sha256);
  return out;
}

}  // namespace sekisho
