// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "dataplane/protocols/smtp/session.h"

namespace sekisho::smtp {

namespace {

Bytes without_end(Bytes line) {
  if (!line.empty() && line.back() == '\n') line = line.first(line.size() - 1);
  if (!line.empty() && line.back() == '\r') line = line.first(line.size() - 1);
  return line;
}

}  // namespace

Line next_line(LineState& lines, Bytes in, uint64_t offset, TxId tx, Sink& sink) {
  if (in.empty()) return {};
  const auto* lf =
      static_cast<const uint8_t*>(std::memchr(in.data() + lines.searched, '\n', in.size() - lines.searched));
  const size_t length = lf == nullptr ? in.size() : static_cast<size_t>(lf - in.data()) + 1;
  if (length <= line_bytes_max) {
    lines.searched = lf == nullptr ? in.size() : 0;
    return lf == nullptr ? Line{} : Line{without_end(in.first(length)), length};
  }
  // Too long: what fits is read as the line now, so that nothing waits for an end that may never come.
  sink.anomaly(tx, "smtp.line_too_long", offset);
  lines = {0, true};
  return {in.first(line_bytes_max), line_bytes_max};
}

}  // namespace sekisho::smtp
