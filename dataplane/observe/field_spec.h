// SPDX-License-Identifier: Apache-2.0
// What the field catalogue says of one field. The rows are generated (fields.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "matchers/indicator.h"

namespace sekisho {

enum class FieldType : uint8_t { number, text, bytes, host, url, mail_address, address, md5, sha1, sha256 };

struct FieldSpec {
  std::string_view name;    // "dns.query.name"
  FieldType type;
  uint32_t max_bytes;       // longer values are cut here and marked; 0 = never in a record
  bool list;                // may be observed more than once in a transaction
  uint64_t kinds;           // kind_bit() of every indicator kind looked up in it
  std::string_view unit;
  std::string_view source;  // "RFC 1035 4.1.2"
};

}  // namespace sekisho
