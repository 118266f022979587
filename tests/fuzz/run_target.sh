#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run_target.sh PROGRAM NAME: fuzzes for SEKISHO_FUZZ_SECONDS (default 10) from the seeds of make_seeds.py and what earlier runs found
# (corpora/NAME.tar.gz). What it finds new is kept beside
# the program, in corpus/NAME, for the next time; an input that fails lies in findings/, and the end of what was printed is shown.
set -uo pipefail
# Seed and number of runs are the same each time, so that the tests fail for what was changed; tools/soak fuzz takes another seed at each
# run (0) and has no such end (-1).
# A failure is 1: what libFuzzer takes by itself, 77, is a test left out to meson.
program=$(realpath "$1")
name=$2
here=$(cd "$(dirname "$0")" && pwd)
beside=$(dirname "$program")
mkdir -p "$beside/corpus/$name" "$beside/kept/$name" "$beside/findings"
python3 "$here/make_seeds.py" "$name" "$beside/seeds/$name" || exit
[ ! -e "$here/corpora/$name.tar.gz" ] || tar -xzf "$here/corpora/$name.tar.gz" -C "$beside/kept/$name" || exit
options=(-seed="${SEKISHO_FUZZ_SEED:-1}" -runs="${SEKISHO_FUZZ_RUNS:-3000}" -max_total_time="${SEKISHO_FUZZ_SECONDS:-10}" -timeout=20 -rss_limit_mb=3000 -error_exitcode=1 -timeout_exitcode=1 -print_final_stats=1 -max_len=8192
  -artifact_prefix="$beside/findings/$name-")
[ ! -s "$beside/seeds/$name.dict" ] || options+=(-dict="$beside/seeds/$name.dict")
log=$beside/findings/$name.log
fixed=()  # addresses decide what libFuzzer tries next
setarch "$(uname -m)" -R true 2> /dev/null && fixed=(setarch "$(uname -m)" -R)
UBSAN_OPTIONS=print_stacktrace=1 "${fixed[@]}" "$program" "${options[@]}" "$beside/corpus/$name" "$beside/seeds/$name" "$beside/kept/$name" > "$log" 2>&1
status=$?
if [ "$status" -ne 0 ]; then
  tail -n 60 "$log"
else
  grep -E '^stat::(number_of_executed_units|average_exec_per_sec|new_units_added|peak_rss_mb)' "$log"
fi
exit "$status"
