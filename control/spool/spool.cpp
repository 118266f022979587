// SPDX-License-Identifier: Apache-2.0
#include "control/spool/spool.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace sekisho {

namespace {

constexpr char cursor_name[] = "cursor";
constexpr mode_t file_mode = 0640;

std::string system_text() { return std::strerror(errno); }

// Reads what `path` holds from `offset` on, at most `limit` bytes in all, behind `bytes`. False where it cannot be opened.
bool read_file(const std::string& path, std::string& bytes, uint64_t limit) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  size_t have = bytes.size();
  if (limit > have) bytes.resize(limit);
  while (have < limit) {
    const ssize_t got = ::pread(file, bytes.data() + have, limit - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    have += static_cast<size_t>(got);
  }
  bytes.resize(have);
  ::close(file);
  return true;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// A new name is durable once its directory is.
bool sync_directory(const std::string& directory) {
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return false;
  const bool done = ::fsync(file) == 0;
  ::close(file);
  return done;
}

uint32_t random_salt() {
  uint32_t salt = 0;
  while (::getrandom(&salt, sizeof salt, 0) != static_cast<ssize_t>(sizeof salt)) {
  }
  return salt;
}

}  // namespace

Result<std::unique_ptr<Spool>> Spool::open(const SpoolOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) return fail("cannot make the spool directory: " + error.message(), options.directory);
  if (::access(options.directory.c_str(), W_OK | X_OK) != 0)
    return fail("cannot write in the spool directory: " + system_text(), options.directory);
  std::unique_ptr<Spool> spool(new Spool(options));
  spool->find_segments();
  spool->read_cursor();
  return spool;
}

Spool::~Spool() {
  if (file_ >= 0) ::close(file_);
}

std::string Spool::path_of(const SegmentName& name) const { return options_.directory + '/' + segment_file_name(name); }

// Segments of earlier processes are only read: writing goes on in a new one, so that a torn end needs no repair.
void Spool::find_segments() {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(options_.directory, error)) {
    const auto name = parse_segment_file_name(entry.path().filename().string());
    if (!name || name->first_sequence == 0) continue;
    const uint64_t last = last_sequence_in(*name);
    segments_.push_back({*name, static_cast<uint64_t>(entry.file_size(error)), last});
    counters_.bytes_on_disk += segments_.back().synced_bytes;
    // A number is never used twice, even where the record that had it is damaged.
    next_sequence_ = std::max({next_sequence_, last + 1, name->first_sequence});
  }
  std::sort(segments_.begin(), segments_.end(), [](const Segment& a, const Segment& b) {
    return a.name.first_sequence != b.name.first_sequence ? a.name.first_sequence < b.name.first_sequence
                                                          : a.last_sequence < b.last_sequence;
  });
  // Numbers up to the next segment's first were given out in this one, readable or not.
  for (size_t i = 0; i + 1 < segments_.size(); ++i)
    segments_[i].last_sequence = std::max(segments_[i].last_sequence, segments_[i + 1].name.first_sequence - 1);
  synced_ = next_sequence_ - 1;
}

uint64_t Spool::last_sequence_in(const SegmentName& name) const {
  std::string bytes;
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(path_of(name), error);
  if (error || !read_file(path_of(name), bytes, size)) return name.first_sequence - 1;
  uint64_t last = name.first_sequence - 1;
  for (Bytes rest = as_bytes(bytes); !rest.empty();) {
    Scanned scanned = scan_record(name.salt, rest);
    if (scanned.status == ScanStatus::need_more) scanned.used = 1;
    if (scanned.status == ScanStatus::record) last = std::max(last, scanned.sequence);
    rest = rest.subspan(scanned.used);
  }
  return last;
}

void Spool::read_cursor() {
  std::string bytes;
  if (!read_file(options_.directory + '/' + cursor_name, bytes, 2 * segment_header_bytes) || bytes.empty()) return;
  const Scanned cursor = scan_record(0, as_bytes(bytes));
  if (cursor.status != ScanStatus::record || cursor.sequence > synced_) return;  // a hint that cannot be true
  committed_ = cursor.sequence;
  position_.next_sequence = committed_ + 1;
}

