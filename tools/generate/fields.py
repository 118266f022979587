#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fields.py cpp|markdown FIELDS.yaml OUT: the field catalogue as C++ tables or as documentation.

The build fails here where a field has no type, an unknown type, an unknown indicator kind, or a name twice.
"""
import re
import sys

import yaml

TYPES = {
    'number': [], 'text': [], 'bytes': [], 'host': ['domain', 'address'], 'url': ['url', 'domain', 'address'],
    'mail_address': ['mail_address', 'mail_domain', 'domain'], 'address': ['address'],
    'md5': ['md5'], 'sha1': ['sha1'], 'sha256': ['sha256'],
}
# A certificate's digest is not a file's: the kinds given replace those of the type.
REPLACES = {'certificate_sha1', 'certificate_sha256'}
BOUNDED = {'text', 'bytes', 'host', 'url', 'mail_address'}
DIGEST_BYTES = {'md5': 16, 'sha1': 20, 'sha256': 32, 'address': 16, 'number': 8}


def kinds_of_header(path):
    """The enumerators of matchers/indicator.h: the one list of kinds."""
    text = open(path, encoding='utf8').read()
    body = re.search(r'enum class Kind : uint8_t \{(.*?)\};', text, re.S).group(1)
    body = re.sub(r'//[^\n]*', '', body)
    return [name.strip() for name in body.replace('\n', ' ').split(',') if name.strip()]


def load(path, kinds):
    fields, seen = [], set()
    for section, entries in yaml.safe_load(open(path, encoding='utf8')).items():
        for entry in entries:
            name = entry['name']
            where = f'{path}: field "{name}"'
            if name.split('.')[0] != section:
                sys.exit(f'{where} stands in section "{section}"')
            if name in seen:
                sys.exit(f'{where} is listed twice')
            seen.add(name)
            if entry.get('type') not in TYPES:
                sys.exit(f'{where} has no known type ({entry.get("type")})')
            if (entry['type'] in BOUNDED) != ('max' in entry):
                sys.exit(f'{where}: "max" belongs to text, bytes, host, url and mail_address, and only there')
            extra = entry.get('kinds', []) + entry.get('only', [])
            for kind in extra:
                if kind not in kinds:
                    sys.exit(f'{where} names the indicator kind "{kind}", which does not exist')
            base = [] if 'only' in entry or REPLACES & set(extra) else TYPES[entry['type']]
            entry['all_kinds'] = list(base) + [kind for kind in extra if kind not in base]
            entry['max'] = entry.get('max', DIGEST_BYTES.get(entry['type'], 0))
            fields.append(entry)
    return fields


def identifier(name):
    return name.replace('.', '_')


def cpp(fields):
    out = ['// Generated from dataplane/observe/fields.yaml by tools/generate/fields.py.', '#pragma once', '',
           '#include "dataplane/observe/field_spec.h"', '', 'namespace sekisho {', '',
           'enum class Field : uint16_t {']
    out += [f'  {identifier(f["name"])},' for f in fields]
    out += ['};', '', f'inline constexpr uint16_t field_count = {len(fields)};', '',
            'inline constexpr FieldSpec field_specs[field_count] = {']
    for f in fields:
        mask = ' | '.join(f'kind_bit(Kind::{k})' for k in f['all_kinds']) or '0'
        out.append(f'    {{"{f["name"]}", FieldType::{f["type"]}, {f["max"]}, {str(f.get("list", False)).lower()}, {mask}, '
                   f'"{f.get("unit", "")}", "{f.get("source", "")}"}},')
    out += ['};', '', '}  // namespace sekisho', '']
    return '\n'.join(out)


def markdown(fields):
    out = ['# Observed fields', '', 'Generated from `dataplane/observe/fields.yaml`.', '',
           '| field | type | at most | unit | source | indicator kinds |', '| --- | --- | --- | --- | --- | --- |']
    for f in fields:
        out.append('| `{}` | {} | {} | {} | {} | {} |'.format(
            f['name'], f['type'], f'{f["max"]} B' if f['type'] in BOUNDED else '', f.get('unit', ''),
            f.get('source', ''), ', '.join(f['all_kinds'])))
    return '\n'.join(out) + '\n'


def main():
    if len(sys.argv) != 5 or sys.argv[1] not in ('cpp', 'markdown'):
        sys.exit('usage: fields.py cpp|markdown FIELDS.yaml INDICATOR.h OUT')
    fields = load(sys.argv[2], kinds_of_header(sys.argv[3]))
    text = cpp(fields) if sys.argv[1] == 'cpp' else markdown(fields)
    open(sys.argv[4], 'w', encoding='utf8').write(text)


main()
