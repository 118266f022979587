// SPDX-License-Identifier: Apache-2.0
// What a parser's unit test begins with: its protocol driven through the harness. Included by tests alone.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/protocols/parser_harness.h"

BOOST_TEST_DONT_PRINT_LOG_VALUE(sekisho::ProbeResult)

namespace sekisho::test {

inline constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;

inline Conversation operator+(Conversation first, const Conversation& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

class ParserUnderTest {
 public:
  explicit ParserUnderTest(const Protocol& protocol) : protocol_(protocol) {}

  Report run(const Conversation& conversation) const { return test::run(protocol_, conversation); }
  // The lines of the report but for the status, which is need_more.
  std::string told(const Conversation& conversation) const {
    Report report = run(conversation);
    BOOST_TEST(report.lines.back() == "status need_more");
    report.lines.pop_back();
    return report.text();
  }
  void check_splits(const Conversation& conversation) const { BOOST_TEST(check_split_and_cut(protocol_, conversation) == ""); }
  ProbeResult probe(std::string_view prefix, Direction direction, Transport transport = Transport::stream) const {
    const std::vector<uint8_t> copy(prefix.begin(), prefix.end());
    return protocol_.probe(copy, direction, transport);
  }

 private:
  const Protocol& protocol_;
};

}  // namespace sekisho::test