// Not synced: an old cursor after a crash means duplicates, never loss.
void Spool::write_cursor() const {
  const std::string path = options_.directory + '/' + cursor_name, fresh = path + ".new";
  std::string bytes;
  append_record(bytes, 0, committed_, {});
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, file_mode);
  if (file < 0) return;
  const bool written = write_all(file, bytes);
  ::close(file);
  if (written) std::rename(fresh.c_str(), path.c_str());
}

Result<uint64_t> Spool::append(Bytes payload) {
  if (payload.size() > spool_payload_bytes_max)
    return fail("a row of " + std::to_string(payload.size()) + " bytes is longer than the spool takes", options_.directory);
  if (pending_bytes_ + payload.size() > spool_pending_bytes_max)
    return fail("the spool cannot be written and its memory is full", options_.directory);
  pending_.push_back({next_sequence_, std::string(as_text(payload))});
  pending_bytes_ += payload.size();
  return next_sequence_++;
}

Result<void> Spool::begin_segment() {
  active_ = {pending_.front().sequence, random_salt()};
  file_ = ::open(path_of(active_).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, file_mode);
  if (file_ < 0) return fail("cannot make a spool segment: " + system_text(), path_of(active_));
  active_bytes_ = 0;
  if (!sync_directory(options_.directory)) return fail("cannot sync the spool directory: " + system_text(), options_.directory);
  return {};
}

// What is in a segment that failed may be read or not; all of it is written again elsewhere. An empty one is removed at once.
void Spool::abandon_segment() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
  const std::lock_guard lock(mutex_);
  ++counters_.write_errors;
  const bool listed = !segments_.empty() && segments_.back().name.salt == active_.salt &&
                      segments_.back().name.first_sequence == active_.first_sequence;
  if (!listed && active_.first_sequence != 0) ::unlink(path_of(active_).c_str());
}

Result<void> Spool::write_pending() {
  if (file_ < 0 || active_bytes_ >= options_.segment_bytes) {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
    if (auto begun = begin_segment(); !begun) return begun;
  }
  std::string bytes;
  bytes.reserve(pending_bytes_ + pending_.size() * segment_header_bytes);
  for (const Pending& entry : pending_) append_record(bytes, active_.salt, entry.sequence, as_bytes(entry.payload));
  if (!write_all(file_, bytes) || ::fdatasync(file_) != 0)
    return fail("cannot write the spool: " + system_text(), path_of(active_));
  active_bytes_ += bytes.size();
  return {};
}

Result<void> Spool::sync() {
  if (pending_.empty()) return {};
  if (auto written = write_pending(); !written) {
    abandon_segment();
    evict();  // the disk may be full of what nobody reads
    return written;
  }
  const std::lock_guard lock(mutex_);
  if (segments_.empty() || segments_.back().name.salt != active_.salt ||
      segments_.back().name.first_sequence != active_.first_sequence)
    segments_.push_back({active_, 0, 0});
  Segment& segment = segments_.back();
  counters_.bytes_on_disk += active_bytes_ - segment.synced_bytes;
  counters_.appended_records += pending_.size();
  segment.synced_bytes = active_bytes_;
  segment.last_sequence = synced_ = pending_.back().sequence;
  pending_.clear();
  pending_bytes_ = 0;
  while (counters_.bytes_on_disk > options_.budget_bytes && segments_.size() > 1) remove_oldest();
  return {};
}

// After a failed write: one segment less than now, as long as one stays.
void Spool::evict() {
  const std::lock_guard lock(mutex_);
  if (errno == ENOSPC && segments_.size() > 1) remove_oldest();
}

