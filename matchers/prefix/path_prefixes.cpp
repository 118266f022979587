// SPDX-License-Identifier: Apache-2.0
#include "matchers/prefix/path_prefixes.h"

namespace sekisho {

unsigned boundary_count(Bytes prefix) {
  unsigned count = 1;
  for_each_boundary(prefix, [&count](size_t, unsigned number) {
    count = number + 1;
    return true;
  });
  return count;
}

}  // namespace sekisho
