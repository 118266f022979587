#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""linear_test.py READER [WORD]: twice the hostile input costs the reader at most 2.3 times the instructions.

Counted by valgrind's callgrind, less what an empty capture costs: the figures are the same at every run. WORD chooses the traps whose name
has it. Exit 77 (skipped) where valgrind or python3-cryptography is missing.
"""
import concurrent.futures
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools'))

SKIPPED = 77
MOST = 2.3
LEAST = 1.5  # less, and the trap did not reach what it is for: a bound lies between the two sizes
STEP_US = 10


def capture(path, frames):
    with open(path, 'wb') as out:
        out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for number, data in enumerate(frames):
            seconds, microseconds = divmod(number * STEP_US, 1_000_000)
            out.write(struct.pack('<IIII', 1_700_000_000 + seconds, microseconds, len(data), len(data)) + data)


def instructions(reader, frames):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / 'trap.pcap'
        capture(path, frames)
        command = ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', reader, '--log', 'all', str(path)]
        run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True, text=True)
    return int(re.search(r'Collected : (\d+)', run.stderr).group(1))


def main():
    if shutil.which('valgrind') is None:
        print('no valgrind')
        return SKIPPED
    try:
        from traps import TRAPS
    except ImportError as missing:
        print(missing)
        return SKIPPED
    reader, word = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ''
    empty = instructions(reader, [])
    wrong = 0

    def grown(trap):
        _, make, small = trap
        return [instructions(reader, make(size)) - empty for size in (small, 2 * small)]

    chosen = [trap for trap in TRAPS if word in trap[0]]
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for (name, _, small), (once, twice) in zip(chosen, pool.map(grown, chosen)):
            ratio = twice / once
            verdict = '' if LEAST <= ratio <= MOST else '  WRONG'
            wrong += verdict != ''
            print(f'{name}: {small} bytes {once / small:.0f} instructions a byte, twice as many {ratio:.2f} times{verdict}', flush=True)
    return 1 if wrong or not chosen else 0


if __name__ == '__main__':
    sys.exit(main())
