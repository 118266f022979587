// SPDX-License-Identifier: Apache-2.0
// The verbs as a shell sees them: what they print and end with.
#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "control/cli/image_verbs.h"
#include "control/publish/stored_image.h"
#include "control/publish/temporary_folder.h"

using namespace sekisho;
using nlohmann::json;

namespace {

struct Shell {
  TemporaryFolder folder;
  std::string printed;

  ExitCode run(const std::vector<std::string>& words) {
    const auto invocation = read_arguments(words);
    BOOST_REQUIRE(invocation.has_value());
    std::fflush(stdout);
    const int kept = ::dup(STDOUT_FILENO);
    const int to = ::open(folder.file("printed").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    ::dup2(to, STDOUT_FILENO);
    const ExitCode code = run_local(*invocation);
    std::fflush(stdout);
    ::dup2(kept, STDOUT_FILENO);
    ::close(kept);
    ::close(to);
    printed = folder.read("printed");
    return code;
  }
  // An image of a CSV feed.
  std::string image(const std::string& name, const std::string& csv) {
    folder.write(name + ".csv", csv);
    folder.write(name + ".yaml", "feeds:\n- {name: acme, path: " + folder.file(name + ".csv") + ", severity: high}\n");
    BOOST_REQUIRE((run({"image", "build", folder.file(name + ".yaml"), folder.file(name), "--generation", "7", "--json"}) == ExitCode::ok));
    return folder.file(name);
  }
};

const std::string some = "value,kind,mode\nevil.test,domain,subdomains\n192.0.2.0/24,address,cidr\n\"se,\"\"cret\",keyword,literal\n";

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_image_built_ahead_is_told_about, Shell) {
  const std::string file = image("a", some);
  BOOST_REQUIRE((run({"--json", "image", "info", file}) == ExitCode::ok));
  const json told = json::parse(printed);
  BOOST_TEST(told["generation"] == 7);
  BOOST_TEST(told["indicators"] == 3);
  BOOST_TEST(told["kinds"] == (json{{"address", 1}, {"domain", 1}, {"keyword", 1}}));
  BOOST_TEST(told["bytes"] == std::filesystem::file_size(file));
  BOOST_TEST(told["sections"]["entries"] == 3 * 16);
  BOOST_TEST(told["sections"].contains("databases"));
  BOOST_TEST(told["checksum"].get<std::string>().size() == 16U);
  uint64_t sum = 0;
  for (const auto& [name, bytes] : told["sections"].items()) sum += bytes.get<uint64_t>();
  BOOST_TEST(sum < told["bytes"].get<uint64_t>());
}

BOOST_FIXTURE_TEST_CASE(what_is_dumped_is_a_feed_that_gives_the_same_image, Shell) {
  const std::string file = image("a", some);
  BOOST_REQUIRE((run({"image", "dump", file}) == ExitCode::ok));
  const std::string dumped = printed;
  BOOST_TEST(dumped.starts_with("value,kind,mode,severity,"));
  BOOST_TEST(dumped.find("\"se,\"\"cret\",keyword,literal,3,") != std::string::npos);
  const std::string again = image("b", dumped);
  BOOST_TEST((run({"image", "diff", file, again}) == ExitCode::ok));
  BOOST_TEST(printed.empty());
}

BOOST_FIXTURE_TEST_CASE(a_difference_is_told_line_by_line, Shell) {
  const std::string before = image("a", some);
  const std::string after = image("b", "value,kind,mode\nevil.test,domain,subdomains\n\"se,\"\"cret\",keyword,literal\nnew.test,domain,exact\n");
  BOOST_TEST((run({"image", "diff", before, after}) == ExitCode::failed));
  const size_t removed = printed.find("-192.0.2.0/24,address,cidr,"), added = printed.find("+new.test,domain,exact,");
  BOOST_TEST(removed == 0U);
  BOOST_TEST(added != std::string::npos);
  BOOST_TEST(std::count(printed.begin(), printed.end(), '\n') == 2);
  BOOST_TEST((run({"--json", "image", "diff", before, after}) == ExitCode::failed));
  BOOST_TEST(json::parse(printed)["added"].size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_is_no_whole_image_is_refused, Shell) {
  const std::string file = image("a", some);
  const std::string whole = folder.read("a");
  for (const size_t length : {size_t{0}, size_t{1}, size_t{383}, whole.size() - 1}) {
    folder.write("cut", std::string_view(whole).substr(0, length));
    BOOST_TEST((run({"image", "info", folder.file("cut")}) == ExitCode::failed), length);
    BOOST_TEST(printed.empty());
  }
  std::string bent = whole;
  bent[whole.size() / 2] = static_cast<char>(bent[whole.size() / 2] ^ 4);
  folder.write("bent", bent);
  BOOST_TEST((run({"image", "dump", folder.file("bent")}) == ExitCode::failed));
  BOOST_TEST((run({"image", "info", folder.file("absent")}) == ExitCode::failed));
  BOOST_TEST((run({"image", "info", "/dev/null"}) == ExitCode::failed));
  BOOST_TEST(open_stored_image("/dev/null").error().text == "is not a regular file");
}

BOOST_FIXTURE_TEST_CASE(no_image_is_made_of_a_configuration_or_feed_that_cannot_be_read, Shell) {
  folder.write("bad.yaml", "feeds: 7\n");
  BOOST_TEST((run({"image", "build", folder.file("bad.yaml"), folder.file("out")}) == ExitCode::config_invalid));
  folder.write("gone.yaml", "feeds:\n- {name: acme, path: " + folder.file("gone.csv") + "}\n");
  BOOST_TEST((run({"image", "build", folder.file("gone.yaml"), folder.file("out")}) == ExitCode::failed));
  BOOST_TEST((run({"image", "build", folder.file("gone.yaml"), folder.file("out"), "--generation", "0"}) == ExitCode::usage));
  BOOST_TEST(!std::filesystem::exists(folder.file("out")));
}
