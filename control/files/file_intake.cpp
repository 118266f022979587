// SPDX-License-Identifier: Apache-2.0
#include "control/files/file_intake.h"

#include "control/files/description.h"

namespace sekisho {

void FileIntake::take(const RecordView& record) {
  const RecordHeader& header = record.header();
  if (header.type != RecordType::file_piece) return;
  const auto id = record.find_number(Field::file_id), offset = record.find_number(Field::file_offset);
  if (!id || !offset) return;
  const Key key{header.boot_id, header.lcore, *id};
  if (const auto state = record.find(Field::file_state)) return end(key, record, as_text(*state), *offset);
  const auto content = record.find(Field::file_content);
  if (!content) return;
  Open* open = find_or_begin(key, *offset);
  if (open == nullptr) return;
  if (open->file->bytes() != *offset) {  // a piece between was lost
    store_.count(&FileStoreCounters::abandoned);
    return forget(key);
  }
  if (!open->file->append(*content)) forget(key);
}

// Nothing: it is not a file's beginning, so the file has been given up before.
FileIntake::Open* FileIntake::find_or_begin(const Key& key, uint64_t offset) {
  const auto at = open_.find(key);
  if (at != open_.end()) return &at->second;
  if (offset != 0) return nullptr;
  if (open_.size() == incoming_files_max) {
    store_.count(&FileStoreCounters::abandoned);
    forget(Key(oldest_first_.front()));
  }
  auto file = IncomingFile::begin(store_);
  if (file == nullptr) return nullptr;
  return &open_.emplace(key, Open{std::move(file), oldest_first_.insert(oldest_first_.end(), key)}).first->second;
}

void FileIntake::forget(const Key& key) {
  const auto at = open_.find(key);
  if (at == open_.end()) return;
  oldest_first_.erase(at->second.place);
  open_.erase(at);
}

void FileIntake::end(const Key& key, const RecordView& record, std::string_view state, uint64_t bytes) {
  const auto at = open_.find(key);
  if (at == open_.end()) return;
  IncomingFile& file = *at->second.file;
  if (state != "closed") {
    store_.count(&FileStoreCounters::given_up);
  } else if (file.bytes() != bytes) {
    store_.count(&FileStoreCounters::abandoned);
  } else {
    const std::string sha256 = file.digest();
    file.keep(sha256, describe_file(record, protocols_, sha256, bytes));
  }
  forget(key);
}

}  // namespace sekisho
