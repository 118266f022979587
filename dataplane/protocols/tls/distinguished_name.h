// SPDX-License-Identifier: Apache-2.0
// Distinguished names and the strings in them as UTF-8 text.
#pragma once

#include "dataplane/protocols/text_writer.h"
#include "dataplane/protocols/tls/der.h"
#include "matchers/base/bytes.h"

namespace sekisho::tls {

// Appends a Name's content (RFC 5280 4.1.2.4) as "C=JP, O=Example, CN=www.example.test": in the certificate's order, the
// parts of one RDN joined by " + ", unknown attribute types as dotted numbers. As Suricata prints it, commas in values are
// not escaped; control characters and backslashes are (\0A, \\: RFC 4514 2.4), so that a value cannot end early or break a
// line. False where the encoding is broken; what was read before it is there.
bool append_distinguished_name(TextWriter& out, Bytes name);

// Walks the values of one attribute, the common name, in a Name's content.
class CommonNameReader {
 public:
  explicit CommonNameReader(Bytes name) : parts_(name) {}
  // Appends the next one to `out`; `value` is its place in the certificate.
  bool next(TextWriter& out, Bytes& value);

 private:
  DerReader parts_;
  DerReader attributes_{Bytes()};
};

}  // namespace sekisho::tls
