// SPDX-License-Identifier: Apache-2.0
#include "control/phases/address.h"

#include <arpa/inet.h>

#include <charconv>

namespace sekisho {

namespace {
constexpr uint8_t ipv4_lead[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned ipv4_lead_bits = 96, address_bits = 128;
}  // namespace

bool is_ipv4(const Address& address) { return std::memcmp(address.data(), ipv4_lead, sizeof ipv4_lead) == 0; }

bool contains(const Network& prefix, const Address& address) {
  const size_t whole = prefix.length / 8;
  if (std::memcmp(prefix.address.data(), address.data(), whole) != 0) return false;
  const unsigned rest = prefix.length % 8;
  return rest == 0 || (prefix.address[whole] ^ address[whole]) >> (8 - rest) == 0;
}

Result<Address> parse_network_address(std::string_view text) {
  const std::string zero_ended(text);
  Address address{};
  if (inet_pton(AF_INET6, zero_ended.c_str(), address.data()) == 1) return address;
  std::memcpy(address.data(), ipv4_lead, sizeof ipv4_lead);
  if (inet_pton(AF_INET, zero_ended.c_str(), address.data() + sizeof ipv4_lead) == 1) return address;
  return fail("\"" + zero_ended + "\" is not an address");
}

Result<Network> parse_network(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = parse_network_address(text.substr(0, slash));
  if (!address) return tl::unexpected(address.error());
  Network prefix{*address};
  if (slash == std::string_view::npos) return prefix;
  const unsigned lead = is_ipv4(*address) ? ipv4_lead_bits : 0;
  unsigned length = 0;
  const auto read = std::from_chars(text.data() + slash + 1, text.data() + text.size(), length);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || length > address_bits - lead)
    return fail("\"" + std::string(text) + "\" has no prefix length that its address can have");
  prefix.length = static_cast<uint8_t>(lead + length);
  return prefix;
}

void append_address(std::string& out, Bytes bytes) {
  if (bytes.size() == 16 && std::memcmp(bytes.data(), ipv4_lead, sizeof ipv4_lead) == 0)
    bytes = bytes.subspan(sizeof ipv4_lead);
  if (bytes.size() != 4 && bytes.size() != 16) return;
  char text[INET6_ADDRSTRLEN];
  if (inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof text) != nullptr) out += text;
}

std::string address_text(const Address& address) {
  std::string text;
  append_address(text, address);
  return text;
}

}  // namespace sekisho
