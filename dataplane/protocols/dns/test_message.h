// SPDX-License-Identifier: Apache-2.0
// For the tests of this folder: DNS messages byte by byte.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace sekisho::dns::test {

inline std::string u8(unsigned value) { return {static_cast<char>(value)}; }
inline std::string u16(unsigned value) { return u8(value >> 8 & 255) + u8(value & 255); }
inline std::string u32(unsigned value) { return u16(value >> 16) + u16(value & 0xFFFF); }
inline std::string label(std::string_view text) { return u8(static_cast<unsigned>(text.size())) + std::string(text); }
inline std::string pointer(unsigned target) { return u16(0xC000 | target); }

// "a.test" in wire form; "" is the root.
inline std::string name(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t dot = text.find('.');
    out += label(text.substr(0, dot));
    text = dot == text.npos ? "" : text.substr(dot + 1);
  }
  return out + '\0';
}

inline constexpr unsigned query = 0x0100, response = 0x8180;
inline constexpr unsigned header_bytes = 12;

struct Counts {
  unsigned questions = 1, answers = 0, authorities = 0, additionals = 0;
};
inline std::string header(unsigned id, unsigned flags, const Counts& counts) {
  return u16(id) + u16(flags) + u16(counts.questions) + u16(counts.answers) + u16(counts.authorities) +
         u16(counts.additionals);
}
inline std::string question(const std::string& wire_name, unsigned type, unsigned rr_class = 1) {
  return wire_name + u16(type) + u16(rr_class);
}
inline std::string record(const std::string& wire_name, unsigned type, const std::string& rdata, unsigned ttl = 60,
                          unsigned rr_class = 1) {
  return wire_name + u16(type) + u16(rr_class) + u32(ttl) + u16(static_cast<unsigned>(rdata.size())) + rdata;
}
inline std::string simple_query(std::string_view text, unsigned type = 1) {
  return header(4711, query, {}) + question(name(text), type);
}
// As a stream carries it.
inline std::string framed(const std::string& message) { return u16(static_cast<unsigned>(message.size())) + message; }

}  // namespace sekisho::dns::test
