// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/tunnel_name.h"

#include <algorithm>

namespace sekisho {

uint64_t tunnel_name(Bytes host) {
  std::string_view name = as_text(host);
  if (name.starts_with('[')) return 0;
  name = name.substr(0, name.find(':'));
  if (name.ends_with('.')) name.remove_suffix(1);
  const bool letters =
      std::any_of(name.begin(), name.end(), [](char c) { return (c < '0' || c > '9') && c != '.'; });
  if (!letters) return 0;
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a: a collision costs one anomaly that is not told
  for (const char c : name) hash = (hash ^ ascii_lower(static_cast<uint8_t>(c))) * 0x100000001b3;
  return hash != 0 ? hash : 1;
}

}  // namespace sekisho
