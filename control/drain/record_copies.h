// SPDX-License-Identifier: Apache-2.0
// RecordCopies: records of one batch in memory of our own. A hostile data plane can change its ring at any
// moment, also between a check and the use of what was checked; so control copies a record once, checks the
// copy and uses nothing else.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "dataplane/record/record.h"

namespace sekisho {

class RecordCopies {
 public:
  // 8 B aligned, valid until clear(). `record` is at most a ring's capacity long; longer than
  // record_bytes_max it is no record: cut, so that its check fails.
  Bytes keep(Bytes record) {
    record = record.first(std::min<size_t>(record.size(), record_bytes_max));
    if (record.empty()) return record;
    if (chunk_ == chunks_.size() || chunk_words - used_ < words_of(record)) next_chunk();
    auto* const at = reinterpret_cast<uint8_t*>(chunks_[chunk_].get() + used_);
    std::memcpy(at, record.data(), record.size());
    used_ += words_of(record);
    return {at, record.size()};
  }
  // The memory is kept for the next batch.
  void clear() { chunk_ = used_ = 0; }

 private:
  static constexpr size_t chunk_words = 4 * record_bytes_max / sizeof(uint64_t);
  static size_t words_of(Bytes record) { return (record.size() + sizeof(uint64_t) - 1) / sizeof(uint64_t); }
  void next_chunk() {
    if (chunk_ < chunks_.size()) ++chunk_;
    used_ = 0;
    if (chunk_ == chunks_.size()) chunks_.push_back(std::make_unique_for_overwrite<uint64_t[]>(chunk_words));
  }

  std::vector<std::unique_ptr<uint64_t[]>> chunks_;
  size_t chunk_ = 0;
  size_t used_ = 0;  // words of the chunk
};

}  // namespace sekisho
