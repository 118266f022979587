// SPDX-License-Identifier: Apache-2.0
// Records of a ring of files, made by hand for tests.
#pragma once

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "dataplane/record/record.h"

namespace sekisho::test {

// One record with memory of its own.
class Piece {
 public:
  explicit Piece(const std::function<void(RecordWriter&)>& fill, uint32_t boot_id = 7) : memory_(record_bytes_max / 8) {
    RecordWriter writer({reinterpret_cast<uint8_t*>(memory_.data()), record_bytes_max}, RecordType::file_piece);
    writer.header().boot_id = boot_id;
    writer.header().ring = RingKind::files;
    writer.header().wall_ns = 1'795'309'200'000'000'000;
    writer.endpoints().app_protocol = 1;
    fill(writer);
    length_ = writer.finish();
  }
  RecordView view() const { return *RecordView::check(bytes()); }
  Bytes bytes() const { return {reinterpret_cast<const uint8_t*>(memory_.data()), length_}; }

 private:
  std::vector<uint64_t> memory_;
  size_t length_ = 0;
};

inline Piece content(uint64_t id, uint64_t offset, std::string_view bytes, uint32_t boot_id = 7) {
  return Piece(
      [&](RecordWriter& writer) {
        writer.number(Field::file_id, id);
        writer.number(Field::file_offset, offset);
        writer.bytes(Field::file_content, as_bytes(bytes));
      },
      boot_id);
}
inline Piece end(uint64_t id, uint64_t bytes, std::string_view name = "x.exe", std::string_view state = "closed") {
  return Piece([&](RecordWriter& writer) {
    writer.number(Field::file_id, id);
    writer.number(Field::file_offset, bytes);
    writer.text(Field::file_state, state);
    if (!name.empty()) writer.text(Field::file_name, name);
    writer.text(Field::file_type, "pe");
    writer.number(Field::file_direction, 1);
    writer.text(Field::http_url, "/x.exe");
  });
}

}  // namespace sekisho::test
