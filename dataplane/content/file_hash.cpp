// SPDX-License-Identifier: Apache-2.0
// OpenSSL's low-level contexts: EVP allocates once for each digest, these are plain memory with the same (SHA-NI) code
// behind them. They are deprecated since 3.0, which is silenced in this file alone.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "dataplane/content/file_hash.h"

#include <openssl/md5.h>
#include <openssl/sha.h>

#include <cstring>
#include <new>

namespace sekisho {

namespace {
template <typename Context>
Context& in(uint8_t* memory) {
  return *std::launder(reinterpret_cast<Context*>(memory));
}
template <typename Context>
Context copy_of(const uint8_t* memory) {
  Context context;
  std::memcpy(&context, memory, sizeof context);
  return context;
}
}  // namespace

FileHash::FileHash(HashKinds kinds) : kinds_(kinds) {
  static_assert(sizeof(MD5_CTX) <= md5_bytes && sizeof(SHA_CTX) <= sha1_bytes && sizeof(SHA256_CTX) <= sha256_bytes);
  if (has(kinds, HashKinds::md5)) MD5_Init(new (md5_) MD5_CTX);
  if (has(kinds, HashKinds::sha1)) SHA1_Init(new (sha1_) SHA_CTX);
  if (has(kinds, HashKinds::sha256)) SHA256_Init(new (sha256_) SHA256_CTX);
}

void FileHash::update(Bytes bytes) {
  if (has(kinds_, HashKinds::md5)) MD5_Update(&in<MD5_CTX>(md5_), bytes.data(), bytes.size());
  if (has(kinds_, HashKinds::sha1)) SHA1_Update(&in<SHA_CTX>(sha1_), bytes.data(), bytes.size());
  if (has(kinds_, HashKinds::sha256)) SHA256_Update(&in<SHA256_CTX>(sha256_), bytes.data(), bytes.size());
}

FileDigests FileHash::peek() const {
  FileDigests digests;
  digests.kinds = kinds_;
  if (has(kinds_, HashKinds::md5)) {
    auto context = copy_of<MD5_CTX>(md5_);
    MD5_Final(digests.md5, &context);
  }
  if (has(kinds_, HashKinds::sha1)) {
    auto context = copy_of<SHA_CTX>(sha1_);
    SHA1_Final(digests.sha1, &context);
  }
  if (has(kinds_, HashKinds::sha256)) {
    auto context = copy_of<SHA256_CTX>(sha256_);
    SHA256_Final(digests.sha256, &context);
  }
  return digests;
}

}  // namespace sekisho
