// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/tls/hello.h"

#include <algorithm>

namespace sekisho::tls {

namespace {

constexpr size_t random_bytes = 32;
// SHA-256 of "HelloRetryRequest" (RFC 8446 4.1.3).
constexpr uint8_t retry_random[random_bytes] = {
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
    0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

// The list behind a length of its own, or as much of it as there is.
Bytes list_16(Bytes bytes) {
  ByteReader reader(bytes);
  const size_t length = reader.u16();
  return reader.bytes(std::min(length, reader.left()));
}
Bytes list_8(Bytes bytes) {
  ByteReader reader(bytes);
  const size_t length = reader.u8();
  return reader.bytes(std::min(length, reader.left()));
}

// What stands behind the fixed part: nothing (before TLS 1.2 extensions were optional), or the block to the
// end.
Bytes extension_block(ByteReader& reader, bool& whole) {
  if (reader.failed() || reader.at_end()) return {};
  const size_t length = reader.u16();
  whole &= length == reader.left();
  return reader.bytes(std::min(length, reader.left()));
}

void keep_extension(ClientHello& hello, uint16_t type, Bytes bytes) {
  if (hello.extension_count < hello.extension_types.size())
    hello.extension_types[hello.extension_count] = type;
  ++hello.extension_count;
  switch (type) {
    case extension::server_name:
      if (hello.server_name_extensions++ == 0) hello.server_name = bytes;
      break;
    case extension::supported_groups: hello.groups = NumberList(list_16(bytes)); break;
    case extension::ec_point_formats: hello.point_formats = list_8(bytes); break;
    case extension::signature_algorithms: hello.signature_algorithms = NumberList(list_16(bytes)); break;
    case extension::supported_versions: hello.supported_versions = NumberList(list_8(bytes)); break;
    case extension::encrypted_client_hello: hello.has_ech = true; break;
    case extension::session_ticket: hello.resumption |= bytes.empty() ? 0 : resumption::session_ticket; break;
    case extension::pre_shared_key: hello.resumption |= resumption::pre_shared_key; break;
    case extension::early_data: hello.resumption |= resumption::early_data; break;
    case extension::alpn:
      hello.has_alpn = true;
      hello.alpn = list_16(bytes);
      break;
    default: break;
  }
}

}  // namespace

ClientHello read_client_hello(Bytes body) {
  ClientHello hello;
  ByteReader reader(body);
  hello.legacy_version = reader.u16();
  reader.skip(random_bytes);
  const size_t session_id_bytes = reader.u8();
  if (session_id_bytes > 0) hello.resumption |= resumption::session_id;
  reader.skip(session_id_bytes);
  hello.ciphers = NumberList(reader.bytes(reader.u16()));
  reader.skip(reader.u8());  // compression methods
  hello.whole = !reader.failed();
  hello.extensions = extension_block(reader, hello.whole);
  ExtensionReader extensions(hello.extensions);
  while (extensions.next()) keep_extension(hello, extensions.type(), extensions.bytes());
  hello.whole &= !extensions.failed();
  if (is_1_3(hello.highest_version())) hello.resumption &= static_cast<uint8_t>(~resumption::session_id);
  return hello;
}

uint16_t ClientHello::highest_version() const {
  uint16_t highest = 0;
  for (size_t i = 0; i < supported_versions.count(); ++i) {
    const uint16_t version = supported_versions[i];
    if (!is_grease(version)) highest = std::max(highest, version);
  }
  return highest != 0 ? highest : legacy_version;
}

ServerHello read_server_hello(Bytes body) {
  ServerHello hello;
  ByteReader reader(body);
  hello.version = hello.legacy_version = reader.u16();
  const Bytes random = reader.bytes(random_bytes);
  hello.is_retry = random.size() == random_bytes && std::equal(random.begin(), random.end(), retry_random);
  const bool early_draft =
      hello.legacy_version >> 8 == 0x7F;  // up to draft 21 without session id and compression
  if (!early_draft) reader.skip(reader.u8());
  hello.cipher = reader.u16();
  if (!early_draft) reader.skip(1);
  hello.whole = !reader.failed();
  hello.extensions = extension_block(reader, hello.whole);
  ExtensionReader extensions(hello.extensions);
  while (extensions.next()) {
    const Bytes bytes = extensions.bytes();
    if (extensions.type() == extension::supported_versions && bytes.size() == 2)
      hello.version = load_be16(bytes.data());
    if (extensions.type() == extension::key_share && bytes.size() >= 2) hello.group = load_be16(bytes.data());
    if (extensions.type() == extension::alpn) hello.alpn = list_8(list_16(bytes));
    if (extensions.type() == extension::pre_shared_key) hello.has_pre_shared_key = true;
  }
  hello.whole &= !extensions.failed();
  return hello;
}

}  // namespace sekisho::tls
