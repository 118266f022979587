// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/smtp/session.h"

namespace sekisho::smtp {

Line read_line(LineState& lines, Bytes in, uint64_t offset, TxId tx, Sink& sink) {
  const Line line = next_line(lines, in, line_bytes_max);
  if (line.too_long) sink.anomaly(tx, "smtp.line_too_long", offset);
  return line;
}

}  // namespace sekisho::smtp
