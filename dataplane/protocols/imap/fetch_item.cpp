// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/imap/fetch_item.h"

#include <algorithm>
#include <string_view>

#include "dataplane/protocols/imap/limits.h"

namespace sekisho::imap {

namespace {

using Kind = FetchItem::Kind;

struct PlainItem {
  std::string_view name;
  Kind kind;
};
constexpr PlainItem plain_items[] = {
    {"RFC822", Kind::whole}, {"RFC822.HEADER", Kind::header}, {"RFC822.TEXT", Kind::text}};

bool starts(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && equals_ignore_case(text.substr(0, start.size()), start);
}

// Digits at the start of `text`; the rest stays in it.
uint64_t take_number(std::string_view& text) {
  uint64_t value = 0;
  unsigned digits = 0;
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9' && digits < literal_digits_max; ++digits) {
    value = value * 10 + static_cast<uint64_t>(text[0] - '0');
    text.remove_prefix(1);
  }
  return value;
}

// "2.1.HEADER" -> "2.1" and "HEADER"; "2.1" -> "2.1" and "".
void split_section(std::string_view section, FetchItem& item) {
  size_t numbers = 0;
  while (numbers < section.size() &&
         ((section[numbers] >= '0' && section[numbers] <= '9') || section[numbers] == '.'))
    ++numbers;
  const std::string_view word = section.substr(numbers);
  while (numbers != 0 && section[numbers - 1] == '.') --numbers;
  item.section = as_bytes(section.substr(0, numbers));
  item.top = numbers == 0;
  item.of_message = starts(word, "HEADER") || starts(word, "TEXT");
  item.whole_header = equals_ignore_case(word, "HEADER") || equals_ignore_case(word, "MIME");
  if (starts(word, "HEADER") || starts(word, "MIME")) {
    item.kind = Kind::header;
  } else if (starts(word, "TEXT")) {
    item.kind = Kind::text;
  } else if (word.empty()) {
    item.kind = item.top ? Kind::whole : Kind::part;
  }
}

}  // namespace

FetchItem parse_fetch_item(Bytes name) {
  const std::string_view text = as_text(name);
  FetchItem item;
  for (const PlainItem& entry : plain_items)
    if (equals_ignore_case(text, entry.name)) item.kind = entry.kind;
  item.of_message = item.kind == Kind::header || item.kind == Kind::text;
  item.whole_header = item.kind == Kind::header;
  const bool binary = starts(text, "BINARY[");
  if (!binary && !starts(text, "BODY[")) return item;
  const size_t open = text.find('[') + 1;
  const size_t close = std::min(text.find(']'), text.size());
  split_section(text.substr(open, close - open), item);
  if (binary && item.kind == Kind::part) item.kind = Kind::binary;
  std::string_view rest = text.substr(std::min(close + 1, text.size()));
  if (rest.starts_with('<')) {
    rest.remove_prefix(1);
    item.partial = true;
    item.origin = take_number(rest);
  }
  return item;
}

uint64_t requested_bytes(Bytes name) {
  std::string_view text = as_text(name);
  const size_t at = text.rfind("]<");
  if (at == text.npos) return 0;
  text.remove_prefix(at + 2);
  take_number(text);
  if (!text.starts_with('.')) return 0;
  text.remove_prefix(1);
  return take_number(text);
}

}  // namespace sekisho::imap
