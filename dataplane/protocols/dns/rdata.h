// SPDX-License-Identifier: Apache-2.0
// The data of a resource record: what is observed of it depends on its type, and the types are a table (rdata.cpp).
#pragma once

#include "dataplane/observe/sink.h"
#include "dataplane/protocols/dns/name.h"

namespace sekisho::dns {

namespace rr_type {
inline constexpr uint16_t netbios_name = 32, netbios_status = 33, opt = 41;
}

// Where the values of one section go.
struct SectionFields {
  Field name, type, ttl, address, rdata_name, rdata_text;
};

struct Rdata {
  uint16_t type = 0;
  size_t begin = 0;  // in the message
  size_t end = 0;
};

// What was odd in one record's data; the caller turns it into anomalies.
struct RdataFaults {
  bool bad = false;  // does not have the shape of its type; observed as RFC 3597 \# text
  bool text_cut = false;
  bool forward_pointer = false;
  NameFault name = NameFault::none;
};

// Observes addresses, names and the presentation text of `rdata`. The text is observed where it says more than the address
// or the name; a TXT's character strings are joined without quotes, as their consumers join them (RFC 7208 3.3).
// `message_offset`: of the message's first octet in its stream.
RdataFaults observe_rdata(Bytes message, const Rdata& rdata, const SectionFields& fields, NameReader& names, Sink& sink,
                          TxId tx, uint64_t message_offset);

}  // namespace sekisho::dns
