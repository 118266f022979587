// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http2/hpack.h"

#include <algorithm>

#include "dataplane/protocols/http2/huffman.h"

namespace sekisho::http2 {

namespace {

constexpr uint8_t indexed_bit = 0x80, added_bit = 0x40, size_update_bit = 0x20, huffman_bit = 0x80;
constexpr std::string_view separator = ": ";

std::span<char> line_room(FieldRoom& room) {
  return std::span(room.bytes).subspan(room.full() ? header_list_bytes_max : room.used);
}

}  // namespace

// RFC 7541 5.1. Nothing that stands here needs more than 31 bits: no header table or string is as large.
bool BlockReader::read_integer(unsigned prefix_bits, uint32_t& value) {
  constexpr unsigned shift_max = 28;
  const uint32_t mask = (1U << prefix_bits) - 1;
  if (at_ == block_.size()) return false;
  value = block_[at_++] & mask;
  if (value != mask) return true;
  uint64_t sum = value;
  for (unsigned shift = 0; shift <= shift_max; shift += 7) {
    if (at_ == block_.size()) return false;
    const uint8_t byte = block_[at_++];
    sum += uint64_t{byte & 0x7fU} << shift;
    value = static_cast<uint32_t>(sum);
    if ((byte & 0x80) == 0) return sum <= INT32_MAX;
  }
  return false;
}

bool BlockReader::read_string(std::span<char> out, Text& text) {
  if (at_ == block_.size()) return false;
  const bool huffman = (block_[at_] & huffman_bit) != 0;
  uint32_t length = 0;
  if (!read_integer(7, length) || length > block_.size() - at_) return false;
  const Bytes coded = block_.subspan(at_, length);
  at_ += length;
  text.size = length;
  if (huffman) {
    const HuffmanResult result = huffman_decode(coded, out);
    if (!result.valid) return false;
    text.size = result.size;
  } else {
    std::copy_n(coded.data(), std::min(coded.size(), out.size()), out.data());
  }
  text.view = {out.data(), std::min(text.size, out.size())};
  return true;
}

BlockReader::Step BlockReader::next(DecodedField& field) {
  while (at_ < block_.size()) {
    const uint8_t first = block_[at_];
    field = {};
    field.at = at_;
    field.overflow = room_.full();
    if ((first & indexed_bit) != 0) return indexed(field);
    if ((first & added_bit) != 0) return literal(6, true, field);
    if ((first & size_update_bit) == 0) return literal(4, false, field);
    uint32_t bytes_max = 0;
    if (any_field_ || !read_integer(5, bytes_max)) return Step::broken;
    table_.set_bytes_max(bytes_max);
  }
  return Step::end;
}

BlockReader::Step BlockReader::indexed(DecodedField& field) {
  uint32_t index = 0;
  if (!read_integer(7, index)) return Step::broken;
  const std::span<char> room = line_room(room_);
  TableField parts;
  if (table_.find(index, room, parts) == HeaderTable::Found::no) return Step::broken;
  return finish(parts, field);
}

BlockReader::Step BlockReader::literal(unsigned prefix_bits, bool added, DecodedField& field) {
  uint32_t index = 0;
  if (!read_integer(prefix_bits, index)) return Step::broken;
  const std::span<char> room = line_room(room_);
  TableField parts;
  Text name, value;
  if (index != 0) {
    if (table_.find(index, room, parts) == HeaderTable::Found::no) return Step::broken;
    name = {parts.name, parts.name.size()};
  } else if (!read_string(room, name)) {
    return Step::broken;
  }
  if (!read_string(room.subspan(name.view.size()), value)) return Step::broken;
  parts.name = name.view;
  parts.value = value.view;
  parts.value_known = true;
  field.cut = value.view.size() != value.size || name.view.size() != name.size;
  if (added) table_.add(parts, name.size + value.size);
  return finish(parts, field);
}

// Name and value stand one behind the other at the front of the room: makes a line of them.
BlockReader::Step BlockReader::finish(const TableField& parts, DecodedField& field) {
  any_field_ = true;
  const std::span<char> room = line_room(room_);
  char* value = room.data() + parts.name.size();
  size_t value_size = parts.value.size();
  const size_t most = room.size() - parts.name.size();
  if (most < separator.size()) {
    field.cut = true;
    field.name = field.line = parts.name;
  } else {
    if (value_size + separator.size() > most) {
      value_size = most - separator.size();
      field.cut = true;
    }
    std::copy_backward(value, value + value_size, value + value_size + separator.size());
    std::copy(separator.begin(), separator.end(), value);
    field.name = parts.name;
    field.value = {value + separator.size(), value_size};
    field.line = {room.data(), parts.name.size() + separator.size() + value_size};
  }
  field.name_known = parts.name_known;
  field.value_known = parts.value_known;
  if (!room_.full()) room_.used += field.line.size();
  return Step::field;
}

}  // namespace sekisho::http2
