// SPDX-License-Identifier: Apache-2.0
// For tests: signs as minisign does.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho {

class SampleSigner {
 public:
  SampleSigner() : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")) {}
  ~SampleSigner() { EVP_PKEY_free(key_); }
  SampleSigner(const SampleSigner&) = delete;
  SampleSigner& operator=(const SampleSigner&) = delete;

  std::string public_key() const { return base64("Ed" + id() + raw()); }
  std::string sign(std::string_view content, const std::string& comment, bool hashed) const {
    std::string digest(64, '\0');
    EVP_Digest(content.data(), content.size(), bytes(digest), nullptr, EVP_blake2b512(), nullptr);
    const std::string signature = signature_of(hashed ? std::string_view(digest) : content);
    return "untrusted comment: a test\n" + base64((hashed ? "ED" : "Ed") + id() + signature) + "\ntrusted comment: " + comment + "\n" +
           base64(signature_of(signature + comment)) + "\n";
  }

 private:
  static unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
  std::string raw() const {
    std::string out(32, '\0');
    size_t size = out.size();
    EVP_PKEY_get_raw_public_key(key_, bytes(out), &size);
    return out;
  }
  std::string id() const { return raw().substr(0, 8); }
  std::string signature_of(std::string_view content) const {
    std::string out(64, '\0');
    size_t size = out.size();
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key_);
    EVP_DigestSign(context, bytes(out), &size, reinterpret_cast<const unsigned char*>(content.data()), content.size());
    EVP_MD_CTX_free(context);
    return out;
  }
  static std::string base64(const std::string& text) {
    std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(bytes(out), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    out.resize(static_cast<size_t>(size));
    return out;
  }

  EVP_PKEY* key_;
};

}  // namespace sekisho
