// SPDX-License-Identifier: Apache-2.0
// The page that a client sees where its request, or what would have answered it, was stopped (policy action
// block_page).
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/verdict/inject.h"

namespace sekisho {

using BlockPage = std::array<uint8_t, block_page_bytes_max>;

// A whole response of HTTP/1 that ends the connection. `reference` is what the operator finds the flow by.
// The view is into `page`.
Bytes write_block_page(uint64_t reference, BlockPage& page);

}  // namespace sekisho
