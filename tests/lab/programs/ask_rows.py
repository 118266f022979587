#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ask_rows.py FILE PATH=VALUE...: exit 0 where one EVE row of the file has all of these values; else 1, and prints how near it came.

PATH goes through objects by dots; where a list stands, any of its elements may have the value.
"""
import json
import sys


def values(node, path):
    if isinstance(node, list):
        for element in node:
            yield from values(element, path)
    elif not path:
        yield str(node)
    elif isinstance(node, dict) and path[0] in node:
        yield from values(node[path[0]], path[1:])


def main():
    asked = [argument.split('=', 1) for argument in sys.argv[2:]]
    nearest = 0
    with open(sys.argv[1], encoding='utf-8') as rows:
        for line in rows:
            row = json.loads(line)
            met = 0
            for path, value in asked:
                if value not in values(row, path.split('.')):
                    break
                met += 1
            if met == len(asked):
                return 0
            nearest = max(nearest, met)
    print('no row has', ' '.join(f'{path}={value}' for path, value in asked))
    print('none goes beyond', asked[nearest][0])
    return 1


if __name__ == '__main__':
    sys.exit(main())
