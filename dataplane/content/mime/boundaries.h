// SPDX-License-Identifier: Apache-2.0
// The boundaries of the multiparts that are open, innermost last (RFC 2046 5.1).
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/content/mime/limits.h"
#include "matchers/base/bytes.h"

namespace sekisho::mime {

struct DelimiterMatch {
  enum class Kind : uint8_t { none, prefix, delimiter, close };
  Kind kind = Kind::none;
  uint8_t index = 0;  // of the multipart, 0 = outermost
};

class Boundaries {
 public:
  // False: no room (depth_max, boundary_pool_bytes, boundary_bytes_max) or empty.
  bool push(Bytes boundary, bool digest);
  // Leaves the outermost `count`.
  void keep(size_t count) { depth_ = static_cast<uint8_t>(count < depth_ ? count : depth_); }
  size_t depth() const { return depth_; }
  // RFC 2046 5.1.5: parts of the innermost are messages unless they say otherwise.
  bool digest() const { return depth_ != 0 && entries_[depth_ - 1].digest; }
  bool closed(size_t index) const { return entries_[index].closed; }
  void close(size_t index) { entries_[index].closed = true; }

  // A line without its end. The innermost boundary that is the whole line (dashes and white space aside) counts; `prefix`: a
  // line that merely begins with one, which RFC 2046 5.1.2 allows as a delimiter and most mail readers do not take as one.
  DelimiterMatch match(Bytes line) const;

 private:
  struct Entry {
    uint16_t offset;
    uint8_t length;
    bool digest;
    bool closed;  // its last delimiter was seen
  };
  Bytes boundary(size_t index) const {
    return {pool_.data() + entries_[index].offset, entries_[index].length};
  }

  std::array<Entry, depth_max> entries_;
  std::array<uint8_t, boundary_pool_bytes> pool_;
  uint8_t depth_ = 0;
};

}  // namespace sekisho::mime
