// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/header_text.h"

#include <algorithm>
#include <cstring>

#include "dataplane/content/base64.h"
#include "dataplane/content/mime/charset.h"
#include "dataplane/content/mime/limits.h"

namespace sekisho::mime {

namespace {

constexpr size_t charset_name_max = 64;

constexpr bool is_white(uint8_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr int hex_value(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  const uint8_t lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// =?charset*language?encoding?text?=
struct EncodedWord {
  Bytes charset;
  bool base64 = false;
  Bytes text;
  size_t length = 0;  // of all of it
};

// `in` begins with "=?". False: no encoded word; `closed` false: no "?=" stands anywhere in `in` after the text's start.
bool parse_word(Bytes in, EncodedWord& word, bool& closed) {
  const std::string_view text = as_text(in);
  const size_t charset_end = text.substr(0, 2 + charset_name_max).find('?', 2);
  closed = true;
  if (charset_end == text.npos || charset_end + 3 > text.size() || text[charset_end + 2] != '?') return false;
  const uint8_t encoding = ascii_lower(in[charset_end + 1]);
  if (encoding != 'b' && encoding != 'q') return false;
  const size_t start = charset_end + 3;
  const size_t end = text.find("?=", start);
  closed = end != text.npos;
  if (!closed) return false;
  word.charset = in.subspan(2, charset_end - 2);
  const auto star =
      std::find(word.charset.begin(), word.charset.end(), uint8_t{'*'});  // RFC 2231 5: a language
  word.charset = word.charset.first(static_cast<size_t>(star - word.charset.begin()));
  word.base64 = encoding == 'b';
  word.text = in.subspan(start, end - start);
  word.length = end + 2;
  return true;
}

size_t decode_q(Bytes in, uint8_t* out) {
  size_t written = 0;
  for (size_t i = 0; i < in.size(); ++i) {
    if (in[i] == '=' && i + 2 < in.size() && hex_value(in[i + 1]) >= 0 && hex_value(in[i + 2]) >= 0) {
      out[written++] = static_cast<uint8_t>(hex_value(in[i + 1]) << 4 | hex_value(in[i + 2]));
      i += 2;
    } else {
      out[written++] = in[i] == '_' ? uint8_t{' '} : in[i];
    }
  }
  return written;
}

class TextDecoder {
 public:
  explicit TextDecoder(std::span<uint8_t> out) : out_(out) {}

  void raw(Bytes text) {
    if (text.empty()) return;
    flush_words();
    const bool escapes = as_text(text).find("\x1b$") != std::string_view::npos;
    written_ += to_utf8(escapes ? iso_2022_jp() : utf8(), text, out_.subspan(written_));
  }
  void word(const EncodedWord& word) {
    const Charset& charset = find_charset(word.charset);
    // A word is at most field_bytes_max, so that it fits once the ones before it are out.
    const size_t needed = std::max(word.text.size(), base64_decoded_max(word.text.size()));
    if (charset_ != &charset || words_length_ + needed > sizeof words_) flush_words();
    charset_ = &charset;
    uint8_t* const to = words_ + words_length_;
    if (!word.base64) {
      words_length_ += decode_q(word.text, to);
      return;
    }
    Base64State state;
    words_length_ += base64_decode(state, word.text, {to, sizeof words_ - words_length_});
    words_length_ += base64_finish(state, {words_ + words_length_, sizeof words_ - words_length_});
  }
  size_t finish() {
    flush_words();
    return written_;
  }

 private:
  void flush_words() {
    if (words_length_ != 0) written_ += to_utf8(*charset_, {words_, words_length_}, out_.subspan(written_));
    words_length_ = 0;
  }

  std::span<uint8_t> out_;
  size_t written_ = 0;
  const Charset* charset_ = nullptr;
  size_t words_length_ = 0;
  uint8_t words_[field_bytes_max + 8];
};

}  // namespace

Bytes trim(Bytes text) {
  while (!text.empty() && is_white(text.front())) text = text.subspan(1);
  while (!text.empty() && is_white(text.back())) text = text.first(text.size() - 1);
  return text;
}

size_t decode_header_text(Bytes in, std::span<uint8_t> out) {
  TextDecoder decoder(out);
  bool after_word = false, closed = true;
  size_t from = 0, at = 0;
  while (closed && at < in.size()) {
    at = as_text(in).find("=?", at);
    if (at == std::string_view::npos) break;
    EncodedWord word;
    if (!parse_word(in.subspan(at), word, closed)) {
      ++at;
      continue;
    }
    const Bytes between = in.subspan(from, at - from);
    if (!after_word || !trim(between).empty()) decoder.raw(between);
    decoder.word(word);
    after_word = true;
    at += word.length;
    from = at;
  }
  decoder.raw(in.subspan(from));
  return decoder.finish();
}

}  // namespace sekisho::mime
