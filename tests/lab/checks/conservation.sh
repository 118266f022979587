# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# rx + injected = tx + dropped + held, exact at rest; and the kernel agrees on how much left.

checks_conservation() {
  checks_balance
  check "every transmitted packet reached the hosts' interfaces" hosts_received_all
}

checks_balance() {
  check "at rest, every packet of each pair is accounted for" wire_ask conservation
  check "the drivers report no errors" no_driver_errors
}

# Frames that came faster than the lab's one sleepy worker took them are `missed`: TCP repeats them, and they are no fault.
no_driver_errors() {
  wire_ask counters | /usr/bin/python3 -c '
import json, sys
faulty = [port for port in json.load(sys.stdin)["ports"]
          if any(port[name] for name in ("no_mbuf", "receive_errors", "transmit_errors"))]
print(faulty)
sys.exit(1 if faulty else 0)'
}

interface_received() { ip -n "sekisho-$1-$lab_id" -j -s link show dev "$2" | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["stats64"]["rx"]["packets"])'; }

hosts_received_all() {
  local hosts ours
  sleep 0.5
  hosts=$(($(interface_received inside i0) + $(interface_received dmz d0) + $(interface_received dmz d1) + $(interface_received outside o0)))
  ours=$(wire_ask counters | /usr/bin/python3 -c 'import json, sys; print(sum(pair["tx"] for pair in json.load(sys.stdin)["pairs"]))')
  echo "transmitted $ours, received by the hosts $hosts"
  [ "$hosts" -eq "$ours" ]
}
