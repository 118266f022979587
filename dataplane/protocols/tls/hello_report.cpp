// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/tls/hello_report.h"

#include "dataplane/protocols/tls/fingerprint.h"

namespace sekisho::tls {

namespace {

// RFC 6066 3: the host names of one server_name extension.
class ServerNameReader {
 public:
  explicit ServerNameReader(Bytes bytes) : reader_(bytes) { reader_.skip(2); }  // the list's length: the list is all there is
  bool next() {
    constexpr uint8_t host_name = 0;
    while (!reader_.at_end()) {
      const uint8_t type = reader_.u8();
      name_ = reader_.bytes(reader_.u16());
      if (reader_.failed()) return false;
      if (type == host_name) return true;
    }
    return false;
  }
  Bytes name() const { return name_; }

 private:
  ByteReader reader_;
  Bytes name_;
};

// Calls use(name) for each host name of a hello.
template <typename Use>
void for_each_server_name(const ClientHello& hello, Use use) {
  ExtensionReader extensions(hello.extensions);
  while (extensions.next()) {
    if (extensions.type() != extension::server_name) continue;
    ServerNameReader names(extensions.bytes());
    while (names.next()) use(names.name());
  }
}

void observe_client_alpn(const ClientHello& hello, const HandshakeMessage& message, Sink& sink, TxId tx) {
  AlpnReader names(hello.alpn);
  while (names.next()) sink.observe(tx, Field::tls_client_alpn, names.name(), message.offset_of(names.name()));
}

void observe_fingerprints(const ClientHello& hello, const HandshakeMessage& message, Sink& sink, TxId tx) {
  const uint64_t offset = message.offset_of(message.body);
  if (sink.wants(Field::tls_ja3) || sink.wants(Field::tls_ja3_string)) {
    const Ja3 ja3(hello);
    sink.observe(tx, Field::tls_ja3, ja3.digest(), offset);
    sink.observe(tx, Field::tls_ja3_string, ja3.text(), offset);
  }
  if (!sink.wants(Field::tls_ja4)) return;
  Ja4 ja4;
  if (make_ja4(hello, Ja4Transport::tcp, ja4)) {
    sink.observe(tx, Field::tls_ja4, as_bytes({ja4.data(), ja4.size()}), offset);
  } else {
    sink.anomaly(tx, "tls.hello_oversized", offset);
  }
}

}  // namespace

void observe_server_names(const ClientHello& hello, const HandshakeMessage& message, Sink& sink, TxId tx) {
  unsigned count = 0;
  for_each_server_name(hello, [&](Bytes name) {
    sink.observe(tx, Field::tls_sni, name, message.offset_of(name));
    ++count;
  });
  if (count == 0 && hello.whole) sink.anomaly(tx, "tls.sni_missing", message.offset_of(message.body));
  if (count > 1) sink.anomaly(tx, "tls.sni_duplicate", message.offset_of(message.body));
}

uint64_t server_names_mark(const ClientHello& hello) {
  uint64_t mark = 0xCBF29CE484222325;  // FNV-1a
  for_each_server_name(hello, [&](Bytes name) {
    for (const uint8_t byte : name) mark = (mark ^ byte) * 0x100000001B3;
    mark = (mark ^ 0x100) * 0x100000001B3;
  });
  return mark;
}

void observe_client_hello(const ClientHello& hello, const HandshakeMessage& message, Sink& sink, TxId tx) {
  const uint64_t offset = message.offset_of(message.body);
  sink.observe_number(tx, Field::tls_client_version, hello.highest_version(), offset);
  observe_server_names(hello, message, sink, tx);
  if (sink.wants(Field::tls_client_alpn)) observe_client_alpn(hello, message, sink, tx);
  if (hello.has_ech) sink.observe_number(tx, Field::tls_ech, 1, offset);
  if (hello.whole) {
    observe_fingerprints(hello, message, sink, tx);
  } else {
    sink.anomaly(tx, message.whole ? "tls.malformed" : "tls.hello_cut", offset);
  }
}

void observe_server_hello(const ServerHello& hello, const HandshakeMessage& message, Sink& sink, TxId tx) {
  const uint64_t offset = message.offset_of(message.body);
  sink.observe_number(tx, Field::tls_version, hello.version, offset);
  sink.observe_number(tx, Field::tls_cipher, hello.cipher, offset);
  if (!hello.alpn.empty()) sink.observe(tx, Field::tls_server_alpn, hello.alpn, message.offset_of(hello.alpn));
  if (!hello.whole) return sink.anomaly(tx, message.whole ? "tls.malformed" : "tls.hello_cut", offset);
  if (!sink.wants(Field::tls_ja3s) && !sink.wants(Field::tls_ja3s_string)) return;
  const Ja3 ja3s(hello);
  sink.observe(tx, Field::tls_ja3s, ja3s.digest(), offset);
  sink.observe(tx, Field::tls_ja3s_string, ja3s.text(), offset);
}

}  // namespace sekisho::tls
