// SPDX-License-Identifier: Apache-2.0
// The command "flows": one page of the lcores' flow tables.
//
//   {"command":"flows","limit":50,"network":"10.0.0.0/8","port":53,"app":"dns","after":"1:4711"}   all but
//   the command may be absent
//   {"ok":true,"flows":[..],"next":"1:4811"}                                                        "next"
//   only where there may be more
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "dataplane/reload/commands.h"

namespace sekisho {

// Waits for each lcore in turn, at most flow_listing_patience_ms. On main.
Result<nlohmann::json> list_flows(const DataplaneView& view, const nlohmann::json& request);

}  // namespace sekisho
