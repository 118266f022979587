#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fetch_test.py SEKISHOCTL SEKISHO_CONTROL: feeds that come over HTTPS from a server on 127.0.0.1, and the export of what they make.

The server's certificate is vouched for by an authority made here; signatures are made as minisign makes them.
"""
import base64
import datetime
import hashlib
import http.server
import ipaddress
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

CTL, CONTROL = (pathlib.Path(program).resolve() for program in sys.argv[1:3])
INTERVAL_S = 5
PEM = serialization.Encoding.PEM


def make_certificates(folder):
    """ca.pem and server.pem (key and certificate) for 127.0.0.1."""
    now = datetime.datetime.utcnow()

    def name(text):
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    def certificate(subject, issuer, key, issuer_key, extension):
        builder = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
                   .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
                   .not_valid_after(now + datetime.timedelta(days=1)).add_extension(*extension))
        return builder.sign(issuer_key, hashes.SHA256()).public_bytes(PEM)

    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = certificate('test ca', 'test ca', ca_key, ca_key, (x509.BasicConstraints(True, None), True))
    server = certificate('127.0.0.1', 'test ca', key, ca_key,
                         (x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address('127.0.0.1'))]), False))
    (folder / 'ca.pem').write_bytes(ca)
    (folder / 'server.pem').write_bytes(
        key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()) + server)


class Signer:
    def __init__(self):
        self.key = ed25519.Ed25519PrivateKey.generate()
        self.raw = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)

    def public_key(self):
        return base64.b64encode(b'Ed' + self.raw[:8] + self.raw).decode()

    def sign(self, content, comment=b'timestamp:1'):
        signature = self.key.sign(hashlib.blake2b(content, digest_size=64).digest())
        return (b'untrusted comment: x\n' + base64.b64encode(b'ED' + self.raw[:8] + signature) + b'\ntrusted comment: ' + comment + b'\n' +
                base64.b64encode(self.key.sign(signature + comment)) + b'\n')


STIX = [
    {'type': 'indicator', 'id': 'indicator--1', 'modified': '2026-01-01T00:00:00Z', 'name': 'old'},
    {'type': 'indicator', 'id': 'indicator--2', 'modified': '2026-01-01T00:00:00Z'},
    {'type': 'indicator', 'id': 'indicator--1', 'modified': '2026-01-02T00:00:00Z', 'revoked': True},
]


EVENTS = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222', '33333333-3333-4333-8333-333333333333']


def put_events(signer, events):
    """A signed MISP feed: uuid -> (timestamp, domain)."""
    manifest = json.dumps({uuid: {'info': domain, 'Orgc': {'name': 'a'}, 'timestamp': time} for uuid, (time, domain) in events.items()}).encode()
    for uuid, (_, domain) in events.items():
        event = json.dumps({'Event': {'info': domain, 'uuid': uuid, 'Attribute': [{'type': 'domain', 'value': domain, 'to_ids': True}]}}).encode()
        Handler.files[f'/misp/{uuid}.json'] = event
        Handler.files[f'/misp/{uuid}.json.minisig'] = signer.sign(event)
    Handler.files['/misp/manifest.json.minisig'] = signer.sign(manifest)
    Handler.files['/misp/manifest.json'] = manifest


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    files = {}       # path -> bytes
    broken = set()   # paths that answer with 500
    asked = []       # (path, headers)
    hanging = threading.Event()

    def answer(self, status, body=b'', **headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        self.asked.append((self.path, dict(self.headers)))
        if url.path == '/slow':
            self.hanging.set()
            time.sleep(60)
        elif url.path == '/loop':
            self.answer(302, Location='/loop')
        elif url.path == '/moved':
            self.answer(302, Location='/plain.txt')
        elif url.path == '/big':
            self.answer(200, b'a.test\n' * (2 << 20))
        elif url.path.startswith('/api/collections/c1/objects/'):
            self.taxii(urllib.parse.parse_qs(url.query))
        elif url.path == '/api/collections/c2/objects/':
            self.answer(200, json.dumps({'objects': STIX[:1], 'more': True}).encode())
        elif url.path in self.broken:
            self.answer(500, b'no')
        elif url.path == '/private.txt' and self.headers.get('Authorization') != 'Basic ' + base64.b64encode(b'me:secret').decode():
            self.answer(401)
        elif url.path in self.files:
            body = self.files[url.path]
            tag = '"' + hashlib.md5(body).hexdigest() + '"'
            if self.headers.get('If-None-Match') == tag:
                self.answer(304, ETag=tag)
            else:
                self.answer(200, body, ETag=tag)
        else:
            self.answer(404, b'none')

    def taxii(self, query):
        if self.headers.get('Authorization') != 'Bearer token-1':
            return self.answer(401)
        if self.headers.get('Accept') != 'application/taxii+json;version=2.1':
            return self.answer(406)
        if 'added_after' in query:
            return self.answer(200, b'{}', Content_Type='application/taxii+json;version=2.1')
        at = int(query.get('next', ['0'])[0])
        page = {'objects': STIX[at:at + 1], 'more': at + 1 < len(STIX)}
        if page['more']:
            page['next'] = str(at + 1)
        self.answer(200, json.dumps(page).encode(), X_TAXII_Date_Added_Last=f'2026-02-0{at + 1}T00:00:00.000000Z')

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Clients that go away are what is tested here."""


