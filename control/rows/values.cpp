// SPDX-License-Identifier: Apache-2.0
#include "control/rows/values.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "matchers/normalise/normalise.h"

namespace sekisho {

std::string_view id_text(uint64_t id, Row& row) {
  uint8_t bytes[8];
  for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<uint8_t>(id >> (56 - 8 * i));
  return hex_text(row, bytes);
}

std::string_view matched_text(const FieldIndex& fields, Row& row) {
  const Bytes value = fields.bytes(Field::sighting_matched_value);
  const auto kind =
      static_cast<Kind>(std::min<uint64_t>(fields.number(Field::sighting_kind), kind_count - 1));
  uint64_t number = 0;
  switch (form_of(kind)) {
    case Form::digest: return hex_text(row, value);
    case Form::address: return value.size() == sizeof(Address) ? address_text(row, value) : as_text(value);
    case Form::number:
      if (value.size() != sizeof number) return as_text(value);
      std::memcpy(&number, value.data(), sizeof number);
      return number_text(row, number);
    default: return as_text(value);
  }
}

HostPort split_host(std::string_view value) {
  const size_t bracket = value.starts_with('[') ? value.find(']') : std::string_view::npos;
  const size_t colon = value.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return {value};
  // More colons without brackets: an IPv6 literal as some clients write it, without a port.
  if (bracket == std::string_view::npos && value.find(':', colon + 1) != std::string_view::npos) return {value};
  HostPort split{value.substr(0, colon)};
  uint32_t port = 0;
  const char* end = value.data() + value.size();
  const auto read = std::from_chars(value.data() + colon + 1, end, port);
  if (read.ec == std::errc{} && read.ptr == end && port <= 65535) split.port = port;
  return split;
}

std::string_view without_parameters(std::string_view media_type) {
  media_type = media_type.substr(0, media_type.find(';'));
  while (!media_type.empty() && (media_type.back() == ' ' || media_type.back() == '\t')) media_type.remove_suffix(1);
  return media_type;
}

std::string_view request_url(const FieldIndex& fields, Row& row) {
  const std::string_view target = fields.text(Field::http_url);
  const std::string_view host = fields.text(Field::http_host);
  if (!target.starts_with('/') || host.empty()) return target;
  return built(row, [&](std::string& out) {
    out.append("http://").append(host).append(target);
  });
}

}  // namespace sekisho
