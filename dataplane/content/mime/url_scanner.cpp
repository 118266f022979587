// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/url_scanner.h"

namespace sekisho::mime {

namespace {

constexpr std::string_view schemes[] = {"https", "http", "ftp"};

struct Reference {
  std::string_view name;
  uint8_t value;
};
constexpr Reference references[] = {
    {"amp", '&'}, {"lt", '<'},     {"gt", '>'},     {"quot", '"'},   {"apos", '\''},  {"colon", ':'},
    {"sol", '/'}, {"period", '.'}, {"quest", '?'},  {"equals", '='}, {"percnt", '%'}, {"commat", '@'},
    {"num", '#'}, {"lowbar", '_'}, {"hyphen", '-'}, {"nbsp", ' '},   {"semi", ';'},   {"comma", ','},
};

// The number of "#123" or "#x7b"; 0 where it is no ASCII character.
uint8_t numeric(std::string_view text) {
  const bool hex = text.size() > 1 && ascii_lower(static_cast<uint8_t>(text[1])) == 'x';
  uint32_t value = 0;
  for (const char c : text.substr(hex ? 2 : 1)) {
    const auto lower = static_cast<char>(ascii_lower(static_cast<uint8_t>(c)));
    const bool digit = lower >= '0' && lower <= '9';
    if (!digit && !(hex && lower >= 'a' && lower <= 'f')) return 0;
    value = value * (hex ? 16 : 10) + static_cast<uint32_t>(digit ? lower - '0' : lower - 'a' + 10);
  }
  return value < 0x80 ? static_cast<uint8_t>(value) : uint8_t{0};
}

}  // namespace

size_t UrlScanner::skip_plain(Bytes in) {
  const auto stop = kind_ == TextKind::html
                        ? std::find_if(in.begin(), in.end(), [](uint8_t c) { return c == ':' || c == '&'; })
                        : std::find(in.begin(), in.end(), uint8_t{':'});
  const auto length = static_cast<size_t>(stop - in.begin());
  size_t first = length;
  for (size_t kept = 0; first != 0 && kept < scheme_max; --first) kept += in[first - 1] != 0 ? 1 : 0;
  for (size_t i = first; i < length; ++i)
    if (in[i] != 0) remember(in[i]);
  return length;
}

size_t UrlScanner::scheme_length() const {
  const std::string_view tail(reinterpret_cast<const char*>(tail_), tail_length_);
  for (const std::string_view scheme : schemes)
    if (tail.size() >= scheme.size() && equals_ignore_case(tail.substr(tail.size() - scheme.size()), scheme))
      return scheme.size();
  return 0;
}

uint8_t UrlScanner::decode_reference(Bytes text) {
  if (text.size() > 1 && text[0] == '#') return numeric(as_text(text));
  for (const Reference& reference : references)
    if (equals_ignore_case(reference.name, as_text(text))) return reference.value;
  return 0;
}

Bytes UrlScanner::trimmed_url() const {
  Bytes url(url_, length_);
  constexpr std::string_view trailing = ".,;:!?)]}*";
  while (url.size() > start_ && trailing.find(static_cast<char>(url.back())) != trailing.npos) {
    // A bracket that was opened inside the URL belongs to it.
    if (url.back() == ')' &&
        std::find(url.begin() + static_cast<std::ptrdiff_t>(start_), url.end(), uint8_t{'('}) != url.end())
      break;
    if (url.back() == ']' &&
        std::find(url.begin() + static_cast<std::ptrdiff_t>(start_), url.end(), uint8_t{'['}) != url.end())
      break;
    url = url.first(url.size() - 1);
  }
  return url;
}

}  // namespace sekisho::mime
