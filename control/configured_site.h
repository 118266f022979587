// SPDX-License-Identifier: Apache-2.0
// The organisation's zones, relays and trusted services, from the configuration into what the phases ask.
#pragma once

#include "control/config/config.h"
#include "control/phases/site.h"

namespace sekisho {

Site configured_site(const Config& config);

}  // namespace sekisho
