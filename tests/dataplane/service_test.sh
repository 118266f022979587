#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# service_test.sh SEKISHO_DATAPLANE: what the service manager hears of a data plane that starts, runs, and is told to end. Its ports
# are DPDK's null devices: no hugepages, no interface, no root.
set -euo pipefail
program=$(realpath "$1")
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
fail() {
  echo "FAILED: $*" >&2
  sed 's/^/  dataplane: /' "$work/log" >&2
  exit 1
}

cat > "$work/options" << OPTIONS
--lcores=0
--main-lcore=0
--hugepages=off
--memory-mb=512
--flows-max=1024
--half-open-max=512
--idle-empty-polls=10
--sightings-ring-mb=1
--transactions-ring-mb=1
--socket=$work/dataplane.sock
--pair-name=null
--pair-mode=inline
--pair-a=net_null0,no-rx=1
--pair-b=net_null1,no-rx=1
OPTIONS
python3 - "$work/notify" > "$work/heard" << 'PYTHON' &
import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
while True:
    print(listener.recv(4096).decode().replace("\n", " "), flush=True)
PYTHON
listener=$!
for ((i = 0; i < 100; i++)); do [ -S "$work/notify" ] && break; sleep 0.1; done
heard() { for ((i = 0; i < 200; i++)); do [ "$(grep -c "$1" "$work/heard")" -ge "$2" ] && return; sleep 0.1; done; fail "heard no $1: $(cat "$work/heard")"; }

NOTIFY_SOCKET=$work/notify "$program" --options "$work/options" 2> "$work/log" &
daemon=$!
heard '^READY=1 STATUS=2 ports, 1 lcores, no hugepages' 1
heard '^WATCHDOG=1$' 2
[ "$(head -1 "$work/heard" | cut -d' ' -f1)" = READY=1 ] || fail "something was told before READY=1"
kill -TERM "$daemon"
wait "$daemon" || fail "ended with $?"
daemon=
heard '^STOPPING=1$' 1
[ "$(tail -1 "$work/heard")" = STOPPING=1 ] || fail "something was told after STOPPING=1"

# A data plane that cannot start says so, and that it is ready to nobody.
sed -i 's/net_null1,no-rx=1/net_nothing1/' "$work/options"
: > "$work/heard"
if NOTIFY_SOCKET=$work/notify "$program" --options "$work/options" 2> "$work/log"; then fail "it started without its port"; fi
[ ! -s "$work/heard" ] || fail "heard $(cat "$work/heard") of a data plane that did not start"
echo "dataplane service: good"
