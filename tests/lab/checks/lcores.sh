# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Two workers whose queues are filled by another hash than our homes: each flow's packets stay in order and are counted once.

checks_lcores() {
  check "datagrams of sixteen flows come back in order" datagrams_in_order
  check "packets were handed over to their home" is_positive wire_counter io.handed_over
  check "none was lost on its way home" nothing_lost_between_lcores
  check "both workers have flows" both_workers_have_flows
}

datagrams_in_order() {
  lab_spawn outside echo /usr/bin/python3 "$lab_source/programs/ordered_datagrams.py" echo "$news" 7000
  lab_until 5 "the echo server" udp_listener_at outside "$news:7000" || return
  lab_in inside /usr/bin/python3 "$lab_source/programs/ordered_datagrams.py" ask "$twin" "$news" 7000
}

udp_listener_at() { lab_in "$1" ss -Hlun "src $2" | grep -q .; }
is_positive() { [ "$("$@")" -gt 0 ]; }

nothing_lost_between_lcores() {
  wire_ask counters | /usr/bin/python3 -c '
import json, sys
lost = [(pair["name"], pair["dropped"]["handover"]) for pair in json.load(sys.stdin)["pairs"] if "handover" in pair["dropped"]]
print(lost)
sys.exit(1 if lost else 0)'
}

both_workers_have_flows() {
  wire_ask counters | /usr/bin/python3 -c '
import json, sys
flows = [lcore["flows"] for lcore in json.load(sys.stdin)["lcores"]]
print(flows)
sys.exit(0 if len(flows) == 2 and min(flows) > 0 else 1)'
}
