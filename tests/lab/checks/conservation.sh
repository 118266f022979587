# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# rx + injected = tx + dropped + held, exact at rest; and the kernel agrees on how much left.

checks_conservation() {
  checks_balance
  check "every transmitted packet reached the hosts' interfaces" until_said 10 kernel_agrees
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

# interface_packets PLACE INTERFACE rx|tx NAME: a number of its statistics.
interface_packets() {
  ip -n "sekisho-$1-$lab_id" -j -s link show dev "$2" | /usr/bin/python3 -c '
import json, sys
print(json.load(sys.stdin)[0]["stats64"][sys.argv[1]][sys.argv[2]])' "$3" "$4"
}

# What the appliance's ends could not put into the queue of the CPU that the hosts' ends share is the kernel's loss (a loaded machine has
# some), and the kernel counts it. A neighbour's question may cross between two readings: hence the repetition.
kernel_agrees() {
  local leg received=0 lost=0 ours
  for leg in inside:i0 dmz:d0 dmz:d1 outside:o0; do received=$((received + $(interface_packets "${leg%:*}" "${leg#*:}" rx packets))); done
  if [ "$lab_driver" != tap ]; then
    for leg in a0 a1 a2 a3; do lost=$((lost + $(interface_packets appliance "$leg" tx dropped))); done
  fi
  ours=$(wire_ask counters | /usr/bin/python3 -c 'import json, sys; print(sum(pair["tx"] for pair in json.load(sys.stdin)["pairs"]))')
  echo "transmitted $ours, received by the hosts $received, lost by the kernel on the way $lost"
  [ $((received + lost)) -eq "$ours" ]
}
