// SPDX-License-Identifier: Apache-2.0
// For the tests of this folder: records, hellos and certificates byte by byte.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sekisho::tls::test {

using Numbers = std::vector<unsigned>;

inline std::string u8(unsigned value) { return {static_cast<char>(value)}; }
inline std::string u16(unsigned value) { return u8(value >> 8 & 255) + u8(value & 255); }
inline std::string u24(unsigned value) { return u8(value >> 16 & 255) + u16(value & 0xFFFF); }
inline std::string with_u8(const std::string& bytes) { return u8(static_cast<unsigned>(bytes.size())) + bytes; }
inline std::string with_u16(const std::string& bytes) { return u16(static_cast<unsigned>(bytes.size())) + bytes; }
inline std::string with_u24(const std::string& bytes) { return u24(static_cast<unsigned>(bytes.size())) + bytes; }
inline std::string numbers(const Numbers& values) {
  std::string out;
  for (const unsigned value : values) out += u16(value);
  return out;
}

inline std::string record(unsigned type, const std::string& payload, unsigned version = 0x0301) {
  return u8(type) + u16(version) + with_u16(payload);
}
inline std::string handshake(unsigned type, const std::string& body) { return u8(type) + with_u24(body); }
// A message cut into records of `size` bytes.
inline std::string records(const std::string& message, size_t size) {
  std::string out;
  for (size_t at = 0; at < message.size(); at += size) out += record(22, message.substr(at, size));
  return out;
}
inline std::string change_cipher_spec() { return record(20, "\x01", 0x0303); }
inline std::string application_data() { return record(23, std::string(100, '\xA5'), 0x0303); }
inline std::string alert(unsigned level, unsigned description) { return record(21, u8(level) + u8(description)); }

inline std::string extension(unsigned type, const std::string& bytes) { return u16(type) + with_u16(bytes); }
inline std::string host_name(std::string_view name) { return u8(0) + with_u16(std::string(name)); }
inline std::string server_name(std::string_view name) { return extension(0, with_u16(host_name(name))); }
inline std::string alpn(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += with_u8(name);
  return extension(16, with_u16(list));
}
inline std::string groups(const Numbers& values) { return extension(10, with_u16(numbers(values))); }
inline std::string point_formats(const std::string& values) { return extension(11, with_u8(values)); }
inline std::string signature_algorithms(const Numbers& values) { return extension(13, with_u16(numbers(values))); }
inline std::string supported_versions(const Numbers& values) { return extension(43, with_u8(numbers(values))); }

// Bodies, without the handshake header.
inline std::string client_hello_body(unsigned version, const Numbers& ciphers, const std::string& extensions) {
  return u16(version) + std::string(32, 'r') + with_u8("") + with_u16(numbers(ciphers)) + with_u8(u8(0)) +
         (extensions.empty() ? "" : with_u16(extensions));
}
inline std::string client_hello(unsigned version, const Numbers& ciphers, const std::string& extensions) {
  return handshake(1, client_hello_body(version, ciphers, extensions));
}
inline std::string server_hello(unsigned version, unsigned cipher, const std::string& extensions,
                                const std::string& random = std::string(32, 's')) {
  return handshake(2, u16(version) + random + with_u8("") + u16(cipher) + u8(0) +
                          (extensions.empty() ? "" : with_u16(extensions)));
}
inline std::string retry_random() {
  return "\xCF\x21\xAD\x74\xE5\x9A\x61\x11\xBE\x1D\x8C\x02\x1E\x65\xB8\x91"
         "\xC2\xA2\x11\x16\x7A\xBB\x8C\x5E\x07\x9E\x09\xE2\xC8\xA8\x33\x9C";
}

// DER.
inline std::string item(unsigned tag, const std::string& content) {
  std::string length;
  if (content.size() < 0x80) {
    length = u8(static_cast<unsigned>(content.size()));
  } else {
    length = u8(0x82) + u16(static_cast<unsigned>(content.size()));
  }
  return u8(tag) + length + content;
}
inline std::string attribute(const std::string& identifier, const std::string& text, unsigned tag = 0x0C) {
  return item(0x30, item(6, identifier) + item(tag, text));
}
inline const std::string common_name = "\x55\x04\x03", country = "\x55\x04\x06", organization = "\x55\x04\x0A";
inline std::string name(const std::vector<std::string>& attributes) {
  std::string out;
  for (const std::string& one : attributes) out += item(0x31, one);
  return out;
}

struct TestCertificate {
  std::string serial = "\x5E\xE4\x01";
  std::string issuer = name({attribute(country, "JP", 0x13), attribute(organization, "Example, Inc."),
                             attribute(common_name, "Example CA")});
  std::string subject = name({attribute(country, "JP", 0x13), attribute(common_name, "www.example.test")});
  std::string not_before = item(0x17, "260101000000Z");
  std::string not_after = item(0x17, "270101000000Z");
  std::string names = item(0x82, "www.example.test") + item(0x82, "*.example.test") + item(0x87, "\xC0\x01\x02\x03");

  std::string der() const {
    const std::string algorithm = item(0x30, item(6, "\x2A\x86\x48"));
    const std::string extensions =
        item(0x30, item(6, "\x55\x1D\x0F") + item(1, "\xFF") + item(4, "\x03")) +
        item(0x30, item(6, "\x55\x1D\x11") + item(4, item(0x30, names)));
    const std::string fields = item(0xA0, item(2, "\x02")) + item(2, serial) + algorithm + item(0x30, issuer) +
                               item(0x30, not_before + not_after) + item(0x30, subject) +
                               item(0x30, algorithm + item(3, std::string(65, 'k'))) + item(0xA3, item(0x30, extensions));
    return item(0x30, item(0x30, fields) + algorithm + item(3, std::string(64, 'x')));
  }
};
inline std::string certificate_message(const std::vector<std::string>& chain) {
  std::string list;
  for (const std::string& der : chain) list += with_u24(der);
  return handshake(11, with_u24(list));
}

}  // namespace sekisho::tls::test
