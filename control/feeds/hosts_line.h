// SPDX-License-Identifier: Apache-2.0
// What lists and hosts files share: comments, and the addresses that stand for "nowhere".
#pragma once

#include "control/feeds/line_reader.h"

namespace sekisho {

// The line up to a "#" at its start or behind a blank, trimmed.
inline std::string_view without_comment(std::string_view line) {
  for (size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1))
    if (at == 0 || blanks.find(line[at - 1]) != std::string_view::npos) return trimmed(line.substr(0, at));
  return trimmed(line);
}

inline bool is_sink_address(std::string_view word) {
  return word == "0.0.0.0" || word == "127.0.0.1" || word == "::" || word == "::1";
}

}  // namespace sekisho
