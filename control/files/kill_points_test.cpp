// SPDX-License-Identifier: Apache-2.0
// Control killed before and inside each system call between a ring of files and the store (the calls are wrapped by the linker): whatever
// is there under a digest's name is a whole file with that digest and a description, and the next process goes on.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "control/files/file_intake.h"
#include "control/files/test_pieces.h"
#include "control/kill_points.h"
#include "control/publish/temporary_folder.h"

using namespace sekisho;
using namespace sekisho::test;
namespace fs = std::filesystem;

namespace {

const std::string texts[] = {"hello", "world", "third"};

// A budget for two of the three, so that one is evicted on the way.
void take_all(const std::string& folder) {
  auto store = FileStore::open({folder, 10});
  if (!store) return;
  FileIntake intake(**store);
  for (uint64_t id = 1; const std::string& text : texts) {
    intake.take(content(id, 0, text.substr(0, 2)).view());
    intake.take(content(id, 2, text.substr(2)).view());
    intake.take(end(id++, text.size()).view());
  }
}

// The exit status of a child that does it and is killed at its n-th call.
int run_killed(const std::string& folder, unsigned call) {
  const pid_t child = ::fork();
  if (child == 0) {
    kill_at_call(call);
    take_all(folder);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

size_t check_store(const std::string& folder) {
  size_t files = 0;
  std::error_code none;
  for (const auto& entry : fs::recursive_directory_iterator(folder, none)) {
    const std::string name = entry.path().filename();
    if (!is_sha256_name(name)) continue;
    ++files;
    std::ifstream in(entry.path());
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    BOOST_TEST((std::find(std::begin(texts), std::end(texts), bytes) != std::end(texts)));
    std::ifstream beside(entry.path().string() + ".json");
    const auto description = nlohmann::json::parse(beside, nullptr, false);
    BOOST_REQUIRE(description.is_object());
    BOOST_TEST(description["sha256"] == name);
    BOOST_TEST(description["bytes"] == bytes.size());
  }
  return files;
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_kill_leaves_half_a_file_under_a_digests_name) {
  unsigned call = 1;
  for (;; ++call) {
    TemporaryFolder folder;
    const int status = run_killed(folder.file("store"), call);
    check_store(folder.file("store"));
    BOOST_TEST(run_killed(folder.file("store"), 0) == 0);  // the next process
    BOOST_TEST(check_store(folder.file("store")) == 2U);
    BOOST_TEST(fs::is_empty(folder.file("store/incoming")));
    if (status == 0) break;
    BOOST_REQUIRE(status == killed);
  }
  BOOST_TEST(call > 40U);
}
