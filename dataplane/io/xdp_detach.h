// SPDX-License-Identifier: Apache-2.0
// After a kill -9 the XDP program of an AF_XDP port stays on its interface and eats the packets of whoever uses it next.
#pragma once

#include <vector>

#include "dataplane/options.h"

namespace sekisho {

// Takes XDP programs off the interfaces of every AF_XDP port of the pairs. Needs NET_ADMIN; silent where there is nothing to do.
void detach_stale_xdp(const std::vector<PairOptions>& pairs);

}  // namespace sekisho
