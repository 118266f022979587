// SPDX-License-Identifier: Apache-2.0
#include "control/fetch/fetch_state.h"

#include <boost/test/unit_test.hpp>

#include "control/publish/temporary_folder.h"

using namespace sekisho;

BOOST_AUTO_TEST_CASE(what_is_remembered_is_read_back) {
  const TemporaryFolder folder;
  const std::string path = folder.file("acme.feed.state");
  BOOST_TEST((read_fetch_state(path) == FetchState{}));
  const FetchState state{"https://a.test/x?y", "RWQ", "\"etag, with \\ signs\"", "Sun, 22 Nov 2026 10:00:00 GMT", "2026-11-22T10:00:00.000001Z"};
  BOOST_REQUIRE(write_fetch_state(path, state).has_value());
  BOOST_TEST((read_fetch_state(path) == state));
}

BOOST_AUTO_TEST_CASE(a_state_of_any_bytes_is_read_without_harm) {
  const TemporaryFolder folder;
  constexpr char bytes[] = "url\netag  \nnonsense x\n\0\xff\nlast_modified y";
  folder.write("s", std::string(bytes, sizeof bytes - 1));
  const FetchState state = read_fetch_state(folder.file("s"));
  BOOST_TEST(state.url == "");
  BOOST_TEST(state.etag == "");
  folder.write("s", std::string(20'000, 'x'));
  BOOST_TEST((read_fetch_state(folder.file("s")) == FetchState{}));
}
