// SPDX-License-Identifier: Apache-2.0
// The bounds of the table of devices. How many it holds is configuration: devices.devices_max.
#pragma once

#include <cstddef>

namespace sekisho {

// Bytes kept of a host name or a vendor class. The rest is cut; rows of the messages have the whole. No
// counter.
inline constexpr size_t device_text_bytes_max = 128;

}  // namespace sekisho