class Appliance:
    """sekisho-control with a folder of its own."""

    def __init__(self, folder, feeds):
        self.folder = folder
        self.config = folder / 'sekisho.yaml'
        lines = [f'control: {{socket: {folder}/control.sock, state_dir: {folder}/state}}', f'dataplane: {{socket: {folder}/none.sock}}', 'feeds:']
        self.config.write_text('\n'.join(lines + ['- ' + json.dumps(feed) for feed in feeds]) + '\n')
        (folder / 'state').mkdir(exist_ok=True)
        self.log = open(folder / 'log', 'ab')
        self.process = subprocess.Popen([CONTROL, '--config', self.config], stderr=self.log)

    def ctl(self, *words):
        return subprocess.run([CTL, '--socket', self.folder / 'control.sock', '--timeout', '20', *words], capture_output=True, text=True, timeout=60)

    def feeds(self):
        out = self.ctl('indicator', 'stats', '--json')
        return {feed['name']: feed for feed in json.loads(out.stdout)['feeds']} if out.returncode == 0 else {}

    def fetch_of(self, name):
        return self.feeds().get(name, {}).get('fetch', {})

    def has(self, value):
        return '"value"' in self.ctl('indicator', 'lookup', value, '--json').stdout

    def stop(self):
        begin = time.monotonic()
        self.process.terminate()
        code = self.process.wait(20)
        self.log.close()
        return code, time.monotonic() - begin


def eventually(what, condition, seconds=25):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.2)
    raise AssertionError('not within %d s: %s' % (seconds, what))


def check(what, good):
    if not good:
        raise AssertionError(what)


