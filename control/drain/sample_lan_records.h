// SPDX-License-Identifier: Apache-2.0
// Sample records of what a local network speaks: who gets which address, who logs in where. A part of
// sample_records().
#pragma once

#include "control/drain/sample_records.h"

namespace sekisho {

std::vector<NamedRecord> sample_lan_records();

}  // namespace sekisho
