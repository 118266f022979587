// SPDX-License-Identifier: Apache-2.0
// The bounds of what passes between the planes. (A record's own bound is record_bytes_max in record.h.)
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho {

// Bytes of one message's text. A longer length word ends the connection: the stream cannot be trusted from there on.
inline constexpr uint32_t message_bytes_max = 1U << 20;

// Files that one message may carry: the kernel's own bound (SCM_MAX_FD). More, or a cut list, ends the connection.
inline constexpr size_t message_files_max = 253;

// Bytes of a matcher image that the receiver maps. A larger one is refused.
inline constexpr uint64_t image_bytes_max = uint64_t{1} << 36;

// Bytes of one ring's memory that the receiver maps. A larger one is refused.
inline constexpr uint64_t ring_bytes_max = uint64_t{1} << 34;

}  // namespace sekisho
