// SPDX-License-Identifier: Apache-2.0
#include "control/config/prefix.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sekisho {

namespace {

constexpr uint8_t ipv4_mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr uint8_t ipv4_mapped_bits = 96;

bool parse_address(std::string_view text, std::array<uint8_t, 16>& address) {
  char buffer[INET6_ADDRSTRLEN] = {};
  if (text.empty() || text.size() >= sizeof buffer) return false;
  std::memcpy(buffer, text.data(), text.size());
  if (std::memchr(buffer, 0, text.size()) != nullptr) return false;
  if (::inet_pton(AF_INET6, buffer, address.data()) == 1) return true;
  std::memcpy(address.data(), ipv4_mapped, sizeof ipv4_mapped);
  return ::inet_pton(AF_INET, buffer, address.data() + sizeof ipv4_mapped) == 1;
}

}  // namespace

bool Prefix::contains(const std::array<uint8_t, 16>& host) const {
  const size_t whole = length / 8;
  if (std::memcmp(host.data(), address.data(), whole) != 0) return false;
  const unsigned rest = length % 8;
  return rest == 0 || ((host[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

bool Prefix::is_ipv4() const {
  return length >= ipv4_mapped_bits && std::equal(std::begin(ipv4_mapped), std::end(ipv4_mapped), address.begin());
}

Prefix Prefix::masked() const {
  Prefix out = *this;
  for (unsigned bit = length; bit < 128; ++bit) out.address[bit / 8] &= static_cast<uint8_t>(~(0x80U >> bit % 8));
  return out;
}

std::string Prefix::text() const {
  char buffer[INET6_ADDRSTRLEN];
  const bool ipv4 = is_ipv4();
  ::inet_ntop(ipv4 ? AF_INET : AF_INET6, address.data() + (ipv4 ? sizeof ipv4_mapped : 0), buffer, sizeof buffer);
  const unsigned bits = ipv4 ? length - ipv4_mapped_bits : length;
  return length == 128 ? std::string(buffer) : buffer + ("/" + std::to_string(bits));
}

bool parse_prefix(std::string_view text, Prefix& prefix) {
  const size_t slash = text.find('/');
  Prefix out;
  if (!parse_address(text.substr(0, slash), out.address)) return false;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const bool ipv4 = text.find(':') == std::string_view::npos;
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size() || digits.size() > 3) return false;
    if (digits.size() > 1 && digits[0] == '0') return false;
    if (bits > (ipv4 ? 32U : 128U)) return false;
    out.length = static_cast<uint8_t>(ipv4 ? bits + ipv4_mapped_bits : bits);
  }
  prefix = out;
  return true;
}

}  // namespace sekisho
