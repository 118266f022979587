// SPDX-License-Identifier: Apache-2.0
// What a flow costs in each parser: the bytes that the protocol's README states.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "dataplane/protocols/limits.h"
#include "dataplane/protocols/protocol.h"

using namespace sekisho;

namespace {

struct Stated {
  std::string_view protocol;
  uint32_t bytes;
};
constexpr Stated stated[] = {
    {"dhcp", 1},      {"dns", 832},     {"ftp", 896}, {"ftp-data", 32}, {"http", 2048},
    {"http2", 38912}, {"imap", 2048},   {"krb5", 32}, {"ldap", 576},    {"ntp", 1},
    {"pop3", 1400},   {"quic", 256},    {"rdp", 24},  {"smb", 2000},    {"smtp", 2048},
    {"socks", 640},   {"socks-udp", 1}, {"ssh", 64},  {"tls", 192},     {"websocket", 160},
};

// One that is not listed has the bound of all.
uint32_t bytes_of(std::string_view protocol) {
  const auto at = std::find_if(std::begin(stated), std::end(stated),
                               [&](const Stated& entry) { return entry.protocol == protocol; });
  return at == std::end(stated) ? session_state_bytes_max : at->bytes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_state_of_a_parser_is_as_small_as_its_readme_says) {
  const ProtocolTable table = protocol_table();
  for (size_t i = 0; i < table.count; ++i)
    BOOST_TEST(table.protocols[i]->state_bytes <= bytes_of(table.protocols[i]->name),
               table.protocols[i]->name << " has " << table.protocols[i]->state_bytes);
}

BOOST_AUTO_TEST_CASE(every_statement_is_of_a_protocol) {
  for (const Stated& entry : stated) BOOST_TEST(find_protocol(entry.protocol) != nullptr, entry.protocol);
}
