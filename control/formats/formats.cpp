// SPDX-License-Identifier: Apache-2.0
#include "control/formats/format.h"

namespace sekisho {

const Format* find_format(std::string_view name) {
  for (const Format* format : formats)
    if (format->name == name) return format;
  return nullptr;
}

}  // namespace sekisho
