#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""limits.py [ROOT]: every bound in a limits.h has a sentence that says what it is and what happens there, and the counters and
anomalies that it names (in back quotes, dotted) exist in the code.

Prints each violation as FILE:LINE: reason; exit 1 when there is one. A comment stands for all the constants right below it; a
comment behind a constant counts as well. The tables of tools/generate/limits.py are made of these sentences.
"""
import pathlib
import re
import sys

DECLARATION = re.compile(r'^inline constexpr [\w:<> ]+? (\w+)(?:\{.*?\}| = .*?);(?:\s*//\s*(.*))?$')
WORDS_MIN = 3
COUNTER = re.compile(r'`([a-z0-9_]+(?:\.[a-z0-9_]+)+)`')
TOPS = ('matchers', 'dataplane', 'control')


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


def literals(root):
    """Every string of letters, digits, dots and underscores that the code writes down, tests apart."""
    found = set()
    for top in TOPS:
        for path in (root / top).rglob('*'):
            if path.suffix in ('.cpp', '.h') and path.name != 'limits.h' and not path.stem.endswith('_test'):
                found.update(re.findall(r'"([\w.]+)"', path.read_text(encoding='utf-8')))
    return found


def exists(name, known):
    """Written down whole, or put together of a prefix ("stream.") and a name from a list ("tcp.ooo_limit", "overlap")."""
    prefix, rest = name.split('.', 1)
    return name in known or (f'{prefix}.' in known or f'.{prefix}.' in known or prefix == 'dropped') and any(
        text == rest or text.endswith(('.' + rest, '_' + rest)) for text in known)


def check(root):
    problems, count, known = [], 0, literals(root)
    for top in TOPS:
        for path in sorted((root / top).rglob('limits.h')):
            where = path.relative_to(root)
            for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
                problems += [f'{where}:{number}: no counter or anomaly {name}' for name in COUNTER.findall(line) if not exists(name, known)]
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
