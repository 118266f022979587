// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/doh.h"

#include <algorithm>
#include <array>

#include "dataplane/content/base64.h"
#include "dataplane/content/content_range.h"
#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/limits.h"

namespace sekisho::http1 {

namespace {

constexpr std::string_view dns_media = "application/dns-message";
constexpr std::string_view parameter = "dns=";
constexpr size_t dns_header_bytes = 12;  // a shorter value is something else

// The value of `dns` in the target's query; empty where there is none.
std::string_view dns_value(std::string_view target) {
  size_t at = target.find('?');
  while (at != std::string_view::npos) {
    const std::string_view rest = target.substr(at + 1);
    if (rest.starts_with(parameter)) return rest.substr(parameter.size(), rest.find_first_of("&#") - parameter.size());
    const size_t next = rest.find('&');
    at = next == std::string_view::npos ? next : at + 1 + next;
  }
  return {};
}

// RFC 4648 5.
char plain_base64(char c) { return c == '-' ? '+' : c == '_' ? '/' : c; }

}  // namespace

void declare_media(const Head& head, BodyMeta& meta) {
  const std::string_view type = trim_loosely(head.content_type.substr(0, head.content_type.find(';')));
  meta.declared_type = as_bytes(type);
  if (equals_ignore_case(type, dns_media)) meta.media = BodyMedia::dns_message;
  if (starts_with_ignore_case(type, "multipart/")) {
    meta.media = BodyMedia::multipart;
    meta.content_type = as_bytes(head.content_type);
  }
  const bool request = head.direction == Direction::client_to_server;
  constexpr unsigned partial_content = 206;
  if (head.status == partial_content || (request && !head.content_range.empty()))
    meta.range = parse_content_range(as_bytes(head.content_range));  // RFC 9110 14.4, 14.5
}

void read_dns_query(const RequestLine& line, TxId tx, uint64_t offset, Sink& sink) {
  if (line.method != "GET") return;
  const std::string_view value = dns_value(line.target);
  if (value.empty()) return;
  if (value.size() > doh_query_bytes_max) return sink.anomaly(tx, "http.doh_query_too_long", offset);
  std::array<char, doh_query_bytes_max> plain;
  std::transform(value.begin(), value.end(), plain.begin(), plain_base64);
  std::array<uint8_t, base64_decoded_max(doh_query_bytes_max) + 2> message;
  Base64State state;
  size_t size = base64_decode(state, as_bytes({plain.data(), value.size()}), message);
  size += base64_finish(state, std::span(message).subspan(size));
  if (state.odd || size < dns_header_bytes) return;
  BodyMeta meta;
  meta.carrier = BodyCarrier::http_query;
  meta.media = BodyMedia::dns_message;
  meta.direction = Direction::client_to_server;
  meta.declared_bytes = size;
  meta.declared_type = as_bytes(dns_media);
  const BodyId body = sink.body_begin(tx, meta, offset);
  if (body == no_body) return;
  sink.body_data(body, Bytes(message).first(size));
  sink.body_end(body, BodyEnd::complete);
}

}  // namespace sekisho::http1
