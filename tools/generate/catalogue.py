#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""catalogue.py cpp|markdown CATALOGUE_DIR FIELDS.yaml INDICATOR.h RECORD.h FINDING.h OUT

The defence model's log catalogue (control/catalogue/*.tsv) as C++ tables or as documentation.
The build fails here where an item names a field, a record member, a phase member or an indicator kind that does not exist, where an
item of a listed source is missing or unknown, and where an item that the wire cannot show does not say why.
"""
import os
import re
import sys

import yaml

FROM = re.compile(r'(field|record|phase|config):([a-z0-9_.]+)$')
KEYS_MAX = 3
OWN = 'sekisho'  # items of ours, which the guide does not know


def fail(path, line, text):
    sys.exit(f'{path}:{line}: {text}')


def table(path):
    """The rows of a .tsv with a header line, each with its line number."""
    lines = [(number, line) for number, line in enumerate(open(path, encoding='utf8').read().splitlines(), 1)
             if line and not line.startswith('#')]
    names = lines[0][1].split('\t')
    rows = []
    for number, line in lines[1:]:
        cells = line.split('\t')
        if len(cells) != len(names):
            fail(path, number, f'{len(cells)} columns; the header has {len(names)}')
        rows.append(dict(zip(names, cells), line=number))
    return rows


def members(path, *structs):
    """The member names of the structs in a header."""
    text = re.sub(r'//[^\n]*', '', open(path, encoding='utf8').read())
    found = set()
    for struct in structs:
        body = re.search(r'struct ' + struct + r' \{(.*?)\n\};', text, re.S)
        if not body:
            sys.exit(f'{path}: no struct {struct}')
        found |= set(re.findall(r'\b(\w+)(?:\[\d+\])?(?:\{\})?(?:\s*=[^;]*)?;', body.group(1)))
    return found


def kinds_of(path):
    text = re.sub(r'//[^\n]*', '', open(path, encoding='utf8').read())
    return re.findall(r'\w+', re.search(r'enum class Kind : uint8_t \{(.*?)\};', text, re.S).group(1))


class Catalogue:
    def __init__(self, folder, fields, indicator_h, record_h, finding_h):
        self.folder = folder
        self.names = {
            'field': {e['name'] for section in yaml.safe_load(open(fields, encoding='utf8')).values() for e in section},
            'record': members(record_h, 'RecordHeader', 'RecordEndpoints'),
            'phase': members(finding_h, 'Finding'),
        }
        self.kinds = kinds_of(indicator_h)
        self.guide = {(row['source'], row['item']): row for row in table(self.path('log_items.tsv'))}
        self.items = [self.item(row) for row in table(self.path('item_sources.tsv'))]
        self.check_complete()
        self.iocs = [self.ioc(row) for row in table(self.path('ioc_kinds.tsv'))]
        self.check_iocs()
        self.phases = table(self.path('phases.tsv'))
        self.routes = table(self.path('routes.tsv'))
        self.matrix = table(self.path('phase_matrix.tsv'))
        self.check_matrix()

    def path(self, name):
        return os.path.join(self.folder, name)

    def item(self, row):
        path, line = self.path('item_sources.tsv'), row['line']
        where = f'item "{row["source"]} {row["item"]}"'
        if row['source'] != OWN and (row['source'], row['item']) not in self.guide:
            fail(path, line, f'{where} is not in log_items.tsv')
        if row['from'] == 'none':
            if not row['note']:
                fail(path, line, f'{where} has no source and does not say why')
            return row
        for part in row['from'].split(','):
            match = FROM.match(part)
            if not match:
                fail(path, line, f'{where}: "{part}" is not field:, record:, phase:, config: or none')
            if match[1] in self.names and match[2] not in self.names[match[1]]:
                fail(path, line, f'{where} names the {match[1]} "{match[2]}", which does not exist')
        keys = [key for key in row['cef'].split(',') if key]
        if len(keys) > KEYS_MAX:
            fail(path, line, f'{where} has more than {KEYS_MAX} CEF keys')
        for key in keys:
            if not re.match(r'[A-Za-z][A-Za-z0-9]*(:[A-Za-z0-9]+)?$', key):
                fail(path, line, f'{where}: "{key}" is not a CEF key')
            if re.match(r'(c[sn]\d|flex(String|Number)\d)$', key):
                fail(path, line, f'{where}: the custom slot "{key}" needs a label')
        return row

    def check_complete(self):
        path = self.path('item_sources.tsv')
        listed = {(row['source'], row['item']) for row in self.items}
        if len(listed) != len(self.items):
            sys.exit(f'{path}: an item is listed twice')
        sources = {row['source'] for row in self.items}
        for key in self.guide:
            if key[0] in sources and key not in listed:
                sys.exit(f'{path}: the item "{key[0]} {key[1]}" of log_items.tsv is missing')

    def ioc(self, row):
        for kind in row['kinds'].split(','):
            if kind not in self.kinds:
                fail(self.path('ioc_kinds.tsv'), row['line'], f'the ioc "{row["ioc"]}" names the kind "{kind}", which does not exist')
        return row

    def check_iocs(self):
        known = {row['ioc'] for row in self.iocs}
        for row in self.guide.values():
            if row['ioc'] and row['ioc'] not in known:
                fail(self.path('log_items.tsv'), row['line'], f'the ioc "{row["ioc"]}" has no kind in ioc_kinds.tsv')

    def check_matrix(self):
        names = {row['sub_phase'] for row in self.phases}
        for row in self.matrix:
            for name in row['sub_phases'].split(','):
                if name not in names:
                    fail(self.path('phase_matrix.tsv'), row['line'], f'"{name}" is not a sub-phase')

    def ioc_ja(self, name):
        return next((row['ioc_ja'] for row in self.guide.values() if row['ioc'] == name), '')


def identifier(*parts):
    return re.sub(r'[^a-z0-9]', '_', '_'.join(parts))


def text(value):
    return '"' + value.replace('\\', '\\\\').replace('"', '\\"') + '"'


def cef_keys(row):
    keys = [key.partition(':') for key in row['cef'].split(',') if key]
    return '{{' + ', '.join(f'{{{text(key)}, {text(label)}}}' for key, _, label in keys) + '}}'


def cpp_items(c):
    yield 'enum class LogItem : uint16_t {'
    yield from (f'  {identifier(row["source"], row["item"])},' for row in c.items)
    yield '};'
    yield f'inline constexpr uint16_t log_item_count = {len(c.items)};'
    yield 'inline constexpr LogItemSpec log_items[log_item_count] = {'
    for row in c.items:
        guide = c.guide.get((row['source'], row['item']), {'item_ja': '', 'ioc': ''})
        yield '    {%s, %s, %s, %s, %s, %s, %s},' % (
            text(row['source']), text(row['item']), text(guide['item_ja']), text(guide['ioc']), cef_keys(row),
            text(row['from']), text(row['note']))
    yield '};'


def cpp_iocs(c):
    yield f'inline constexpr IocName ioc_names[{len(c.iocs)}] = {{'
    for row in c.iocs:
        mask = ' | '.join(f'kind_bit(Kind::{kind})' for kind in row['kinds'].split(','))
        yield f'    {{{text(row["ioc"])}, {text(c.ioc_ja(row["ioc"]))}, {mask}}},'
    yield '};'


def sub_phase_identifier(name):
    return 'p' + identifier(name)


def cpp_phases(c):
    yield '// Index 0 is no sub-phase; the numbers are those of an indicator\'s phase_hint.'
    yield 'enum class SubPhase : uint8_t {'
    yield '  none,'
    yield from (f'  {sub_phase_identifier(row["sub_phase"])},' for row in c.phases)
    yield '};'
    yield f'inline constexpr uint8_t sub_phase_count = {len(c.phases) + 1};'
    yield 'inline constexpr SubPhaseSpec sub_phases[sub_phase_count] = {'
    yield '    {"", "", "", "", 0},'
    for row in c.phases:
        yield f'    {{{text(row["sub_phase"])}, {text(row["name_en"])}, {text(row["name_ja"])}, {text(row["phase_en"])}, {row["sub_phase"][0]}}},'
    yield '};'
    yield 'inline constexpr RouteSpec routes[route_count + 1] = {'
    yield '    {"", ""},'
    yield from (f'    {{{text(row["name_en"])}, {text(row["name_ja"])}}},' for row in c.routes)
    yield '};'


def cpp_matrix(c):
    sources = list(dict.fromkeys([row['source'] for row in c.matrix] + [row['source'] for row in c.items if row['source'] != OWN]))
    number = {row['sub_phase']: index for index, row in enumerate(c.phases, 1)}
    yield 'enum class LogSource : uint8_t {'
    yield from (f'  {identifier(source)},' for source in sources)
    yield '};'
    yield f'inline constexpr uint8_t log_source_count = {len(sources)};'
    yield 'inline constexpr std::string_view log_source_names[log_source_count] = {'
    yield '    ' + ', '.join(text(source) for source in sources) + '};'
    yield '// Bit n = sub-phase n may show in the source\'s log on the route (1..6; index 0: on any route).'
    yield 'inline constexpr uint32_t phase_matrix[log_source_count][route_count + 1] = {'
    for source in sources:
        masks = [0] * (len(c.routes) + 1)
        for row in c.matrix:
            if row['source'] == source:
                mask = sum(1 << number[name] for name in row['sub_phases'].split(','))
                masks[int(row['route'])] = mask
                masks[0] |= mask
        yield '    {' + ', '.join(f'0x{mask:x}' for mask in masks) + '},'
    yield '};'


def cpp(c):
    out = ['// Generated from control/catalogue/ by tools/generate/catalogue.py.', '#pragma once', '',
           '#include "control/catalogue/log_item.h"', '', 'namespace sekisho {', '']
    for part in (cpp_items, cpp_iocs, cpp_phases, cpp_matrix):
        out += [*part(c), '']
    return '\n'.join(out + ['}  // namespace sekisho', ''])


def markdown(c):
    out = ['# Log items', '', 'Generated from `control/catalogue/`. Where each item of the rows that we write comes from.', '']
    source = None
    for row in c.items:
        if row['source'] != source:
            source = row['source']
            out += ['', f'## {source}', '', '| item | guide | IOC | from | CEF | note |', '| --- | --- | --- | --- | --- | --- |']
        guide = c.guide.get((row['source'], row['item']), {'item_ja': '', 'ioc': ''})
        out.append('| ' + ' | '.join([row['item'], guide['item_ja'], guide['ioc'], row['from'], row['cef'], row['note']]) + ' |')
    return '\n'.join(out) + '\n'


def main():
    if len(sys.argv) != 8 or sys.argv[1] not in ('cpp', 'markdown'):
        sys.exit(__doc__)
    catalogue = Catalogue(*sys.argv[2:7])
    written = cpp(catalogue) if sys.argv[1] == 'cpp' else markdown(catalogue)
    open(sys.argv[7], 'w', encoding='utf8').write(written)


main()
