#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""count_tests.py MESON_LOG.json ...: sums meson's results as "N passed, N failed, N skipped"; exit 1 on a failure or no test."""
import json
import sys

results = []
for path in sys.argv[1:]:
    with open(path, encoding='utf8') as log:
        results += [json.loads(line) for line in log if line.strip()]
passed = sum(r['result'] == 'OK' for r in results)
skipped = sum(r['result'] == 'SKIP' for r in results)
failed = len(results) - passed - skipped
for r in results:
    if r['result'] not in ('OK', 'SKIP'):
        print(f"FAILED {r['name']} ({r['result']})")
print(f'{passed} passed, {failed} failed, {skipped} skipped')
sys.exit(0 if passed and not failed else 1)
