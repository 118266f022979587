// SPDX-License-Identifier: Apache-2.0
// Brotli (RFC 7932), by libbrotlidec.
#pragma once

#include "dataplane/content/decoder.h"

namespace sekisho {

extern const Decoder brotli_decoder;

}  // namespace sekisho
