// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/address_url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sekisho {

namespace {

constexpr uint16_t usual_port = 80;

class Writer {
 public:
  explicit Writer(AddressUrlRoom& room) : room_(room) {}
  void put(std::string_view text) {
    const size_t size = std::min(text.size(), room_.size() - used_);
    std::memcpy(room_.data() + used_, text.data(), size);
    used_ += size;
  }
  void put_number(unsigned number) {
    char digits[10];
    put({digits, static_cast<size_t>(std::to_chars(digits, digits + sizeof digits, number).ptr - digits)});
  }
  Bytes written() const { return as_bytes(std::string_view(room_.data(), used_)); }

 private:
  AddressUrlRoom& room_;
  size_t used_ = 0;
};

}  // namespace

Bytes address_url(const FiveTuple& tuple, Bytes path, AddressUrlRoom& room) {
  const Address& address = tuple.destination;
  const bool ipv4 = is_v4_mapped(address);
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(ipv4 ? AF_INET : AF_INET6, ipv4 ? &address[12] : &address[0], text, sizeof text);
  Writer url(room);
  url.put("http://");
  if (!ipv4) url.put("[");
  url.put(text);
  if (!ipv4) url.put("]");
  if (tuple.destination_port != usual_port) {
    url.put(":");
    url.put_number(tuple.destination_port);
  }
  url.put(as_text(path));
  return url.written();
}

}  // namespace sekisho
