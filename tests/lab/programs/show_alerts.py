#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""show_alerts.py: EVE rows on standard input, one line of at most 100 columns for each alert: what was done, which phase of the attack it shows,
the host that it is held against, what was met, and where."""
import json
import sys

COLUMNS = 100


def first(metadata, name):
    return (metadata.get(name) or ["-"])[0]


def line_of(row):
    alert = row["alert"]
    metadata, context = alert.get("metadata", {}), alert.get("context", {}).get("sekisho", {})
    ioc = context.get("ioc", {})
    verdict = context.get("verdict", alert.get("action", "-"))
    head = f"   ! {verdict:8} {first(metadata, 'attack_sub_phase'):25} {first(metadata, 'host'):10} "
    place = f" ({row['src_ip']} > {row['dest_ip']})"
    met = f"{ioc.get('kind', '')} {ioc.get('value', '')}"
    room = COLUMNS - len(head) - len(place)
    return head + (met if len(met) <= room else met[:room - 1] + "…") + place


def main():
    for line in sys.stdin:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if row.get("event_type") == "alert":
            print(line_of(row), flush=True)


if __name__ == "__main__":
    main()
