#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""corpora_test.py READER FLOORS [CORPORA]: what sekisho-read makes of other people's captures does not get worse.

Runs the corpora's own score.py over each index that FLOORS names and compares each row's percentage with the floor there. CORPORA is
../shared/corpora beside the source tree unless told. Exit 0: no row below its floor; 1: some are; 77 (skipped): the corpora are not here.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77
OPTIONS = '--log all --hash md5,sha1,sha256'


def floors_of(path):
    """{index: {row: per cent}}; a line is INDEX ROW PER-CENT, "#" begins a comment."""
    floors = {}
    for line in path.read_text(encoding='utf-8').splitlines():
        cells = line.split('#')[0].split()
        if cells:
            index, row, percent = cells
            floors.setdefault(index, {})[row] = float(percent)
    return floors


def score(corpora, index, reader):
    """{row: (matched, facts)} and the cases in which the reader crashed or hung."""
    with tempfile.TemporaryDirectory() as folder:
        result = pathlib.Path(folder) / 'result.json'
        command = [sys.executable, str(corpora / 'score.py'), str(corpora / 'dev' / index), '--jobs', '2',
                   '--cmd', f'{reader} {OPTIONS} {{pcap}}', '--json', str(result)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        scored = json.loads(result.read_text(encoding='utf-8'))
    return scored['protocols'], [case['id'] for case in scored['cases'] if case['status'] in ('crash', 'timeout')]


def main():
    reader, floors_file = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    tree = pathlib.Path(__file__).resolve().parents[2]
    corpora = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else tree.parent / 'shared' / 'corpora'
    if not (corpora / 'score.py').exists():
        print(f'no corpora at {corpora}')
        return SKIPPED
    worse = 0
    for index, floors in floors_of(floors_file).items():
        rows, broken = score(corpora, index, reader)
        worse += len(broken)
        for case in broken:
            print(f'{index} {case}: crashed or hung')
        for row, floor in floors.items():
            matched, facts = rows.get(row, (0, 1))
            percent = 100 * matched / max(1, facts)
            below = percent + 0.05 < floor
            worse += below
            print(f'{index} {row}: {percent:.1f} % of {facts} facts, floor {floor}{"  BELOW" if below else ""}')
    return 1 if worse else 0


if __name__ == '__main__':
    sys.exit(main())
