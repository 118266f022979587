// SPDX-License-Identifier: Apache-2.0
#include "matchers/normalise/address.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sekisho {

namespace {

constexpr uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// Four decimal octets; false where the text is anything else.
bool parse_dotted(std::string_view text, uint8_t* out) {
  for (int part = 0; part < 4; ++part) {
    const size_t dot = part < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos || dot == 0 || dot > 3) return false;
    if (dot > 1 && text[0] == '0') return false;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + dot, value);
    if (error != std::errc{} || end != text.data() + dot || value > 255) return false;
    out[part] = static_cast<uint8_t>(value);
    text.remove_prefix(part < 3 ? dot + 1 : dot);
  }
  return text.empty();
}

// Up to eight groups before or behind "::"; the last may be a dotted quad. Returns the bytes written, or nothing.
std::optional<size_t> parse_groups(std::string_view text, uint8_t* out) {
  size_t written = 0;
  while (!text.empty()) {
    const size_t colon = std::min(text.find(':'), text.size());
    const std::string_view group = text.substr(0, colon);
    if (colon == text.size() && group.find('.') != std::string_view::npos) {
      if (written > 12 || !parse_dotted(group, out + written)) return std::nullopt;
      return written + 4;
    }
    unsigned value = 0;
    const auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), value, 16);
    if (group.empty() || group.size() > 4 || written == 16 || error != std::errc{} || end != group.data() + group.size())
      return std::nullopt;
    out[written++] = static_cast<uint8_t>(value >> 8);
    out[written++] = static_cast<uint8_t>(value);
    if (colon == text.size()) return written;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;  // "1:2:"
  }
  return written;
}

std::optional<Address> parse_v6(std::string_view text) {
  Address out{};
  const size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const auto bytes = parse_groups(text, out.data());
    return bytes == size_t{16} ? std::optional(out) : std::nullopt;
  }
  uint8_t tail[16] = {};
  const auto before = parse_groups(text.substr(0, gap), out.data());
  const auto behind = parse_groups(text.substr(gap + 2), tail);
  if (!before || !behind || *before + *behind > 14) return std::nullopt;
  // A dotted quad may only end the address.
  if (text.substr(0, gap).find('.') != std::string_view::npos) return std::nullopt;
  std::memcpy(out.data() + 16 - *behind, tail, *behind);
  return out;
}

struct ZeroRun {
  int first = 0;
  int count = 0;
};

// RFC 5952 4.2: the longest run of zero groups, the first of equals, never a single group.
ZeroRun longest_zero_run(const Address& address) {
  ZeroRun best, run;
  for (int group = 0; group < 8; ++group) {
    if (address[2 * group] != 0 || address[2 * group + 1] != 0) {
      run.count = 0;
      continue;
    }
    if (run.count++ == 0) run.first = group;
    if (run.count > best.count) best = run;
  }
  return best.count > 1 ? best : ZeroRun{8, 0};
}

}  // namespace

bool is_v4(const Address& address) { return std::memcmp(address.data(), v4_prefix, sizeof v4_prefix) == 0; }

Address v4_address(uint32_t host_order) {
  Address out{};
  out[10] = out[11] = 0xff;
  for (int i = 0; i < 4; ++i) out[12 + i] = static_cast<uint8_t>(host_order >> (24 - 8 * i));
  return out;
}

std::optional<Address> parse_address(std::string_view text) {
  if (text.find(':') == std::string_view::npos) {
    Address out = v4_address(0);
    return parse_dotted(text, out.data() + 12) ? std::optional(out) : std::nullopt;
  }
  if (const size_t zone = text.find('%'); zone != std::string_view::npos) {
    if (zone + 1 == text.size()) return std::nullopt;
    text = text.substr(0, zone);
  }
  return parse_v6(text);
}

std::optional<uint32_t> parse_v4_loosely(std::string_view text) {
  uint64_t parts[4];
  size_t count = 0;
  while (true) {
    if (count == 4) return std::nullopt;
    const size_t dot = std::min(text.find('.'), text.size());
    std::string_view part = text.substr(0, dot);
    if (part.empty()) return std::nullopt;
    int base = 10;
    if (part.size() > 1 && part[0] == '0') {
      const bool hex = part[1] == 'x' || part[1] == 'X';
      base = hex ? 16 : 8;
      part.remove_prefix(hex ? 2 : 1);
    }
    uint64_t value = 0;
    if (!part.empty()) {  // "0x" alone is zero (WHATWG URL, IPv4 number parser)
      const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value, base);
      if (error != std::errc{} || end != part.data() + part.size()) return std::nullopt;
    }
    parts[count++] = value;
    if (dot == text.size()) break;
    text.remove_prefix(dot + 1);
  }
  const uint64_t last_limit = uint64_t{1} << (8 * (5 - count));
  if (parts[count - 1] >= last_limit) return std::nullopt;
  uint64_t address = parts[count - 1];
  for (size_t i = 0; i + 1 < count; ++i) {
    if (parts[i] > 255) return std::nullopt;
    address |= parts[i] << (24 - 8 * i);
  }
  return static_cast<uint32_t>(address);
}

std::optional<Cidr> parse_cidr(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  Cidr out{*address, 128};
  if (slash == std::string_view::npos) return out;
  const std::string_view length = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (error != std::errc{} || end != length.data() + length.size() || length.size() > 3) return std::nullopt;
  // "::ffff:1.2.3.0/120" counts in 128 bits already.
  if (text.find(':') == std::string_view::npos) bits += 96;
  if (bits > 128) return std::nullopt;
  out.bits = static_cast<uint8_t>(bits);
  for (unsigned bit = bits; bit < 128; ++bit) out.base[bit / 8] &= static_cast<uint8_t>(~(0x80U >> bit % 8));
  return out;
}

Address last_of(const Cidr& cidr) {
  Address out = cidr.base;
  for (unsigned bit = cidr.bits; bit < 128; ++bit) out[bit / 8] |= static_cast<uint8_t>(0x80U >> bit % 8);
  return out;
}

size_t format_address(const Address& address, std::span<uint8_t> out) {
  char* const begin = reinterpret_cast<char*>(out.data());
  char* const end = begin + out.size();
  char* at = begin;
  if (is_v4(address)) {
    for (int i = 12; i < 16; ++i) {
      if (i > 12) *at++ = '.';
      at = std::to_chars(at, end, address[static_cast<size_t>(i)]).ptr;
    }
    return static_cast<size_t>(at - begin);
  }
  const ZeroRun zeros = longest_zero_run(address);
  for (int group = 0; group < 8; ++group) {
    if (group == zeros.first) {
      *at++ = ':';
      *at++ = ':';
      group += zeros.count - 1;
      continue;
    }
    if (group > 0 && group != zeros.first + zeros.count) *at++ = ':';
    const auto g = static_cast<size_t>(group);
    at = std::to_chars(at, end, address[2 * g] << 8 | address[2 * g + 1], 16).ptr;
  }
  return static_cast<size_t>(at - begin);
}

}  // namespace sekisho
