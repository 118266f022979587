#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# programs_test.sh SEKISHOCTL SEKISHO_CONTROL: the two programs as an operator meets them; every exit code once.
set -euo pipefail
ctl=$(realpath "$1")
control=$(realpath "$2")
work=$(mktemp -d)
daemon=
listener=
cleanup() {
  [ -z "$daemon" ] || kill "$daemon" 2> /dev/null || true
  [ -z "$listener" ] || kill "$listener" 2> /dev/null || true
  wait
  rm -rf "$work"
}
trap cleanup EXIT
export SEKISHO_SOCKET=$work/control.sock

fail() {
  echo "FAILED: $*" >&2
  [ ! -e "$work/log" ] || sed 's/^/  daemon: /' "$work/log" >&2
  exit 1
}
# expect CODE COMMAND...: runs it; its output is in $out.
expect() {
  local want=$1 code=0
  shift
  out=$("$@" 2>&1) || code=$?
  [ "$code" -eq "$want" ] || fail "exit $code, not $want: ${*##*/}: $out"
}
contains() { grep -qF -- "$1" <<< "$out" || fail "\"$1\" is missing in: $out"; }

cat > "$work/acme.csv" << 'CSV'
value,severity,confidence
evil.test,critical,90
256.1.1.1,low,
CSV
cat > "$work/sekisho.yaml" << YAML
dataplane:
  socket: $work/dataplane.sock
  pairs:
  - {name: p, a: {vdev: net_tap0}, b: {vdev: net_tap1}}
feeds:
- {name: acme, path: $work/acme.csv}
policy:
- {severity_min: high, confidence_min: 80, action: sinkhole}
control:
  socket: $work/control.sock
  state_dir: $work
YAML
sed 's/name: p,/nmae: p,/' "$work/sekisho.yaml" > "$work/bad.yaml"

# Without a daemon.
expect 2 "$ctl"
expect 2 "$ctl" statsu
contains 'did you mean "status"?'
expect 0 "$ctl" --help
expect 0 "$ctl" indicator add --help
expect 4 "$ctl" status --timeout 1
expect 0 "$ctl" version
contains "sekishoctl 0."
expect 0 "$ctl" config check "$work/sekisho.yaml"
expect 3 "$ctl" config check "$work/bad.yaml"
contains "bad.yaml:4:6: error: dataplane.pairs[0]: unknown key \"nmae\"; did you mean \"name\"?"
expect 3 "$ctl" config check "$work/bad.yaml" --json
contains '"code": "unknown_key"'
expect 3 "$ctl" config check /nonexistent
expect 0 "$ctl" config check "$work/sekisho.yaml" --rate 2048
contains "without control it lasts 32.0 s at 2048 a second"
expect 2 "$ctl" config check "$work/sekisho.yaml" --rate many
expect 0 "$ctl" config render "$work/sekisho.yaml" --output "$work/options"
grep -qx -- '--pair-a=net_tap0' "$work/options" || fail "options file"
expect 3 "$ctl" config render "$work/bad.yaml"
"$ctl" config default > "$work/default.yaml"
expect 0 "$ctl" config check "$work/default.yaml"
expect 0 "$ctl" config reference
expect 0 "$ctl" show limits
contains message_bytes_max
expect 0 "$ctl" indicator where evil.test
contains dns.query.name
contains tls.sni
expect 1 "$ctl" indicator where '???'
expect 0 "$ctl" completion bash
bash -n <<< "$out"
completed=$(bash -c "$out"$'\n''COMP_WORDS=(sekishoctl show ""); COMP_CWORD=2; _sekishoctl; echo "${COMPREPLY[@]}"')
[ "$completed" = "ports lcores flows drops memory limits" ] || fail "completion: $completed"
for page in sekishoctl sekisho.yaml sekisho-indicators; do
  "$ctl" man "$page" > "$work/page"
  if command -v man > /dev/null; then
    warnings=$(man --warnings -l "$work/page" 2>&1 > /dev/null || true)
    [ -z "$warnings" ] || fail "man $page: $warnings"
  fi
done
expect 2 "$control"
expect 1 "$control" --config "$work/bad.yaml"
expect 0 "$control" --version

