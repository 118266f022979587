// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/quic/initial_keys.h"

#include <openssl/sha.h>

#include <algorithm>

// Deprecated since OpenSSL 3.0 in favour of functions that allocate.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace sekisho::quic {

namespace {

using Secret = std::array<uint8_t, SHA256_DIGEST_LENGTH>;

// HMAC-SHA256 (RFC 2104) under keys of at most one block, which all keys here are. Keyed once, used for
// several messages.
class Hmac {
 public:
  explicit Hmac(Bytes key) {
    pad(key, 0x36, inner_);
    pad(key, 0x5C, outer_);
  }
  Secret of(Bytes message) const {
    Secret out;
    SHA256_CTX context = inner_;
    SHA256_Update(&context, message.data(), message.size());
    SHA256_Final(out.data(), &context);
    context = outer_;
    SHA256_Update(&context, out.data(), out.size());
    SHA256_Final(out.data(), &context);
    return out;
  }

 private:
  static void pad(Bytes key, uint8_t with, SHA256_CTX& context) {
    uint8_t block[SHA256_CBLOCK] = {};
    std::copy(key.begin(), key.end(), block);
    for (uint8_t& byte : block) byte ^= with;
    SHA256_Init(&context);
    SHA256_Update(&context, block, sizeof block);
  }

  SHA256_CTX inner_, outer_;
};

// HKDF-Expand-Label (RFC 8446 7.1) without context, for outputs of at most one digest: the first block is all
// of it.
template <size_t size>
std::array<uint8_t, size> expand_label(const Hmac& secret, std::string_view label) {
  static_assert(size <= SHA256_DIGEST_LENGTH);
  constexpr std::string_view prefix = "tls13 ";
  uint8_t message[64];
  uint8_t* at = message;
  store_be16(at, size);
  at += 2;
  *at++ = static_cast<uint8_t>(prefix.size() + label.size());
  at = std::copy(prefix.begin(), prefix.end(), at);
  at = std::copy(label.begin(), label.end(), at);
  *at++ = 0;  // length of the context
  *at++ = 1;  // HKDF-Expand's counter (RFC 5869 2.3)
  const Secret block = secret.of({message, static_cast<size_t>(at - message)});
  std::array<uint8_t, size> out;
  std::copy_n(block.begin(), size, out.begin());
  return out;
}

}  // namespace

InitialKeys make_initial_keys(const Wording& wording, Bytes connection_id, Sender sender) {
  const Secret initial = Hmac(wording.salt).of(connection_id);  // HKDF-Extract
  const Secret secret =
      expand_label<SHA256_DIGEST_LENGTH>(Hmac(initial), sender == Sender::client ? "client in" : "server in");
  const Hmac keyed(secret);
  return {expand_label<16>(keyed, wording.key_label), expand_label<12>(keyed, wording.iv_label),
          expand_label<16>(keyed, wording.hp_label)};
}

uint64_t whole_packet_number(uint64_t expected, uint64_t truncated, size_t bytes) {
  const uint64_t window = uint64_t{1} << (8 * bytes), half = window / 2;
  const uint64_t candidate = (expected & ~(window - 1)) | truncated;
  if (candidate + half <= expected && candidate < (uint64_t{1} << 62) - window) return candidate + window;
  if (candidate > expected + half && candidate >= window) return candidate - window;
  return candidate;
}

bool open_initial(const InitialKeys& keys, Bytes packet, size_t number_at, uint64_t expected_number,
                  std::span<uint8_t> memory, Opened& out) {
  constexpr size_t number_bytes_max = 4, sample_bytes = 16;  // RFC 9001 5.4.2
  if (packet.size() < number_at + number_bytes_max + sample_bytes) return false;
  const AesBlock mask = aes_encrypt_block(keys.header_protection, &packet[number_at + number_bytes_max]);
  const uint8_t first_byte = packet[0] ^ (mask[0] & 0x0F);
  const size_t number_bytes = (first_byte & 3) + size_t{1};
  const size_t header_bytes = number_at + number_bytes;

  // The header without its protection goes in front of the payload.
  uint8_t* const header = memory.data();
  std::copy_n(packet.begin(), header_bytes, header);
  header[0] = first_byte;
  uint64_t truncated = 0;
  for (size_t i = 0; i < number_bytes; ++i) {
    header[number_at + i] ^= mask[1 + i];
    truncated = truncated << 8 | header[number_at + i];
  }
  out.number = whole_packet_number(expected_number, truncated, number_bytes);
  GcmNonce nonce = keys.iv;
  for (size_t i = 0; i < 8; ++i) nonce[nonce.size() - 1 - i] ^= static_cast<uint8_t>(out.number >> (8 * i));

  const Bytes sealed = packet.subspan(header_bytes);
  const std::span<uint8_t> payload = memory.subspan(header_bytes);
  if (!gcm_open(keys.key, nonce, {header, header_bytes}, sealed, payload)) return false;
  out.regular = (first_byte & 0x4C) == 0x40;
  out.payload = payload.first(sealed.size() - gcm_tag_bytes);
  return true;
}

}  // namespace sekisho::quic
