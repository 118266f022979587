// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/look_ups.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "matchers/image/loaded_image.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

// What one value of a field meets, each as "kind:matched value".
std::vector<std::string> met(LookUps& look_ups, const LoadedImage& image, Field field, std::string_view value) {
  Observation seen;
  seen.field = field;
  BOOST_REQUIRE(look_ups.add(seen, as_bytes(value)));
  std::vector<std::string> out;
  look_ups.resolve(1000, [&](const Observation& at, uint32_t found, Bytes matched) {
    BOOST_TEST((at.field == field));
    out.push_back(std::string(kind_name(image.image->indicator(found).kind)) + ":" + std::string(as_text(matched)));
  });
  return out;
}
using Met = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(one_domain_is_met_wherever_a_name_can_stand) {
  LoadedImage image({indicator(Kind::domain, "evil.test", MatchMode::subdomains)});
  LookUps look_ups;
  look_ups.set_image(image.image.get(), image.scratch.get());
  for (const Field field : {Field::dns_query_name, Field::dns_answer_rdata_name, Field::http_host, Field::http_target_host, Field::tls_sni,
                            Field::tls_san, Field::smtp_helo})
    BOOST_TEST(met(look_ups, image, field, "WWW.Evil.test.") == (Met{"domain:www.evil.test"}), field_specs[static_cast<size_t>(field)].name);
  BOOST_TEST(met(look_ups, image, Field::http_host, "evil.test:8080") == (Met{"domain:evil.test"}));
  BOOST_TEST(met(look_ups, image, Field::http_referer, "https://u@evil.test/a?b") == (Met{"domain:evil.test"}));
  BOOST_TEST(met(look_ups, image, Field::email_from, "A B <x@mail.evil.test>") == (Met{"domain:mail.evil.test"}));
  BOOST_TEST(met(look_ups, image, Field::http_host, "notevil.test") == Met{});
}

BOOST_AUTO_TEST_CASE(a_host_is_a_name_or_an_address_never_both) {
  LoadedImage image({indicator(Kind::domain, "evil.test"), indicator(Kind::address, "198.51.100.7")});
  LookUps look_ups;
  look_ups.set_image(image.image.get(), image.scratch.get());
  BOOST_TEST(met(look_ups, image, Field::http_host, "198.51.100.7:80").size() == 1U);
  BOOST_TEST(met(look_ups, image, Field::http_host, "evil.test") == (Met{"domain:evil.test"}));
  BOOST_TEST(met(look_ups, image, Field::http_host, "198.51.100.8") == Met{});
}

BOOST_AUTO_TEST_CASE(nothing_is_interesting_without_an_image_and_only_its_kinds_with_one) {
  LookUps look_ups;
  BOOST_TEST(!look_ups.interesting(Field::http_full_url));
  LoadedImage image({indicator(Kind::domain, "evil.test")});
  look_ups.set_image(image.image.get(), image.scratch.get());
  BOOST_TEST(look_ups.interesting(Field::http_host));
  BOOST_TEST(!look_ups.interesting(Field::http_full_url));
  BOOST_TEST(!look_ups.interesting(Field::file_sha256));
  LoadedImage urls({indicator(Kind::url, "http://evil.test/x")});
  look_ups.set_image(urls.image.get(), urls.scratch.get());
  BOOST_TEST(look_ups.interesting(Field::http_full_url));
  BOOST_TEST(!look_ups.interesting(Field::http_url));
}

BOOST_AUTO_TEST_CASE(the_queue_takes_its_bound_and_asks_to_be_resolved_one_past_it) {
  LoadedImage image({indicator(Kind::user_agent, "bad agent")});
  LookUps look_ups;
  look_ups.set_image(image.image.get(), image.scratch.get());
  Observation seen;
  seen.field = Field::http_user_agent;
  unsigned queued = 0;
  while (look_ups.add(seen, as_bytes("bad agent"))) ++queued;
  BOOST_TEST((queued >= lookups_max / 2 && queued <= lookups_max) == true);
  unsigned found = 0;
  look_ups.resolve(1000, [&](const Observation&, uint32_t, Bytes) { ++found; });
  BOOST_TEST(found == queued);
  BOOST_TEST(look_ups.empty());
  BOOST_TEST(look_ups.add(seen, as_bytes("bad agent")));
}

BOOST_AUTO_TEST_CASE(a_value_longer_than_the_room_is_cut_and_does_not_stop_the_queue) {
  LoadedImage image({indicator(Kind::user_agent, "bad agent")});
  LookUps look_ups;
  look_ups.set_image(image.image.get(), image.scratch.get());
  Observation seen;
  seen.field = Field::http_user_agent;
  BOOST_TEST(look_ups.add(seen, as_bytes(std::string(lookup_bytes_max, 'a'))));
  BOOST_TEST(!look_ups.empty());
  BOOST_TEST(look_ups.values_cut() == 1U);
}

BOOST_AUTO_TEST_CASE(a_full_queue_of_values_that_each_meet_all_they_may_loses_nothing) {
  std::vector<Indicator> list;
  std::string all;
  for (unsigned i = 0; i < scan_hits_max; ++i) {
    list.push_back(indicator(Kind::keyword, "word" + std::to_string(1000 + i), MatchMode::literal));
    all += list.back().value + " ";
  }
  LoadedImage image(list);
  LookUps look_ups;
  look_ups.set_image(image.image.get(), image.scratch.get());
  Observation seen;
  seen.field = Field::http_url;
  size_t queued = 0, found = 0;
  while (look_ups.add(seen, as_bytes(all))) ++queued;
  BOOST_TEST(queued * scan_hits_max > 1024U);
  look_ups.resolve(1000, [&](const Observation&, uint32_t, Bytes) { ++found; });
  BOOST_TEST(found == queued * scan_hits_max);
  BOOST_TEST(look_ups.hits_dropped() == 0U);
}
