// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sekisho {

// The version of a STIX object (STIX 2.1 3.6): of two with one id the greater is the later. Objects that never change have no `modified`.
// Times are written alike but for their fraction's length, so that without the "Z" they compare as texts. A view of the argument.
inline std::string_view stix_version(std::string_view modified, std::string_view created) {
  std::string_view time = modified.empty() ? created : modified;
  if (time.ends_with('Z')) time.remove_suffix(1);
  return time;
}

}  // namespace sekisho
