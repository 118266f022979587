// SPDX-License-Identifier: Apache-2.0
// ArcSight Common Event Format, version 0: the items of a row.
//
//   CEF:0|vendor|product|version|signature id|name|severity 0..10|key=value key=value ...
//
// Escaping:  header     |  ->  \|     \  ->  \\     line breaks and other controls  ->  space
//            extension  =  ->  \=     \  ->  \\     CR -> \r   LF -> \n   other controls -> space
//            both       a byte outside UTF-8  ->  \xNN, its backslash escaped like any other
//
// Two traps of receivers decide the order of the keys: some cut a value at `\=`, so the values that may hold one come last; some eat
// the first letter of the first key, so the extension begins with a key that nobody needs whole (rt stands in the syslog header, too).
#include <array>
#include <string>

#include "control/formats/format.h"
#include "control/formats/utf8.h"
#include "control/rows/names.h"

namespace sekisho {

namespace {

// What a byte becomes: itself (0), a space, or a backslash and the letter.
using Escapes = std::array<char, 128>;

constexpr Escapes make_escapes(std::string_view specials) {
  Escapes escapes{};
  for (size_t byte = 0; byte < 0x20; ++byte) escapes[byte] = ' ';
  escapes[0x7f] = ' ';
  escapes['\\'] = '\\';
  for (const char special : specials) escapes[static_cast<size_t>(special)] = special;
  return escapes;
}

constexpr Escapes make_extension_escapes() {
  Escapes escapes = make_escapes("=");
  escapes['\r'] = 'r';
  escapes['\n'] = 'n';
  return escapes;
}

constexpr Escapes header_escapes = make_escapes("|");
constexpr Escapes extension_escapes = make_extension_escapes();

void append_ascii(std::string& out, unsigned char byte, const Escapes& escapes) {
  const char escape = escapes[byte];
  if (escape == 0) {
    out += static_cast<char>(byte);
    return;
  }
  if (escape != ' ') out += '\\';
  out += escape;
}

void append_escaped(std::string& out, std::string_view text, const Escapes& escapes) {
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    const size_t length = utf8_sequence_length(text);
    if (length == 0) {
      out += '\\';
      out.append(byte_text(byte));
    } else if (length == 1) {
      append_ascii(out, byte, escapes);
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

void append_header(std::string& out, const RowHeader& header, const FormatOptions& options) {
  out += "CEF:0|";
  for (const std::string_view text : {options.device_vendor, options.device_product, options.device_version}) {
    append_escaped(out, text, header_escapes);
    out += '|';
  }
  if (header.signature != 0)
    append_number(out, header.signature);
  else
    append_escaped(out, header.event_type, header_escapes);
  out += '|';
  append_escaped(out, header.name, header_escapes);
  out += '|';
  append_number(out, header.severity);
  out += '|';
}

// Keys whose values may hold an equals sign or are long: written after all others.
constexpr std::string_view late_keys[] = {"requestContext", "requestClientApplication", "msg", "request"};

bool is_late(std::string_view key) {
  for (const std::string_view late : late_keys)
    if (late == key) return true;
  return false;
}

// A key's first value opens it; a further value of the same item joins with a comma.
void append_key(std::string& out, const CefKey& key) {
  out += ' ';
  if (!key.label.empty()) {
    out.append(key.key).append("Label=").append(key.label);
    out += ' ';
  }
  out.append(key.key);
  out += '=';
}

void append_value(std::string& out, const RowItem& item) {
  switch (item.type) {
    case NodeType::text: append_escaped(out, item.text, extension_escapes); break;
    case NodeType::time: append_number(out, item.number / 1'000'000); break;  // ms since 1970: CEF's zone-free form
    default: append_number(out, item.number); break;
  }
}

const CefKey* key_of(LogItem item, size_t nth) {
  const LogItemSpec& spec = log_items[static_cast<size_t>(item)];
  const CefKey* last = nullptr;
  for (const CefKey& key : spec.cef) {
    if (key.key.empty()) break;
    last = &key;
    if (nth-- == 0) break;
  }
  return last;
}

// One pass of the items: those whose keys are late, or those whose keys are not.
void append_items(std::string& out, const Row& row, bool (*wanted)(std::string_view key)) {
  const CefKey* open = nullptr;  // the key that the last value was written to
  size_t nth = 0;
  LogItem previous{};
  for (size_t i = 0; i < row.items().size(); ++i) {
    const RowItem& item = row.items()[i];
    nth = i != 0 && item.item == previous ? nth + 1 : 0;
    previous = item.item;
    const CefKey* key = key_of(item.item, nth);
    // "header": the value stands in the header already.
    if (key == nullptr || key->key == "header" || !wanted(key->key)) continue;
    if (nth != 0 && key == open)
      out += ',';
    else
      append_key(out, *key);
    append_value(out, item);
    open = key;
  }
}

void write_cef(const Row& row, const FormatOptions& options, std::string& out) {
  append_header(out, row.header, options);
  out += "cat=";
  append_escaped(out, row.header.product, extension_escapes);
  append_items(out, row, [](std::string_view key) { return !is_late(key); });
  append_items(out, row, is_late);
}

}  // namespace

const Format format_cef{"cef", RowShape::items, write_cef};

}  // namespace sekisho
