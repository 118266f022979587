// SPDX-License-Identifier: Apache-2.0
// Lines out of a direction's bytes, for protocols of command and reply lines. An unfinished line stays with
// the core and is searched once; a line past the caller's bound is given out cut, and skipped to its LF.
#pragma once

#include <cstdint>
#include <cstring>

#include "matchers/base/bytes.h"

namespace sekisho {

// How far the unconsumed bytes were searched for an LF, and whether a line's rest is being skipped.
struct LineState {
  size_t searched = 0;
  bool skipping = false;
};

struct Line {
  Bytes text;           // without its end; cut at the bound
  size_t consumed = 0;  // 0: not complete yet
  bool too_long = false;
};

inline Bytes without_line_end(Bytes line) {
  if (!line.empty() && line.back() == '\n') line = line.first(line.size() - 1);
  if (!line.empty() && line.back() == '\r') line = line.first(line.size() - 1);
  return line;
}

// The next line of `in`, a view into it. Not while skipping.
inline Line next_line(LineState& lines, Bytes in, size_t line_bytes_max) {
  if (in.empty()) return {};
  const auto* lf =
      static_cast<const uint8_t*>(std::memchr(in.data() + lines.searched, '\n', in.size() - lines.searched));
  const size_t length = lf == nullptr ? in.size() : static_cast<size_t>(lf - in.data()) + 1;
  if (length <= line_bytes_max) {
    lines.searched = lf == nullptr ? in.size() : 0;
    return lf == nullptr ? Line{} : Line{without_line_end(in.first(length)), length, false};
  }
  // What fits is read as the line now, so that nothing waits for an end that may never come.
  lines = {0, true};
  return {in.first(line_bytes_max), line_bytes_max, true};
}

// While skipping: to past the LF, or all of `in`. Returns the bytes skipped.
inline size_t skip_line(LineState& lines, Bytes in) {
  const auto* lf = static_cast<const uint8_t*>(std::memchr(in.data(), '\n', in.size()));
  lines.skipping = lf == nullptr;
  return lf == nullptr ? in.size() : static_cast<size_t>(lf - in.data()) + 1;
}

}  // namespace sekisho
