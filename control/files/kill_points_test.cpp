// SPDX-License-Identifier: Apache-2.0
// Control killed before and inside each system call between a ring of files and the store (the calls are wrapped by the linker): whatever
// is there under a digest's name is a whole file with that digest and a description, and the next process goes on.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdarg>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "control/files/file_intake.h"
#include "control/files/test_pieces.h"
#include "control/publish/temporary_folder.h"

namespace {

constexpr int killed = 137;
unsigned calls_left = 0;  // 0 = nobody is killed

void fault_point() {
  if (calls_left != 0 && --calls_left == 0) ::_exit(killed);
}

}  // namespace

extern "C" {

ssize_t __real_write(int file, const void* bytes, size_t count);
int __real_fsync(int file);
int __real_open(const char* path, int flags, ...);
int __real_rename(const char* from, const char* to);
int __real_unlink(const char* path);
int __real_chmod(const char* path, mode_t mode);

// Half of it may be there.
ssize_t __wrap_write(int file, const void* bytes, size_t count) {
  fault_point();
  if (calls_left == 1 && count > 1) __real_write(file, bytes, count / 2);
  fault_point();
  return __real_write(file, bytes, count);
}
int __wrap_fsync(int file) {
  fault_point();
  return __real_fsync(file);
}
int __wrap_open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  fault_point();
  return __real_open(path, flags, mode);
}
int __wrap_rename(const char* from, const char* to) {
  fault_point();
  return __real_rename(from, to);
}
int __wrap_unlink(const char* path) {
  fault_point();
  return __real_unlink(path);
}
int __wrap_chmod(const char* path, mode_t mode) {
  fault_point();
  return __real_chmod(path, mode);
}

}  // extern "C"

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
    calls_left = call;
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
