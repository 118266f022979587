// SPDX-License-Identifier: Apache-2.0
// One DHCP message (RFC 2131 2): the fixed header and what its options say.
#pragma once

#include "dataplane/observe/sink.h"

namespace sekisho::dhcp {

inline constexpr size_t header_bytes = 236;
inline constexpr size_t cookie_bytes = 4;

// The places of the header's fields, octets from its first.
namespace at {
inline constexpr size_t op = 0, hardware_type = 1, hardware_length = 2, hops = 3, id = 4, client_ip = 12,
                        assigned_ip = 16, next_server_ip = 20, relay_ip = 24, hardware_address = 28,
                        server_name = 44, file = 108;
}
inline constexpr size_t hardware_address_bytes_max = 16, server_name_bytes = 64, file_bytes = 128;

// Does `message` begin as BOOTP does, with DHCP's cookie behind the header (RFC 2132 2)?
bool is_message(Bytes message);

// Reports `message` to `sink` as one transaction. is_message() holds. Work is linear in the bytes.
void report_message(Bytes message, Direction direction, Sink& sink);

}  // namespace sekisho::dhcp
