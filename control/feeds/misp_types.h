// SPDX-License-Identifier: Apache-2.0
// The types of MISP's attributes as kinds of indicators (https://www.misp-project.org/datamodels/). THE LIST is in misp_types.cpp.
#pragma once

#include <string>
#include <string_view>

namespace sekisho {

// One value of an attribute: of "filename|md5" the digest, of "ip-dst|port" the address, of "domain|ip" each.
struct MispValue {
  std::string_view kind, mode;
  std::string_view value;
};
struct MispValues {
  MispValue values[2];
  unsigned count = 0;
};

// Empty, or why no indicator says the same. Views are of `value`, or live for ever.
std::string misp_values(std::string_view type, std::string_view value, MispValues& out);

}  // namespace sekisho
