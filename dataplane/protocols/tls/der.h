// SPDX-License-Identifier: Apache-2.0
// DER, as far as certificates need it (X.690 8.1, 10.1): definite lengths, low tag numbers, one level at a time. Nothing
// recurses: who wants the inside of an item reads its content.
#pragma once

#include "matchers/base/bytes.h"

namespace sekisho::tls {

namespace der {
inline constexpr uint8_t boolean = 0x01, integer = 0x02, bit_string = 0x03, octet_string = 0x04, object_identifier = 0x06,
                         utf8_string = 0x0C, numeric_string = 0x12, printable_string = 0x13, teletex_string = 0x14,
                         ia5_string = 0x16, utc_time = 0x17, generalized_time = 0x18, visible_string = 0x1A,
                         universal_string = 0x1C, bmp_string = 0x1E, sequence = 0x30, set = 0x31;
// [n], constructed or primitive.
constexpr uint8_t context(unsigned number) { return static_cast<uint8_t>(0xA0 | number); }
constexpr uint8_t context_primitive(unsigned number) { return static_cast<uint8_t>(0x80 | number); }
}  // namespace der

struct DerItem {
  uint8_t tag = 0;
  Bytes content;
};

class DerReader {
 public:
  explicit DerReader(Bytes bytes) : reader_(bytes) {}

  // The next item; false at the end, and where what is there is no item (then failed()).
  bool next(DerItem& item) {
    if (reader_.at_end() || failed_) return false;
    item.tag = reader_.u8();
    size_t length = reader_.u8();
    if (length >= 0x80) length = long_length(length & 0x7F);
    item.content = reader_.bytes(length);
    failed_ |= reader_.failed() || (item.tag & 0x1F) == 0x1F;
    return !failed_;
  }
  // The content of the next item, which must have this tag.
  Bytes expect(uint8_t tag) {
    DerItem item;
    if (next(item) && item.tag == tag) return item.content;
    failed_ = true;
    return {};
  }
  // Skips the next item if it has this tag.
  void skip_optional(uint8_t tag) {
    if (!reader_.at_end() && reader_.rest()[0] == tag) {
      DerItem item;
      next(item);
    }
  }

  bool at_end() const { return reader_.at_end(); }
  bool failed() const { return failed_; }

 private:
  size_t long_length(size_t octets) {
    if (octets == 0 || octets > 4) {  // indefinite, or longer than anything we hold
      failed_ = true;
      return 0;
    }
    size_t length = 0;
    for (; octets > 0; --octets) length = length << 8 | reader_.u8();
    return length;
  }

  ByteReader reader_;
  bool failed_ = false;
};

}  // namespace sekisho::tls
