// SPDX-License-Identifier: Apache-2.0
// Tokens of one direction (RFC 9051 4, 9): atoms, quoted strings, literals, as they come. Nothing is carried
// between calls but what the scanner keeps, so that neither a line's nor a literal's length matters.
//
// The visitor is called with:
//   atom(text, offset)                      `(` and `)` as atoms of their own; cut at token_bytes_max
//   quoted(piece, first, last, offset)      unescaped, in pieces of at most token_bytes_max
//   LiteralUse literal_begin(size, offset)  what to do with the literal that begins
//   literal_data(bytes)                     LiteralUse::stream: slices of the input
//   literal_malformed(offset)             a brace without a number: read on as an atom
//   literal_end(text, offset)               LiteralUse::collect: the text, cut; stream: empty. `offset`:
//   after the literal text_line(text, offset)                 in text mode: the rest of the line, cut
//   line_end(offset)                        `offset`: after the line
// and may change the mode or stop the scanner from any of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "dataplane/protocols/imap/limits.h"
#include "matchers/base/bytes.h"

namespace sekisho::imap {

enum class LiteralUse : uint8_t { skip, collect, stream };

class Scanner {
 public:
  // The rest of the line is free text; the visitor gets it whole.
  void read_text() { at_ = At::text, length_ = 0, text_begun_ = false; }
  // Forgets the line: nothing is told until past its LF.
  void lose_line() { at_ = At::lost; }
  void start_line() { at_ = At::between, length_ = 0; }
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }
  // Nothing of a line was read yet.
  bool between_tokens() const { return at_ == At::between; }
  // A literal that was announced, whose sender waits (RFC 9051 4.3), and that will not come.
  bool cancel_awaited_literal() {
    if (at_ != At::literal || literal_read_ != 0 || !awaited_) return false;
    start_line();
    return true;
  }
  // A literal's bytes that are missing: returns how many of `missing` were inside it.
  uint64_t skip(uint64_t missing) {
    const uint64_t inside = at_ == At::literal ? std::min(missing, literal_left_) : 0;
    literal_left_ -= inside;
    literal_read_ += inside;
    return inside;
  }
  bool literal_is_over() const { return at_ == At::literal && literal_left_ == 0; }
  void wipe() { explicit_bzero(token_, sizeof token_); }

  // Returns the bytes consumed: all of them unless stopped.
  template <typename Visitor>
  size_t feed(Bytes in, uint64_t offset, Visitor& visitor) {
    size_t i = 0;
    while (i < in.size() && !stopped_) i += step(in.subspan(i), offset + i, visitor);
    return i;
  }

 private:
  enum class At : uint8_t { between, atom, section, quoted, escape, brace, brace_end, literal, text, lost };

  void keep(uint8_t c) {
    if (length_ < sizeof token_) token_[length_++] = c;
  }
  Bytes token() const { return {token_, length_}; }

  template <typename Visitor>
  void end_atom(Visitor& visitor) {
    at_ = At::between;
    const Bytes text = token();
    visitor.atom(text, token_offset_);
    if (at_ == At::between) length_ = 0;
  }

  template <typename Visitor>
  size_t step(Bytes in, uint64_t offset, Visitor& visitor) {
    const uint8_t c = in[0];
    switch (at_) {
      case At::between: return begin_token(c, offset, visitor);
      case At::atom: return read_atom(c, visitor);
      case At::section:
        if (c == '\n') return end_atom(visitor), 0;
        keep(c);
        if (c == ']') at_ = At::atom;
        return 1;
      case At::quoted:
      case At::escape: return read_quoted(c, visitor);
      case At::brace: return read_brace(c, visitor);
      case At::brace_end:
        if (c == '\r') return 1;
        if (c == '\n') return begin_literal(offset + 1, visitor), 1;
        return start_line(), 0;
      case At::literal: return read_literal(in, offset, visitor);
      case At::text: return read_text_bytes(in, offset, visitor);
      case At::lost: break;
    }
    const auto* lf = static_cast<const uint8_t*>(std::memchr(in.data(), '\n', in.size()));
    if (lf == nullptr) return in.size();
    const auto size = static_cast<size_t>(lf - in.data()) + 1;
    start_line();
    visitor.line_end(offset + size);
    return size;
  }

  template <typename Visitor>
  size_t begin_token(uint8_t c, uint64_t offset, Visitor& visitor) {
    token_offset_ = offset;
    length_ = 0;
    switch (c) {
      case ' ':
      case '\t':
      case '\r': break;
      case '\n': visitor.line_end(offset + 1); break;
      case '(':
      case ')':
        keep(c);
        end_atom(visitor);
        break;
      case '"':
        at_ = At::quoted;
        first_piece_ = true;
        token_offset_ = offset + 1;
        break;
      case '{': begin_brace(); break;
      default: at_ = At::atom; return 0;
    }
    return 1;
  }

