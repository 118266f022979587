// SPDX-License-Identifier: Apache-2.0
// Messages that receivers read in different ways: what the readings are, in words.
#pragma once

#include <span>

#include "dataplane/protocols/http1/head.h"

namespace sekisho::http1 {

inline constexpr const char* ambiguous_name = "http.ambiguous";
inline constexpr size_t readings_bytes_max = 512;

// "length by transfer-encoding or content-length; host of the first or the last field"; empty where there is
// one reading. `out` has readings_bytes_max; the view is into it.
std::string_view readings_of(const Head& head, std::span<char> out);

}  // namespace sekisho::http1
