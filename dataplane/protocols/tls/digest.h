// SPDX-License-Identifier: Apache-2.0
// MD5, SHA-1 and SHA-256 of bytes in memory, without allocation: OpenSSL's EVP functions, and the one-shot SHA1() and SHA256()
// that call them since 3.0, take memory for every digest; its low-level contexts do not, and run the same code.
#pragma once

#include <openssl/md5.h>

#include <array>

#include "matchers/base/bytes.h"

namespace sekisho::tls {

using Md5 = std::array<uint8_t, 16>;
using Sha1 = std::array<uint8_t, 20>;
using Sha256 = std::array<uint8_t, 32>;

Sha1 sha1(Bytes bytes);
Sha256 sha256(Bytes bytes);

// MD5 of what comes in pieces.
class Md5Stream {
 public:
  Md5Stream();
  void update(Bytes bytes);
  Md5 finish();

 private:
  MD5_CTX context_;
};

}  // namespace sekisho::tls
