// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/parameters.h"

#include <algorithm>
#include <cstring>

#include "dataplane/content/mime/charset.h"
#include "dataplane/content/mime/header_text.h"
#include "dataplane/content/mime/limits.h"

namespace sekisho::mime {

namespace {

constexpr int hex_value(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  const uint8_t lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// One "name=value" of a field.
struct Parameter {
  Bytes name;
  Bytes value;  // to the semicolon, or inside the quotes (escapes still there)
  bool quoted = false;
};

// The text's first characters that are white space, semicolons, or comments (RFC 5322 3.2.2).
size_t separators_length(Bytes text) {
  size_t depth = 0, at = 0;
  for (; at < text.size(); ++at) {
    const uint8_t c = text[at];
    if (depth != 0 && c == '\\') {
      ++at;
    } else if (c == '(') {
      ++depth;
    } else if (depth != 0) {
      depth -= c == ')' ? 1 : 0;
    } else if (c != ' ' && c != '\t' && c != ';' && c != '\r' && c != '\n') {
      break;
    }
  }
  return std::min(at, text.size());
}

size_t quoted_length(Bytes text) {  // text[0] is the opening quote; returns the bytes before the closing one
  for (size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at - 1;
    }
  }
  return text.size() - 1;
}

size_t find_byte(Bytes text, uint8_t byte) {
  return static_cast<size_t>(std::find(text.begin(), text.end(), byte) - text.begin());
}

// What stands before the first semicolon that is not in a comment.
size_t main_length(Bytes field) {
  size_t depth = 0, at = 0;
  for (; at < field.size() && (depth != 0 || field[at] != ';'); ++at) {
    if (field[at] == '(') ++depth;
    if (field[at] == ')' && depth != 0) --depth;
  }
  return at;
}

// Takes the next parameter off `text`; false at the end.
bool next_parameter(Bytes& text, Parameter& parameter) {
  for (;;) {
    text = text.subspan(separators_length(text));
    if (text.empty()) return false;
    const auto stop = std::find_if(text.begin(), text.end(), [](uint8_t c) { return c == ';' || c == '='; });
    const auto name_length = static_cast<size_t>(stop - text.begin());
    if (stop == text.end() || *stop == ';') {  // no parameter
      text = text.subspan(name_length);
      continue;
    }
    parameter.name = trim(text.first(name_length));
    text = text.subspan(name_length + 1);
    while (!text.empty() && (text[0] == ' ' || text[0] == '\t')) text = text.subspan(1);
    parameter.quoted = !text.empty() && text[0] == '"';
    if (parameter.quoted) {
      const size_t length = quoted_length(text);
      parameter.value = text.subspan(1, length);
      text = text.subspan(std::min(text.size(), length + 2));
    } else {
      const size_t length = find_byte(text, ';');
      parameter.value = trim(text.first(length));
      text = text.subspan(length);
    }
    return true;
  }
}

// name, name*, name*N, name*N*.
struct PieceName {
  bool matches = false;
  bool piece = false;    // has a star: RFC 2231
  bool encoded = false;  // ends with a star
  unsigned index = 0;
};
PieceName match_name(Bytes text, std::string_view name) {
  PieceName result;
  if (text.size() < name.size() || !equals_ignore_case(as_text(text.first(name.size())), name)) return result;
  Bytes rest = text.subspan(name.size());
  result.matches = rest.empty();
  if (rest.empty() || rest[0] != '*') return result;
  rest = rest.subspan(1);
  result.piece = true;
  result.encoded = rest.empty() || rest.back() == '*';
  if (!rest.empty() && rest.back() == '*') rest = rest.first(rest.size() - 1);
  result.matches = rest.size() <= 2;
  for (const uint8_t c : rest) {
    result.matches = result.matches && c >= '0' && c <= '9';
    result.index = result.index * 10 + (c - '0');
  }
  return result;
}

// Bounded output.
struct Writer {
  std::span<uint8_t> out;
  size_t length = 0;
  void put(uint8_t byte) {
    if (length < out.size()) out[length++] = byte;
  }
};

enum class Escapes : uint8_t { all, needed };  // needed: of a quote or a backslash
void put_unquoted(const Parameter& parameter, Writer& to, Escapes escapes = Escapes::all) {
  const Bytes value = parameter.value;
  for (size_t i = 0; i < value.size(); ++i) {
    const bool escape = parameter.quoted && value[i] == '\\' && i + 1 < value.size() &&
                        (escapes == Escapes::all || value[i + 1] == '"' || value[i + 1] == '\\');
    if (escape) ++i;
    to.put(value[i]);
  }
}

void put_percent_decoded(Bytes value, Writer& to) {
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '%' && i + 2 < value.size() && hex_value(value[i + 1]) >= 0 &&
        hex_value(value[i + 2]) >= 0) {
      to.put(static_cast<uint8_t>(hex_value(value[i + 1]) << 4 | hex_value(value[i + 2])));
      i += 2;
    } else {
      to.put(value[i]);
    }
  }
}

