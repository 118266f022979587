# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Checks print "ok" or "not ok", a number and a sentence; a failed one shows what its command printed.

checks_passed=0
checks_failed=0

# check SENTENCE COMMAND...
check() {
  local sentence=$1 printed
  shift
  if printed=$("$@" 2>&1); then
    checks_passed=$((checks_passed + 1))
    echo "ok $((checks_passed + checks_failed)) $sentence"
  else
    checks_failed=$((checks_failed + 1))
    echo "not ok $((checks_passed + checks_failed)) $sentence"
    if [ -n "$printed" ]; then printf '%s\n' "$printed" | tail -n 15 | sed 's/^/#   /'; fi
  fi
}

# check_here SENTENCE COMMAND...: as check, but in this shell: for commands that start processes, whose ids it keeps.
check_here() {
  local sentence=$1 status=0
  shift
  "$@" > "$lab_dir/got/check" 2>&1 || status=$?
  check "$sentence" said_by_check_here "$status"
}

said_by_check_here() {
  cat "$lab_dir/got/check"
  return "$1"
}

# skip SENTENCE REASON: a check that cannot be made here.
skip() {
  checks_passed=$((checks_passed + 1))
  echo "ok $((checks_passed + checks_failed)) $1 # skip: $2"
}

# until_said SECONDS COMMAND...: repeats the command until it succeeds; what it printed last is printed.
until_said() {
  local deadline=$((SECONDS + $1)) printed
  shift
  until printed=$("$@" 2>&1); do
    [ "$SECONDS" -lt "$deadline" ] || { printf '%s\n' "$printed"; return 1; }
    sleep 0.2
  done
}

fails() { ! "$@"; }

# is WANTED COMMAND...: the command prints exactly this.
is() {
  local wanted=$1 got
  shift
  got=$("$@") || true
  [ "$got" = "$wanted" ] || { echo "wanted: $wanted"; echo "got: $got"; return 1; }
}

checks_end() {
  echo "lab: $checks_passed passed, $checks_failed failed"
  [ "$checks_failed" -eq 0 ]
}