def run(folder):
    make_certificates(folder)
    server = Server(('127.0.0.1', 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / 'server.pem')
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f'https://127.0.0.1:{server.server_port}'
    signer = Signer()
    unused = socket.socket()
    unused.bind(('127.0.0.1', 0))

    (folder / 'basic').write_text('basic me:secret\n')
    (folder / 'bearer').write_text('bearer token-1\n')
    Handler.files.update({
        '/plain.txt': b'one.test\n192.0.2.1\n', '/private.txt': b'private.test\n', '/login.txt': b'<html>\n<p>log in, please\n',
        '/signed.csv': b'value\nsigned.test\n', '/forged.csv': b'value\nforged.test\n'})
    Handler.files['/signed.csv.minisig'] = signer.sign(Handler.files['/signed.csv'])
    Handler.files['/forged.csv.minisig'] = signer.sign(b'value\nother.test\n')

    put_events(signer, {EVENTS[0]: ('1', 'first-event.test'), EVENTS[1]: ('1', 'second-event.test')})

    def feed(name, path, **more):
        fetch = {'url': base + path if path.startswith('/') else path, 'interval_s': INTERVAL_S, 'timeout_s': 10, 'ca_file': str(folder / 'ca.pem')}
        keys = {key: more.pop(key) for key in list(more) if key in ('public_key', 'expire_after_s', 'format')}
        return {'name': name, 'fetch': {**fetch, **more}, **keys}

    feeds = [
        feed('plain', '/plain.txt'), feed('moved', '/moved'), feed('private', '/private.txt', credentials_file=str(folder / 'basic')),
        feed('signed', '/signed.csv', public_key=signer.public_key()), feed('forged', '/forged.csv', public_key=signer.public_key()),
        feed('collection', '/api/collections/c1/', **{'from': 'taxii'}, credentials_file=str(folder / 'bearer')),
        feed('login', '/login.txt'), feed('big', '/big', size_mb_max=1), feed('loop', '/loop'), feed('missing', '/nothing'),
        feed('dead', f'https://127.0.0.1:{unused.getsockname()[1]}/x'), feed('slow', '/slow', timeout_s=600),
        feed('stranger', '/plain.txt', ca_file=''), feed('locked', '/private.txt'), feed('cut', '/api/collections/c2/', **{'from': 'taxii'}),
        feed('events', '/misp/manifest.json', **{'from': 'misp'}, public_key=signer.public_key()),
        {'name': 'off', 'enabled': False, 'path': '/nonexistent'},
    ]
    appliance = Appliance(folder, feeds)
    try:
        fetched(appliance, folder, signer)
        exported(appliance, folder)
    finally:
        check('a request that hangs is under way', Handler.hanging.is_set())
        code, seconds = appliance.stop()
    check(f'a request under way does not hold up the end: {seconds:.1f} s', code == 0 and seconds < 5)
    restarted(folder, feeds)


def fetched(appliance, folder, signer):
    for value in ('one.test', '192.0.2.1', 'private.test', 'signed.test'):
        eventually(value + ' is in force', lambda value=value: appliance.has(value))
    reasons = {'forged': 'is not of this content', 'login': 'JSON or XML', 'big': 'more than 1048576 bytes', 'loop': 'redirects',
               'missing': 'status 404', 'dead': 'connect', 'stranger': 'certificate', 'locked': 'status 401', 'cut': 'does not say where'}
    for name, reason in reasons.items():
        eventually(f'{name} has failed: {appliance.fetch_of(name)}', lambda name=name: appliance.fetch_of(name).get('failures', 0) >= 1)
        check(f'{name}: {appliance.fetch_of(name)}', reason in appliance.fetch_of(name)['error'])
        check(f'{name} left no file', not (folder / 'state/feeds' / (name + '.feed')).exists())
    check('forged.test is not in force', not appliance.has('forged.test'))
    feeds = appliance.feeds()
    check('a feed that is off is not read', feeds['off']['enabled'] is False and 'error' not in feeds['off'])
    check('the table tells of fetches', 'fetched feed' in appliance.ctl('indicator', 'stats').stdout)

    # TAXII: three pages, the newest version of each object, the time of the last one remembered and asked for.
    bundle = json.loads((folder / 'state/feeds/collection.feed').read_text())
    objects = {found['id']: found for found in bundle['objects']}
    check(f'two objects: {bundle}', len(bundle['objects']) == 2 and objects['indicator--1'].get('revoked') is True)
    check('the state', 'added_after 2026-02-03T00:00:00.000000Z' in (folder / 'state/feeds/collection.feed.state').read_text())
    eventually('only what is new is asked for', lambda: any('added_after=2026-02-03T00%3A00%3A00.000000Z' in path for path, _ in list(Handler.asked)))
    eventually('an empty page is no change', lambda: appliance.fetch_of('collection').get('unchanged', 0) >= 1)

    # MISP: the manifest's events, of which only those that have changed are asked for again; what it no longer names goes.
    for value in ('first-event.test', 'second-event.test'):
        eventually(value + ' is in force', lambda value=value: appliance.has(value))
    eventually('an unchanged manifest', lambda: appliance.fetch_of('events').get('unchanged', 0) >= 1)
    Handler.asked.clear()
    put_events(signer, {EVENTS[0]: ('2', 'changed-event.test'), EVENTS[2]: ('1', 'third-event.test'), EVENTS[1]: ('1', 'second-event.test')})
    for value in ('changed-event.test', 'third-event.test', 'second-event.test'):
        eventually(value + ' is in force', lambda value=value: appliance.has(value))
    check('first-event.test is gone', not appliance.has('first-event.test'))
    check('what has not changed is not asked for', not any(EVENTS[1] in path for path, _ in list(Handler.asked)))
    put_events(signer, {EVENTS[2]: ('1', 'third-event.test')})
    eventually('events that are no longer named are gone', lambda: not appliance.has('changed-event.test'))
    check('so are their files', sorted(path.name for path in (folder / 'state/feeds/events.misp').glob('*.json')) == [EVENTS[2] + '.json', 'manifest.json'])

    # Unchanged, changed, broken.
    eventually('304', lambda: appliance.fetch_of('plain').get('unchanged', 0) >= 1)
    check('asked with a condition', any(path == '/plain.txt' and 'If-None-Match' in headers for path, headers in Handler.asked))
    Handler.files['/plain.txt'] = b'two.test\n'
    new = b'value\nresigned.test\n'
    Handler.files.update({'/signed.csv': new, '/signed.csv.minisig': signer.sign(new)})
    eventually('the changed file is in force', lambda: appliance.has('two.test') and not appliance.has('one.test'))
    eventually('the changed signed file is in force', lambda: appliance.has('resigned.test'))
    Handler.broken.add('/plain.txt')
    eventually('a failure is told', lambda: 'status 500' in appliance.fetch_of('plain').get('error', ''))
    check('the last good file stays in force', appliance.has('two.test') and appliance.fetch_of('plain')['failures'] >= 1)


def exported(appliance, folder):
    imported = folder / 'more.csv'
    imported.write_text('value,kind,mode,severity,note\nexport.test,domain,subdomains,high,"a, b"\n/evil.?exe/,keyword,literal,low,\n')
    check('imported', appliance.ctl('indicator', 'import', imported).returncode == 0)
    out = appliance.ctl('indicator', 'export')
    check(out.stderr, out.returncode == 0 and 'export.test,domain,subdomains,3,100,clear,,,,,alert,"a, b"' in out.stdout)
    check(out.stderr, out.stderr.startswith('exported '))
    for format, word in (('stix', '"pattern_type":"stix"'), ('zeek', 'export.test\tIntel::DOMAIN\toperator\ta, b'), ('suricata', 'dotprefix; content:".export.test"')):
        text = appliance.ctl('indicator', 'export', '--format', format)
        check(f'{format}: {text.stdout} {text.stderr}', text.returncode == 0 and word in text.stdout)
        check(f'{format} tells what it cannot say: {text.stderr}', 'keyword (literal): left out' in text.stderr)
    check('an unknown format', appliance.ctl('indicator', 'export', '--format', 'xml').returncode == 1)


def restarted(folder, feeds):
    """What was fetched is in force at once, without the server; a feed that is taken out is fetched no more."""
    appliance = Appliance(folder, [feed for feed in feeds if feed['name'] != 'slow'])
    try:
        eventually('a file of an earlier run is in force', lambda: appliance.has('two.test'))
        asked = len([path for path, _ in Handler.asked if path == '/private.txt'])
        appliance.config.write_text(appliance.config.read_text().replace('"private"', '"renamed"'))
        check('reloaded', appliance.ctl('config', 'reload').returncode == 0)
        eventually('the renamed feed is fetched', lambda: 'renamed' in appliance.feeds() and appliance.fetch_of('renamed').get('attempts', 0) >= 1)
        check('the old name is gone', 'private' not in appliance.feeds() and len([p for p, _ in Handler.asked if p == '/private.txt']) > asked)
    finally:
        code, _ = appliance.stop()
    check('ended well', code == 0)


with tempfile.TemporaryDirectory() as name:
    os.environ.pop('https_proxy', None)
    try:
        run(pathlib.Path(name))
    except AssertionError:
        print((pathlib.Path(name) / 'log').read_text(), file=sys.stderr)
        raise
print('fetch: good')
