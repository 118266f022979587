// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/uuid.h"

#include <openssl/evp.h>

#include <cstdint>

namespace sekisho {

std::string uuid_of(std::string_view name) {
  constexpr uint8_t name_space[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};
  std::string text(reinterpret_cast<const char*>(name_space), sizeof name_space);
  text += name;
  uint8_t digest[EVP_MAX_MD_SIZE] = {};
  EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha1(), nullptr);
  digest[6] = static_cast<uint8_t>((digest[6] & 0x0f) | 0x50);
  digest[8] = static_cast<uint8_t>((digest[8] & 0x3f) | 0x80);
  constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out.append({hex[digest[i] >> 4], hex[digest[i] & 15]});
  }
  return out;
}

}  // namespace sekisho
