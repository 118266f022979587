// SPDX-License-Identifier: Apache-2.0
#include "control/signatures/minisign.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <memory>
#include <vector>

namespace sekisho {

namespace {

constexpr size_t id_bytes = 8, key_bytes = 32, signature_bytes = 64, hash_bytes_count = 64;
constexpr std::string_view untrusted = "untrusted comment: ", trusted = "trusted comment: ";

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Blob = std::vector<uint8_t>;

// RFC 4648 4, padded, nothing else; `bytes` long.
std::optional<Blob> from_base64(std::string_view text, size_t bytes) {
  if (text.size() != (bytes + 2) / 3 * 4) return std::nullopt;
  if (text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != std::string_view::npos) return std::nullopt;
  Blob out(text.size() / 4 * 3);
  const int got = EVP_DecodeBlock(out.data(), reinterpret_cast<const uint8_t*>(text.data()), static_cast<int>(text.size()));
  const auto padding = static_cast<size_t>(std::count(text.end() - 2, text.end(), '='));
  if (got < 0 || static_cast<size_t>(got) - padding != bytes) return std::nullopt;
  out.resize(bytes);
  return out;
}

std::string to_base64(Bytes bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  out.resize(static_cast<size_t>(EVP_EncodeBlock(reinterpret_cast<uint8_t*>(out.data()), bytes.data(), static_cast<int>(bytes.size()))));
  return out;
}

// Exactly `count` lines, each with its end (the last may lack it).
std::vector<std::string_view> lines_of(std::string_view text, size_t count) {
  std::vector<std::string_view> out;
  while (!text.empty() && out.size() <= count) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out.push_back(line);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  if (out.size() != count) out.clear();
  return out;
}

std::optional<Blob> key_blob(std::string_view text, size_t bytes) {
  const auto lines = lines_of(text, 2);
  return !lines.empty() && lines[0].starts_with(untrusted) ? from_base64(lines[1], bytes) : std::nullopt;
}

Blob joined(Bytes a, Bytes b) {
  Blob out(a.begin(), a.end());
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

Blob blake2b(Bytes content) {
  Blob out(hash_bytes_count);
  unsigned size = 0;
  if (EVP_Digest(content.data(), content.size(), out.data(), &size, EVP_blake2b512(), nullptr) != 1 || size != out.size()) out.clear();
  return out;
}

bool holds(EVP_PKEY* key, Bytes signature, Bytes message) {
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

std::optional<Blob> signed_by(EVP_PKEY* key, Bytes message) {
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  Blob out(signature_bytes);
  size_t size = out.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) != 1 || size != out.size())
    return std::nullopt;
  return out;
}

struct SecretKey {
  Blob id;
  Key key{nullptr, &EVP_PKEY_free};
};

// alg 2 | kdf 2 | checksum alg 2 | salt 32, limits 16 | id 8 | seed 32, public 32 | checksum 32. The checksum (BLAKE2b-256, which libcrypto
// 3.0 has not) is not compared; that the public half belongs to the seed is.
Result<SecretKey> read_secret_key(std::string_view text) {
  constexpr size_t salt_at = 6, id_at = salt_at + 32 + 16, seed_at = id_at + id_bytes, public_at = seed_at + key_bytes, total = public_at + key_bytes + 32;
  const auto blob = key_blob(text, total);
  if (!blob || std::memcmp(blob->data(), "Ed", 2) != 0) return fail("is not a minisign secret key");
  if ((*blob)[2] != 0 || (*blob)[3] != 0) return fail("is a secret key with a password: sign with minisign itself, or make one without (minisign -G -W)");
  SecretKey out;
  out.id.assign(blob->begin() + id_at, blob->begin() + seed_at);
  out.key.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, blob->data() + seed_at, key_bytes));
  std::array<uint8_t, key_bytes> derived{};
  size_t size = derived.size();
  if (!out.key || EVP_PKEY_get_raw_public_key(out.key.get(), derived.data(), &size) != 1 || std::memcmp(derived.data(), blob->data() + public_at, key_bytes) != 0)
    return fail("is a damaged minisign secret key");
  return out;
}

}  // namespace

Result<std::string> sign_bytes(Bytes content, std::string_view secret_key, std::string_view trusted_comment) {
  if (trusted_comment.find_first_of("\r\n") != std::string_view::npos) return fail("a trusted comment is one line");
  const auto secret = read_secret_key(secret_key);
  if (!secret) return tl::unexpected(secret.error());
  const auto signature = signed_by(secret->key.get(), blake2b(content));
  if (!signature) return fail("libcrypto does not sign");
  const auto global = signed_by(secret->key.get(), joined(*signature, as_bytes(trusted_comment)));
  if (!global) return fail("libcrypto does not sign");
  const Blob head = joined(as_bytes("ED"), secret->id);
  std::string out(untrusted);
  out.append("signature of a Sekisho image\n").append(to_base64(joined(head, *signature))).append(1, '\n');
  return out.append(trusted).append(trusted_comment).append(1, '\n').append(to_base64(*global)).append(1, '\n');
}

Result<std::string> verify_bytes(Bytes content, std::string_view signature, std::string_view public_key, Prehash prehash) {
  constexpr size_t key_part_bytes = 2 + id_bytes + key_bytes;
  const auto key_part = public_key.starts_with(untrusted) ? key_blob(public_key, key_part_bytes) : from_base64(public_key, key_part_bytes);
  if (!key_part || std::memcmp(key_part->data(), "Ed", 2) != 0) return fail("the key is not a minisign public key");
  const auto lines = lines_of(signature, 4);
  if (lines.empty() || !lines[0].starts_with(untrusted) || !lines[2].starts_with(trusted)) return fail("the signature is not one of minisign");
  const auto part = from_base64(lines[1], 2 + id_bytes + signature_bytes);
  const auto global = from_base64(lines[3], signature_bytes);
  if (!part || !global) return fail("the signature is not one of minisign");
  const bool is_legacy = std::memcmp(part->data(), "Ed", 2) == 0;
  if (is_legacy && prehash == Prehash::required) return fail("the signature is a legacy one, not prehashed: sign with minisign 0.11 or -H");
  if (!is_legacy && std::memcmp(part->data(), "ED", 2) != 0) return fail("the signature is of an unknown algorithm");
  if (std::memcmp(part->data() + 2, key_part->data() + 2, id_bytes) != 0) return fail("the signature is of another key");
  const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key_part->data() + 2 + id_bytes, key_bytes), &EVP_PKEY_free);
  const Bytes own = Bytes(*part).subspan(2 + id_bytes);
  const Blob hash = is_legacy ? Blob() : blake2b(content);
  if (!key || (!is_legacy && hash.empty()) || !holds(key.get(), own, is_legacy ? content : Bytes(hash))) return fail("the signature is not of this content");
  const std::string_view comment = lines[2].substr(trusted.size());
  if (!holds(key.get(), *global, joined(own, as_bytes(comment)))) return fail("the trusted comment is not the signer's");
  return std::string(comment);
}

std::optional<uint64_t> serial_of(std::string_view comment) {
  constexpr std::string_view name = "serial:";
  while (!comment.empty()) {
    const size_t end = std::min(comment.find('\t'), comment.size());
    const std::string_view part = comment.substr(0, end);
    comment.remove_prefix(std::min(end + 1, comment.size()));
    if (!part.starts_with(name)) continue;
    uint64_t serial = 0;
    const auto [last, error] = std::from_chars(part.data() + name.size(), part.data() + part.size(), serial);
    return error == std::errc() && last == part.data() + part.size() ? std::optional(serial) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace sekisho
