// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/dns/edns.h"

#include <arpa/inet.h>

#include <algorithm>

#include "dataplane/protocols/dns/limits.h"
#include "dataplane/protocols/text_writer.h"

namespace sekisho::dns {

namespace {

namespace option {
constexpr uint16_t nsid = 3, client_subnet = 8, cookie = 10, error = 15;
}

// RFC 7871 6: family, prefix lengths, and of the address only the octets that the prefix covers.
bool observe_client_subnet(Bytes value, uint64_t offset, Sink& sink, TxId tx) {
  constexpr size_t head_bytes = 4;
  constexpr uint16_t family_ipv4 = 1, family_ipv6 = 2;
  if (value.size() < head_bytes) return false;
  const uint16_t family = load_be16(value.data());
  const size_t address_bytes = family == family_ipv4 ? 4 : 16;
  const Bytes prefix = value.subspan(head_bytes);
  if ((family != family_ipv4 && family != family_ipv6) || prefix.size() > address_bytes ||
      value[2] > address_bytes * 8)
    return false;
  uint8_t address[16] = {};
  std::ranges::copy(prefix, address);
  char memory[INET6_ADDRSTRLEN + 4];
  inet_ntop(family == family_ipv4 ? AF_INET : AF_INET6, address, memory, INET6_ADDRSTRLEN);
  TextWriter text(std::span<char>(memory).subspan(std::string_view(memory).size()));
  text.character('/');
  text.decimal(value[2]);
  const Bytes whole = as_bytes({memory, static_cast<size_t>(text.written().data() - memory) + text.size()});
  sink.observe(tx, Field::dns_edns_client_subnet, whole, offset);
  return true;
}

// RFC 7873 4: the client's eight octets, and up to 32 of the server.
bool observe_cookie(Bytes value, uint64_t offset, Sink& sink, TxId tx) {
  constexpr size_t client_bytes = 8, server_bytes_min = 8, server_bytes_max = 32;
  const bool good = value.size() == client_bytes || (value.size() >= client_bytes + server_bytes_min &&
                                                     value.size() <= client_bytes + server_bytes_max);
  if (good) sink.observe(tx, Field::dns_edns_cookie, value, offset);
  return good;
}

// RFC 8914 2.
bool observe_error(Bytes value, uint64_t offset, Sink& sink, TxId tx) {
  if (value.size() < 2) return false;
  sink.observe_number(tx, Field::dns_edns_error, load_be16(value.data()), offset);
  if (value.size() > 2) sink.observe(tx, Field::dns_edns_error_text, value.subspan(2), offset + 2);
  return true;
}

bool observe_option(uint16_t code, Bytes value, uint64_t offset, Sink& sink, TxId tx) {
  switch (code) {
    case option::nsid:
      if (!value.empty()) sink.observe(tx, Field::dns_edns_nsid, value, offset);
      return true;
    case option::client_subnet: return observe_client_subnet(value, offset, sink, tx);
    case option::cookie: return observe_cookie(value, offset, sink, tx);
    case option::error: return observe_error(value, offset, sink, tx);
    default: return true;
  }
}

}  // namespace

bool observe_edns_options(Bytes data, uint64_t offset, Sink& sink, TxId tx) {
  bool good = true;
  ByteReader reader(data);
  for (unsigned count = 0; count < edns_options_max && !reader.at_end(); ++count) {
    const uint64_t at = offset + reader.position();
    const uint16_t code = reader.u16(), length = reader.u16();
    const Bytes value = reader.bytes(length);
    if (reader.failed()) return false;
    sink.observe_number(tx, Field::dns_edns_option, code, at);
    good &= observe_option(code, value, at + 4, sink, tx);
  }
  return good;
}

}  // namespace sekisho::dns
