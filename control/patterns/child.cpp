// SPDX-License-Identifier: Apache-2.0
#include "control/patterns/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>

#include "dataplane/record/file_descriptor.h"

namespace sekisho {

namespace {

constexpr int exit_no_memory = 3;
constexpr int exit_failed = 4;

uint64_t mapped_bytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t pages = 0;
  statm >> pages;
  return pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

bool limit(int which, rlim_t soft, rlim_t hard) {
  const rlimit wanted{soft, hard};
  return ::setrlimit(static_cast<__rlimit_resource>(which), &wanted) == 0;
}

// Nothing of the parent's stays open: its sockets and rings would outlive it here.
bool close_all_but(int file) {
  const auto keep = static_cast<unsigned>(file);
  return (keep == 0 || ::close_range(0, keep - 1, 0) == 0) && ::close_range(keep + 1, ~0U, 0) == 0;
}

// Where the machine's memory ends, this goes before anything else. Best effort.
void go_first() {
  const FileDescriptor score(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (score && ::write(score.get(), "1000", 4) < 0) return;
}

void default_signals() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGXCPU, SIGPIPE}) ::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool write_all(int file, const std::vector<uint8_t>& bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t put = ::write(file, bytes.data() + at, bytes.size() - at);
    if (put < 0 && errno != EINTR) return false;
    at += put > 0 ? static_cast<size_t>(put) : 0;
  }
  return true;
}

[[noreturn]] void be_child(int out, pid_t parent, uint64_t address_space, const ChildLimits& limits, const std::function<std::vector<uint8_t>()>& work) {
  default_signals();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent || !close_all_but(out)) ::_exit(exit_failed);
  go_first();
  const bool limited = limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1) &&
                       limit(RLIMIT_AS, address_space, address_space);
  if (!limited) ::_exit(exit_failed);
  try {
    ::_exit(write_all(out, work()) ? 0 : exit_failed);
  } catch (const std::bad_alloc&) {
    ::_exit(exit_no_memory);
  } catch (...) {
    ::_exit(exit_failed);
  }
}

std::string memory_reason(const ChildLimits& limits) { return "needs more than " + std::to_string(limits.memory_bytes >> 20) + " MiB of memory to compile"; }

std::string reason_of(int status, const ChildLimits& limits) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGXCPU) return "takes more than " + std::to_string(limits.cpu_s) + " s of processor time to compile";
    return "ends the compiler with signal " + std::to_string(signal);
  }
  if (WEXITSTATUS(status) == exit_no_memory) return memory_reason(limits);
  return "ends the compiler with status " + std::to_string(WEXITSTATUS(status));
}

// Reads until the child is done writing. An answer: why it was given up.
std::string read_answer(int file, const ChildLimits& limits, ChildOutcome& out) {
  std::vector<uint8_t>& answer = out.answer;
  const auto until = std::chrono::steady_clock::now() + limits.wall;
  std::vector<uint8_t> piece(1 << 16);
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      out.end = ChildOutcome::End::too_late;
      return "gives no answer in " + std::to_string(limits.wall.count()) + " ms";
    }
    pollfd wait{file, POLLIN, 0};
    if (::poll(&wait, 1, static_cast<int>(std::min<int64_t>(left.count(), 60'000))) <= 0) continue;
    const ssize_t got = ::read(file, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    if (answer.size() + static_cast<size_t>(got) > limits.answer_bytes) return "makes more than " + std::to_string(limits.answer_bytes >> 20) + " MiB of tables";
    answer.insert(answer.end(), piece.begin(), piece.begin() + got);
  }
}

int reap(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

ChildOutcome run_in_child(const ChildLimits& limits, const std::function<std::vector<uint8_t>()>& work) {
  ChildOutcome out;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    out.reason = std::string("no pipe to a child process: ") + std::strerror(errno);
    return out;
  }
  const FileDescriptor from(ends[0]);
  FileDescriptor to(ends[1]);
  const pid_t self = ::getpid();
  const uint64_t address_space = mapped_bytes() + limits.memory_bytes;
  const pid_t child = ::fork();
  if (child < 0) {
    out.reason = std::string("no child process: ") + std::strerror(errno);
    return out;
  }
  if (child == 0) be_child(to.get(), self, address_space, limits, work);
  to = FileDescriptor();
  out.reason = read_answer(from.get(), limits, out);
  const bool given_up = !out.reason.empty();
  if (given_up) ::kill(child, SIGKILL);
  const int status = reap(child);
  if (!given_up && status != 0) out.reason = reason_of(status, limits);
  if (out.end != ChildOutcome::End::too_late) out.end = out.reason.empty() ? ChildOutcome::End::answered : ChildOutcome::End::stopped;
  if (out.end != ChildOutcome::End::answered) out.answer.clear();
  return out;
}

}  // namespace sekisho
