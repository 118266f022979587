// SPDX-License-Identifier: Apache-2.0
// Request lines (RFC 9112 3) and status lines (RFC 9112 4), read as leniently as servers and browsers do. Pure functions of
// one line without its line end; all views point into it.
#pragma once

#include "matchers/base/bytes.h"

namespace sekisho::http1 {

enum class TargetForm : uint8_t { origin, absolute, authority, asterisk };  // values of http.target_form

struct RequestLine {
  bool valid = false;
  bool odd = false;               // white space other than one SP between the parts, no token, unusual version
  bool nul = false;               // the target holds a NUL: `target` ends there, as a C string does
  std::string_view method_sent;   // with leading white space, as sent
  std::string_view method;
  std::string_view target;
  std::string_view version;       // "HTTP/1.1"; empty: HTTP/0.9
  TargetForm form = TargetForm::origin;
  std::string_view target_host;   // of absolute and authority form, with port
};
RequestLine parse_request_line(std::string_view line);

struct StatusLine {
  bool valid = false;
  bool odd = false;
  std::string_view version;
  unsigned status = 0;            // 0 = not a number
  std::string_view reason;
};
StatusLine parse_status_line(std::string_view line);

bool is_known_method(std::string_view method);
// "HTTP/" and something that begins with a digit.
bool is_version(std::string_view text);
// Minor and major version as sent, 1.1 where it cannot be read.
struct Version {
  unsigned major_number = 1, minor_number = 1;
};
Version read_version(std::string_view text);

// The last segment of the target's path, without query; percent-encoding stays.
std::string_view last_path_segment(std::string_view target);
// At the colon behind the host, which may be an IPv6 address in brackets; both as sent, views into `authority`.
struct HostPort {
  std::string_view host, port;
};
HostPort split_port(std::string_view authority);
// 0 where the text is no port.
uint16_t port_number(std::string_view digits);
// Host names are compared without case; ports only where both are written.
bool same_host(std::string_view a, std::string_view b);

}  // namespace sekisho::http1
