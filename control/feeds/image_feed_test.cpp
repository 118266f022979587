// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/sample_feed.h"
#include "matchers/image/build.h"

using namespace sekisho;

namespace {

const FeedConfig feed = sample_feed(FeedFormat::image);

std::string built(const std::string& csv) {
  const FeedContent content = parsed_as(sample_feed(FeedFormat::csv), csv);
  std::vector<ListedIndicator> listed;
  for (const FeedRow& row : content.rows) listed.push_back({&row.indicator, row.asked.value_or(Action::alert), Action::pass});
  BuildReport report;
  const auto bytes = build_image(listed, BuildOptions{.generation = 7, .cpu_features = 0}, report);
  BOOST_REQUIRE(bytes.has_value());
  return {bytes->begin(), bytes->end()};
}

const std::string csv = "value,kind,mode,severity,confidence,action,valid_until,note\nevil.test,domain,subdomains,high,80,reset,2027-01-01,ours\n"
                        "192.0.2.0/24,address,cidr,low,20,,,\nsecret,keyword,literal,critical,100,drop,,\n\"domain=a.test AND method=GET\",compound,exact,,,,,\n";

}  // namespace

BOOST_AUTO_TEST_CASE(an_images_indicators_are_rows_that_ask_for_their_actions) {
  const std::string image = built(csv);
  for (const FeedFormat format : {FeedFormat::image, FeedFormat::automatic}) {
    const FeedContent content = parsed_as(sample_feed(format), image);
    BOOST_TEST(rows_and_problems(content) == "domain/subdomains/evil.test;address/cidr/192.0.2.0/24;keyword/literal/secret;compound/exact/domain=a.test AND method=GET;");
    const Indicator& first = content.rows[0].indicator;
    BOOST_TEST((first.severity == 3 && first.confidence == 80 && first.valid_until_s == 1'798'761'600 && first.note == "feed acme"));
    BOOST_TEST((content.rows[0].asked == Action::reset && content.rows[1].asked == Action::alert && content.rows[2].asked == Action::drop));
    BOOST_TEST(content.report.told == "generation 7");
  }
}

BOOST_AUTO_TEST_CASE(an_image_that_is_cut_or_damaged_is_refused_as_a_whole) {
  std::string image = built(csv);
  for (size_t size = 0; size < image.size(); size += 13) BOOST_TEST(!parse_feed(feed, image.substr(0, size), sample_now_s).has_value(), size);
  image[image.size() / 2] ^= 1;
  BOOST_TEST(describe(parse_feed(feed, image, sample_now_s).error()) == "feeds/acme: matcher image: damaged: checksum");
}
