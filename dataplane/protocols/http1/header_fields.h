// SPDX-License-Identifier: Apache-2.0
// The fields of a head (RFC 9112 5): split into lines, unfolded, observed, and read for what frames the message.
#pragma once

#include <array>

#include "dataplane/protocols/http1/head.h"
#include "dataplane/protocols/http1/limits.h"

namespace sekisho::http1 {

// Where the views of a head live that are not in the input: fields that were folded over several lines.
struct FieldScratch {
  std::array<uint8_t, unfolded_bytes_max> bytes;
  size_t used = 0;
};

struct HeaderField {
  std::string_view line;    // "Name: value", unfolded
  std::string_view name, value;
  uint64_t line_offset = 0, value_offset = 0;
};

// Whether a field is observed, or only read for what it says of its message.
enum class Observed : uint8_t { yes, no };

struct FieldContext {
  Sink& sink;
  TxId tx;
  Head& head;
  FieldScratch& scratch;
};

// `fields`: what follows the start line, with or without the empty line that ends it; `offset` of its first byte.
void read_fields(Bytes fields, uint64_t offset, FieldContext context);
// One field that is taken apart already (HTTP/2).
void read_field(const HeaderField& field, Observed observed, const FieldContext& context);
// The fields of a head that say nothing of their message (RFC 9110 15.2): observed as lines, and nothing
// else.
void read_lines(Bytes fields, uint64_t offset, FieldContext context);
// One line of a trailer, without its line end: observed as a field, and nothing else (RFC 9110 6.5.1).
void read_trailer_line(Bytes line, uint64_t offset, FieldContext context);

}  // namespace sekisho::http1
