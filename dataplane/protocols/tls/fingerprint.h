// SPDX-License-Identifier: Apache-2.0
// Fingerprints of the software behind a hello.
//
// JA3 and JA3S (Salesforce, BSD 3-clause): the MD5 of the hello's numbers in the order sent, GREASE left out.
// JA4 (FoxIO, BSD 3-clause for the TLS client fingerprint, the only one of the family made here): the same sorted, so that
// clients that shuffle their extensions keep theirs.
#pragma once

#include <array>

#include "dataplane/protocols/text_writer.h"
#include "dataplane/protocols/tls/digest.h"
#include "dataplane/protocols/tls/hello.h"
#include "dataplane/protocols/tls/limits.h"

namespace sekisho::tls {

// A digest in lower-case hex, with the beginning of the text under it.
class Ja3 {
 public:
  explicit Ja3(const ClientHello& hello);
  explicit Ja3(const ServerHello& hello);

  Bytes digest() const { return as_bytes({hex_.data(), hex_.size()}); }
  Bytes text() const { return as_bytes({text_.data(), text_size_}); }

 private:
  std::array<char, 32> hex_;
  std::array<char, ja3_text_bytes_max> text_;
  size_t text_size_ = 0;
};

enum class Ja4Transport : char { tcp = 't', quic = 'q', datagram = 'd' };
using Ja4 = std::array<char, 36>;

// False where a list is longer than ja4_items_max.
bool make_ja4(const ClientHello& hello, Ja4Transport transport, Ja4& out);

}  // namespace sekisho::tls
