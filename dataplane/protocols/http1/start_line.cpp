// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/start_line.h"

#include <algorithm>
#include <charconv>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/scan.h"

namespace sekisho::http1 {

namespace {

// RFC 9110 9, RFC 5789, RFC 4918, RFC 3253, RFC 3744, RFC 5323, RFC 4791, UPnP, and two proxies' own.
constexpr std::string_view known_methods[] = {
    "GET",         "HEAD",         "POST",       "PUT",      "DELETE",      "CONNECT",
    "OPTIONS",     "TRACE",        "PATCH",      "PROPFIND", "PROPPATCH",   "MKCOL",
    "COPY",        "MOVE",         "LOCK",       "UNLOCK",   "SEARCH",      "REPORT",
    "MKACTIVITY",  "CHECKOUT",     "CHECKIN",    "MERGE",    "UNCHECKOUT",  "VERSION-CONTROL",
    "ACL",         "BIND",         "UNBIND",     "REBIND",   "MKCALENDAR",  "M-SEARCH",
    "NOTIFY",      "SUBSCRIBE",    "PURGE",      "QUERY",    "LABEL",       "UPDATE",
    "MKWORKSPACE", "ORDERPATCH",   "LINK",       "UNLINK",   "BPROPFIND",   "BMOVE",
    "BCOPY",       "BDELETE",      "BPROPPATCH", "POLL",     "UNSUBSCRIBE", "X-MS-ENUMATTS",
    "RPC_IN_DATA", "RPC_OUT_DATA", "SOURCE"};

size_t find_last_space(std::string_view text) {  // position after it; 0 when there is none
  size_t at = text.size();
  while (at > 0 && !is_loose_space(static_cast<uint8_t>(text[at - 1]))) --at;
  return at;
}

// scheme "://" authority
size_t authority_start(std::string_view target) {
  const size_t colon = target.find("://");
  if (colon == std::string_view::npos || !is_token(target.substr(0, colon))) return std::string_view::npos;
  return colon + 3;
}
std::string_view without_userinfo(std::string_view authority) {
  const size_t at = authority.rfind('@');
  return at == std::string_view::npos ? authority : authority.substr(at + 1);
}

void read_target(RequestLine& line) {
  const size_t authority = authority_start(line.target);
  if (line.target == "*") {
    line.form = TargetForm::asterisk;
  } else if (line.method == "CONNECT") {
    line.form = TargetForm::authority;
    line.target_host = line.target.substr(0, find_loose_space(line.target));
  } else if (authority != std::string_view::npos) {
    line.form = TargetForm::absolute;
    const std::string_view rest = line.target.substr(authority);
    line.target_host = without_userinfo(rest.substr(0, ends_authority.find_first(rest)));
  } else {
    line.odd |= !line.target.starts_with('/');
  }
}

HostPort split_host(std::string_view text) {
  HostPort out = split_port(trim_loosely(text));
  if (out.host.ends_with('.')) out.host.remove_suffix(1);
  return out;
}

}  // namespace

bool is_known_method(std::string_view method) {
  return std::find(std::begin(known_methods), std::end(known_methods), method) != std::end(known_methods);
}

bool is_version(std::string_view text) {
  return text.size() >= 6 && starts_with_ignore_case(text, "HTTP/") &&
         is_digit(static_cast<uint8_t>(text[5]));
}

Version read_version(std::string_view text) {
  if (!is_version(text)) return {};
  Version version{static_cast<unsigned>(text[5] - '0'), 1};
  if (text.size() >= 8 && text[6] == '.' && is_digit(static_cast<uint8_t>(text[7])))
    version.minor_number = static_cast<unsigned>(text[7] - '0');
  return version;
}

RequestLine parse_request_line(std::string_view line) {
  RequestLine out;
  const std::string_view trimmed = trim(line, is_loose_space);
  const size_t leading = static_cast<size_t>(trimmed.data() - line.data());
  const size_t method_end = find_loose_space(trimmed);
  out.method = trimmed.substr(0, method_end);
  if (out.method.empty()) return out;
  out.method_sent = line.substr(0, leading + method_end);
  out.odd = trimmed.size() != line.size();
  std::string_view rest = trimmed.substr(method_end);
  const size_t last = find_last_space(rest);
  if (last != 0 && is_version(rest.substr(last))) {
    out.version = rest.substr(last);
    rest = rest.substr(0, last);
    out.valid = true;
  }
  out.target = trim(rest, is_loose_space);
  out.odd |= rest.size() != out.target.size() + (out.version.empty() ? 1 : 2) || !is_token(out.method) ||
             find_loose_space(out.target) != out.target.size() ||
             (out.valid && (out.version.size() != 8 || out.version[6] != '.'));
  if (!out.valid)  // RFC 1945 5.1, Simple-Request
    out.valid = is_known_method(out.method) && find_loose_space(out.target) == out.target.size() &&
                (out.target.starts_with('/') || authority_start(out.target) != std::string_view::npos);
  const size_t nul = out.target.find('\0');
  out.nul = nul != std::string_view::npos;
  out.target = out.target.substr(0, nul);
  read_target(out);
  return out;
}

StatusLine parse_status_line(std::string_view line) {
  StatusLine out;
  const std::string_view trimmed = trim(line, is_loose_space);
  const size_t version_end = find_loose_space(trimmed);
  out.version = trimmed.substr(0, version_end);
  const bool shoutcast = out.version == "ICY";
  out.valid = starts_with_ignore_case(out.version, "HTTP/") || shoutcast;
  if (!out.valid) return out;
  std::string_view rest = trimmed.substr(version_end);
  const std::string_view code = trim(rest, is_loose_space);
  size_t digits = 0;
  while (digits < code.size() && digits < 3 && is_digit(static_cast<uint8_t>(code[digits])))
    out.status = out.status * 10 + static_cast<unsigned>(code[digits++] - '0');
  out.reason = trim(code.substr(digits), is_loose_space);
  const bool one_space = !rest.empty() && rest.data() + 1 == code.data();
  const bool code_ends = digits == code.size() || is_loose_space(static_cast<uint8_t>(code[digits]));
  out.odd = shoutcast || digits != 3 || !code_ends || !one_space || trimmed.data() != line.data() ||
            out.version.size() != 8 || !is_version(out.version);
  return out;
}

std::string_view last_path_segment(std::string_view target) {
  const size_t authority = authority_start(target);
  if (authority != std::string_view::npos) {
    target.remove_prefix(authority);
    const size_t path = target.find('/');
    target = path == std::string_view::npos ? std::string_view{} : target.substr(path);
  }
  constexpr CharacterSet ends_path("?#"), slashes("/\\");
  target = target.substr(0, ends_path.find_first(target));
  const size_t slash = slashes.find_last(target);
  return slash == std::string_view::npos ? target : target.substr(slash + 1);
}

HostPort split_port(std::string_view authority) {
  const size_t colon = authority.find(':', authority.rfind(']') + 1);  // npos + 1 is the beginning
  if (colon == std::string_view::npos) return {authority, {}};
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

uint16_t port_number(std::string_view digits) {
  uint16_t port = 0;
  const char* end = digits.data() + digits.size();
  const auto [behind, error] = std::from_chars(digits.data(), end, port);
  return error == std::errc{} && behind == end ? port : uint16_t{0};
}

bool same_host(std::string_view a, std::string_view b) {
  const HostPort left = split_host(a), right = split_host(b);
  if (!equals_ignore_case(left.host, right.host)) return false;
  return left.port.empty() || right.port.empty() || left.port == right.port;
}

}  // namespace sekisho::http1
