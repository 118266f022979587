#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""show_alerts.py: EVE rows on standard input, one short line for each alert."""
import json
import sys


def first(metadata, name):
    return (metadata.get(name) or ["-"])[0]


def main():
    for line in sys.stdin:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if row.get("event_type") != "alert":
            continue
        alert = row["alert"]
        metadata = alert.get("metadata", {})
        verdict = alert.get("context", {}).get("sekisho", {}).get("verdict", alert.get("action", "-"))
        print(f"   ! {row['src_ip']} > {row['dest_ip']}  {verdict:8}  {first(metadata, 'attack_sub_phase'):28} "
              f"host {first(metadata, 'host')}  {alert.get('signature', '')}", flush=True)


if __name__ == "__main__":
    main()
