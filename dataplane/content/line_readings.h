// SPDX-License-Identifier: Apache-2.0
// The digests of a text that was mailed. The file that somebody saved and hashed may have had LF where the
// mail has CRLF (RFC 2045 2.8), and one line end more or less at its end: mailers add one before a boundary,
// or take the file's last for it. So each such text is read both ways, as it ended and with one line end less
// and one more.
//
// Beside a FileHash that the caller keeps: `sent` is fed through here and holds everything but the last line
// end.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "dataplane/content/file_hash.h"
#include "matchers/base/bytes.h"

namespace sekisho {

class LineReadings {
 public:
  static constexpr size_t readings_max = 6;

  explicit LineReadings(HashKinds kinds = HashKinds::none) : lf_(kinds) {}
  void update(Bytes bytes, FileHash& sent);
  // The text as it was sent.
  FileHash as_sent(const FileHash& sent) const;
  // Every reading of it, that one first; returns how many.
  size_t readings(const FileHash& sent, std::span<FileHash, readings_max> out) const;

 private:
  Bytes held() const { return {held_.data(), held_size_}; }
  bool holds_line_end() const { return held_size_ != 0 && held_[held_size_ - 1] == '\n'; }
  void give_held(FileHash& sent);
  void hold(Bytes bytes);

  FileHash lf_;                    // CRLF read as LF, without what is held
  std::array<uint8_t, 2> held_{};  // "\n", "\r\n", or a CR that may yet be the start of one
  uint8_t held_size_ = 0;
};
static_assert(std::is_trivially_copyable_v<LineReadings>);

}  // namespace sekisho