struct Value {
  size_t length = 0;
  Bytes charset;  // of RFC 2231; empty: none named
  bool charset_named = false;
};

// All pieces in the order of their numbers, whatever the order they stand in; the first of equal numbers counts.
Value read_extended(Bytes field, std::string_view name, std::span<uint8_t> out) {
  struct Piece {
    Parameter parameter;
    bool there = false;
    bool encoded = false;
  };
  Piece pieces[parameter_pieces_max];
  Parameter parameter;
  while (next_parameter(field, parameter)) {
    const PieceName piece = match_name(parameter.name, name);
    if (!piece.matches || !piece.piece || piece.index >= parameter_pieces_max || pieces[piece.index].there)
      continue;
    pieces[piece.index] = {parameter, true, piece.encoded};
  }
  Value value;
  Writer to{out};
  for (size_t i = 0; i < parameter_pieces_max && pieces[i].there; ++i) {
    Bytes bytes = pieces[i].parameter.value;
    const size_t first = find_byte(bytes, '\'');
    const size_t second =
        first == bytes.size() ? first : first + 1 + find_byte(bytes.subspan(first + 1), '\'');
    if (i == 0 && pieces[i].encoded && second < bytes.size()) {  // charset'language'
      value.charset = bytes.first(first);
      value.charset_named = true;
      bytes = bytes.subspan(second + 1);
    }
    if (pieces[i].encoded) {
      put_percent_decoded(bytes, to);
    } else {
      put_unquoted(pieces[i].parameter, to);
    }
  }
  value.length = to.length;
  return value;
}

Value read_value(Bytes field, std::string_view name, Reading reading, std::span<uint8_t> out) {
  field = field.subspan(main_length(field));
  if (reading == Reading::extended) return read_extended(field, name, out);
  Parameter parameter;
  while (next_parameter(field, parameter)) {
    const PieceName piece = match_name(parameter.name, name);
    if (!piece.matches || piece.piece) continue;
    if (reading == Reading::token && !parameter.quoted) {
      const auto white = std::find_if(parameter.value.begin(), parameter.value.end(),
                                      [](uint8_t c) { return c == ' ' || c == '\t'; });
      parameter.value = parameter.value.first(static_cast<size_t>(white - parameter.value.begin()));
    }
    Writer to{out};
    put_unquoted(parameter, to, reading == Reading::literal ? Escapes::needed : Escapes::all);
    return {to.length};
  }
  return {};
}

}  // namespace

Bytes main_value(Bytes field) {
  field = field.subspan(separators_length(field));
  const auto end = std::find_if(field.begin(), field.end(),
                                [](uint8_t c) { return c == ';' || c == ' ' || c == '\t' || c == '('; });
  field = field.first(static_cast<size_t>(end - field.begin()));
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
    field = field.subspan(1, field.size() - 2);
  return field;
}

size_t parameter_bytes(Bytes field, std::string_view name, Reading reading, std::span<uint8_t> out) {
  return read_value(field, name, reading, out).length;
}

size_t parameter_text(Bytes field, std::string_view name, Reading reading, std::span<uint8_t> out) {
  uint8_t raw[names_bytes_max];
  const Value value = read_value(field, name, reading, raw);
  const Bytes bytes(raw, value.length);
  return value.charset_named ? to_utf8(find_charset(value.charset), bytes, out)
                             : decode_header_text(bytes, out);
}

}  // namespace sekisho::mime
