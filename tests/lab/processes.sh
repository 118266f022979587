# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Processes of the lab: all run in the foreground inside one of its namespaces, so that the namespaces know them.

lab_say() { printf '%s\n' "$*" >&2; }

lab_fail() {
  lab_say "lab: $*"
  return 1
}

# lab_in PLACE COMMAND...: runs it in the namespace of inside, dmz, outside or appliance.
lab_in() {
  local place=$1
  shift
  ip netns exec "sekisho-$place-$lab_id" "$@"
}

# lab_spawn PLACE NAME COMMAND...: in the background; what it prints goes to $lab_dir/log/NAME.
lab_spawn() {
  local place=$1 name=$2
  shift 2
  ip netns exec "sekisho-$place-$lab_id" "$@" > "$lab_dir/log/$name" 2>&1 < /dev/null &
  lab_pids[$name]=$!
  disown "$!"  # the shell shall not report its end
}

lab_is_running() { kill -0 "${lab_pids[$1]}" 2> /dev/null; }

# lab_until SECONDS WHAT COMMAND...: repeats the command until it succeeds.
lab_until() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" > /dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || { lab_fail "waited in vain for $what"; return 1; }
    sleep 0.1
  done
}

lab_has_listener() { lab_in "$1" ss -Hltn "src $2" | grep -q .; }

# lab_until_listening PLACE ADDRESS:PORT NAME
lab_until_listening() {
  lab_until 60 "$3 at $2" lab_has_listener "$1" "$2" || { tail -n 5 "$lab_dir/log/$3" >&2; return 1; }
}

# lab_signal NAME SIGNAL: to a process that lab_spawn started.
lab_signal() { kill -"$2" "${lab_pids[$1]}"; }

# Waits until the process is gone, a zombie being gone too.
lab_stop() {
  lab_is_running "$1" || return 0
  lab_signal "$1" TERM
  lab_until 10 "the end of $1" lab_is_gone "$1" || lab_signal "$1" KILL
}

lab_is_gone() { ! lab_is_running "$1" || [ "$(ps -o state= -p "${lab_pids[$1]}")" = Z ]; }

# `ip netns exec` becomes the command, so the spawned process is the program itself.
lab_kill() {
  lab_signal "$1" "$2"
  lab_until 5 "the end of $1" lab_is_gone "$1"
}
