// SPDX-License-Identifier: Apache-2.0
// However long a value is, what stands at its beginning is looked up.
#include <boost/test/unit_test.hpp>
#include <set>

#include "dataplane/inspect/look_ups.h"
#include "dataplane/inspect/limits.h"
#include "matchers/image/loaded_image.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

// One indicator of each kind that may stand in a Referer, the field with the most.
std::vector<Indicator> mixed() {
  std::vector<Indicator> all = {indicator(Kind::domain, "listed.test"), indicator(Kind::url, "listed.test/a"),
                                indicator(Kind::address, "192.0.2.1"), indicator(Kind::referer, "http://other.test/")};
  all[0].mode = MatchMode::subdomains;
  all[1].mode = MatchMode::prefix;
  return all;
}

std::set<uint32_t> found_in(LookUps& look_ups, Field field, const std::string& value) {
  Observation seen{};
  seen.field = field;
  BOOST_REQUIRE(look_ups.add(seen, as_bytes(value)));
  std::set<uint32_t> found;
  look_ups.resolve(0, [&](const Observation&, uint32_t indicator, Bytes) { found.insert(indicator); });
  return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(values_as_long_as_their_field_may_be_are_looked_up_as_every_kind) {
  const LoadedImage set(mixed());
  LookUps look_ups;
  look_ups.set_image(set.image.get(), set.scratch.get());
  for (const Field field : {Field::http_location, Field::http_referer, Field::email_url}) {
    const size_t most = field_specs[static_cast<size_t>(field)].max_bytes;
    for (const size_t bytes : {size_t{40}, most - 1, most}) {
      std::string value = "http://www.listed.test/a";
      value.resize(bytes, 'x');
      BOOST_TEST(found_in(look_ups, field, value).size() >= 1U);
    }
  }
  BOOST_TEST(look_ups.values_cut() == 0U);
}

BOOST_AUTO_TEST_CASE(of_longer_values_the_beginning_is_looked_up_and_that_is_counted) {
  const LoadedImage set(mixed());
  LookUps look_ups;
  look_ups.set_image(set.image.get(), set.scratch.get());
  std::string value = "http://www.listed.test/a";
  value.resize(60'000, 'x');
  BOOST_TEST(found_in(look_ups, Field::http_referer, value).size() >= 1U);
  BOOST_TEST(look_ups.values_cut() == 1U);
}
