// SPDX-License-Identifier: Apache-2.0
#include "control/fetch/credentials.h"

#include <boost/test/unit_test.hpp>

#include "control/publish/temporary_folder.h"

using namespace sekisho;

BOOST_AUTO_TEST_CASE(credentials_are_the_first_line_of_their_file) {
  const TemporaryFolder folder;
  const auto read = [&](std::string_view text) {
    folder.write("c", text);
    return read_credentials(folder.file("c"));
  };
  BOOST_TEST((read("basic user:pass word\n")->type == Credentials::Type::basic));
  BOOST_TEST(read("basic user:pass word\n")->text == "user:pass word");
  BOOST_TEST((read("bearer abc\r\nrest")->type == Credentials::Type::bearer));
  BOOST_TEST(read("bearer abc\r\nrest")->text == "abc");
  BOOST_TEST(read("header X-Key: abc")->text == "X-Key: abc");
  for (const char* bad : {"", "\n", "basic", "basic user", "bearer", "header X", "header : x", "token abc", "bearer a\x01" "b"}) {
    const auto refused = read(bad);
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST((describe(refused.error()).find("abc") == std::string::npos));
  }
}

BOOST_AUTO_TEST_CASE(no_file_is_no_credentials_and_a_missing_one_is_an_error) {
  BOOST_TEST((read_credentials("")->type == Credentials::Type::none));
  BOOST_TEST(!read_credentials("/nonexistent/file").has_value());
}
