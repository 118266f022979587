// SPDX-License-Identifier: Apache-2.0
#include "dataplane/io/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <span>

namespace sekisho {

namespace {

Error system_error(const char* what) { return Error{std::string(what) + ": " + std::strerror(errno), {}, 0}; }

// tried with AF_XDP, AF_PACKET and tap ports: what an lcore's loop, its return to EAL and an idle sleep call.
constexpr int lcore_calls[] = {SCMP_SYS(sendto),   SCMP_SYS(recvfrom),  SCMP_SYS(poll),           SCMP_SYS(ppoll),
                               SCMP_SYS(readv),    SCMP_SYS(writev),    SCMP_SYS(rt_sigreturn),   SCMP_SYS(futex),
                               SCMP_SYS(read),     SCMP_SYS(write),     SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
                               SCMP_SYS(munmap),   SCMP_SYS(madvise),   SCMP_SYS(exit),           SCMP_SYS(exit_group),
                               SCMP_SYS(rt_sigprocmask)};

// main on top of that: the command socket, shared memory of images, statistics of the ports, its own end.
constexpr int main_calls[] = {
    SCMP_SYS(accept4),   SCMP_SYS(recvmsg),  SCMP_SYS(sendmsg),      SCMP_SYS(close),        SCMP_SYS(fcntl),
    SCMP_SYS(fstat),     SCMP_SYS(newfstatat), SCMP_SYS(lseek),      SCMP_SYS(brk),          SCMP_SYS(ioctl),
    SCMP_SYS(getsockopt), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_ctl), SCMP_SYS(restart_syscall), SCMP_SYS(clock_gettime),
    SCMP_SYS(gettid),    SCMP_SYS(getpid),   SCMP_SYS(tgkill),       SCMP_SYS(sched_yield),  SCMP_SYS(rt_sigaction),
    SCMP_SYS(getrandom), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),  SCMP_SYS(unlink),       SCMP_SYS(shutdown),
    SCMP_SYS(sched_getaffinity)};

struct FilterRelease {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, FilterRelease>;

bool allow(void* filter, std::span<const int> calls) {
  for (const int call : calls)
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) != 0) return false;
  return true;
}

// Memory may be mapped and protected, never as executable.
bool allow_memory_without_code(void* filter) {
  const scmp_arg_cmp no_code{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};  // the third argument
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code) == 0 &&
         seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code) == 0;
}

}  // namespace

Result<void> forbid_new_privileges() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return tl::unexpected(system_error("no_new_privs"));
  for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM)
      return tl::unexpected(system_error("capability bounding set"));
  return {};
}

Result<void> become(const std::string& user) {
  if (user.empty()) return {};
  const passwd* entry = getpwnam(user.c_str());
  if (entry == nullptr) return fail("there is no user \"" + user + "\"");
  if (setgroups(0, nullptr) != 0 || setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) != 0 ||
      setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) != 0)
    return tl::unexpected(system_error(("becoming " + user).c_str()));
  // 0 to non-0 clears effective and permitted capabilities in every thread; nothing may bring them back.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  return {};
}

Result<void> filter_process() {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (!filter || seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1) != 0 || !allow(filter.get(), lcore_calls) ||
      !allow(filter.get(), main_calls) || !allow_memory_without_code(filter.get()) ||
      // each lcore still loads its own, narrower one
      seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(seccomp), 0) != 0 ||
      seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(prctl), 0) != 0)
    return fail("the system call filter cannot be built");
  if (const int code = seccomp_load(filter.get()); code != 0)
    return fail(std::string("the system call filter cannot be loaded: ") + std::strerror(-code));
  return {};
}

Result<void> filter_lcore() {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (!filter || !allow(filter.get(), lcore_calls)) return fail("the lcore's system call filter cannot be built");
  if (const int code = seccomp_load(filter.get()); code != 0)
    return fail(std::string("the lcore's system call filter cannot be loaded: ") + std::strerror(-code));
  return {};
}

}  // namespace sekisho
