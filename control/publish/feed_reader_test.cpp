// SPDX-License-Identifier: Apache-2.0
#include "control/publish/feed_reader.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <thread>

#include "control/config/load.h"
#include "control/publish/temporary_folder.h"
#include "control/signatures/sample_signer.h"

using namespace sekisho;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  TemporaryFolder folder;
  FeedReader reader;

  Config config(const std::string& rest = {}) {
    const LoadedConfig loaded = load_config_text("feeds:\n- {name: a, path: " + folder.file("a.csv") + "}\n- {name: b, path: " + folder.file("b.csv") +
                                                 "}\n" + rest);
    BOOST_REQUIRE(loaded.config.has_value());
    return *loaded.config;
  }
  void write_old(const char* name, const char* text) {
    folder.write(name, text);
    std::this_thread::sleep_for(150ms);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_feed_whose_file_has_not_changed_is_not_read_and_its_part_is_the_same, Fixture) {
  folder.write("a.csv", "value\none.test\n");
  write_old("b.csv", "value\ntwo.test\n");
  const IndicatorSet first = reader.read(config(), nullptr, 1);
  BOOST_TEST(reader.files_read() == 2U);
  const IndicatorSet second = reader.read(config(), nullptr, 2);
  BOOST_TEST(reader.files_read() == 0U);
  BOOST_TEST((second.parts == first.parts));
  BOOST_TEST(second.feeds[0].report.loaded == 1U);
  write_old("b.csv", "value\n2.test\n");
  const IndicatorSet third = reader.read(config(), nullptr, 3);
  BOOST_TEST(reader.files_read() == 1U);
  BOOST_TEST((third.parts[0] == first.parts[0] && third.parts[1] != first.parts[1] && third.parts[2] == first.parts[2]));
  BOOST_TEST(third.listed()[1].indicator->value == "2.test");
  std::filesystem::remove(folder.file("b.csv"));  // its content is kept, and its part
  const IndicatorSet fourth = reader.read(config(), nullptr, 4);
  BOOST_TEST((fourth.parts == third.parts && fourth.feeds[1].kept && !fourth.feeds[1].error.empty()));
}

BOOST_FIXTURE_TEST_CASE(what_decides_about_rows_makes_their_parts_anew_without_reading, Fixture) {
  folder.write("a.csv", "value\none.test\n");
  write_old("b.csv", "value\ntwo.test\n");
  folder.write("popular", "two.test\n");
  const IndicatorSet first = reader.read(config(), nullptr, 1);
  const IndicatorSet ruled = reader.read(config("policy: [{feeds: [a], action: reset}]\n"), nullptr, 1);
  BOOST_TEST(reader.files_read() == 0U);
  BOOST_TEST((ruled.parts[0] != first.parts[0]));
  BOOST_TEST((ruled.listed()[0].action == Action::reset && ruled.listed()[1].action == Action::alert));
  const IndicatorSet allowed = reader.read(config("allowlist: {popular_domains: " + folder.file("popular") + "}\n"), nullptr, 1);
  BOOST_TEST(reader.files_read() == 0U);
  BOOST_TEST((allowed.size() == 1U && allowed.feeds[1].allowlisted == 1U && allowed.feeds[1].report.problems.size() == 1U));
}

BOOST_FIXTURE_TEST_CASE(another_configuration_of_a_feed_reads_its_file_again, Fixture) {
  folder.write("a.csv", "value\none.test\n");
  write_old("b.csv", "value\ntwo.test\n");
  reader.read(config(), nullptr, 1);
  Config changed = config();
  changed.feeds[1].severity = Severity::critical;
  const IndicatorSet set = reader.read(changed, nullptr, 1);
  BOOST_TEST(reader.files_read() == 1U);
  BOOST_TEST(set.listed()[1].indicator->severity == 4U);
}

BOOST_FIXTURE_TEST_CASE(a_file_beside_a_feed_that_changes_has_the_feed_read_again, Fixture) {
  folder.write("a.rules", "alert http any any -> any any (msg:\"x\"; filemd5:bad.md5; sid:1;)\n");
  write_old("bad.md5", "0123456789abcdef0123456789abcdef\n");
  const LoadedConfig loaded = load_config_text("feeds:\n- {name: a, path: " + folder.file("a.rules") + "}\n");
  BOOST_REQUIRE(loaded.config.has_value());
  BOOST_REQUIRE(reader.read(*loaded.config, nullptr, 1).size() == 1U);
  write_old("bad.md5", "0123456789abcdef0123456789abcdee\n");
  BOOST_TEST(reader.read(*loaded.config, nullptr, 1).listed()[0].indicator->value == "0123456789abcdef0123456789abcdee");
  BOOST_TEST(reader.files_read() == 1U);
  reader.read(*loaded.config, nullptr, 1);
  BOOST_TEST(reader.files_read() == 0U);
}

BOOST_FIXTURE_TEST_CASE(expired_rows_leave_the_set_in_the_end, Fixture) {
  folder.write("a.csv", "value,valid_until\none.test,1970-01-01T01:00:00Z\n");
  write_old("b.csv", "value\ntwo.test\n");
  BOOST_TEST(reader.read(config(), nullptr, 1).size() == 2U);
  BOOST_TEST(reader.read(config(), nullptr, 3601).size() == 2U);  // the data plane no longer meets it
  BOOST_TEST(reader.read(config(), nullptr, 3700).size() == 1U);
  BOOST_TEST(reader.files_read() == 0U);
}

BOOST_FIXTURE_TEST_CASE(an_older_file_with_a_good_signature_does_not_come_back, Fixture) {
  const SampleSigner signer;
  const auto put = [&](const char* text, const char* serial) {
    folder.write("a.csv", text);
    folder.write("a.csv.minisig", signer.sign(text, std::string("serial:") + serial, true));
  };
  folder.write("b.csv", "value\ntwo.test\n");
  Config signed_config = config();
  signed_config.feeds[0].public_key = signer.public_key();
  for (const bool restarted : {false, true}) {
    FeedStandings standings;
    BOOST_REQUIRE(standings.open(folder.file("feeds.state")).has_value());
    standings.configure(signed_config.feeds);
    FeedReader fresh;
    if (!restarted) {
      put("value\nfive.test\n", "5");
      BOOST_TEST(fresh.read(signed_config, nullptr, 1, &standings).size() == 2U);
      put("value\nsix.test\n", "6");
      BOOST_TEST(fresh.read(signed_config, nullptr, 1, &standings).listed()[0].indicator->value == "six.test");
    }
    put("value\nfive.test\n", "5");
    const IndicatorSet set = fresh.read(signed_config, nullptr, 1, &standings);
    BOOST_TEST(set.feeds[0].error.find("its signature's serial is 5, a higher one was taken before") != std::string::npos, set.feeds[0].error);
    BOOST_TEST(set.size() == (restarted ? 1U : 2U));  // the last good content stays, where there is one
  }
}
