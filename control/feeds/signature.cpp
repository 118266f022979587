// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/signature.h"

#include "control/feeds/file_text.h"
#include "control/feeds/limits.h"
#include "control/signatures/minisign.h"

namespace sekisho {

Result<std::string> verify_signature(std::string_view public_key, std::string_view content, std::string_view signature) {
  return verify_bytes(as_bytes(content), signature, public_key, Prehash::optional);
}

Result<std::string> verify_signature_file(std::string_view public_key, const std::string& path, std::string_view content) {
  const std::string file = path + std::string(signature_suffix);
  const auto text = read_file_text(file, signature_bytes_max);
  if (!text) return tl::unexpected(text.error());
  auto good = verify_signature(public_key, content, text->text);
  if (!good) good.error().file = file;
  return good;
}

}  // namespace sekisho
