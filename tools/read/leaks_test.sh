#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# leaks_test.sh SEKISHO_READ MAKE_MIX PACKETS: the instrumented reader over the mix, by the wire's rules and by a reader's: leak detection and
# both sanitizers watch; records do not depend on the size of bursts.
set -euo pipefail
read_program=$1 make_mix=$2 packets=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export ASAN_OPTIONS=detect_leaks=1
"$make_mix" --packets "$packets" --seed "$RANDOM" "$work/mix.pcap"
"$make_mix" --indicators 1000 --hit-share 0.2 "$work/feed.csv"
for burst in 1 7 32; do
  "$read_program" --burst "$burst" -i "$work/feed.csv" --hash md5,sha1,sha256 "$work/mix.pcap" | wc -l > "$work/rows-$burst"
done
cmp "$work/rows-1" "$work/rows-7"
cmp "$work/rows-1" "$work/rows-32"
"$read_program" --strict -i "$work/feed.csv" --log alerts --summary json "$work/mix.pcap" | tail -n 1 | grep -q '"balance":0'
