#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""archive_oracle_test.py SEKISHO_READ [ARCHIVES [SEED]]: archives made at random by Python's zipfile, tarfile and gzip, one inside another,
downloaded and uploaded by HTTP: name, size and SHA-256 of every member must be told, and those of the archive itself.

Prints each difference with its seed; exit 1 when there is one.
"""
import collections
import gzip
import hashlib
import io
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from capture_of import Capture  # noqa: E402

DEPTH = 3  # content/archive/limits.h: depth_max


class Unseekable(io.RawIOBase):
    """A pipe: sizes come behind the content, in data descriptors."""

    def __init__(self):
        self.bytes = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.bytes += data
        return len(data)


def content_of(rng):
    size = rng.choice([0, 1, 100, 511, 512, 513, 5000, 40000])
    kind = rng.randrange(3)
    if kind == 0:
        return rng.randbytes(size)
    return (b'PK\x07\x08 not a descriptor ' if kind == 1 else b'the quick brown fox ')[:max(1, size)] * (size // 20 + 1)


def name_of(rng, number):
    return rng.choice(['', 'dir/', 'a/b/c/', 'x' * 120 + '/']) + f'member{number}' + rng.choice(['.exe', '.txt', ''])


def zip_of(rng, members):
    out = rng.choice([io.BytesIO, Unseekable])()
    with zipfile.ZipFile(out, 'w') as archive:
        for name, content in members:
            method = zipfile.ZIP_STORED if rng.random() < 0.4 else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return bytes(out.bytes) if isinstance(out, Unseekable) else out.getvalue()


def tar_of(rng, members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=rng.choice([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])) as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def gzip_of(rng, members):
    out = io.BytesIO()
    with gzip.GzipFile(filename=members[0][0], mode='wb', fileobj=out) as archive:
        archive.write(members[0][1])
    return out.getvalue()


def zstd_of(rng, members):
    return subprocess.run(['zstd', '-q', '-c', f'-{rng.randrange(1, 10)}'], input=members[0][1], check=True, capture_output=True).stdout


MAKERS = [('zip', zip_of), ('tar', tar_of), ('gz', gzip_of)] + ([('zst', zstd_of)] if shutil.which('zstd') else [])
SINGLE = (gzip_of, zstd_of)


def archive_of(rng, depth, expected):
    """An archive's extension and bytes; what its members are, down to the depth, goes into expected."""
    extension, maker = rng.choice(MAKERS)
    members = []
    for number in range(1 if maker in SINGLE else rng.randrange(1, 5)):
        if depth > 1 and rng.random() < 0.3:
            inner, content = archive_of(rng, depth - 1, expected)
            name = f'inner{number}.{inner}'
        else:
            name, content = name_of(rng, number), content_of(rng)
        if maker is gzip_of:
            name = pathlib.PurePosixPath(name).name.removesuffix('.gz')  # GzipFile leaves it out
        if maker is zstd_of:
            name = None  # it has none inside; that of the file without its ending is tested elsewhere
        members.append((name or '', content))
        if content:
            expected.append((name, len(content), hashlib.sha256(content).hexdigest()))
    return extension, maker(rng, members)


def over_http(rng, extension, body):
    if rng.random() < 0.3:
        return [(True, b'POST /up.%s HTTP/1.1\r\nHost: h.test\r\nContent-Length: %d\r\n\r\n' % (extension.encode(), len(body)) + body),
                (False, b'HTTP/1.1 204 No Content\r\n\r\n')]
    if rng.random() < 0.5:
        framing, sent = b'Transfer-Encoding: chunked', b'%x\r\n' % len(body) + body + b'\r\n0\r\n\r\n'
    else:
        framing, sent = b'Content-Length: %d' % len(body), body
    return [(True, b'GET /down.%s HTTP/1.1\r\nHost: h.test\r\n\r\n' % extension.encode()),
            (False, b'HTTP/1.1 200 OK\r\n' + framing + b'\r\n\r\n' + sent)]


def main():
    reader, count, seed = sys.argv[1], int((sys.argv[2:3] or ['60'])[0]), int((sys.argv[3:4] or ['1'])[0])
    capture, expected = Capture(), {}
    for number in range(seed, seed + count):
        rng = random.Random(number)
        wanted = []
        extension, body = archive_of(rng, DEPTH, wanted)
        wanted.append((None, len(body), hashlib.sha256(body).hexdigest()))
        port = capture.add(80, over_http(rng, extension, body), segment=rng.choice([7, 77, 1400]) if len(body) < 5000 else 1400)
        expected[port] = (number, wanted)
    with tempfile.TemporaryDirectory() as directory:
        path = directory + '/archives.pcap'
        capture.write(path)
        lines = subprocess.run([reader, '--log', 'all', '--hash', 'sha256', path], check=True, capture_output=True, timeout=300).stdout
    told, anomalies = collections.defaultdict(list), 0
    for line in lines.splitlines():
        row = json.loads(line)
        if row['event_type'] == 'fileinfo':
            info = row['fileinfo']
            told[max(row['src_port'], row['dest_port'])].append((info.get('filename'), info['size'], info.get('sha256')))
        elif row['event_type'] == 'anomaly' and row['anomaly'].get('event', '').startswith('archive.'):
            anomalies += 1
            print(row['anomaly'])
    differences = 0
    for port, (number, wanted) in expected.items():
        for name, size, digest in wanted:
            if not any(got[1:] == (size, digest) and name in (None, got[0]) for got in told[port]):
                differences += 1
                print(f'seed {number}: {name} of {size} bytes, {digest}, is not in {told[port]}')
    print(f'{count} archives, {sum(len(wanted) for _, wanted in expected.values())} files, {differences} differences, {anomalies} anomalies')
    return 1 if differences or anomalies or not expected else 0


if __name__ == '__main__':
    sys.exit(main())
