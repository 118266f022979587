// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/archive/member_name.h"

#include <algorithm>
#include <string_view>

namespace sekisho::archive {

namespace {

constexpr bool is_slash(char c) { return c == '/' || c == '\\'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

bool leaves_folder(Bytes name) {
  std::string_view rest = as_text(name);
  if (!rest.empty() && is_slash(rest[0])) return true;
  if (rest.size() >= 2 && rest[1] == ':' && is_letter(rest[0])) return true;
  int depth = 0;
  while (!rest.empty()) {
    const auto end = static_cast<size_t>(std::find_if(rest.begin(), rest.end(), is_slash) - rest.begin());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (part.empty() || part == ".") continue;
    depth += part == ".." ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

}  // namespace sekisho::archive
