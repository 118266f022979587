#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""include_directions.py [ROOT]: who may include whom, what each folder must have, the first line of each file.

Prints each violation as FILE:LINE: reason; exit 1 when there is one. Sizes out of shape are printed too, as information.
The walls are the table below: to move one, change it here, and say why in ARCHITECTURE.md.
"""
import pathlib
import re
import sys

# Folder -> what its files may include beside the folder itself and what lies below it. The longest folder that holds a file counts.
# An entry that ends in .h is that one header. `*` is every folder of the project.
MAY_INCLUDE = {
    'matchers': ['matchers'],
    'dataplane': ['dataplane', 'matchers'],                            # the root's files see every stage
    'dataplane/io': ['dataplane', 'matchers'],
    'dataplane/reload': ['dataplane', 'matchers'],
    'dataplane/stats': ['dataplane', 'matchers'],
    'dataplane/pool': [],
    'dataplane/observe': ['matchers'],                                 # the catalogue of fields names kinds of indicators
    'dataplane/decode': ['dataplane/observe', 'dataplane/pool', 'matchers/base'],
    'dataplane/flow': ['dataplane/decode', 'dataplane/observe', 'dataplane/pool', 'matchers/base'],
    'dataplane/stream': ['dataplane/decode', 'dataplane/observe', 'dataplane/pool', 'matchers/base'],
    'dataplane/protocols': ['dataplane/observe', 'dataplane/pool', 'matchers/base',
                            'dataplane/content/base64.h', 'dataplane/content/content_range.h',
                            'dataplane/content/quoted_printable.h'],
    'dataplane/content': ['dataplane/observe', 'dataplane/pool', 'matchers/base', 'dataplane/protocols/dns/message.h'],
    'dataplane/inspect': ['dataplane/content', 'dataplane/flow', 'dataplane/decode', 'dataplane/observe', 'dataplane/pool',
                          'dataplane/protocols', 'dataplane/record', 'dataplane/stats/named_counters.h', 'dataplane/verdict',
                          'matchers'],
    'dataplane/verdict': ['dataplane/decode', 'dataplane/observe', 'matchers/base', 'matchers/indicator.h'],
    'dataplane/record': ['dataplane/observe', 'matchers/base'],
    'control': ['control', 'matchers', 'dataplane/record', 'dataplane/observe'],
    'tools': ['*'],
    'tests': ['*'],
}
# Walls inside what a row above allows: files of the first folder never include the second.
NEVER = [
    ('control/sinks', 'control/rows'),
    ('control/formats', 'control/sinks'),
]
# System headers that keep a folder from being built, fuzzed and read alone.
NO_DPDK = ['matchers', 'control', 'dataplane/decode', 'dataplane/flow', 'dataplane/stream', 'dataplane/protocols', 'dataplane/content',
           'dataplane/observe', 'dataplane/inspect', 'dataplane/verdict', 'dataplane/record', 'dataplane/pool']

SOURCE = ('.h', '.cpp', '.py', '.sh')
TOP_FOLDERS = ('matchers', 'dataplane', 'control', 'firmware', 'tests', 'tools')
# Sub-folders of these need a README of their own; others may instead be named in the README above them.
OWN_README = ('dataplane', 'control', 'dataplane/protocols')
LINES_MAX = 400
INCLUDE = re.compile(r'\s*#\s*include\s*(["<])([^">]+)[">]')


def is_test(path):
    """Tests, their harnesses and fakes may reach across; they are in no program."""
    name = path.name
    return (name.endswith(('_test.cpp', '_harness.cpp', '_harness.h', 'recording_sink.h', 'recording_sink.cpp')) or
            name.startswith('test_'))


def files_of(root):
    for top in ('.',) + TOP_FOLDERS:
        paths = (root.iterdir() if top == '.' else sorted((root / top).rglob('*')))
        for path in paths:
            relative = path.relative_to(root)
            if path.is_file() and '__pycache__' not in relative.parts:
                yield relative


def below(path, folder):
    return path == folder or path.startswith(folder + '/')


def rule_of(folder):
    holders = [rule for rule in MAY_INCLUDE if below(folder, rule)]
    return max(holders, key=len) if holders else None


def may_include(source_folder, header):
    rule = rule_of(source_folder)
    if rule is None:
        return False
    if any(below(source_folder, folder) and below(header, forbidden) for folder, forbidden in NEVER):
        return False
    return any(allowed == '*' or below(header, allowed) for allowed in [rule] + MAY_INCLUDE[rule])


def check_includes(root, path, lines):
    folder = path.parent.as_posix()
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        kind, header = match.groups()
        if kind == '<':
            if header.startswith('rte_') and not is_test(path) and any(below(folder, f) for f in NO_DPDK):
                yield f'{path}:{number}: <{header}>: {folder}/ knows nothing of DPDK'
        elif '/' not in header:
            yield f'{path}:{number}: "{header}": project headers are included by their full path'
        elif not is_test(path) and not may_include(folder, header):
            yield f'{path}:{number}: "{header}": {folder}/ may not include {header.rsplit("/", 1)[0]}/'


def check_first_line(path, lines):
    script = bool(lines) and lines[0].startswith('#!')
    if path.name not in ('meson.build', 'meson.options') and path.suffix not in SOURCE and not script:
        return
    told_first = '#!', '# shellcheck '  # what programs read from the first line
    first = next((line for line in lines if not line.startswith(told_first)), '')
    if 'SPDX-License-Identifier: Apache-2.0' not in first:
        yield f'{path}:1: no SPDX-License-Identifier line'


def check_readme(root, folder):
    if (root / folder / 'README.md').is_file():
        return
    above = folder.parent
    while not (root / above / 'README.md').is_file() and above != pathlib.Path('.'):
        above = above.parent
    if folder.parent.as_posix() not in OWN_README and above != pathlib.Path('.') and \
            f'{folder.name}/' in (root / above / 'README.md').read_text(encoding='utf-8'):
        return
    yield f'{folder}: no README.md, and the one above does not name it'


def text_lines(path):
    try:
        return path.read_text(encoding='utf-8').splitlines()
    except UnicodeDecodeError:
        return None  # a binary sample


def check(root):
    """All violations under `root`, and what is only worth knowing."""
    problems, remarks, folders = [], [], set()
    for path in files_of(root):
        if path.parent != pathlib.Path('.') and path.suffix in SOURCE + ('.build',):
            folders.add(path.parent)
        lines = text_lines(root / path)
        if lines is None:
            continue
        problems += check_first_line(path, lines)
        if path.suffix in ('.h', '.cpp'):
            problems += check_includes(root, path, lines)
        if path.suffix in ('.h', '.cpp', '.py') and len(lines) > LINES_MAX and not path.name.endswith('_test.cpp'):
            remarks.append(f'{path}: {len(lines)} lines; most files have 80 to {LINES_MAX}')
    for folder in sorted(folders):
        problems += check_readme(root, folder)
    return problems, remarks


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    problems, remarks = check(root)
    for line in remarks:
        print('note:', line)
    for line in problems:
        print(line)
    print(f'{len(problems)} violations')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
