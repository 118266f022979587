// SPDX-License-Identifier: Apache-2.0
// URLs in a text, piece by piece: http, https, ftp, with the host they name. HTML text has its character references decoded first, as
// a mail reader does before it follows a link; NUL bytes (UTF-16) are passed over.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "dataplane/content/mime/limits.h"
#include "matchers/base/bytes.h"

namespace sekisho::mime {

enum class TextKind : uint8_t { plain, html };

class UrlScanner {
 public:
  void start(TextKind kind) {
    kind_ = kind;
    at_ = At::text;
    tail_length_ = reference_length_ = 0;
    length_ = 0;
  }

  // `each(url)`: a view that lives until it returns.
  template <typename Each>
  void feed(Bytes in, Each&& each) {
    while (!in.empty()) {
      if (at_ == At::text && reference_length_ == 0) {
        const size_t plain = skip_plain(in);
        in = in.subspan(plain);
        if (in.empty()) return;
      }
      character(in[0], each);
      in = in.subspan(1);
    }
  }
  // The text is over.
  template <typename Each>
  void finish(Each&& each) {
    if (reference_length_ != 0) release_reference(each);
    if (at_ == At::url) give(each);
    at_ = At::text;
  }

 private:
  enum class At : uint8_t { text, colon, slash, url };
  static constexpr size_t scheme_max = 5, reference_max = 10;

  // Text that holds no ':' (and in HTML no '&'): only its last letters are kept, they may be a scheme. Returns its length.
  size_t skip_plain(Bytes in);
  void remember(uint8_t c) {
    if (tail_length_ == scheme_max) std::memmove(tail_, tail_ + 1, scheme_max - 1);
    if (tail_length_ == scheme_max) --tail_length_;
    tail_[tail_length_++] = c;
  }
  // The scheme that the remembered letters end with; its length, 0 when none.
  size_t scheme_length() const;
  // What a complete reference "&name;" stands for; 0 where it is unknown.
  static uint8_t decode_reference(Bytes text);
  static bool ends_url(uint8_t c) {
    return c <= ' ' || c == '"' || c == '<' || c == '>' || c == '\'' || c == '`' || c == '|' || c == '\\' ||
           c == '^' || c == 0x7f;
  }
  Bytes trimmed_url() const;

  // HTML's character references in front of everything else.
  template <typename Each>
  void character(uint8_t c, Each&& each) {
    if (kind_ != TextKind::html || (reference_length_ == 0 && c != '&')) return decoded(c, each);
    if (reference_length_ != 0 && c == ';') {
      const uint8_t value = decode_reference({reference_ + 1, reference_length_ - 1U});
      if (value != 0) {
        reference_length_ = 0;
        return decoded(value, each);
      }
    }
    const bool belongs =
        (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '#';
    if (reference_length_ == 0 || (belongs && reference_length_ < reference_max)) {
      reference_[reference_length_++] = c;
      return;
    }
    release_reference(each);
    character(c, each);  // once: no reference is open now
  }
  template <typename Each>
  void release_reference(Each&& each) {
    const uint8_t length = reference_length_;
    reference_length_ = 0;
    for (uint8_t i = 0; i < length; ++i) decoded(reference_[i], each);
  }

  template <typename Each>
  void decoded(uint8_t c, Each&& each) {
    if (c == 0) return;
    switch (at_) {
      case At::text:
        if (c == ':' && scheme_length() != 0) {
          at_ = At::colon;
        } else {
          remember(c);
        }
        return;
      case At::colon:
        if (c != '/') return back_to_text(c);
        at_ = At::slash;
        return;
      case At::slash:
        if (c != '/') return back_to_text(c);
        return begin_url();
      case At::url:
        if (!ends_url(c)) {
          if (length_ < url_bytes_max) url_[length_++] = c;
          return;
        }
        give(each);
        return back_to_text(c);
    }
  }
  void back_to_text(uint8_t c) {
    at_ = At::text;
    tail_length_ = 0;
    remember(c);
  }
  void begin_url() {
    const size_t scheme = scheme_length();
    std::memcpy(url_, tail_ + tail_length_ - scheme, scheme);
    std::memcpy(url_ + scheme, "://", 3);
    length_ = scheme + 3;
    start_ = length_;
    tail_length_ = 0;
    at_ = At::url;
  }
  template <typename Each>
  void give(Each&& each) {
    const Bytes url = trimmed_url();
    if (url.size() > start_) each(url);
  }

  TextKind kind_ = TextKind::plain;
  At at_ = At::text;
  uint8_t tail_length_ = 0;
  uint8_t reference_length_ = 0;
  uint8_t tail_[scheme_max];
  uint8_t reference_[reference_max + 1];
  size_t start_ = 0;  // of what follows "://"
  size_t length_ = 0;
  uint8_t url_[url_bytes_max];
};

}  // namespace sekisho::mime
