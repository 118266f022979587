// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/boundaries.h"

#include <cstring>

#include "dataplane/content/mime/header_text.h"

namespace sekisho::mime {

bool Boundaries::push(Bytes boundary, bool digest) {
  const size_t used = depth_ == 0 ? 0 : size_t{entries_[depth_ - 1].offset} + entries_[depth_ - 1].length;
  if (depth_ == depth_max || boundary.empty() || boundary.size() > boundary_bytes_max ||
      used + boundary.size() > pool_.size())
    return false;
  std::memcpy(pool_.data() + used, boundary.data(), boundary.size());
  entries_[depth_++] = {static_cast<uint16_t>(used), static_cast<uint8_t>(boundary.size()), digest, false};
  return true;
}

DelimiterMatch Boundaries::match(Bytes line) const {
  if (line.size() < 3 || line[0] != '-' || line[1] != '-') return {};
  DelimiterMatch prefix;
  const std::string_view text = as_text(line.subspan(2));
  for (size_t i = depth_; i-- > 0;) {
    const std::string_view known = as_text(boundary(i));
    if (!text.starts_with(known)) continue;
    const Bytes rest = trim(as_bytes(text.substr(known.size())));
    const auto index = static_cast<uint8_t>(i);
    if (rest.empty()) return {DelimiterMatch::Kind::delimiter, index};
    if (as_text(rest) == "--") return {DelimiterMatch::Kind::close, index};
    if (prefix.kind == DelimiterMatch::Kind::none) prefix = {DelimiterMatch::Kind::prefix, index};
  }
  return prefix;
}

}  // namespace sekisho::mime
