// SPDX-License-Identifier: Apache-2.0
// image sign and verify, with minisign itself where this machine has it.
#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "control/cli/image_verbs.h"
#include "control/publish/temporary_folder.h"
#include "matchers/image/build.h"

using namespace sekisho;

namespace {

bool has_minisign() { return std::system("command -v minisign > /dev/null") == 0; }

struct Signed {
  TemporaryFolder folder;

  Signed() { write_image("image", "evil.test"); }
  void write_image(const std::string& name, const std::string& value) const {
    Indicator one;
    one.kind = Kind::domain;
    one.value = value;
    BuildReport report;
    folder.write(name, as_text(build_image({&one, 1}, 1, report).value()));
  }
  bool shell(const std::string& command) const { return std::system(("cd " + folder.file("") + " && " + command + " > /dev/null 2>&1").c_str()) == 0; }
  ExitCode run(std::vector<std::string> words) const {
    for (std::string& word : words)
      if (word.starts_with("@")) word = folder.file(word.substr(1));
    const auto invocation = read_arguments(words);
    BOOST_REQUIRE(invocation.has_value());
    return run_local(*invocation);
  }
  bool verify() const { return run({"image", "verify", "@image", "@k.pub", "--last-serial", "@last"}) == ExitCode::ok; }
  bool sign(const std::string& serial) const { return run({"image", "sign", "@image", "@k.sec", "--serial", serial}) == ExitCode::ok; }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(minisign_and_image_verbs_take_each_other_s_signatures, Signed) {
  if (!has_minisign()) {
    BOOST_TEST_MESSAGE("minisign is not installed: not compared");
    return;
  }
  BOOST_REQUIRE(shell("minisign -G -W -p k.pub -s k.sec"));
  BOOST_TEST(sign("7"));
  BOOST_TEST(shell("minisign -V -p k.pub -m image"));
  BOOST_TEST(shell("rm image.minisig && minisign -S -s k.sec -m image -t serial:8"));
  BOOST_TEST(verify());
  BOOST_TEST(folder.read("last") == "8\n");
}

BOOST_FIXTURE_TEST_CASE(an_older_image_never_follows_a_newer_one, Signed) {
  if (!has_minisign()) {
    BOOST_TEST_MESSAGE("minisign is not installed: no key to be had");
    return;
  }
  BOOST_REQUIRE(shell("minisign -G -W -p k.pub -s k.sec"));
  BOOST_TEST(sign("7"));
  BOOST_TEST(verify());
  BOOST_TEST(verify());  // the same again
  BOOST_TEST(sign("6"));
  BOOST_TEST(!verify());
  BOOST_TEST((run({"image", "verify", "@image", "@k.pub"}) == ExitCode::ok));  // the signature itself is good
  BOOST_TEST(sign("18446744073709551615"));
  BOOST_TEST(verify());
  folder.write("last", "not a number");
  BOOST_TEST(!verify());
  write_image("image", "other.test");
  BOOST_TEST((run({"image", "verify", "@image", "@k.pub"}) == ExitCode::failed));
  BOOST_TEST((run({"image", "sign", "@image", "@k.sec", "--serial", "-1"}) == ExitCode::usage));
}