# With one, without a data plane.
"$control" --config "$work/sekisho.yaml" 2> "$work/log" &
daemon=$!
for ((i = 0; i < 200; i++)); do
  [ -S "$work/control.sock" ] && "$ctl" indicator stats --json 2> /dev/null | grep -q '"generation": 1' && break
  sleep 0.1
done
expect 5 "$ctl" status
contains "the data plane is not attached"
expect 5 "$ctl" status --json
contains '"state": "degraded"'
expect 0 "$ctl" indicator stats
contains "acme.csv:3: \"256.1.1.1\" is of no kind that can be told from its form; line skipped"
expect 0 "$ctl" indicator lookup www.evil.test
contains sinkhole
expect 0 "$ctl" indicator add 'hxxp://bad[.]test/x' --note "from the test"
contains "generation 2"
expect 1 "$ctl" indicator add 'http://bad.test/x'
contains "is already there"
expect 0 "$ctl" indicator lookup http://bad.test/x
contains "from the test"
printf 'one.test\ntwo.test\n???\n' > "$work/more.txt"
expect 0 "$ctl" indicator import "$work/more.txt"
contains "loaded 2"
contains "rejected 1"
expect 0 "$ctl" indicator del bad.test/x --kind url
expect 1 "$ctl" show ports
contains "the data plane is not connected"
expect 1 "$ctl" why 1
expect 0 "$ctl" watch --count 1

# A wrong configuration is refused on SIGHUP, the old one stays; a good one is taken.
cp "$work/sekisho.yaml" "$work/good.yaml"
cp "$work/bad.yaml" "$work/sekisho.yaml"
expect 1 "$ctl" indicator reload
contains "unknown key"
expect 1 "$ctl" config reload
contains "the configuration file is not in force, an earlier one is"
expect 5 "$ctl" status
contains "the configuration file is not in force"
expect 0 "$ctl" indicator lookup www.evil.test
contains sinkhole
cp "$work/good.yaml" "$work/sekisho.yaml"
printf 'value\nother.test\n' > "$work/acme.csv"
kill -HUP "$daemon"
for ((i = 0; i < 100; i++)); do
  "$ctl" indicator lookup other.test | grep -q acme && break
  sleep 0.1
done
expect 0 "$ctl" indicator lookup other.test
contains acme

# What was added outlives a kill.
kill -9 "$daemon"
wait "$daemon" 2> /dev/null || true
"$control" --config "$work/sekisho.yaml" 2> "$work/log" &
daemon=$!
for ((i = 0; i < 200; i++)); do
  "$ctl" indicator lookup one.test 2> /dev/null | grep -q operator && break
  sleep 0.1
done
expect 0 "$ctl" indicator lookup one.test
contains operator
expect 1 "$ctl" indicator del other.test
contains "feed acme lists other.test in line 2"
kill "$daemon"
wait "$daemon" || fail "the daemon ended with $?"
daemon=

# What the service manager hears.
/usr/bin/python3 - "$work/notify" > "$work/heard" << 'PYTHON' &
import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
while True:
    print(listener.recv(4096).decode().replace("\n", " "), flush=True)
PYTHON
listener=$!
for ((i = 0; i < 100; i++)); do [ -S "$work/notify" ] && break; sleep 0.1; done
NOTIFY_SOCKET=$work/notify WATCHDOG_USEC=400000 "$control" --config "$work/sekisho.yaml" 2> "$work/log" &
daemon=$!
heard() { for ((i = 0; i < 100; i++)); do [ "$(grep -c "$1" "$work/heard")" -ge "$2" ] && return; sleep 0.1; done; fail "heard no $1: $(cat "$work/heard")"; }
heard '^READY=1' 1
heard '^WATCHDOG=1' 3
heard '^STATUS=no data plane, generation' 1
kill -HUP "$daemon"
heard '^RELOADING=1 MONOTONIC_USEC=' 1
heard '^READY=1' 2
kill "$daemon"
wait "$daemon" || fail "the daemon ended with $?"
daemon=
heard '^STOPPING=1' 1
[ ! -e "$work/control.sock" ] || fail "the socket is left behind"
echo "programs: good"
