// SPDX-License-Identifier: Apache-2.0
// A header block taken out of its frames.
#pragma once

#include <array>

#include "dataplane/protocols/http2/limits.h"
#include "matchers/base/bytes.h"

namespace sekisho::http2 {

struct HeaderBlock {
  struct Fragment {
    size_t begin = 0;      // in `bytes`
    uint64_t offset = 0;   // of it in the direction's stream
  };
  Bytes bytes;
  bool whole = true;       // false: its end is not there
  unsigned fragment_count = 0;
  std::array<Fragment, continuations_max + 1> fragments;

  // Where a byte of the block stood in its direction's stream.
  uint64_t offset_of(size_t at) const {
    unsigned i = fragment_count;
    while (i > 1 && fragments[i - 1].begin > at) --i;
    return i == 0 ? 0 : fragments[i - 1].offset + (at - fragments[i - 1].begin);
  }
};

}  // namespace sekisho::http2
