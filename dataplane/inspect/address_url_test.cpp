// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/address_url.h"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace sekisho;

namespace {

FiveTuple to(const Address& address, uint16_t port) {
  FiveTuple tuple;
  tuple.destination = address;
  tuple.destination_port = port;
  return tuple;
}
std::string url(const FiveTuple& tuple, std::string_view path) {
  AddressUrlRoom room;
  return std::string(as_text(address_url(tuple, as_bytes(path), room)));
}
constexpr Address v4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7};
constexpr Address v6 = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

}  // namespace

BOOST_AUTO_TEST_CASE(a_path_without_a_host_is_asked_of_the_servers_address) {
  BOOST_TEST(url(to(v4, 80), "/a?b") == "http://192.0.2.7/a?b");
  BOOST_TEST(url(to(v4, 8080), "/") == "http://192.0.2.7:8080/");
  BOOST_TEST(url(to(v6, 80), "/a") == "http://[2001:db8::1]/a");
}

BOOST_AUTO_TEST_CASE(a_path_longer_than_the_room_is_cut) {
  BOOST_TEST(url(to(v4, 80), "/" + std::string(20000, 'a')).size() == address_url_bytes_max);
}
