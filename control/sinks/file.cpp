// SPDX-License-Identifier: Apache-2.0
#include "control/sinks/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "control/sinks/limits.h"

namespace sekisho {

namespace {
constexpr mode_t file_mode = 0640;
}

FileSink::~FileSink() {
  if (file_ >= 0) ::close(file_);
}

// A queue never spans two files: the line that would pass the bound waits until the queue is out and the file is turned.
Offer FileSink::offer(uint64_t sequence, const SinkMessage& message) {
  const size_t line_bytes = message.text.size() + 1;
  if (queue_.size() + line_bytes > sink_queue_bytes_max && !queue_.empty()) return Offer::busy;
  const uint64_t after = file_bytes_ + (queue_.size() - written_) + line_bytes;
  if (options_.rotate_bytes != 0 && after > options_.rotate_bytes && (file_bytes_ != 0 || !queue_.empty())) {
    if (!queue_.empty()) return Offer::busy;
    rotate();
  }
  queue_.append(message.text).append(1, '\n');
  last_taken_ = sequence;
  return Offer::taken;
}

bool FileSink::open_file() {
  if (file_ >= 0) return true;
  file_ = ::open(options_.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, file_mode);
  struct stat status {};
  if (file_ < 0 || ::fstat(file_, &status) != 0) return false;
  file_bytes_ = static_cast<uint64_t>(status.st_size);
  return true;
}

void FileSink::rotate() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
  file_bytes_ = 0;
  ++rotations_;
  const auto turned = [&](unsigned number) { return options_.path + "." + std::to_string(number); };
  if (options_.keep_count == 0) {
    ::unlink(options_.path.c_str());
    return;
  }
  for (unsigned number = options_.keep_count; number > 1; --number)
    std::rename(turned(number - 1).c_str(), turned(number).c_str());
  std::rename(options_.path.c_str(), turned(1).c_str());
}

bool FileSink::write_queue() {
  while (written_ < queue_.size()) {
    const ssize_t now = ::write(file_, queue_.data() + written_, queue_.size() - written_);
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) return false;
    written_ += static_cast<size_t>(now);
    file_bytes_ += static_cast<uint64_t>(now);
  }
  return options_.sync == FileSync::never || ::fdatasync(file_) == 0;
}

// A write that failed half-way goes on where it stopped: no line is torn as long as this process lives.
SinkProgress FileSink::progress(uint64_t) {
  // Opened before the first line, so that its size counts for the turning.
  const bool ready = open_file();
  working_ = ready;
  if (queue_.empty()) return {delivered_};
  if (!ready || !write_queue()) {
    working_ = false;
    ++errors_;
    last_error_ = std::strerror(errno);
    return {delivered_};
  }
  queue_.clear();
  written_ = 0;
  delivered_ = last_taken_;
  return {delivered_};
}

std::string FileSink::status() const {
  std::string text = "file " + options_.path + ": " + std::to_string(rotations_) + " rotations, " + std::to_string(errors_) + " errors";
  return last_error_.empty() ? text : text + " (last: " + last_error_ + ")";
}

}  // namespace sekisho
