// SPDX-License-Identifier: Apache-2.0
// The first packet of each side (MS-RDPBCGR 2.2.1.1, 2.2.1.2): X.224 in TPKT, with the client's cookie and
// what security is asked for and chosen.
#pragma once

#include "dataplane/observe/sink.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho::rdp {

inline constexpr size_t tpkt_bytes = 4;           // RFC 2126 4.3
inline constexpr size_t first_packet_bytes = 11;  // TPKT and X.224's fixed part

inline bool is_tpkt(Bytes bytes) { return bytes.size() >= 2 && bytes[0] == 3 && bytes[1] == 0; }

// Is `prefix` the beginning of the first packet of this side, as RDP's and not another user's of X.224?
ProbeResult judge_first_packet(Bytes prefix, Direction direction);

// `packet`: whole, judged not to be another's.
void observe_request(Bytes packet, uint64_t offset, Sink& sink, TxId tx);

enum class Answer : uint8_t { standard, tls, refused };
Answer observe_response(Bytes packet, uint64_t offset, Sink& sink, TxId tx);

}  // namespace sekisho::rdp
