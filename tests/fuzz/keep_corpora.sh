#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# keep_corpora.sh [NAME...]: packs the fewest of the inputs that fuzzing has found which reach all that they reach together into
# tests/fuzz/corpora/NAME.tar.gz, where run_target.sh takes them from. What is kept of a target is bounded: the smallest inputs first,
# up to kept_bytes_max. Run it after tools/soak fuzz.
set -euo pipefail
cd "$(dirname "$0")/../.."
beside=build-asan/tests/fuzz
input_bytes_max=4096
kept_bytes_max=65536
names=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(ls "$beside/corpus")
mkdir -p tests/fuzz/corpora
for name in "${names[@]}"; do
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir "$work/small" "$work/cover" "$work/kept"
  find "$beside/corpus/$name" "$beside/kept/$name" -type f -size "-$((input_bytes_max / 1024 + 1))k" -exec cp -t "$work/small" {} + 2> /dev/null || true
  "$beside/fuzz_$name" -set_cover_merge=1 -rss_limit_mb=3000 -timeout=20 "$work/cover" "$work/small" > "$work/log" 2>&1 || { tail -n 5 "$work/log"; exit 1; }
  bytes=0
  while read -r size file; do
    [ $((bytes + size)) -le "$kept_bytes_max" ] || break
    bytes=$((bytes + size))
    cp "$work/cover/$file" "$work/kept/$file"
  done < <(find "$work/cover" -type f -printf '%s %f\n' | sort -n)
  (cd "$work/kept" && tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf - .) | gzip -9n > "tests/fuzz/corpora/$name.tar.gz"
  printf '%-14s %5d of %5d inputs, %6d bytes\n' "$name" "$(find "$work/kept" -type f | wc -l)" "$(find "$work/small" -type f | wc -l)" "$bytes"
  rm -rf "$work"
done
