// SPDX-License-Identifier: Apache-2.0
// Bounds of the RDP parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>

namespace sekisho::rdp {

// A client's settings (MCS Connect Initial), bytes. Past it: anomaly `rdp.long_packet`, they are not read.
inline constexpr size_t packet_bytes_max = 16384;
// A client's bytes kept until the server has answered its first packet, bytes: none is sent before. Past it:
// anomaly `rdp.early_data`, the flow is not read further.
inline constexpr size_t early_bytes_max = 4096;
// Virtual channels observed, count (MS-RDPBCGR 2.2.1.3.4 allows 31). Past it: not observed.
inline constexpr size_t channels_max = 31;

}  // namespace sekisho::rdp
