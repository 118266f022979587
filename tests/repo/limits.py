#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""limits.py [ROOT]: every bound in a limits.h has a sentence that says what it is and what happens there.

Prints each violation as FILE:LINE: reason; exit 1 when there is one. A comment stands for all the constants right below it; a
comment behind a constant counts as well. The tables of tools/generate/limits.py are made of these sentences.
"""
import pathlib
import re
import sys

DECLARATION = re.compile(r'^inline constexpr [\w:<> ]+? (\w+)(?:\{.*?\}| = .*?);(?:\s*//\s*(.*))?$')
WORDS_MIN = 3


def sentences(lines):
    """(line number, name, sentence) of each constant."""
    comment, fresh = [], True
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if line.startswith('//'):
            comment = comment if fresh else []
            fresh = True
            comment.append(line.lstrip('/ '))
            continue
        match = DECLARATION.match(line)
        if match:
            yield number, match.group(1), ' '.join(comment + ([match.group(2)] if match.group(2) else []))
            fresh = False
        elif line.startswith('inline constexpr'):
            yield number, line, ''
        else:
            comment, fresh = [], True


def check(root):
    problems, count = [], 0
    for top in ('matchers', 'dataplane', 'control'):
        for path in sorted((root / top).rglob('limits.h')):
            where = path.relative_to(root)
            for number, name, sentence in sentences(path.read_text(encoding='utf-8').splitlines()):
                count += 1
                if len(sentence.split()) < WORDS_MIN:
                    problems.append(f'{where}:{number}: {name}: no sentence')
                elif not sentence.rstrip().endswith(('.', ')', '?')):
                    problems.append(f'{where}:{number}: {name}: its sentence has no end')
    return problems, count


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    problems, count = check(root)
    for line in problems:
        print(line)
    print(f'{count} bounds, {len(problems)} violations')
    return 1 if problems or not count else 0


if __name__ == '__main__':
    sys.exit(main())
