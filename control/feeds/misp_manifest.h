// SPDX-License-Identifier: Apache-2.0
// The manifest of a MISP feed: which events there are, and when each was changed last.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matchers/base/result.h"

namespace sekisho {

struct MispManifestEntry {
  std::string uuid;       // its file is UUID.json beside the manifest
  std::string timestamp;  // digits; empty = not told
};

// True for the 36 characters of a UUID, and nothing that could be a path.
bool is_misp_uuid(std::string_view name);

// In the manifest's order. An error: no JSON, cut, or no entry.
Result<std::vector<MispManifestEntry>> read_misp_manifest(std::string_view text);

}  // namespace sekisho
