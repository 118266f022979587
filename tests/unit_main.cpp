// SPDX-License-Identifier: Apache-2.0
// The main() of every folder's unit test executable.
#define BOOST_TEST_MODULE sekisho
#include <boost/test/unit_test.hpp>
