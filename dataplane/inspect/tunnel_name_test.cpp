// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/tunnel_name.h"

#include <boost/test/unit_test.hpp>

using namespace sekisho;

BOOST_AUTO_TEST_CASE(a_host_goes_by_its_name_without_port_case_and_final_dot) {
  const uint64_t name = tunnel_name(as_bytes("a.test"));
  BOOST_TEST(name != 0U);
  for (const char* same : {"A.Test:443", "a.test.", "a.test:"})
    BOOST_TEST(tunnel_name(as_bytes(same)) == name, same);
  for (const char* other : {"b.test", "a.tes", "a.test.x"})
    BOOST_TEST(tunnel_name(as_bytes(other)) != name, other);
}

BOOST_AUTO_TEST_CASE(an_address_is_no_name) {
  for (const char* address : {"", ":443", "192.0.2.1:443", "[2001:db8::1]:443"})
    BOOST_TEST(tunnel_name(as_bytes(address)) == 0U, address);
}
