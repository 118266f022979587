// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/base64.h"

#include <boost/test/unit_test.hpp>

using sekisho::decode_base64;

BOOST_AUTO_TEST_CASE(base64_of_every_padding_is_decoded) {
  BOOST_TEST(decode_base64("").value() == "");
  BOOST_TEST(decode_base64("Zg==").value() == "f");
  BOOST_TEST(decode_base64("Zm8=").value() == "fo");
  BOOST_TEST(decode_base64("Zm9v").value() == "foo");
  BOOST_TEST(decode_base64("Zm9vYmFy").value() == "foobar");
  BOOST_TEST(decode_base64("+/+/").value() == "\xfb\xff\xbf");
}

BOOST_AUTO_TEST_CASE(what_is_not_base64_is_refused) {
  for (const char* bad : {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Zm9v\n", "Zm 9v", "Zm9_", "Zh==", "Zm9=", "Z=g=", "Zg==Zg=="})
    BOOST_TEST(!decode_base64(bad).has_value(), bad);
}
