// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/tls/digest.h"

#include <openssl/sha.h>

// Deprecated since OpenSSL 3.0 in favour of functions that allocate.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace sekisho::tls {

Sha1 sha1(Bytes bytes) {
  SHA_CTX context;
  Sha1 out;
  SHA1_Init(&context);
  SHA1_Update(&context, bytes.data(), bytes.size());
  SHA1_Final(out.data(), &context);
  return out;
}

Sha256 sha256(Bytes bytes) {
  SHA256_CTX context;
  Sha256 out;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(out.data(), &context);
  return out;
}

Md5Stream::Md5Stream() { MD5_Init(&context_); }
void Md5Stream::update(Bytes bytes) { MD5_Update(&context_, bytes.data(), bytes.size()); }
Md5 Md5Stream::finish() {
  Md5 out;
  MD5_Final(out.data(), &context_);
  return out;
}

}  // namespace sekisho::tls
