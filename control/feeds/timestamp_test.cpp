// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/timestamp.h"

#include <boost/test/unit_test.hpp>

using sekisho::parse_time_s;

BOOST_AUTO_TEST_CASE(times_are_read_in_every_form_that_feeds_write) {
  BOOST_TEST(parse_time_s("0").value() == 0);
  BOOST_TEST(parse_time_s("1795341600").value() == 1795341600);
  BOOST_TEST(parse_time_s("2026-11-22").value() == 1795305600);
  BOOST_TEST(parse_time_s("2026-11-22T10:00:00Z").value() == 1795341600);
  BOOST_TEST(parse_time_s("2026-11-22 19:00:00+09:00").value() == 1795341600);
  BOOST_TEST(parse_time_s("2026-11-22T05:00:00.123456-0500").value() == 1795341600);
  BOOST_TEST(parse_time_s("2026-11-22T10:00").value() == 1795341600);
  BOOST_TEST(parse_time_s("2024-02-29").value() == 1709164800);
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_refused) {
  for (const char* bad : {"", "-1", "tomorrow", "2026-13-01", "2026-02-29", "2026-11-22T24:00:00Z", "2026-11-22T10:00:00X", "2026-11-22T",
                          "2026-1-2", "99999999999999999999", "1960-01-01", "2026-11-22T10:00:00+24:00", "2026-11-22Z"})
    BOOST_TEST(!parse_time_s(bad).has_value(), bad);
}
