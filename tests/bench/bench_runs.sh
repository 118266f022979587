#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench_runs.sh SEKISHO_BENCH MAKE_MIX: the bench measures every stage of a small mix and loses nothing. Says nothing about speed.
set -euo pipefail
bench=$1
make_mix=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$make_mix" --packets 1000 --seed 7 "$work/mix.pcap"
"$make_mix" --packets 1000 --seed 7 "$work/again.pcap" 2> /dev/null
cmp "$work/mix.pcap" "$work/again.pcap"
"$make_mix" --indicators 1000 --hit-share 0.2 --seed 7 "$work/indicators.csv"
"$bench" --core 0 --pages small --seconds 0.05 --flows 2000 --checksums software --indicators "$work/indicators.csv" \
  --json "$work/figures.json" "$work/mix.pcap"
python3 - "$work/figures.json" << 'END'
import json
import sys
stages = {s['stage']: s for s in json.load(open(sys.argv[1]))['captures'][0]['stages']}
assert list(stages)[-1] == 'all' and len(stages) == 10, list(stages)
assert all(s['ns_p5'] > 0 and s['dropped'] == 0 and s['records_dropped'] == 0 for s in stages.values()), stages
assert stages['protocols']['transactions'] == 0 < stages['records']['transactions'], stages
assert stages['records']['sightings'] == 0 < stages['all']['sightings'], stages
END
