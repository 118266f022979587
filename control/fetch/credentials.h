// SPDX-License-Identifier: Apache-2.0
// Who we are to a server, from the first line of a file: "basic USER:PASSWORD", "bearer TOKEN", "header NAME: VALUE".
#pragma once

#include <string>

#include "matchers/base/result.h"

namespace sekisho {

struct Credentials {
  enum class Type : uint8_t { none, basic, bearer, header };
  Type type = Type::none;
  std::string text;  // USER:PASSWORD, TOKEN, NAME: VALUE
};

// An empty path is no credentials. An error never shows what the file holds.
Result<Credentials> read_credentials(const std::string& path);

}  // namespace sekisho
