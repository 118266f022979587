// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/signature.h"

#include <openssl/evp.h>

#include <memory>
#include <optional>

#include "control/feeds/base64.h"
#include "control/feeds/file_text.h"
#include "control/feeds/limits.h"
#include "control/feeds/line_reader.h"
#include "matchers/base/bytes.h"

namespace sekisho {

namespace {

constexpr std::string_view comment_mark = "trusted comment: ";
constexpr size_t key_bytes = 32, signature_bytes = 64, id_bytes = 8;

// The four lines of a signature's file, read.
struct Signature {
  std::string algorithm;  // "ED" or "Ed"
  std::string key_id;
  std::string of_content;
  std::string comment;
  std::string of_comment;  // over of_content and comment
};

std::optional<Signature> read_signature(std::string_view text) {
  LineReader lines(text);
  const auto next = [&] { return lines.next() ? lines.line() : std::string_view(); };
  next();  // the untrusted comment
  const auto first = decode_base64(next());
  const std::string_view comment = next();
  const auto second = decode_base64(next());
  if (!first || first->size() != 2 + id_bytes + signature_bytes || !second || second->size() != signature_bytes || !comment.starts_with(comment_mark))
    return std::nullopt;
  return Signature{first->substr(0, 2), first->substr(2, id_bytes), first->substr(2 + id_bytes), std::string(comment.substr(comment_mark.size())), *second};
}

bool is_signed(std::string_view key, std::string_view content, std::string_view signature) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> public_key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, as_bytes(key).data(), key.size()), EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return public_key != nullptr && context != nullptr && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, public_key.get()) == 1 &&
         EVP_DigestVerify(context.get(), as_bytes(signature).data(), signature.size(), as_bytes(content).data(), content.size()) == 1;
}

std::string blake2b_512(std::string_view content) {
  std::string out(64, '\0');
  unsigned size = 0;
  const int made = EVP_Digest(content.data(), content.size(), reinterpret_cast<unsigned char*>(out.data()), &size, EVP_blake2b512(), nullptr);
  return made == 1 && size == out.size() ? out : std::string();
}

}  // namespace

Result<void> verify_signature(std::string_view public_key, std::string_view content, std::string_view text) {
  const auto key = decode_base64(public_key);
  if (!key || key->size() != 2 + id_bytes + key_bytes || !key->starts_with("Ed")) return fail("the public key is none of minisign's");
  const auto signature = read_signature(text);
  if (!signature) return fail("is not a signature of minisign");
  if (signature->key_id != key->substr(2, id_bytes)) return fail("is a signature of another key");
  const std::string_view bytes = std::string_view(*key).substr(2 + id_bytes);
  const bool hashed = signature->algorithm == "ED";
  if (!hashed && signature->algorithm != "Ed") return fail("is a signature of an unknown algorithm");
  const std::string digest = hashed ? blake2b_512(content) : std::string();
  if (!is_signed(bytes, hashed ? std::string_view(digest) : content, signature->of_content)) return fail("does not sign this content");
  if (!is_signed(bytes, signature->of_content + signature->comment, signature->of_comment)) return fail("has a trusted comment that is not signed");
  return {};
}

Result<void> verify_signature_file(std::string_view public_key, const std::string& path, std::string_view content) {
  const std::string file = path + std::string(signature_suffix);
  const auto text = read_file_text(file, signature_bytes_max);
  if (!text) return tl::unexpected(text.error());
  auto good = verify_signature(public_key, content, text->text);
  if (!good) good.error().file = file;
  return good;
}

}  // namespace sekisho