// Under the lock. Numbers that were not yet committed are lost, and counted.
void Spool::remove_oldest() {
  const Segment oldest = segments_.front();
  segments_.pop_front();
  const uint64_t first_unread = std::max(oldest.name.first_sequence, committed_ + 1);
  if (oldest.last_sequence >= first_unread) {
    counters_.evicted_records += oldest.last_sequence - first_unread + 1;
    committed_ = oldest.last_sequence;
  }
  counters_.bytes_on_disk -= std::min(counters_.bytes_on_disk, oldest.synced_bytes);
  ::unlink(path_of(oldest.name).c_str());
}

// Moves the read position into the segment that holds its next record. False when no segment has more.
bool Spool::enter_segment() {
  SegmentName next;
  {
    const std::lock_guard lock(mutex_);
    // What was evicted meanwhile is counted there; reading goes on behind it.
    position_.next_sequence = std::max(position_.next_sequence, committed_ + 1);
    const auto at = std::find_if(segments_.begin(), segments_.end(), [&](const Segment& segment) {
      return segment.last_sequence >= position_.next_sequence;
    });
    if (at == segments_.end()) return false;
    next = at->name;
  }
  if (next.first_sequence == position_.segment.first_sequence && next.salt == position_.segment.salt) return true;
  position_.segment = next;
  position_.bytes.clear();
  position_.offset = 0;
  position_.in_damage = false;
  return true;
}

// Reads what the segment's file has beyond the bytes held. False when there is no more.
bool Spool::read_more() {
  uint64_t limit = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const Segment& segment : segments_)
      if (segment.name.salt == position_.segment.salt &&
          segment.name.first_sequence == position_.segment.first_sequence)
        limit = segment.synced_bytes;
  }
  const size_t before = position_.bytes.size();
  return limit > before && read_file(path_of(position_.segment), position_.bytes, limit) && position_.bytes.size() > before;
}

std::optional<SpoolRecord> Spool::scan_next() {
  for (;;) {
    const Bytes rest = as_bytes(position_.bytes).subspan(position_.offset);
    Scanned scanned = rest.empty() ? Scanned{} : scan_record(position_.segment.salt, rest);
    if (scanned.status == ScanStatus::need_more) {
      if (read_more()) continue;
      if (rest.empty()) return std::nullopt;
      scanned = {ScanStatus::damaged, 1};  // a torn end, or a length that no longer holds
    }
    position_.offset += scanned.used;
    if (scanned.status == ScanStatus::damaged) {
      const std::lock_guard lock(mutex_);
      counters_.damaged_ranges += position_.in_damage ? 0 : 1;
      position_.in_damage = true;
      continue;
    }
    position_.in_damage = false;
    if (scanned.sequence >= position_.next_sequence) return SpoolRecord{scanned.sequence, scanned.payload};
  }
}

std::optional<SpoolRecord> Spool::read() {
  while (enter_segment()) {
    const auto record = scan_next();
    const std::lock_guard lock(mutex_);
    if (record) {
      counters_.lost_records += record->sequence - position_.next_sequence;
      position_.next_sequence = record->sequence + 1;
      return record;
    }
    // The segment ends before its last number: the rest of it is damaged.
    const auto at = std::find_if(segments_.begin(), segments_.end(), [&](const Segment& segment) {
      return segment.name.salt == position_.segment.salt &&
             segment.name.first_sequence == position_.segment.first_sequence;
    });
    if (at == segments_.end() || at->last_sequence < position_.next_sequence) continue;
    counters_.lost_records += at->last_sequence - position_.next_sequence + 1;
    position_.next_sequence = at->last_sequence + 1;
  }
  return std::nullopt;
}

void Spool::rewind() {
  const std::lock_guard lock(mutex_);
  position_ = {};
  position_.next_sequence = committed_ + 1;
}

void Spool::commit(uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  sequence = std::min(sequence, synced_);
  if (sequence <= committed_) return;
  counters_.committed_records += sequence - committed_;
  committed_ = sequence;
  write_cursor();
  while (segments_.size() > 1 && segments_.front().last_sequence <= committed_) remove_oldest();
}

SpoolCounters Spool::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

uint64_t Spool::backlog_records() const {
  const std::lock_guard lock(mutex_);
  return synced_ - committed_;
}

}  // namespace sekisho
