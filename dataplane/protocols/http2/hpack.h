// SPDX-License-Identifier: Apache-2.0
// HPACK (RFC 7541): the fields of a header block, one after the other.
#pragma once

#include <array>

#include "dataplane/protocols/http2/header_table.h"

namespace sekisho::http2 {

// Where the decoded fields of one message live: as lines "name: value", one behind the other. Views into it stay valid until it goes.
struct FieldRoom {
  std::array<char, header_list_bytes_max + field_spill_bytes> bytes;  // uninitialised
  size_t used = 0;
  bool full() const { return used > header_list_bytes_max; }
};

struct DecodedField {
  std::string_view line, name, value;  // an unknown part is empty
  bool name_known = true, value_known = true;
  bool cut = false;       // longer than its room
  bool overflow = false;  // the room was full before it: the views live until the next field only
  size_t at = 0;          // of its first byte in the block
};

class BlockReader {
 public:
  enum class Step : uint8_t {
    field,
    end,
    broken  // the block cannot be read further, nor can the table be trusted: its owner loses it
  };
  BlockReader(HeaderTable& table, Bytes block, FieldRoom& room) : table_(table), block_(block), room_(room) {}

  Step next(DecodedField& field);

 private:
  struct Text {
    std::string_view view;  // what found room
    size_t size = 0;        // of the whole
  };
  bool read_integer(unsigned prefix_bits, uint32_t& value);
  bool read_string(std::span<char> out, Text& text);
  Step indexed(DecodedField& field);
  Step literal(unsigned prefix_bits, bool added, DecodedField& field);
  Step finish(const TableField& parts, DecodedField& field);

  HeaderTable& table_;
  Bytes block_;
  FieldRoom& room_;
  size_t at_ = 0;
  bool any_field_ = false;
};

}  // namespace sekisho::http2
