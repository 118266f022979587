# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 of the data plane: traffic stands still until it is started again; then all is as before, and nothing stale is in the way.

# checks_killed_dataplane ROUNDS
checks_killed_dataplane() {
  local round
  for round in $(seq "$1"); do
    check "indicators are in force before kill $round" is "$sinkhole" resolve victim "before$round.dark-harbor.test" +short +notcp
    dataplane_boot=$(wire_boot_id) dataplane_last=$(wire_counter ring.sightings.sequence)
    lab_kill dataplane KILL
    [ "$lab_driver" != af_xdp ] || checks_stale_program "$round"
    check_here "it starts again after kill $round" wire_start
    check "packets cross both pairs again" lab_until 10 "a packet" wire_forwards
    check "control brings its indicators by itself" lab_until 20 "indicators in force" appliance_has_indicators
    check "they are in force after kill $round" is "$sinkhole" resolve victim "after$round.dark-harbor.test" +short +notcp
    check "20 MiB by HTTP, byte-identical" arrives_whole fetch http://www.news.test/large.bin "$lab_dir/web/large.bin"
    check "no sighting of the killed process is lost" sightings_of_boot_are_complete "$dataplane_boot" "$dataplane_last"
  done
  check "every sighting of the new process came to the file" sightings_are_complete
  checks_balance
}

# Odd rounds: the program of the killed process is taken off by --detach. Even ones: the next process does so itself.
checks_stale_program() {
  check "the killed process leaves its XDP program behind" has_xdp_program a0
  [ $(($1 % 2)) -eq 1 ] || return
  check "--detach takes the stale programs off" lab_in appliance "$lab_build/sekisho-dataplane" --options "$lab_dir/dataplane.options" --detach
  local port
  for port in a0 a1 a2 a3; do check "none is on $port" fails has_xdp_program "$port"; done
}

has_xdp_program() { ip -n "sekisho-appliance-$lab_id" -d link show dev "$1" | grep -q 'prog/xdp'; }
