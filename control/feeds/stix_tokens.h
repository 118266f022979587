// SPDX-License-Identifier: Apache-2.0
// The words of a STIX pattern (STIX 2.1 9.2 and 9.3).
#pragma once

#include <deque>

#include "control/feeds/stix_pattern.h"

namespace sekisho {

enum class StixTokenType : uint8_t {
  end,
  word,     // a keyword, an object type, a step
  literal,
  symbol    // [ ] ( ) , . : * = == != <> < <= > >=
};

struct StixToken {
  StixTokenType type = StixTokenType::end;
  std::string_view text;  // as written
  StixLiteral literal;
  size_t at = 0;          // bytes before it
};

class StixTokens {
 public:
  // `text` outlives all; texts without escapes go to `texts`, which outlives the tokens.
  StixTokens(std::string_view text, std::deque<std::string>& texts) : text_(text), texts_(texts) { next(); }

  const StixToken& token() const { return token_; }
  // Goes to the next token. What cannot be read is a symbol of one byte, and failure() says why.
  void next();
  const std::string& failure() const { return failure_; }
  std::string_view text() const { return text_; }
  // Where the token before this one ended.
  size_t end_of_last() const { return end_of_last_; }

 private:
  void skip_blanks();
  void read_word();
  void read_number();
  void read_symbol();
  void read_quoted(StixLiteralType type, size_t quote);
  bool read_text(size_t quote, std::string_view& out);
  void decode(StixLiteralType type, std::string_view written);
  void finish(StixTokenType type, size_t end);
  void fail(std::string reason);

  std::string_view text_;
  std::deque<std::string>& texts_;
  StixToken token_;
  size_t at_ = 0;
  size_t end_of_last_ = 0;
  std::string failure_;
};

}  // namespace sekisho
