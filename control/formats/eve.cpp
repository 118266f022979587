// SPDX-License-Identifier: Apache-2.0
// EVE JSON: the tree of a row, one object a line (RFC 8259), valid UTF-8 whatever the bytes were.
//
// Escaping (RFC 8259 7):   "  ->  \"     \  ->  \\     U+0000..U+001F  ->  \b \f \n \r \t or \u00XX
//                          a byte outside UTF-8  ->  the four characters \xNN, hence \\xNN in JSON, as Suricata writes it
#include <array>

#include "control/formats/format.h"
#include "control/formats/json_text.h"
#include "control/rows/names.h"

namespace sekisho {

namespace {

void write_value(std::string& out, const RowNode& node, const FormatOptions& options) {
  switch (node.type) {
    case NodeType::text: append_json_text(out, node.text); break;
    case NodeType::number: append_number(out, node.number); break;
    case NodeType::boolean: out += node.number != 0 ? "true" : "false"; break;
    case NodeType::time:
      out += '"';
      append_time(out, node.number, options.utc_offset_minutes);
      out += '"';
      break;
    case NodeType::object:
    case NodeType::array:
    case NodeType::end: break;
  }
}

// Deeper than any row: alert.context.sekisho.ioc is 5 deep. A counter's dotted name decides the depth of stats; what lies deeper
// than this is left out.
constexpr size_t depth_max = 32;

void write_eve(const Row& row, const FormatOptions& options, std::string& out) {
  std::array<char, depth_max> closers;
  size_t depth = 0, skipped = 0;
  bool first = true;
  for (const RowNode& node : row.nodes()) {
    if (node.type == NodeType::end) {
      if (skipped != 0) {
        --skipped;
      } else if (depth != 0) {
        out += closers[--depth];
        first = false;
      }
      continue;
    }
    const bool opens = node.type == NodeType::object || node.type == NodeType::array;
    if (skipped != 0 || (opens && depth == depth_max)) {
      skipped += opens ? 1 : 0;
      continue;
    }
    if (!first) out += ',';
    first = opens;
    if (depth != 0 && closers[depth - 1] == '}') {
      append_json_text(out, node.key);
      out += ':';
    }
    if (!opens) {
      write_value(out, node, options);
      continue;
    }
    out += node.type == NodeType::object ? '{' : '[';
    closers[depth++] = node.type == NodeType::object ? '}' : ']';
  }
}

}  // namespace

const Format format_eve{"eve", RowShape::tree, write_eve};

}  // namespace sekisho
