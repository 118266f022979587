# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The set of indicators changes under traffic, again and again: what both sets list is stopped all the while, no packet is lost, each
# sighting is of one set, and the data plane's memory does not grow.

# checks_reload ROUNDS
checks_reload() {
  local rounds=$1 first
  first=$(generation_in_force)
  : > "$lab_dir/got/reloads"
  traffic_start
  reload_rounds "$rounds"
  traffic_stop
  # Traffic takes pages for its flows, too: what sets take is told without it.
  dataplane_memory > "$lab_dir/got/memory"
  reload_rounds "$rounds"
  dataplane_memory >> "$lab_dir/got/memory"
  check "each of $((2 * rounds)) reloads took, and says how long" every_reload_took $((2 * rounds))
  head -n "$rounds" "$lab_dir/got/reloads" | reload_figures | sed 's/^/#   under traffic, from command to answer: /'
  tail -n "$rounds" "$lab_dir/got/reloads" | reload_figures | sed 's/^/#   without: /'
  check "half of those without traffic took no more than 250 ms on a shared machine, as changes of one base" reloads_are_quick "$rounds"
  check "the clients had every answer, and nothing listed got through" traffic_was_answered
  check "each sighting names one generation, from the first to the last" generations_are_between "$first" "$(generation_in_force)"
  check "every sighting's number came to the file once, none is missing" sightings_are_complete
  check "a set that cannot be read leaves the old one in force" broken_set_changes_nothing
  check "the data plane's memory is the same within 1 %" memory_is_flat
}

generation_in_force() { wire_ask status | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["generation"])'; }
dataplane_memory() { awk '/^VmRSS/ { print $2 }' "/proc/${lab_pids[dataplane]}/status"; }

# By turns one of two sets: what the scenes' feed lists is in both.
reload_rounds() {
  local round began
  for round in $(seq "$1"); do
    { content_indicators; turning_indicators $((round % 2)); } > "$lab_dir/dark-harbor.new"
    mv "$lab_dir/dark-harbor.new" "$lab_dir/dark-harbor.csv"
    began=${EPOCHREALTIME/./}
    ctl indicator reload > "$lab_dir/got/reload" || { cat "$lab_dir/got/reload" >> "$lab_dir/got/reload-failures"; continue; }
    echo $(((${EPOCHREALTIME/./} - began) / 1000)) >> "$lab_dir/got/reloads"
  done
}
turning_indicators() { seq -f "n%g.turning-$1.test,domain,subdomains,high,80,reset,,In every other set" 10000; }

reload_figures() {
  sort -n | awk '{ ms[NR] = $1 } END { print NR " reloads, ms: median " ms[int((NR + 1) / 2)] ", 9 of 10 " ms[int(NR * 0.9)] ", most " ms[NR] }'
}
every_reload_took() {
  reload_figures < "$lab_dir/got/reloads"
  cat "$lab_dir/got/reload-failures" 2> /dev/null
  [ "$(wc -l < "$lab_dir/got/reloads")" -eq "$1" ]
}

reloads_are_quick() {
  ctl indicator stats --json | /usr/bin/python3 -c '
import json, sys
set = json.load(sys.stdin)
print({key: set[key] for key in ("generation", "base_generation", "changes", "feeds_read", "build_ms", "indicators")})
sys.exit(0 if set["base_generation"] < set["generation"] else 1)' || return
  [ "$(tail -n "$1" "$lab_dir/got/reloads" | sort -n | awk '{ ms[NR] = $1 } END { print ms[int((NR + 1) / 2)] }')" -le 250 ]
}

# generations_are_between FIRST LAST, and traffic met more than one.
generations_are_between() {
  /usr/bin/python3 - "$lab_dir/eve.json" "$1" "$2" <<'PYTHON'
import json, sys
first, last = int(sys.argv[2]), int(sys.argv[3])
seen = set()
with open(sys.argv[1], encoding="utf8") as rows:
    for line in rows:
        row = json.loads(line)
        if row["event_type"] == "alert":
            seen.add(row["alert"]["context"]["sekisho"]["generation"])
print(f"{len(seen)} generations, {min(seen)} to {max(seen)}, of {first} to {last}")
sys.exit(0 if len(seen) > 1 and first <= min(seen) and max(seen) <= last else 1)
PYTHON
}

# A feed that is gone: its last good content stays.
broken_set_changes_nothing() {
  mv "$lab_dir/dark-harbor.csv" "$lab_dir/away.csv"
  ctl indicator reload > "$lab_dir/got/reload" 2>&1
  ctl indicator stats
  ctl indicator stats | grep -q 'cannot be opened' && is "$sinkhole" resolve victim after.dark-harbor.test +short +notcp
  local status=$?
  mv "$lab_dir/away.csv" "$lab_dir/dark-harbor.csv"
  return "$status"
}

memory_is_flat() {
  local before after
  { read -r before; read -r after; } < "$lab_dir/got/memory"
  echo "resident $before kB, then $after kB"
  [ $((after * 100)) -le $((before * 101)) ]
}
