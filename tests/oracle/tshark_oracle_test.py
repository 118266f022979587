#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tshark_oracle_test.py SEKISHO_READ MAKE_MIX [CORPORA]: what sekisho-read tells of captures against what tshark's fields tell.

Captures: the bench's mix, the conversations of tests/read/captures.py, mails; and where the corpora are (../shared/corpora beside the
source tree unless told), some of theirs. For each, the requests, statuses, TLS names and fingerprints, DNS questions, senders and recipients
of mail, as multisets. Prints each value that one side has more often; exit 1 when ALLOWED has no reason for it.
"""
import collections
import concurrent.futures
import json
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'read')]
import captures  # noqa: E402
from capture_of import Capture  # noqa: E402
from mail_oracle_test import CARRIERS  # noqa: E402
from wild_mails import wild_mail  # noqa: E402

FIELDS = ['http.request.method', 'http.request.uri', 'http.host', 'http.response.code', 'tls.handshake.extensions_server_name', 'tls.handshake.ja3',
          'tls.handshake.ja3s', 'dns.qry.name', 'dns.qry.type', 'dns.flags.response', 'smtp.req.parameter']
# Of the corpora: not those that are broken on purpose, which readers read in their own ways.
BROKEN = {'malformed', 'evasion', 'gap', 'tcp-evasion', 'overlap', 'robust', 'http-evader', 'tls-robust', 'dns-malformed', 'midstream'}
CORPUS_BYTES_MAX, CORPUS_FILES = 100_000, 6
EVERY_STATUS_BUT_INTERIM = range(200, 1000)


def of_tshark(path):
    # What an ICMP error quotes is no conversation of its own.
    command = ['tshark', '-n', '-r', path, '-Y', 'not icmp and not icmpv6', '-T', 'fields', '-E', 'separator=/t', '-E', 'aggregator=|', '-E', 'occurrence=a']
    command += [word for field in FIELDS for word in ('-e', field)]
    output = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode('utf-8', 'replace')
    told = collections.Counter()
    for line in output.splitlines():
        frame = dict(zip(FIELDS, line.split('\t')))
        for kind, value in values_of_frame(frame):
            told[kind, value] += 1
    return told


def values_of_frame(frame):
    def parts(field):
        return frame[field].split('|') if frame[field] else []
    for method, uri in zip(parts('http.request.method'), parts('http.request.uri')):
        yield 'request', (method, uri)
    for status in parts('http.response.code'):
        if int(status) in EVERY_STATUS_BUT_INTERIM:
            yield 'status', int(status)
    for key, kind in (('tls.handshake.extensions_server_name', 'sni'), ('tls.handshake.ja3', 'ja3'), ('tls.handshake.ja3s', 'ja3s')):
        for value in parts(key):
            yield kind, value
    answered = parts('dns.flags.response')
    names, types = parts('dns.qry.name'), parts('dns.qry.type')
    if len(answered) == 1 and len(names) == len(types):  # several messages in a frame do not say whose the questions are
        for name, number in zip(names, types):
            yield 'answer' if answered[0] in ('1', 'True') else 'question', (name or '<Root>', int(number))
    for parameter in parts('smtp.req.parameter'):  # commands that share a frame: theirs are told apart by what they say
        if parameter.upper().startswith(('FROM:', 'TO:')):
            yield 'MAIL' if parameter[0] in 'Ff' else 'RCPT', address_in(parameter)


def address_in(parameter):
    return parameter[parameter.find('<') + 1:parameter.find('>')]


TYPES = {'A': 1, 'NS': 2, 'CNAME': 5, 'SOA': 6, 'PTR': 12, 'HINFO': 13, 'MX': 15, 'TXT': 16, 'AAAA': 28, 'SRV': 33, 'NAPTR': 35, 'DS': 43, 'RRSIG': 46,
         'NSEC': 47, 'DNSKEY': 48, 'SVCB': 64, 'HTTPS': 65, 'ANY': 255, 'CAA': 257}


def of_sekisho(reader, path):
    output = subprocess.run([reader, '--log', 'all', path], check=True, capture_output=True, timeout=60).stdout
    told = collections.Counter()
    for line in output.splitlines():
        for kind, value in values_of_row(json.loads(line)):
            told[kind, value] += 1
    return told


def values_of_row(row):
    event = row['event_type']
    if event == 'http' and row['http'].get('version') != '2':
        http = row['http']
        if 'http_method' in http:
            yield 'request', (http['http_method'], http['url'])
        if 'status' in http:
            yield 'status', http['status']
    elif event in ('tls', 'quic'):
        part = row[event]
        for kind, value in (('sni', part.get('sni')), ('ja3', part.get('ja3', {}).get('hash')), ('ja3s', part.get('ja3s', {}).get('hash'))):
            if value:
                yield kind, value
    elif event in ('dns', 'mdns', 'llmnr'):
        kind = 'question' if row[event]['type'] in ('request', 'query') else 'answer'
        for query in row[event].get('queries', []):
            number = query['rrtype']
            name = query['rrname'].replace('\\.', '.') if query['rrname'] not in ('', '.') else '<Root>'  # tshark escapes no dot in a label
            yield kind, (name, TYPES.get(number.upper()) or int(number.upper().removeprefix('TYPE')))
    elif event == 'smtp':
        if 'mail_from' in row['smtp']:
            yield 'MAIL', row['smtp']['mail_from']
        for recipient in row['smtp'].get('rcpt_to', []):
            yield 'RCPT', recipient


def mails(path):
    capture = Capture()
    for seed in range(40):
        rng = random.Random(seed)
        capture.add(*rng.choice(CARRIERS[:3])(wild_mail(rng)))
    capture.write(path)


def made_here(folder, make_mix):
    """Names and paths of the captures that we make."""
    def path(name):
        return str(pathlib.Path(folder) / name)
    subprocess.run([sys.executable, make_mix, '--packets', '2000', '--seed', '5', path('mix')], check=True, stderr=subprocess.DEVNULL)
    packets = captures.http() + captures.dns(port=5003) + captures.fragmented_dns() + captures.dns_answers([(1, b'\1\2\3\4'), (28, bytes(16))])
    pathlib.Path(path('conversations')).write_bytes(captures.pcap(sorted(packets)))
    mails(path('mails'))
    return [(name, path(name)) for name in ('mix', 'conversations', 'mails')]


def of_the_corpora(folder):
    index = folder / 'dev' / 'cases.jsonl'
    if not index.exists():
        return []
    cases = [json.loads(line) for line in index.read_text(encoding='utf-8').splitlines()]
    fit = [case for case in cases if case['bytes'] <= CORPUS_BYTES_MAX and not BROKEN & set(case['tags']) and
           case['protocol'] in ('http', 'tls', 'dns', 'smtp')]
    step = max(1, len(fit) // CORPUS_FILES)
    return [(case['id'], str(folder / 'dev' / case['pcap'])) for case in fit[::step][:CORPUS_FILES]]


# Differences with a reason: (kind, who has more, of which capture).
ALLOWED = {}


def main():
    reader, make_mix = sys.argv[1], sys.argv[2]
    corpora = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else HERE.parents[2] / 'shared' / 'corpora'
    differences = compared = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        cases = made_here(folder, make_mix) + of_the_corpora(corpora)
        for (name, path), theirs in zip(cases, pool.map(lambda case: of_tshark(case[1]), cases)):
            ours = of_sekisho(reader, path)
            compared += sum((theirs & ours).values())
            for more, difference in (('tshark', theirs - ours), ('sekisho-read', ours - theirs)):
                for (kind, value), count in difference.items():
                    if (kind, more, name) not in ALLOWED:
                        differences += 1
                        print(f'{name}: {more} has {count} more of {kind} {value}')
    print(f'{len(cases)} captures, {compared} values alike, {differences} differences')
    return 1 if differences or not compared else 0


if __name__ == '__main__':
    sys.exit(main())
