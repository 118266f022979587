// SPDX-License-Identifier: Apache-2.0
// A file of lines that is turned when it has grown: path, path.1 (the one before), ... path.<count>.
#pragma once

#include "control/sinks/sink.h"
#include "matchers/base/result.h"

namespace sekisho {

enum class FileSync : uint8_t { never, each_write };  // when a line counts as delivered: written, or fsync'ed

struct FileSinkOptions {
  std::string path;
  uint64_t rotate_bytes = 256U << 20;  // turned before a line would pass it; 0 = never
  unsigned keep_count = 8;             // turned files kept; the oldest goes
  FileSync sync = FileSync::never;
};

class FileSink : public Sink {
 public:
  explicit FileSink(const FileSinkOptions& options) : options_(options) {}
  ~FileSink() override;
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  Offer offer(uint64_t sequence, const SinkMessage& message) override;
  SinkProgress progress(uint64_t now_ms) override;
  std::string status() const override;
  bool working() const override { return working_; }

 private:
  bool open_file();
  void rotate();
  bool write_queue();

  FileSinkOptions options_;
  int file_ = -1;
  uint64_t file_bytes_ = 0;
  std::string queue_;          // whole lines of one file, in part written
  size_t written_ = 0;         // of the queue
  uint64_t last_taken_ = 0;
  uint64_t delivered_ = 0;
  uint64_t errors_ = 0;
  uint64_t rotations_ = 0;
  bool working_ = true;
  std::string last_error_;
};

}  // namespace sekisho
