// SPDX-License-Identifier: Apache-2.0
// What is remembered of a feed's last good fetch, beside its file: "key value" lines in FILE.state. It belongs to one URL and one key: of
// another it says nothing.
#pragma once

#include <string>

#include "matchers/base/result.h"

namespace sekisho {

struct FetchState {
  std::string url;
  std::string public_key;
  std::string etag, last_modified;
  std::string added_after;  // TAXII

  bool operator==(const FetchState&) const = default;
};

// Empty where the file is absent or was not written by us.
FetchState read_fetch_state(const std::string& path);
Result<void> write_fetch_state(const std::string& path, const FetchState& state);

}  // namespace sekisho
