// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/stix_tokens.h"

#include <algorithm>

#include "control/feeds/base64.h"
#include "control/feeds/timestamp.h"

namespace sekisho {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return is_word_start(c) || is_digit(c) || c == '-'; }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Nothing where the text is no pairs of digits.
std::optional<std::string> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

// The letter before a quote that makes a literal of another type.
StixLiteralType quoted_type(char letter) {
  switch (letter) {
    case 't': return StixLiteralType::timestamp;
    case 'h': return StixLiteralType::hex;
    case 'b': return StixLiteralType::binary;
    default: return StixLiteralType::text;
  }
}

constexpr std::string_view two_byte_symbols[] = {"==", "!=", "<>", "<=", ">="};
constexpr std::string_view one_byte_symbols = "[](),.:*=<>";

}  // namespace

void StixTokens::fail(std::string reason) {
  if (failure_.empty()) failure_ = std::move(reason) + " at byte " + std::to_string(at_);
  finish(StixTokenType::symbol, std::min(at_ + 1, text_.size()));
}

void StixTokens::finish(StixTokenType type, size_t end) {
  token_.type = type;
  token_.at = at_;
  token_.text = text_.substr(at_, end - at_);
  at_ = end;
}

void StixTokens::skip_blanks() {
  while (at_ < text_.size()) {
    const std::string_view rest = text_.substr(at_);
    if (is_space(rest.front())) ++at_;
    else if (rest.starts_with("//")) at_ = std::min(text_.find('\n', at_), text_.size());
    else if (rest.starts_with("/*") && rest.find("*/", 2) != std::string_view::npos) at_ += rest.find("*/", 2) + 2;
    else return;
  }
}

void StixTokens::next() {
  end_of_last_ = at_;
  skip_blanks();
  if (at_ == text_.size()) return finish(StixTokenType::end, at_);
  const char first = text_[at_];
  const char second = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  if (first == '\'') return read_quoted(StixLiteralType::text, at_);
  if (second == '\'' && quoted_type(first) != StixLiteralType::text) return read_quoted(quoted_type(first), at_ + 1);
  if (is_word_start(first)) return read_word();
  if (is_digit(first) || ((first == '-' || first == '+') && is_digit(second))) return read_number();
  read_symbol();
}

void StixTokens::read_word() {
  size_t end = at_ + 1;
  while (end < text_.size() && is_word(text_[end])) ++end;
  finish(StixTokenType::word, end);
  if (token_.text != "true" && token_.text != "false") return;
  token_.type = StixTokenType::literal;
  token_.literal = {StixLiteralType::boolean, token_.text};
}

void StixTokens::read_number() {
  size_t end = at_ + 1;
  const auto skip_digits = [&] {
    while (end < text_.size() && is_digit(text_[end])) ++end;
  };
  skip_digits();
  StixLiteralType type = StixLiteralType::integer;
  if (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) {
    type = StixLiteralType::real;
    ++end;
    skip_digits();
  }
  if (end < text_.size() && is_word(text_[end])) return fail("a number with letters");
  finish(StixTokenType::literal, end);
  token_.literal = {type, token_.text};
}

void StixTokens::read_symbol() {
  const std::string_view rest = text_.substr(at_);
  for (const std::string_view symbol : two_byte_symbols)
    if (rest.starts_with(symbol)) return finish(StixTokenType::symbol, at_ + symbol.size());
  if (one_byte_symbols.find(rest.front()) == std::string_view::npos) return fail("a character that begins no word");
  finish(StixTokenType::symbol, at_ + 1);
}

// The text behind the quote, its escapes resolved; at_ is moved behind it by the caller. A backslash stands before a quote or another one.
bool StixTokens::read_text(size_t quote, std::string_view& out) {
  std::string* unescaped = nullptr;
  size_t copied = quote + 1;
  for (size_t i = quote + 1; i < text_.size(); ++i) {
    if (text_[i] == '\'') {
      out = text_.substr(copied, i - copied);
      if (unescaped != nullptr) out = unescaped->append(out);
      finish(StixTokenType::literal, i + 1);
      return true;
    }
    if (text_[i] != '\\') continue;
    if (i + 1 == text_.size()) break;
    if (text_[i + 1] != '\'' && text_[i + 1] != '\\') {
      at_ = i;
      fail("a backslash that stands before neither a quote nor a backslash");
      return false;
    }
    if (unescaped == nullptr) unescaped = &texts_.emplace_back();
    unescaped->append(text_, copied, i - copied);
    copied = ++i;
  }
  fail("a text without its end");
  return false;
}

void StixTokens::read_quoted(StixLiteralType type, size_t quote) {
  std::string_view written;
  if (!read_text(quote, written)) return;
  token_.literal = {type, written};
  if (type != StixLiteralType::text) decode(type, written);
}

void StixTokens::decode(StixLiteralType type, std::string_view written) {
  const auto refuse = [&](const char* reason) {
    at_ = token_.at;
    fail(reason);
  };
  if (type == StixLiteralType::timestamp) {
    if (!parse_time_s(written)) refuse("a text that is no time");
    return;
  }
  auto bytes = type == StixLiteralType::hex ? decode_hex(written) : decode_base64(written);
  if (!bytes) return refuse(type == StixLiteralType::hex ? "a text that is not hexadecimal" : "a text that is not base64");
  token_.literal.text = texts_.emplace_back(std::move(*bytes));
}

}  // namespace sekisho
