// SPDX-License-Identifier: Apache-2.0
#include "matchers/normalise/host.h"

#include <algorithm>
#include <charconv>

#include "matchers/normalise/address.h"
#include "matchers/normalise/idna.h"
#include "matchers/normalise/text.h"

namespace sekisho {

namespace {

struct Split {
  std::string_view host;
  std::string_view port;
  bool bracketed = false;
};

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// RFC 3986 3.2.2 and 3.2.3. One colon before digits is a port; several are an IPv6 address without brackets.
Split split_port(std::string_view text) {
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return {text.substr(1), {}, true};
    const std::string_view behind = text.substr(close + 1);
    return {text.substr(1, close - 1), behind.starts_with(':') ? behind.substr(1) : std::string_view{}, true};
  }
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || !all_digits(text.substr(colon + 1))) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

void put_labels(Bytes name, Writer& out) {
  size_t label = 0;
  for (size_t at = 0; at < name.size();) {
    const size_t dot = name[at] < 0x80 && name[at] != '.' ? 0 : dot_bytes(name.subspan(at));
    if (dot == 0) {
      ++at;
      continue;
    }
    put_a_label(name.subspan(label, at - label), out);
    out.put(uint8_t{'.'});
    at += dot;
    label = at;
  }
  put_a_label(name.subspan(label), out);
}

// A last label of digits, or "0x" and hex digits, makes the host an IPv4 address (WHATWG URL, "ends in a number").
bool ends_in_number(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  if (last.empty() || last[0] < '0' || last[0] > '9') return false;
  if (all_digits(last)) return true;
  return last.starts_with("0x") && last.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
}

Host address_host(const Address& address, std::span<uint8_t> out) {
  const size_t length = format_address(address, out);
  return {out.first(length), is_v4(address) ? HostType::v4 : HostType::v6, 0, false};
}

std::optional<Host> read_name(const Split& split, std::span<uint8_t> out) {
  if (out.size() < address_text_max) return std::nullopt;
  if (split.bracketed || split.host.find(':') != std::string_view::npos)
    if (const auto address = parse_address(split.host)) return address_host(*address, out);

  const Bytes name = as_bytes(split.host);
  Writer writer(out);
  const bool ascii = std::all_of(name.begin(), name.end(), [](uint8_t c) { return c < 0x80; });
  if (ascii)
    for (const uint8_t byte : name) writer.put(ascii_lower(byte));
  else
    put_labels(name, writer);
  writer.cut(as_text(writer.written()).find_last_not_of(". \t\r\n") + 1);  // npos + 1 = 0
  if (writer.overflow() || writer.length() == 0) return std::nullopt;
  if (ends_in_number(as_text(writer.written())))
    if (const auto v4 = parse_v4_loosely(as_text(writer.written()))) return address_host(v4_address(*v4), out);
  return Host{writer.written(), HostType::name, 0, false};
}

}  // namespace

std::optional<Host> normalise_host(Bytes input, std::span<uint8_t> out) {
  const Split split = split_port(trim(as_text(input)));
  auto host = read_name(split, out);
  if (!host) return std::nullopt;
  unsigned port = 0;
  const auto [end, error] = std::from_chars(split.port.data(), split.port.data() + split.port.size(), port);
  if (error == std::errc{} && end == split.port.data() + split.port.size() && port <= 65535) {
    host->port = static_cast<uint16_t>(port);
    host->has_port = true;
  }
  return host;
}

}  // namespace sekisho
