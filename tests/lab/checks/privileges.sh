# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Every thread of the data plane has given up what it does not need.

checks_privileges() {
  local nobody
  nobody=$(id -u nobody)
  check "every thread runs as nobody" threads_say "$nobody" Uid 2 3 4 5
  check "no thread has a capability in effect" threads_say 0000000000000000 CapEff 2
  check "no thread may gain one" threads_say 0000000000000000 CapBnd 2
  check "no thread may gain privileges" threads_say 1 NoNewPrivs 2
  check "every thread is under a seccomp filter" threads_say 2 Seccomp 2
}

dataplane_pid() { pgrep -P "${lab_pids[dataplane]}" -x sekisho-datapla || echo "${lab_pids[dataplane]}"; }

# threads_say WANTED FIELD COLUMN...: these columns of the field in /proc/PID/task/*/status are as wanted.
threads_say() {
  local wanted=$1 field=$2
  shift 2
  awk -v wanted="$wanted" -v field="$field:" -v columns="$*" '
    $1 == field { ++threads; n = split(columns, c, " ")
      for (i = 1; i <= n; ++i) if ($c[i] != wanted) { print FILENAME ": " $0; bad = 1 } }
    END { if (threads < 2) { print threads + 0 " threads seen"; bad = 1 } exit bad }' "/proc/$(dataplane_pid)/task/"*/status
}
