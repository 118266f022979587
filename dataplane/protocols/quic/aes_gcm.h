// SPDX-License-Identifier: Apache-2.0
// AES-128-GCM (NIST SP 800-38D) and single blocks of AES-128, for Initial packets: their keys are made of
// what travels in clear (RFC 9001 5.2), so there is nothing to keep secret and timing does not matter.
//
// OpenSSL's EVP contexts take memory and locks, and read configuration files at their first use; its
// low-level AES functions do none of that. They are the plain twin and the specification; the other uses
// AES-NI and PCLMULQDQ where the CPU has them. Pure functions.
#pragma once

#include <array>
#include <span>

#include "matchers/base/bytes.h"

namespace sekisho::quic {

using AesKey = std::array<uint8_t, 16>;
using AesBlock = std::array<uint8_t, 16>;
using GcmNonce = std::array<uint8_t, 12>;
inline constexpr size_t gcm_tag_bytes = 16;

// `block`: 16 bytes.
AesBlock aes_encrypt_block(const AesKey& key, const uint8_t* block);

// Decrypts `sealed` (ciphertext, then tag) into `out`, which holds sealed.size() - gcm_tag_bytes and does not
// overlap. False, with `out` unspecified, where the tag is not that of the key, nonce, associated bytes and
// ciphertext.
bool gcm_open(const AesKey& key, const GcmNonce& nonce, Bytes associated, Bytes sealed,
              std::span<uint8_t> out);

// The twins, for the tests. The fast one may be called where aes_gcm_is_fast().
bool aes_gcm_is_fast();
AesBlock aes_encrypt_block_plain(const AesKey& key, const uint8_t* block);
bool gcm_open_plain(const AesKey& key, const GcmNonce& nonce, Bytes associated, Bytes sealed,
                    std::span<uint8_t> out);
AesBlock aes_encrypt_block_fast(const AesKey& key, const uint8_t* block);
bool gcm_open_fast(const AesKey& key, const GcmNonce& nonce, Bytes associated, Bytes sealed,
                   std::span<uint8_t> out);

}  // namespace sekisho::quic
