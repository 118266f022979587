// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/file_identity.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <thread>

#include "control/publish/temporary_folder.h"

using namespace sekisho;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(a_file_is_unchanged_until_it_is_written_replaced_or_gone) {
  TemporaryFolder folder;
  const std::string path = folder.file("feed");
  folder.write("feed", "one");
  const auto taken = [&path] {
    std::this_thread::sleep_for(150ms);
    FileIdentities out;
    out.add(path);
    return out;
  };
  FileIdentities seen = taken();
  BOOST_TEST(seen.unchanged());
  folder.write("feed", "two");  // of the same length
  BOOST_TEST(!seen.unchanged());
  seen = taken();
  folder.write("new", "two");
  std::filesystem::rename(folder.file("new"), path);
  BOOST_TEST(!seen.unchanged());
  seen = taken();
  std::filesystem::remove(path);
  BOOST_TEST(!seen.unchanged());
  seen = taken();
  BOOST_TEST(seen.unchanged());
  folder.write("feed", "two");
  BOOST_TEST(!seen.unchanged());
}

BOOST_AUTO_TEST_CASE(a_file_that_has_just_been_written_is_not_trusted) {
  TemporaryFolder folder;
  folder.write("feed", "one");
  FileIdentities seen;
  seen.add(folder.file("feed"));
  BOOST_TEST(!seen.unchanged());
}

BOOST_AUTO_TEST_CASE(one_change_among_several_files_is_a_change) {
  TemporaryFolder folder;
  folder.write("a", "one");
  std::this_thread::sleep_for(150ms);
  FileIdentities seen;
  seen.add(folder.file("a"));
  seen.add(folder.file("b"));
  BOOST_TEST(seen.unchanged());
  folder.write("b", "");
  BOOST_TEST(!seen.unchanged());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_added_late_is_trusted_only_if_it_was_written_before_the_first) {
  TemporaryFolder folder;
  folder.write("manifest", "one");
  folder.write("early", "one");
  std::this_thread::sleep_for(150ms);
  FileIdentities seen;
  seen.add(folder.file("manifest"));
  folder.write("late", "two");  // while what the manifest names is being read
  std::this_thread::sleep_for(150ms);
  seen.add(folder.file("early"));
  BOOST_TEST(seen.unchanged());
  seen.add(folder.file("late"));
  BOOST_TEST(!seen.unchanged());
}
