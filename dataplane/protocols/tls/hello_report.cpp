// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/tls/hello_report.h"

namespace sekisho::tls {

namespace {

// RFC 6066 3: the host names of one server_name extension.
class ServerNameReader {
 public:
  explicit ServerNameReader(Bytes bytes) : reader_(bytes) {
    reader_.skip(2);
  }  // the list's length: the list is all there is
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
  const auto use_all = [&](Bytes extension) {
    ServerNameReader names(extension);
    while (names.next()) use(names.name());
  };
  if (hello.server_name_extensions == 1) use_all(hello.server_name);
  if (hello.server_name_extensions < 2) return;
  ExtensionReader extensions(hello.extensions);
  while (extensions.next())
    if (extensions.type() == extension::server_name) use_all(extensions.bytes());
}

void observe_client_alpn(const ClientHello& hello, const HandshakeMessage& message, Field field, Sink& sink,
                         TxId tx) {
  AlpnReader names(hello.alpn);
  while (names.next()) sink.observe(tx, field, names.name(), message.offset_of(names.name()));
}

void observe_fingerprints(const ClientHello& hello, const HandshakeMessage& message,
                          const HelloFields& fields, Sink& sink, TxId tx) {
  const uint64_t offset = message.offset_of(message.body);
  if (sink.wants(fields.ja3) || sink.wants(fields.ja3_string)) {
    const Ja3 ja3(hello);
    sink.observe(tx, fields.ja3, ja3.digest(), offset);
    sink.observe(tx, fields.ja3_string, ja3.text(), offset);
  }
  if (!sink.wants(fields.ja4)) return;
  Ja4 ja4;
  if (make_ja4(hello, fields.ja4_transport, ja4)) {
    sink.observe(tx, fields.ja4, as_bytes({ja4.data(), ja4.size()}), offset);
  } else {
    sink.anomaly(tx, fields.oversized, offset);
  }
}

// Types of extensions, two bytes each, as far as the field keeps them.
class TypeList {
 public:
  void add(uint16_t type) {
    if (size_ == sizeof types_) return;
    store_be16(types_ + size_, type);
    size_ += 2;
  }
  Bytes bytes() const { return {types_, size_}; }

 private:
  uint8_t types_[2 * extension_types_max];
  size_t size_ = 0;
};

void observe_types(const TypeList& list, Field field, uint64_t offset, Sink& sink, TxId tx) {
  if (!list.bytes().empty()) sink.observe(tx, field, list.bytes(), offset);
}

void observe_types(const ClientHello& hello, Field field, uint64_t offset, Sink& sink, TxId tx) {
  if (!sink.wants(field)) return;
  TypeList list;
  hello.for_each_extension_type([&](uint16_t type) { list.add(type); });
  observe_types(list, field, offset, sink, tx);
}

void observe_types(const ServerHello& hello, Field field, uint64_t offset, Sink& sink, TxId tx) {
  if (!sink.wants(field)) return;
  TypeList list;
  ExtensionReader extensions(hello.extensions);
  while (extensions.next()) list.add(extensions.type());
  observe_types(list, field, offset, sink, tx);
}

void observe_list(const NumberList& list, const HandshakeMessage& message, Field field, Sink& sink, TxId tx) {
  if (list.count() > 0) sink.observe(tx, field, list.bytes(), message.offset_of(list.bytes()));
}

}  // namespace

void observe_server_names(const ClientHello& hello, const HandshakeMessage& message,
                          const HelloFields& fields, Sink& sink, TxId tx) {
  unsigned count = 0;
  for_each_server_name(hello, [&](Bytes name) {
    sink.observe(tx, fields.sni, name, message.offset_of(name));
    ++count;
  });
  if (count == 0 && hello.whole) sink.anomaly(tx, fields.sni_missing, message.offset_of(message.body));
  if (count > 1) sink.anomaly(tx, fields.sni_duplicate, message.offset_of(message.body));
}

uint64_t server_names_mark(const ClientHello& hello) {
  uint64_t mark = 0xCBF29CE484222325;  // FNV-1a
  for_each_server_name(hello, [&](Bytes name) {
    for (const uint8_t byte : name) mark = (mark ^ byte) * 0x100000001B3;
    mark = (mark ^ 0x100) * 0x100000001B3;
  });
  return mark;
}

void observe_client_hello(const ClientHello& hello, const HandshakeMessage& message,
                          const HelloFields& fields, Sink& sink, TxId tx) {
  const uint64_t offset = message.offset_of(message.body);
  observe_server_names(hello, message, fields, sink, tx);
  if (sink.wants(fields.client_alpn)) observe_client_alpn(hello, message, fields.client_alpn, sink, tx);
  if (hello.has_ech) sink.observe_number(tx, fields.ech, 1, offset);
  if (hello.whole) {
    observe_fingerprints(hello, message, fields, sink, tx);
  } else {
    sink.anomaly(tx, message.whole ? fields.malformed : fields.cut, offset);
  }
}

void observe_client_offer(const ClientHello& hello, const HandshakeMessage& message, Sink& sink, TxId tx) {
  const uint64_t offset = message.offset_of(message.body);
  sink.observe_number(tx, Field::tls_client_version, hello.highest_version(), offset);
  observe_list(hello.ciphers, message, Field::tls_client_ciphers, sink, tx);
  observe_types(hello, Field::tls_client_extensions, offset, sink, tx);
  observe_list(hello.groups, message, Field::tls_client_groups, sink, tx);
  observe_list(hello.signature_algorithms, message, Field::tls_client_signature_algorithms, sink, tx);
  if (hello.resumption != 0) sink.observe_number(tx, Field::tls_resumption_offered, hello.resumption, offset);
}

void observe_server_hello(const ServerHello& hello, const HandshakeMessage& message, Sink& sink, TxId tx) {
  const uint64_t offset = message.offset_of(message.body);
  sink.observe_number(tx, Field::tls_version, hello.version, offset);
  sink.observe_number(tx, Field::tls_cipher, hello.cipher, offset);
  observe_types(hello, Field::tls_server_extensions, offset, sink, tx);
  if (hello.group != 0) sink.observe_number(tx, Field::tls_group, hello.group, offset);
  if (!hello.alpn.empty())
    sink.observe(tx, Field::tls_server_alpn, hello.alpn, message.offset_of(hello.alpn));
  if (!hello.whole) return sink.anomaly(tx, message.whole ? "tls.malformed" : "tls.hello_cut", offset);
  if (!sink.wants(Field::tls_ja3s) && !sink.wants(Field::tls_ja3s_string)) return;
  const Ja3 ja3s(hello);
  sink.observe(tx, Field::tls_ja3s, ja3s.digest(), offset);
  sink.observe(tx, Field::tls_ja3s_string, ja3s.text(), offset);
}

}  // namespace sekisho::tls
