// SPDX-License-Identifier: Apache-2.0
// ClientHello and ServerHello taken apart: views into the message, nothing decided yet. Also for whoever else
// carries them (QUIC).
#pragma once

#include <array>

#include "matchers/base/bytes.h"

namespace sekisho::tls {

inline constexpr uint16_t version_ssl2 = 0x0002, version_ssl3 = 0x0300, version_1_2 = 0x0303,
                          version_1_3 = 0x0304;
// Drafts of 1.3 used 0x7fNN (RFC 8446 4.2.1).
constexpr bool is_1_3(uint16_t version) { return version == version_1_3 || version >> 8 == 0x7F; }

// RFC 8701: values that mean nothing, sent to keep servers tolerant.
constexpr bool is_grease(uint16_t value) {
  return (value & 0x0F0F) == 0x0A0A && value >> 8 == (value & 0xFF);
}

namespace extension {
inline constexpr uint16_t server_name = 0, supported_groups = 10, ec_point_formats = 11,
                          signature_algorithms = 13, alpn = 16, session_ticket = 35, pre_shared_key = 41,
                          early_data = 42, supported_versions = 43, key_share = 51,
                          encrypted_client_hello = 0xFE0D;
}

// Walks type, length, data triples. `failed` where the block does not end with one.
class ExtensionReader {
 public:
  explicit ExtensionReader(Bytes block) : reader_(block) {}
  bool next() {
    if (reader_.at_end()) return false;
    type_ = reader_.u16();
    bytes_ = reader_.bytes(reader_.u16());
    return !reader_.failed();
  }
  uint16_t type() const { return type_; }
  Bytes bytes() const { return bytes_; }
  bool failed() const { return reader_.failed(); }

 private:
  ByteReader reader_;
  uint16_t type_ = 0;
  Bytes bytes_;
};

// Walks the two-byte numbers of a list; a last odd byte is left alone.
class NumberList {
 public:
  NumberList() = default;
  explicit NumberList(Bytes bytes) : bytes_(bytes) {}
  size_t count() const { return bytes_.size() / 2; }
  uint16_t operator[](size_t index) const { return load_be16(&bytes_[2 * index]); }
  Bytes bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

// Walks names with a one-byte length: ALPN protocols (RFC 7301 3.1).
class AlpnReader {
 public:
  explicit AlpnReader(Bytes list) : reader_(list) {}
  bool next() {
    if (reader_.at_end()) return false;
    name_ = reader_.bytes(reader_.u8());
    return !reader_.failed();
  }
  Bytes name() const { return name_; }

 private:
  ByteReader reader_;
  Bytes name_;
};

// By what a client would resume an earlier session; bits.
namespace resumption {
inline constexpr uint8_t session_id = 1,  // RFC 5246 7.3; in TLS 1.3 it means nothing (RFC 8446 D.4)
    session_ticket = 2,                   // RFC 5077 3.2
    pre_shared_key = 4,                   // RFC 8446 2.2
    early_data = 8;                       // RFC 8446 2.3
}

// RFC 8446 4.1.2. Lists are without their own length; of an extension sent twice (receivers refuse that)
// the last is here.
struct ClientHello {
  uint16_t legacy_version = 0;
  NumberList ciphers;
  Bytes extensions;  // the block
  Bytes alpn;
  NumberList groups;
  Bytes point_formats;
  NumberList signature_algorithms;
  NumberList supported_versions;
  uint8_t resumption = 0;
  Bytes server_name;  // the first server_name extension
  uint32_t server_name_extensions = 0;
  bool has_alpn = false;
  bool has_ech = false;
  bool whole = false;  // read to its last byte without contradiction; fingerprints of others would lie

  // Calls use(type) for each extension, in the order sent.
  template <typename Use>
  void for_each_extension_type(Use use) const {
    if (extension_count <= extension_types.size()) {
      for (size_t i = 0; i < extension_count; ++i) use(extension_types[i]);
      return;
    }
    ExtensionReader reader(extensions);
    while (reader.next()) use(reader.type());
  }
  // The types of the first extensions: one walk over the block serves all who ask for them.
  std::array<uint16_t, 32> extension_types;
  size_t extension_count = 0;

  // The highest version offered, GREASE aside.
  uint16_t highest_version() const;
};

// `body`: the message without its four-byte header; it may be cut.
ClientHello read_client_hello(Bytes body);

// RFC 8446 4.1.3.
struct ServerHello {
  uint16_t legacy_version = 0;
  uint16_t version = 0;  // as negotiated
  uint16_t cipher = 0;
  uint16_t group = 0;  // of the key share (TLS 1.3); 0 = none
  Bytes extensions;
  Bytes alpn;  // the one name; in TLS 1.3 it travels encrypted
  bool has_pre_shared_key = false;
  bool is_retry = false;  // HelloRetryRequest: the client will send another hello
  bool whole = false;
};

ServerHello read_server_hello(Bytes body);

}  // namespace sekisho::tls
