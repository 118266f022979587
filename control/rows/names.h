// SPDX-License-Identifier: Apache-2.0
// Numbers of the wire as the words that log readers know. Pure; every function takes any value.
// Functions that append write into `out`; those that return a view return static text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "matchers/base/bytes.h"
#include "matchers/indicator.h"

namespace sekisho {

// "TCP", "UDP", "ICMP", "IPv6-ICMP", "SCTP"; else the number ("089", as EVE prints it).
void append_ip_protocol(std::string& out, uint8_t protocol);
// "aa:bb:..." or "aabb...".
void append_hex(std::string& out, Bytes bytes, std::string_view separator);

// "A", "HTTPS", "TYPE65400" (RFC 3597 5).
void append_dns_type(std::string& out, uint64_t type);
// "NOERROR", "NXDOMAIN", "NOTIMP"; "RCODE24" where IANA lists none.
void append_dns_rcode(std::string& out, uint64_t rcode);
// "TLS 1.3", "TLSv1", "SSLv3", "TLS 1.3 draft-18"; "0x1234" for what is no version.
void append_tls_version(std::string& out, uint64_t version);
// "1", "2", "draft-29", "Q046", "mvfst-2"; "0x1234abcd" for what has no name.
void append_quic_version(std::string& out, uint64_t version);
// "discover", "ack"; "unknown" where the number is none of RFC 2132 9.6 and its successors.
std::string_view dhcp_type_name(uint64_t message_type);
// Seconds since 1970 as "2026-11-22T10:00:00" UTC; bounded to the years 0000..9999.
void append_utc_seconds(std::string& out, int64_t seconds);
// Nanoseconds since 1970 as "2026-11-22T10:00:00.123456+0900".
void append_time(std::string& out, uint64_t wall_ns, int utc_offset_minutes);
void append_number(std::string& out, uint64_t number);

// The word the guide's readers and the corpora use for a kind: "ip", "email", "filename"; else kind_name().
std::string_view ioc_type_name(Kind kind);

}  // namespace sekisho
