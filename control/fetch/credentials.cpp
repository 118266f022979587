// SPDX-License-Identifier: Apache-2.0
#include "control/fetch/credentials.h"

#include "control/feeds/file_text.h"
#include "control/feeds/line_reader.h"
#include "control/fetch/limits.h"

namespace sekisho {

Result<Credentials> read_credentials(const std::string& path) {
  if (path.empty()) return Credentials{};
  const auto file = read_file_text(path, fetch_credentials_bytes_max);
  if (!file) return tl::unexpected(file.error());
  LineReader lines(file->text);
  std::string_view rest = lines.next() ? lines.line() : std::string_view();
  const std::string_view type = take_word(rest);
  const auto taken = [&](Credentials::Type as) { return Credentials{as, std::string(rest)}; };
  const size_t colon = rest.find(':');
  const bool printable = std::all_of(rest.begin(), rest.end(), [](char c) { return c >= ' ' && c != 0x7f; });
  if (printable && type == "basic" && colon != std::string_view::npos) return taken(Credentials::Type::basic);
  if (printable && type == "bearer" && !rest.empty()) return taken(Credentials::Type::bearer);
  if (printable && type == "header" && colon != std::string_view::npos && colon != 0) return taken(Credentials::Type::header);
  return fail("does not begin with basic USER:PASSWORD, bearer TOKEN, or header NAME: VALUE", path, 1);
}

}  // namespace sekisho
