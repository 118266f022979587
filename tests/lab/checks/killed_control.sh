# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 of control under traffic: no packet and no sighting is lost. Told by the numbers of the sightings' ring: each stands in its alert
# row (record.boot_id, lcore, sequence), and the data plane says which was the last.

# checks_killed_control ROUNDS
checks_killed_control() {
  local rounds=$1 round
  traffic_start
  for round in $(seq "$rounds"); do
    pause_up_to_ms 1000
    lab_kill control KILL
    pause_up_to_ms 700
    check_here "control comes back after kill $round" control_again
  done
  lab_kill control KILL
  check "with control dead, indicators still stop" never_completed fetch "http://$awkward:8080/chunked/listed" "$lab_dir/bodies/listed"
  check_here "control comes back once more" control_again
  traffic_stop
  check "the clients had every answer, with control or without" traffic_was_answered
  check "control read no gap in the rings and nothing invalid" control_read_no_gap
  check "the data plane dropped no sighting" is 0 wire_counter ring.sightings.dropped
  check "every sighting's number came to the file once, none is missing" sightings_are_complete
  check "each of the victim's requests is a row at the SIEM" rows_cover traffic_asked siem_targets
  checks_conservation
}

control_again() { appliance_start_control && lab_until 20 "an answer of control" ctl status; }

pause_up_to_ms() { sleep "$(printf '0.%03d' $((RANDOM % $1)) )"; }

# Two clients that ask on and on until $lab_dir/run/traffic is gone; each failure is a line. All that the first asks is listed, and each
# third name of the second.
traffic_start() {
  : > "$lab_dir/got/traffic-failures"
  : > "$lab_dir/run/traffic"
  traffic_of_web &
  traffic_pids=($!)
  traffic_of_names &
  traffic_pids+=($!)
}

traffic_of_web() {
  local number
  for ((number = 1; ; ++number)); do
    [ -e "$lab_dir/run/traffic" ] || break
    fetch victim "http://www.news.test/index.html?traffic=$number" /dev/null -f -A 'HarborScan/1.0' 2>> "$lab_dir/got/traffic-failures" ||
      echo "request $number had no answer" >> "$lab_dir/got/traffic-failures"
    echo "$number" > "$lab_dir/got/traffic-requests"
  done
}

traffic_of_names() {
  local number
  for ((number = 1; ; ++number)); do
    [ -e "$lab_dir/run/traffic" ] || break
    is "$news" resolve twin www.news.test +short +notcp >> "$lab_dir/got/traffic-failures" ||
      echo "question $number had no true answer" >> "$lab_dir/got/traffic-failures"
    [ $((number % 3)) -ne 0 ] && continue
    is "$sinkhole" resolve victim "n$number.dark-harbor.test" +short +notcp >> "$lab_dir/got/traffic-failures" ||
      echo "question $number was not led into the sinkhole" >> "$lab_dir/got/traffic-failures"
  done
}

traffic_stop() {
  rm "$lab_dir/run/traffic"
  wait "${traffic_pids[@]}"
}

traffic_was_answered() {
  echo "$(cat "$lab_dir/got/traffic-requests") requests"
  cat "$lab_dir/got/traffic-failures"
  [ ! -s "$lab_dir/got/traffic-failures" ]
}

control_read_no_gap() {
  ctl --json status | /usr/bin/python3 -c '
import json, sys
drain = json.load(sys.stdin)["drain"]
print(drain)
sys.exit(0 if drain["records"] > 0 and not any(drain[name] for name in ("gaps", "dropped", "rejected", "broken_rings", "store_errors")) else 1)'
}

traffic_asked() { seq -f '/index.html?traffic=%.0f' "$(cat "$lab_dir/got/traffic-requests")"; }

# Within 15 s, the file has the sightings 1 to N of the data plane that runs.
sightings_are_complete() {
  local last boot
  last=$(wire_counter ring.sightings.sequence) boot=$(wire_boot_id)
  sightings_of_boot_are_complete "$boot" "$last"
}

# sightings_of_boot_are_complete BOOT LAST
sightings_of_boot_are_complete() {
  for _ in $(seq 30); do
    /usr/bin/python3 "$lab_source/programs/sequences.py" "$lab_dir/eve.json" "$1" "$2" > "$lab_dir/got/sequences" && break
    sleep 0.5
  done
  cat "$lab_dir/got/sequences"
  grep -q '^complete' "$lab_dir/got/sequences"
}
