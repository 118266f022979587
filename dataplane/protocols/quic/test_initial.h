// SPDX-License-Identifier: Apache-2.0
// For the tests of this folder: Initial packets as a client makes them. Sealed with OpenSSL's EVP functions,
// so that nothing that opens them is used.
#pragma once

#include <openssl/evp.h>

#include <stdexcept>
#include <string>

#include "dataplane/protocols/quic/initial_keys.h"
#include "dataplane/protocols/tls/test_handshake.h"

namespace sekisho::quic::test {

using tls::test::u16;
using tls::test::u8;

inline std::string u32(uint32_t value) { return u16(value >> 16) + u16(value & 0xFFFF); }
inline std::string text_of(Bytes bytes) { return {bytes.begin(), bytes.end()}; }
inline const uint8_t* bytes_of(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// In as few bytes as it goes, or in four.
inline std::string varint(uint64_t value) {
  if (value < 0x40) return u8(static_cast<unsigned>(value));
  if (value < 0x4000) return u16(static_cast<unsigned>(value) | 0x4000);
  return u32(static_cast<uint32_t>(value) | 0x80000000);
}

inline std::string seal(const AesKey& key, const GcmNonce& nonce, const std::string& associated,
                        const std::string& text) {
  std::string out(text.size() + gcm_tag_bytes, '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  int size = 0;
  const bool done =
      EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), nullptr, key.data(), nonce.data()) == 1 &&
      EVP_EncryptUpdate(context, nullptr, &size, bytes_of(associated), static_cast<int>(associated.size())) ==
          1 &&
      EVP_EncryptUpdate(context, at, &size, bytes_of(text), static_cast<int>(text.size())) == 1 &&
      EVP_EncryptFinal_ex(context, at + text.size(), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, gcm_tag_bytes, at + text.size()) == 1;
  EVP_CIPHER_CTX_free(context);
  if (!done) throw std::runtime_error("sealing");
  return out;
}
inline std::string encrypt_block(const AesKey& key, const std::string& block) {
  std::string out(32, '\0');
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  int size = 0;
  const bool done = EVP_EncryptInit_ex(context, EVP_aes_128_ecb(), nullptr, key.data(), nullptr) == 1 &&
                    EVP_EncryptUpdate(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                                      bytes_of(block), 16) == 1;
  EVP_CIPHER_CTX_free(context);
  if (!done) throw std::runtime_error("encrypting");
  return out.substr(0, 16);
}

struct InitialPacket {
  uint32_t version = version_1;
  std::string destination = "\x83\x94\xC8\xF0\x3E\x51\x57\x08";
  std::string source = "client";
  std::string keyed_by;  // the connection identifier that the keys are made of; empty = destination
  std::string token;
  uint64_t number = 0;
  unsigned number_bytes = 1;
  Sender sender = Sender::client;
  uint8_t first_bits = 0;    // turned over in the first byte

  // Protected. The payload is padded so that there is something to sample.
  std::string with(std::string frames) const {
    const Wording& wording = *wording_of(version);
    const std::string& secret_of = keyed_by.empty() ? destination : keyed_by;
    const InitialKeys keys = make_initial_keys(wording, {bytes_of(secret_of), secret_of.size()}, sender);
    unsigned type = 0;
    while (wording.types[type] != PacketType::initial) ++type;
    while (frames.size() < 4) frames += '\0';
    std::string header = u8((0xC0 | type << 4 | (number_bytes - 1)) ^ first_bits) + u32(version) +
                         tls::test::with_u8(destination) + tls::test::with_u8(source) + varint(token.size()) +
                         token + varint(number_bytes + frames.size() + gcm_tag_bytes);
    const size_t number_at = header.size();
    header += u32(static_cast<uint32_t>(number)).substr(4 - number_bytes);
    GcmNonce nonce = keys.iv;
    for (size_t i = 0; i < 8; ++i) nonce[11 - i] ^= static_cast<uint8_t>(number >> (8 * i));
    std::string packet = header + seal(keys.key, nonce, header, frames);
    const std::string mask = encrypt_block(keys.header_protection, packet.substr(number_at + 4, 16));
    packet[0] ^= mask[0] & 0x0F;
    for (size_t i = 0; i < number_bytes; ++i) packet[number_at + i] ^= mask[1 + i];
    return packet;
  }
  // Alone in a datagram, filled up with PADDING to what servers ask for.
  std::string datagram(std::string frames, size_t size = 1200) const {
    const size_t bare = with(frames + std::string(64, '\0')).size() - 64;
    if (bare < size) frames += std::string(size - bare, '\0');
    return with(frames);
  }
};

inline std::string crypto(uint64_t offset, const std::string& bytes) {
  return u8(6) + varint(offset) + varint(bytes.size()) + bytes;
}

}  // namespace sekisho::quic::test
