// SPDX-License-Identifier: Apache-2.0
// Uuencoded files (POSIX uuencode) in a text, piece by piece: "begin 644 NAME", lines, "end". As forgiving as mail readers:
// a line that lost its trailing blanks is padded.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>

#include "dataplane/content/mime/limits.h"
#include "matchers/base/bytes.h"

namespace sekisho::mime {

// The name of a "begin" line; false where the line is none.
bool parse_uu_begin(Bytes line, Bytes& name);
// Decodes one line of a file into `out` (63 bytes at most). False: no such line, the file is over ("end" is not needed).
inline constexpr size_t uu_decoded_max = 63;
bool decode_uu_line(Bytes line, std::span<uint8_t, uu_decoded_max> out, size_t& length);

class UuReader {
 public:
  bool inside() const { return inside_; }

  // Calls on.begin(name), on.bytes(decoded), on.end() for the files in the text.
  template <typename Files>
  void feed(Bytes in, Files& on) {
    while (!in.empty()) {
      const auto* lf = static_cast<const uint8_t*>(std::memchr(in.data(), '\n', in.size()));
      const size_t length = lf == nullptr ? in.size() : static_cast<size_t>(lf - in.data());
      const Bytes piece = in.first(length);
      const bool whole = lf != nullptr && length_ == 0 && !long_ && length <= sizeof held_;
      if (!whole) hold(piece);
      if (lf == nullptr) return;
      if (!long_) {
        line(whole ? piece : Bytes(held_, length_), on);
      } else if (inside_) {
        close(on);
      }
      length_ = 0;
      long_ = false;
      in = in.subspan(length + 1);
    }
  }
  // The text is over; a last line without an end counts.
  template <typename Files>
  void finish(Files& on) {
    if (length_ != 0 && !long_) line({held_, length_}, on);
    length_ = 0;
    if (inside_) close(on);
  }

 private:
  // Keeps what may matter of a line that came in pieces: outside a file, only lines that begin like "begin".
  void hold(Bytes piece) {
    if (long_ || piece.empty()) return;
    const bool matters = inside_ || (length_ == 0 ? piece[0] : held_[0]) == 'b';
    if (!matters || length_ + piece.size() > sizeof held_) {
      long_ = true;
      return;
    }
    std::memcpy(held_ + length_, piece.data(), piece.size());
    length_ += piece.size();
  }
  template <typename Files>
  void line(Bytes text, Files& on) {
    if (!text.empty() && text.back() == '\r') text = text.first(text.size() - 1);
    if (!inside_) {
      Bytes name;
      inside_ = !text.empty() && text[0] == 'b' && parse_uu_begin(text, name);
      if (inside_) on.begin(name);
      return;
    }
    uint8_t decoded[uu_decoded_max];
    size_t length = 0;
    if (!decode_uu_line(text, decoded, length)) {
      close(on);
    } else if (length != 0) {
      on.bytes(Bytes(decoded, length));
    }
  }
  template <typename Files>
  void close(Files& on) {
    inside_ = false;
    on.end();
  }

  size_t length_ = 0;
  bool long_ = false;  // the line is too long, or of no interest
  bool inside_ = false;
  uint8_t held_[uu_line_max];
};

}  // namespace sekisho::mime
