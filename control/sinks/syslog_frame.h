// SPDX-License-Identifier: Apache-2.0
// A message as RFC 5424 has it, framed by octet counting (RFC 6587 3.4.1): "LEN SP MSG", no byte-order mark.
#pragma once

#include <string>

#include "control/sinks/sink.h"

namespace sekisho {

struct SyslogHeader {
  uint8_t facility = 16;               // local0; RFC 5424 6.2.1
  std::string host_name = "sekisho";   // anything that is not printable ASCII becomes '-'
  uint32_t enterprise = 32473;         // of the structured data's name; the number that RFC 5612 reserves for documentation
  size_t message_bytes_max = 64U << 10;
};

// True when the text had to be cut.
bool append_syslog_frame(std::string& out, const SyslogHeader& header, const SinkMessage& message);

// 0..10 as CEF counts -> 0..7 as syslog does (RFC 5424 6.2.1): plain records are informational.
uint8_t syslog_severity(uint8_t severity);

}  // namespace sekisho
