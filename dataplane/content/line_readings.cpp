// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/line_readings.h"

#include <cstring>

namespace sekisho {

namespace {

constexpr uint8_t crlf[] = {'\r', '\n'};
constexpr uint8_t lf[] = {'\n'};

size_t line_end_size(Bytes bytes) {
  if (bytes.back() == '\r') return 1;
  if (bytes.back() != '\n') return 0;
  return bytes.size() >= 2 && bytes[bytes.size() - 2] == '\r' ? 2 : 1;
}

// What is no line end's CR stays. An LF behind `bytes` is not looked for: a CR that may belong to one is held
// by the caller.
void update_without_cr(FileHash& hash, Bytes bytes) {
  while (!bytes.empty()) {
    const auto* end = static_cast<const uint8_t*>(std::memchr(bytes.data(), '\r', bytes.size()));
    if (end == nullptr) return hash.update(bytes);
    const auto size = static_cast<size_t>(end - bytes.data());
    const bool ends_line = size + 1 < bytes.size() && bytes[size + 1] == '\n';
    hash.update(bytes.first(size + (ends_line ? 0 : 1)));
    bytes = bytes.subspan(size + 1);
  }
}

FileHash with(FileHash hash, Bytes bytes) {
  hash.update(bytes);
  return hash;
}

}  // namespace

void LineReadings::give_held(FileHash& sent) {
  sent.update(held());
  lf_.update(holds_line_end() ? Bytes(lf) : held());
  held_size_ = 0;
}

void LineReadings::hold(Bytes bytes) {
  if (!bytes.empty()) std::memcpy(held_.data(), bytes.data(), bytes.size());
  held_size_ = static_cast<uint8_t>(bytes.size());
}

void LineReadings::update(Bytes bytes, FileHash& sent) {
  if (bytes.empty()) return;
  if (held_size_ == 1 && held_[0] == '\r' && bytes[0] == '\n') {
    hold(crlf);
    bytes = bytes.subspan(1);
    if (bytes.empty()) return;
  }
  give_held(sent);
  const size_t last = line_end_size(bytes);
  const Bytes before = bytes.first(bytes.size() - last);
  sent.update(before);
  update_without_cr(lf_, before);
  hold(bytes.subspan(before.size()));
}

FileHash LineReadings::as_sent(const FileHash& sent) const { return with(sent, held()); }

size_t LineReadings::readings(const FileHash& sent, std::span<FileHash, readings_max> out) const {
  size_t count = 0;
  const bool ends = holds_line_end();
  const Bytes rest = ends ? Bytes{} : held();  // a last CR is content
  out[count++] = as_sent(sent);
  out[count++] = with(out[0], held_size_ == 1 && ends ? Bytes(lf) : Bytes(crlf));
  if (ends) out[count++] = sent;
  const FileHash unix_lines = with(lf_, rest);
  const FileHash one_end = with(unix_lines, lf);
  out[count++] = unix_lines;
  out[count++] = one_end;
  if (ends) out[count++] = with(one_end, lf);
  return count;
}

}  // namespace sekisho
