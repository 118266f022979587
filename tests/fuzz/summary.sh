#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# summary.sh FOLDER: one line a target that ran in FOLDER (a build folder's tests/fuzz): inputs run, a second, new ones kept, memory, and whether it found
# something.
set -euo pipefail
cd "$1/findings"
stat_of() { sed -n "s/^stat::$2: *//p" "$1" | tail -n 1; }
printf '%-14s %12s %8s %8s %8s  %s\n' target inputs a/s kept MiB found
for log in *.log; do
  name=${log%.log}
  found=$(find . -maxdepth 1 -name "$name-*" -newer "../seeds/$name.dict" -printf '%f ')
  printf '%-14s %12s %8s %8s %8s  %s\n' "$name" "$(stat_of "$log" number_of_executed_units)" "$(stat_of "$log" average_exec_per_sec)" \
    "$(stat_of "$log" new_units_added)" "$(stat_of "$log" peak_rss_mb)" "${found:-nothing}"
done
