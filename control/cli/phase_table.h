// SPDX-License-Identifier: Apache-2.0
// The host x phase matrix for a terminal: a host a row, a phase a column, the sub-phases as short marks with
// the number of sightings. Fits 100 columns where hosts have IPv4 addresses; longer addresses stand above
// their row.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace sekisho {

// "c2" for "5.c2-untrusted", "c2+" for "5.c2-trusted"; what is not in the catalogue stays as it is.
std::string_view sub_phase_mark(std::string_view sub_phase);

// `answer`: that of `phase matrix` (api/providers.h). Cut to `width`; 0 = not cut.
std::string phase_table(const nlohmann::json& answer, size_t width);

}  // namespace sekisho