  template <typename Visitor>
  size_t read_atom(uint8_t c, Visitor& visitor) {
    switch (c) {
      case '{':
        if (length_ == 1 && token_[0] == '~') return begin_brace(), 1;  // literal8 (RFC 3516 4.1)
        return end_atom(visitor), 0;
      case ' ':
      case '\t':
      case '\r':
      case '\n':
      case '(':
      case ')':
      case '"': return end_atom(visitor), 0;
      case '[': at_ = At::section; break;
      default: break;
    }
    keep(c);
    return 1;
  }

  template <typename Visitor>
  size_t read_quoted(uint8_t c, Visitor& visitor) {
    const bool escaped = at_ == At::escape;
    if (c == '\n') {  // no quoted string holds one: the line is over
      at_ = At::between;
      visitor.quoted(token(), first_piece_, true, token_offset_);
      return 0;
    }
    at_ = At::quoted;
    if (!escaped && c == '\\') {
      at_ = At::escape;
    } else if (!escaped && c == '"') {
      at_ = At::between;
      visitor.quoted(token(), first_piece_, true, token_offset_);
    } else {
      if (length_ == sizeof token_) {
        visitor.quoted(token(), first_piece_, false, token_offset_);
        first_piece_ = false;
        length_ = 0;
      }
      keep(c);
    }
    return 1;
  }

  void begin_brace() {
    at_ = At::brace;
    literal_left_ = 0;
    digits_ = 0;
    awaited_ = true;
  }

  template <typename Visitor>
  size_t read_brace(uint8_t c, Visitor& visitor) {
    if (c >= '0' && c <= '9' && digits_ < literal_digits_max) {
      ++digits_;
      literal_left_ = literal_left_ * 10 + (c - '0');
    } else if ((c == '+' || c == '-') && digits_ != 0) {  // RFC 7888
      awaited_ = false;
    } else if (c == '}' && digits_ != 0) {
      at_ = At::brace_end;
    } else {
      visitor.literal_malformed(token_offset_);
      at_ = At::atom;
      length_ = 0;
      return 0;
    }
    return 1;
  }

  template <typename Visitor>
  void begin_literal(uint64_t offset, Visitor& visitor) {
    at_ = At::literal;
    length_ = 0;
    literal_read_ = 0;
    token_offset_ = offset;
    use_ = visitor.literal_begin(literal_left_, offset);
    if (literal_left_ == 0) end_literal(offset, visitor);
  }

  template <typename Visitor>
  void end_literal(uint64_t offset, Visitor& visitor) {
    at_ = At::between;
    visitor.literal_end(use_ == LiteralUse::collect ? token() : Bytes{}, offset);
  }

  template <typename Visitor>
  size_t read_literal(Bytes in, uint64_t offset, Visitor& visitor) {
    const auto size = static_cast<size_t>(std::min<uint64_t>(in.size(), literal_left_));
    const Bytes bytes = in.first(size);
    if (use_ == LiteralUse::stream && size != 0) visitor.literal_data(bytes);
    if (use_ == LiteralUse::collect) {
      const size_t kept = std::min(size, sizeof token_ - length_);
      if (kept != 0) std::memcpy(token_ + length_, bytes.data(), kept);
      length_ += kept;
    }
    literal_left_ -= size;
    literal_read_ += size;
    if (literal_left_ == 0) end_literal(offset + size, visitor);
    return size;
  }

  template <typename Visitor>
  size_t read_text_bytes(Bytes in, uint64_t offset, Visitor& visitor) {
    if (!text_begun_) {
      if (in[0] == ' ') return 1;
      text_begun_ = true;
      token_offset_ = offset;
    }
    const auto* lf = static_cast<const uint8_t*>(std::memchr(in.data(), '\n', in.size()));
    const size_t size = lf == nullptr ? in.size() : static_cast<size_t>(lf - in.data());
    const size_t kept = std::min(size, sizeof token_ - length_);
    if (kept != 0) std::memcpy(token_ + length_, in.data(), kept);
    length_ += kept;
    if (lf == nullptr) return size;
    if (length_ != 0 && token_[length_ - 1] == '\r') --length_;
    at_ = At::between;
    visitor.text_line(token(), token_offset_);
    visitor.line_end(offset + size + 1);
    return size + 1;
  }

  At at_ = At::between;
  bool stopped_ = false;
  bool first_piece_ = true;
  bool text_begun_ = false;
  bool awaited_ = false;  // the literal's sender waits for the other side
  LiteralUse use_ = LiteralUse::skip;
  uint8_t digits_ = 0;
  size_t length_ = 0;
  uint64_t token_offset_ = 0;
  uint64_t literal_left_ = 0;
  uint64_t literal_read_ = 0;
  uint8_t token_[token_bytes_max];
};

}  // namespace sekisho::imap
