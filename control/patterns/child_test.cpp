// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <new>
#include <thread>

#include "control/patterns/child.h"

using namespace sekisho;
using namespace std::chrono_literals;

namespace {

constexpr ChildLimits small{uint64_t{256} << 20, 1, 5s, 1 << 20};

std::vector<uint8_t> spin() {
  for (volatile unsigned i = 0;; i = i + 1) {
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_answer_longer_than_a_pipe_comes_whole) {
  const ChildOutcome outcome = run_in_child(small, [] { return std::vector<uint8_t>(1 << 20, 7); });
  BOOST_TEST((outcome.end == ChildOutcome::End::answered), outcome.reason);
  BOOST_TEST((outcome.answer == std::vector<uint8_t>(1 << 20, 7)));
}

BOOST_AUTO_TEST_CASE(one_byte_more_than_allowed_is_none) {
  const ChildOutcome outcome = run_in_child(small, [] { return std::vector<uint8_t>((1 << 20) + 1, 7); });
  BOOST_TEST((outcome.end == ChildOutcome::End::stopped));
  BOOST_TEST(outcome.reason == "makes more than 1 MiB of tables");
  BOOST_TEST(outcome.answer.empty());
}

BOOST_AUTO_TEST_CASE(one_that_never_ends_is_stopped_by_its_processor_time) {
  const ChildOutcome outcome = run_in_child({small.memory_bytes, 1, 60s, 1}, spin);
  BOOST_TEST((outcome.end == ChildOutcome::End::stopped));
  BOOST_TEST(outcome.reason == "takes more than 1 s of processor time to compile");
}

BOOST_AUTO_TEST_CASE(one_that_sleeps_is_stopped_by_the_clock) {
  const auto begin = std::chrono::steady_clock::now();
  const ChildOutcome outcome = run_in_child({small.memory_bytes, 1, 200ms, 1}, [] {
    std::this_thread::sleep_for(1h);
    return std::vector<uint8_t>();
  });
  BOOST_TEST((outcome.end == ChildOutcome::End::too_late));
  BOOST_TEST(outcome.reason == "gives no answer in 200 ms");
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 30s));
}

BOOST_AUTO_TEST_CASE(one_that_crashes_or_is_killed_is_told_by_its_signal) {
  for (const int signal : {SIGKILL, SIGABRT}) {
    const ChildOutcome outcome = run_in_child(small, [signal] {
      ::signal(signal, SIG_DFL);
      ::raise(signal);
      return std::vector<uint8_t>(1);
    });
    BOOST_TEST((outcome.end == ChildOutcome::End::stopped));
    BOOST_TEST(outcome.reason == "ends the compiler with signal " + std::to_string(signal));
  }
}

BOOST_AUTO_TEST_CASE(one_that_wants_too_much_memory_is_told_so) {
  const ChildOutcome outcome = run_in_child(small, [] {
    // Not by malloc: a sanitizer's has its address space beforehand.
    void* memory = ::mmap(nullptr, size_t{300} << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    return std::vector<uint8_t>(1);
  });
  BOOST_TEST((outcome.end == ChildOutcome::End::stopped));
  BOOST_TEST(outcome.reason == "needs more than 256 MiB of memory to compile");
}

BOOST_AUTO_TEST_CASE(no_file_of_the_parent_is_open_in_it) {
  const int file = ::open("/dev/null", O_RDONLY);
  BOOST_REQUIRE(file >= 0);
  const ChildOutcome outcome = run_in_child(small, [file] { return std::vector<uint8_t>{static_cast<uint8_t>(::fcntl(file, F_GETFD) < 0 ? 1 : 2)}; });
  BOOST_TEST(::fcntl(file, F_GETFD) >= 0);
  ::close(file);
  BOOST_TEST((outcome.answer == std::vector<uint8_t>{1}));
}
