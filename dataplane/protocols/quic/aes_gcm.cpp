// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/quic/aes_gcm.h"

#include <openssl/aes.h>

#include <algorithm>

// Deprecated since OpenSSL 3.0 in favour of functions that allocate.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace sekisho::quic {

namespace {

class PlainAes {
 public:
  explicit PlainAes(const AesKey& key) { AES_set_encrypt_key(key.data(), 128, &schedule_); }
  AesBlock encrypt(const uint8_t* block) const {
    AesBlock out;
    AES_encrypt(block, out.data(), &schedule_);
    return out;
  }

 private:
  AES_KEY schedule_;
};

// SP 800-38D 6.3, bit by bit: the leftmost bit is the coefficient of x^0.
struct FieldElement {
  uint64_t high = 0, low = 0;

  explicit FieldElement(const AesBlock& block) : high(load_be64(&block[0])), low(load_be64(&block[8])) {}
  FieldElement() = default;
};

FieldElement multiply(FieldElement x, FieldElement y) {
  constexpr uint64_t reduction = uint64_t{0xE1} << 56;
  FieldElement product;
  for (int bit = 0; bit < 128; ++bit) {
    const uint64_t word = bit < 64 ? x.high : x.low;
    const uint64_t taken = uint64_t{0} - (word >> (63 - bit % 64) & 1);
    product.high ^= y.high & taken;
    product.low ^= y.low & taken;
    const uint64_t carry = uint64_t{0} - (y.low & 1);
    y.low = y.low >> 1 | y.high << 63;
    y.high = y.high >> 1 ^ (reduction & carry);
  }
  return product;
}

// SP 800-38D 6.4.
class PlainGhash {
 public:
  explicit PlainGhash(const AesBlock& subkey) : subkey_(subkey) {}

  // Padded to whole blocks with zeros.
  void add(Bytes bytes) {
    for (; !bytes.empty(); bytes = bytes.subspan(std::min<size_t>(bytes.size(), 16))) {
      AesBlock block{};
      std::copy_n(bytes.begin(), std::min<size_t>(bytes.size(), 16), block.begin());
      const FieldElement next(block);
      sum_.high ^= next.high;
      sum_.low ^= next.low;
      sum_ = multiply(sum_, subkey_);
    }
  }
  void add_lengths(size_t associated_bytes, size_t text_bytes) {
    sum_.high ^= uint64_t{associated_bytes} * 8;
    sum_.low ^= uint64_t{text_bytes} * 8;
    sum_ = multiply(sum_, subkey_);
  }
  AesBlock sum() const {
    AesBlock out;
    store_be32(&out[0], static_cast<uint32_t>(sum_.high >> 32));
    store_be32(&out[4], static_cast<uint32_t>(sum_.high));
    store_be32(&out[8], static_cast<uint32_t>(sum_.low >> 32));
    store_be32(&out[12], static_cast<uint32_t>(sum_.low));
    return out;
  }

 private:
  FieldElement subkey_, sum_;
};

AesBlock counter_block(const GcmNonce& nonce, uint32_t counter) {
  AesBlock out;
  std::copy(nonce.begin(), nonce.end(), out.begin());
  store_be32(&out[12], counter);
  return out;
}

}  // namespace

AesBlock aes_encrypt_block_plain(const AesKey& key, const uint8_t* block) {
  return PlainAes(key).encrypt(block);
}

bool gcm_open_plain(const AesKey& key, const GcmNonce& nonce, Bytes associated, Bytes sealed,
                    std::span<uint8_t> out) {
  if (sealed.size() < gcm_tag_bytes) return false;
  const PlainAes aes(key);
  const Bytes text = sealed.first(sealed.size() - gcm_tag_bytes), tag = sealed.last(gcm_tag_bytes);
  PlainGhash ghash(aes.encrypt(AesBlock{}.data()));
  ghash.add(associated);
  ghash.add(text);
  ghash.add_lengths(associated.size(), text.size());
  const AesBlock sum = ghash.sum(), mask = aes.encrypt(counter_block(nonce, 1).data());
  for (size_t i = 0; i < gcm_tag_bytes; ++i)
    if ((sum[i] ^ mask[i]) != tag[i]) return false;
  uint32_t counter = 2;
  for (size_t at = 0; at < text.size(); at += 16, ++counter) {
    const AesBlock stream = aes.encrypt(counter_block(nonce, counter).data());
    for (size_t i = 0; i < std::min<size_t>(16, text.size() - at); ++i)
      out[at + i] = text[at + i] ^ stream[i];
  }
  return true;
}

AesBlock aes_encrypt_block(const AesKey& key, const uint8_t* block) {
  return aes_gcm_is_fast() ? aes_encrypt_block_fast(key, block) : aes_encrypt_block_plain(key, block);
}

bool gcm_open(const AesKey& key, const GcmNonce& nonce, Bytes associated, Bytes sealed,
              std::span<uint8_t> out) {
  return aes_gcm_is_fast() ? gcm_open_fast(key, nonce, associated, sealed, out)
                           : gcm_open_plain(key, nonce, associated, sealed, out);
}

}  // namespace sekisho::quic
