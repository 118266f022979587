#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""sequences.py EVE-FILE BOOT-ID LAST: exit 0 when the alert rows of this data plane process (one worker) have the numbers 1 to LAST, none
missing, and no row tells of a gap. A row may come again, byte by byte (what control had not committed when it was killed, it sends
again with its number, so that a receiver can drop it); two different rows with one number are an error."""
import json
import sys


def main():
    path, boot, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rows, again, faults = {}, 0, []
    with open(path, encoding="utf8") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
            except ValueError:
                faults.append(f"line {number} is no JSON: {line[:80]!r}")
                continue
            if "record_gap" in row.get("stats", {}).get("sekisho", {}):
                faults.append(f"line {number} tells of a gap: {line.strip()}")
            if row["event_type"] != "alert":
                continue
            record = row["alert"]["context"]["sekisho"]["record"]
            if record["boot_id"] != boot:
                continue
            sequence = record["sequence"]
            if rows.setdefault(sequence, line) == line:
                again += 0 if rows[sequence] is line else 1
            else:
                faults.append(f"two rows with the number {sequence}")
    missing = sorted(set(range(1, last + 1)) - rows.keys())
    beyond = sorted(rows.keys() - set(range(1, last + 1)))
    good = not missing and not beyond and not faults and last > 0
    print(f"{'complete' if good else 'not complete'}: {len(rows)} of {last} sightings; {again} rows came again; "
          f"missing {missing[:10]}; beyond {beyond[:10]}")
    print("\n".join(faults[:10]))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
