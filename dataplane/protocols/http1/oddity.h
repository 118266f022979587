// SPDX-License-Identifier: Apache-2.0
// What can be wrong with an HTTP message: the anomalies, each reported once for each message.
#pragma once

#include <cstdint>

#include "dataplane/observe/sink.h"

namespace sekisho::http1 {

enum class Oddity : uint8_t {
  smuggling,          // a request whose length two readers may see differently
  framing_ambiguous,  // the same of a response
  host_ambiguous,
  host_missing,
  request_line_odd,
  status_line_odd,
  bare_lf,
  bare_cr,
  nul,
  folded,
  space_before_colon,
  field_odd,  // no colon, an empty name, white space before the first field
  content_length_invalid,
  content_length_repeated,
  transfer_encoding_odd,
  content_encoding_odd,
  too_many_encodings,
  too_many_fields,
  fold_too_long,
  url_too_long,
  head_too_long,
  no_version,       // HTTP/0.9
  unexpected_data,  // bytes where a message should begin
  not_a_message,
  leading_junk,
  pipeline_full,
  response_without_request,
  chunk_extension,
  chunk_bare_lf,
  chunk_invalid,
  chunk_too_large,
  chunk_line_too_long,
  trailer_too_long,
  early_data,
  smuggled_request,  // what another reader takes for a request, inside a body
  url_encoded_again,       // more often than we decode
  count
};

// The name for Sink::anomaly: "http.smuggling". Static.
const char* oddity_name(Oddity oddity);

// Those already reported of one message.
class Oddities {
 public:
  void report(Sink& sink, TxId tx, Oddity oddity, uint64_t offset) {
    const uint64_t bit = uint64_t{1} << static_cast<unsigned>(oddity);
    if (seen_ & bit) return;
    seen_ |= bit;
    sink.anomaly(tx, oddity_name(oddity), offset);
  }

  bool seen(Oddity oddity) const { return (seen_ >> static_cast<unsigned>(oddity) & 1) != 0; }

 private:
  uint64_t seen_ = 0;
};
static_assert(static_cast<unsigned>(Oddity::count) <= 64);

}  // namespace sekisho::http1
