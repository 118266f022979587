// SPDX-License-Identifier: Apache-2.0
// Domain names in a message: compression undone, in presentation form.
//
// Presentation form: labels joined by dots, no final dot, the root is "."; a dot or backslash inside a label is \. or
// \\, well-formed UTF-8 stands as it is (RFC 6762 16), any other octet outside printable ASCII is \DDD (RFC 4343 2.1).
#pragma once

#include <string_view>

#include "dataplane/protocols/dns/limits.h"
#include "dataplane/protocols/text_writer.h"
#include "matchers/base/bytes.h"

namespace sekisho::dns {

enum class NameFault : uint8_t {
  none,
  cut,        // runs out of the message
  bad_label,  // a label type other than 00 and 11 (RFC 1035 4.1.4; 01 was retired by RFC 6891 5)
  too_long,   // name_octets_max
  loop,       // name_jumps_max
  work        // name_octets_per_message_max
};

struct Name {
  NameFault fault = NameFault::none;
  // A pointer that does not point backward: strict receivers refuse the message, glibc and musl follow it. So do we.
  bool forward_pointer = false;
  size_t end = 0;         // index of the first octet behind the name where it stands; 0 where it has no end there
  std::string_view text;  // empty with a fault; valid until the next read

  bool ok() const { return fault == NameFault::none; }
};

// Reads the names of one message. The message must outlive it.
class NameReader {
 public:
  explicit NameReader(Bytes message) : message_(message), text_({memory_, sizeof memory_}) {}

  // The name whose first octet is at `at` and which must end, where it stands, before `limit`. Bounded by the limits
  // whatever the message holds.
  Name read(size_t at, size_t limit);
  Name read(size_t at) { return read(at, message_.size()); }

 private:
  size_t skip(size_t at, size_t limit) const;
  NameFault decode(size_t at, bool& forward_pointer);
  void append_label(Bytes label);

  Bytes message_;
  size_t work_left_ = name_octets_per_message_max;
  char memory_[name_text_bytes_max];
  TextWriter text_;
};

// Appends `octets` in presentation form; `special` are further characters to escape with a backslash.
void append_presentation(TextWriter& out, Bytes octets, std::string_view special);

}  // namespace sekisho::dns
