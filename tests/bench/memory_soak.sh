#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# memory_soak.sh SEKISHO_BENCH MAKE_MIX SECONDS: replays the mix through one pipeline for so long, each pass as new conversations, and watches
# the process's memory. All of it is taken at start, and touched in the first fifth of the time: after that it may not grow by more than 1 MiB.
set -uo pipefail
bench=$1 make_mix=$2 seconds=$3
growth_kib_max=1024

work=$(mktemp -d)
pid=
end() {
  [ -z "$pid" ] || kill "$pid" 2> /dev/null
  rm -rf "$work"
}
trap end EXIT
"$make_mix" --packets 4000 "$work/mix.pcap" && "$make_mix" --indicators 10000 "$work/feed.csv" || exit
"$bench" --core 0 --pages small --only all --flows 20000 --seconds "$seconds" --hash sha256 --indicators "$work/feed.csv" \
  "$work/mix.pcap" > "$work/log" 2>&1 &
pid=$!

resident_kib() { awk '/^VmRSS/ { print $2 }' "/proc/$pid/status" 2> /dev/null; }
first=0 last=0 samples=0 begin=$SECONDS
while sleep 0.5; kill -0 "$pid" 2> /dev/null; do
  now=$(resident_kib)
  [ -n "$now" ] || break
  [ $((SECONDS - begin)) -gt $((seconds / 5 + 3)) ] || continue
  [ "$first" -gt 0 ] || first=$now
  last=$now samples=$((samples + 1))
done
wait "$pid"
status=$?
pid=
tail -n 4 "$work/log"
[ "$status" -eq 0 ] || exit "$status"
echo "memory: $first KiB after a fifth of the time, $last KiB at the end, $samples samples"
[ "$samples" -ge 3 ] || { echo "memory: too short a time to see anything"; exit 1; }
[ $((last - first)) -le "$growth_kib_max" ]
