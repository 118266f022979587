#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_seeds.py NAME FOLDER: writes the inputs that fuzzing of a target begins with, and its dictionary (FOLDER/../NAME.dict).

Each is what a conversation, file or record of the kind looks like when nothing is wrong with it, in the target's own framing (see NAME_fuzz.cpp).
Targets without an entry begin with nothing.
"""
import gzip
import importlib.machinery
import importlib.util
import io
import pathlib
import random
import struct
import sys
import tarfile
import zipfile
import zlib

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'tools'), str(pathlib.Path(__file__).resolve().parent)]
import lan_seeds  # noqa: E402
from traffic import ACK, Connection, dns_name, frame, transport_checksum  # noqa: E402

CLIENT, SERVER = 0, 1
DRAW = random.Random('seeds')


def make_mix():
    """The maker of the bench's traffic: its TLS hellos and certificates are of use here."""
    loader = importlib.machinery.SourceFileLoader('make_mix', str(ROOT / 'tools' / 'make_mix'))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('make_mix', loader))
    loader.exec_module(module)
    return module


# --- what is said

REQUEST = (b'GET /a/b?c=d HTTP/1.1\r\nHost: www.evil.test\r\nUser-Agent: e\r\nReferer: http://a.test/\r\nCookie: f=g\r\n'
           b'Accept-Encoding: gzip\r\n\r\n')
POST = b'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\nContent-Type: text/plain\r\n\r\nsecret'
CHUNKED = b'HTTP/1.1 200 OK\r\nServer: s\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n5;x=y\r\nhello\r\n0\r\nA: b\r\n\r\n'
PLAIN = b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Disposition: attachment; filename="a.exe"\r\n\r\nMZ123'
CLOSED = b'HTTP/1.0 200 OK\r\n\r\nuntil the end'
MESSAGE = (b'From: "A" <a@a.test>\r\nTo: b@b.test\r\nSubject: =?utf-8?B?c2VjcmV0?=\r\nMessage-ID: <1@a.test>\r\nMIME-Version: 1.0\r\n'
           b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n'
           b'Content-Transfer-Encoding: quoted-printable\r\n\r\nsee http://evil.test/a=20\r\n.. =\r\n--x\r\n'
           b'Content-Type: application/octet-stream; name="a.exe"\r\nContent-Transfer-Encoding: base64\r\n'
           b'Content-Disposition: attachment; filename="a.exe"\r\n\r\nTVqQAAMAAAAEAAAA\r\n--x--\r\n')
GZIPPED = gzip.compress(b'hello hello hello', mtime=0)


def dns_query(name='www.evil.test', kind=1):
    return struct.pack('!6H', 7, 0x0100, 1, 0, 0, 1) + dns_name(name) + struct.pack('!HH', kind, 1) + b'\0' + struct.pack('!HHIH', 41, 1232, 0, 0)


def dns_answer(kind=1, data=b'\xc6\x33\x64\x01'):
    return (struct.pack('!6H', 7, 0x8180, 1, 2, 0, 0) + dns_name('a.test') + struct.pack('!HH', kind, 1) + b'\xc0\x0c' +
            struct.pack('!HHIH', 5, 1, 60, 4) + b'\x01b\xc0\x0c' + b'\xc0\x0c' + struct.pack('!HHIH', kind, 1, 60, len(data)) + data)


# --- framings

def plain(text, piece=7):
    return bytes([piece << 2 | 1]) + text


def turns(*said, piece=7):
    """protocol_fuzz.cpp: control bytes with lengths up to 15 before each piece."""
    out = bytes([piece << 2 & 0xff])
    for side, text in said:
        for at in range(0, len(text), 15):
            part = text[at:at + 15]
            out += bytes([len(part) << 4 | side]) + part
    return out


def datagram(side, message):
    return b'\x02' + bytes([8 | side]) + message


def with_length(message):
    return struct.pack('!H', len(message)) + message


def orders(*said, choice=4):
    """conversation_fuzz.cpp: TCP in order, pieces of at most 255 bytes."""
    out = bytes([choice])
    for side, text in said:
        for at in range(0, len(text), 255):
            part = text[at:at + 255]
            out += bytes([side << 3, len(part)]) + part
    return out


def frames(list_, choice=4):
    return bytes([choice, 0]) + b''.join(bytes([port]) + struct.pack('!H', len(data)) + data for port, data in list_)


def tcp_frames(*said):
    connection = Connection(random.Random(1), '10.0.0.1', '198.51.100.1', 80)
    for side, text in said:
        connection.send(side, text)
    connection.emit(0, ACK)
    return [(0 if data[26] == 10 else 1, data) for data in connection.close()]


def udp_frame(message, fragment=None):
    source, destination = b'\x0a\0\0\x01', b'\xc6\x33\x64\x01'
    segment = struct.pack('!4H', 4000, 53, 8 + len(message), 0) + message
    segment = segment[:6] + struct.pack('!H', transport_checksum(source, destination, 17, segment)) + segment[8:]
    data = frame(source, destination, 17, segment if fragment is None else segment[fragment], 9)
    return (0, data)


def pcapng(data):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack('<II', kind, len(body) + 12) + body + struct.pack('<I', len(body) + 12)
    return (block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)) + block(1, struct.pack('<HHI', 1, 0, 0) + b'\x09\0\x01\0\x09\0\0\0\0\0\0\0') +
            block(6, struct.pack('<IIIII', 0, 1, 2, len(data), len(data)) + data) + block(3, struct.pack('<I', len(data)) + data) +
            block(5, b'\0' * 12))


# --- the seeds

def http1():
    yield plain(REQUEST)
    yield plain(POST + REQUEST, 2)
    yield turns((CLIENT, REQUEST), (SERVER, CHUNKED), (CLIENT, POST), (SERVER, PLAIN))
    yield turns((CLIENT, b'HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n'), (SERVER, b'HTTP/1.1 100 Continue\r\n\r\n' + CLOSED))
    yield turns((CLIENT, b'CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\nProxy-Authorization: Basic YTpi\r\n\r\n'), (SERVER, b'HTTP/1.1 200 OK\r\n\r\nx'))


def dns():
    yield b'\x03' + dns_query()
    for kind, data in ((1, b'\xc6\x33\x64\x01'), (28, b'\x20\x01' + bytes(14)), (15, b'\0\x0a\x01m\xc0\x0c'), (16, b'\x03abc'), (6, b'\xc0\x0c\xc0\x0c' + bytes(20)),
                       (33, bytes(6) + b'\xc0\x0c'), (65, b'\0\x01\0\0\x01\0\x03\x02h2'), (12, b'\xc0\x0c')):
        yield datagram(SERVER, dns_answer(kind, data))
    yield turns((CLIENT, with_length(dns_query())), (SERVER, with_length(dns_answer())))


def smtp():
    greeting = (SERVER, b'220 mx ESMTP\r\n')
    yield turns(greeting, (CLIENT, b'EHLO a.test\r\n'), (SERVER, b'250-mx\r\n250 PIPELINING\r\n'),
                (CLIENT, b'MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\nDATA\r\n'), (SERVER, b'250 ok\r\n250 ok\r\n354 go\r\n'),
                (CLIENT, MESSAGE + b'.\r\n'), (SERVER, b'250 ok\r\n'), (CLIENT, b'QUIT\r\n'))
    yield turns(greeting, (CLIENT, b'HELO a\r\n'), (SERVER, b'250 mx\r\n'), (CLIENT, b'MAIL FROM:<>\r\n'), (SERVER, b'250 ok\r\n'),
                (CLIENT, b'BDAT 5 LAST\r\nhello'), (SERVER, b'250 ok\r\n'))
    yield turns(greeting, (CLIENT, b'EHLO a\r\n'), (SERVER, b'250 STARTTLS\r\n'), (CLIENT, b'STARTTLS\r\n'), (SERVER, b'220 go\r\n'), (CLIENT, b'\x16\x03\x01'))
    yield turns(greeting, (CLIENT, b'AUTH PLAIN AGEAYg==\r\n'), (SERVER, b'235 ok\r\n'))


def tls():
    mix = make_mix()
    hello = mix.client_hello(DRAW, 'www.evil.test')
    server = b'\3\3' + bytes(32) + b'\0\xc0\x2f\0' + mix.vector(2, mix.extension(16, mix.vector(2, mix.vector(1, b'h2'))))
    chain = mix.vector(3, mix.vector(3, mix.certificate(DRAW, ['a.test', 'b.test'])))
    answer = mix.record(22, mix.handshake(2, server)) + mix.record(22, mix.handshake(11, chain)) + mix.record(22, mix.handshake(14, b''))
    yield plain(hello)
    yield turns((CLIENT, hello), (SERVER, answer), (CLIENT, mix.record(20, b'\1') + mix.record(23, b'x')))
    yield turns((CLIENT, mix.record(21, b'\2\x28')))


def http2():
    def part(kind, flags, stream, payload=b''):
        return struct.pack('!I', len(payload))[1:] + bytes([kind, flags]) + struct.pack('!I', stream) + payload

    data, headers, reset, settings, push, ping, goaway, continuation = 0, 1, 3, 4, 5, 6, 7, 9
    end_stream, end_headers, padded = 1, 4, 8
    settled = part(settings, 0, 0, struct.pack('!HI', 1, 4096))
    opening = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + settled
    # A host in Huffman's code, a field that is kept, one that is never to be; then the one that was kept by its index.
    get = b'\x82\x86\x84\x41\x8c' + bytes.fromhex('f1e3c2e5f23a6ba0ab90f4ff') + b'\x40\x06cookie\x03f=g\x10\x07referer\x0fhttp://a.test/b'
    again = b'\x83\x86\x44\x04/a/b\xbf\xbe\x0f\x0d\x016'
    ok = b'\x88\x5f\x09text/html\x0f\x0d\x015'
    yield plain(opening + part(headers, end_headers | end_stream, 1, get))
    yield turns((CLIENT, opening + part(headers, end_headers | end_stream, 1, get)), (SERVER, settled + part(headers, end_headers, 1, ok)),
                (SERVER, part(data, end_stream | padded, 1, b'\x02helloxx')), (CLIENT, part(headers, end_headers, 3, again)),
                (CLIENT, part(data, 0, 3, b'sec') + part(data, end_stream, 3, b'ret')), (SERVER, part(headers, end_headers | end_stream, 3, b'\x8d')))
    yield turns((CLIENT, opening + part(headers, end_stream, 1, get[:9]) + part(continuation, end_headers, 1, get[9:])),
                (SERVER, settled + part(push, end_headers, 1, struct.pack('!I', 2) + get) + part(headers, end_headers | end_stream, 2, ok)),
                (CLIENT, part(reset, 0, 1, struct.pack('!I', 8)) + part(ping, 0, 0, bytes(8))), (SERVER, part(goaway, 0, 0, bytes(8))))
    tunnel = b'\x42\x07CONNECT\x41\x08a.test:1\x40\x09:protocol\x09websocket'
    yield turns((CLIENT, opening + part(headers, end_headers, 1, tunnel)), (SERVER, settled + part(headers, end_headers, 1, b'\x88')),
                (CLIENT, part(data, 0, 1, b'inside')))


def websocket():
    def part(first, payload, mask=b''):
        size = len(payload) | (128 if mask else 0)
        return bytes([first, size]) + mask + bytes(c ^ mask[i % 4] if mask else c for i, c in enumerate(payload))

    key = b'\x37\xfa\x21\x3d'
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    hello = (packed.compress(b'hello hello') + packed.flush(zlib.Z_SYNC_FLUSH))[:-4]
    yield plain(part(0x81, b'hello', key))
    yield turns((CLIENT, part(0x01, b'hel', key) + part(0x89, b'', key) + part(0x80, b'lo', key)), (SERVER, part(0x8a, b'') + part(0x82, b'MZ123')),
                (CLIENT, part(0x88, b'\x03\xe8', key)), (SERVER, part(0x88, b'\x03\xe8')))
    yield turns((SERVER, part(0xc1, hello) + part(0xc1, hello)), (CLIENT, b'\x82\xfe\x00\x80' + key + bytes(128)))


def quic():
    """What travels outside the encryption; quic_frames has what is inside."""
    def long_header(first, version, rest):
        return bytes([first]) + struct.pack('!I', version) + b'\x08destined\x06source' + rest

    junk = bytes(range(64)) * 18
    yield datagram(CLIENT, long_header(0xc3, 1, b'\0\x44\x80' + junk[:1152]))
    yield datagram(CLIENT, long_header(0xd3, 0x6b3343cf, b'\x05token\x40\x40' + junk[:64]) + long_header(0xe3, 1, b'\x20' + junk[:32]) + b'\x40' + junk[:40])
    yield datagram(SERVER, long_header(0x80, 0, struct.pack('!III', 1, 0x0a1a2a3a, 0x6b3343cf)))
    yield datagram(SERVER, long_header(0xf0, 1, b'retry' + bytes(16)))
    yield datagram(CLIENT, b'\x09' + bytes(8) + b'Q043\x01' + junk[:100])


def quic_frames():
    """Payloads of Initial packets: control, length, frames (RFC 9000 19)."""
    hello = make_mix().client_hello(DRAW, 'www.evil.test')[5:]
    half = len(hello) // 2

    def crypto(offset, data):
        return b'\6' + (0x4000 | offset).to_bytes(2, 'big') + (0x4000 | len(data)).to_bytes(2, 'big') + data

    def packet(control, payload):
        return bytes([control]) + len(payload).to_bytes(2, 'big') + payload

    yield packet(0, crypto(0, hello))
    yield packet(0, crypto(half, hello[half:]) + b'\1\0\0') + packet(0x40, b'\2\5\0\0\0' + crypto(0, hello[:half]))
    yield packet(1, crypto(0, hello[:half])) + packet(0x10, crypto(half, hello[half:])) + packet(0x80, b'\x1c\0\0\0')


def content():
    for choice, data in ((0, GZIPPED), (1, zlib.compress(b'hello hello')), (1, zlib.compress(b'hello')[2:-4]), (2, bytes.fromhex('0b028068656c6c6f03')),
                         (3, bytes.fromhex('28b52ffd0458290000') + b'hello' + bytes.fromhex('e4ad0a2f')), (4, bytes.fromhex('1f9d9061c400')), (5, b'TVqQAAMAAAAEAAAA\r\nQQ=='), (6, b'a=20b=\r\nc=3D\r\n')):
        yield bytes([choice, 3]) + data


def archive():
    """Zips with their sizes in front and behind, hidden members, tars of each kind, compressed files."""
    for seekable in (True, False):
        yield b'\x06' + zipped((('a.txt', b'hello hello hello', 8), ('b/c', b'stored PK\x07\x08', 0), ('', b'', 0)), seekable)
    yield b'\x20' + zipped((('../a', b'x', 8),), True).replace(b'PK\x03\x04\x14\0\0\0', b'PK\x03\x04\x14\0\1\0') + zipped((('d', b'y', 8),), True)
    for kind in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode='w', format=kind) as archive_:
            for name, content_ in (('a', b'hello'), ('dir/' * 30 + 'n', b'MZ' * 300)):
                entry = tarfile.TarInfo(name)
                entry.size = len(content_)
                archive_.addfile(entry, io.BytesIO(content_))
        yield b'\x40' + out.getvalue()[:4096]
    yield b'\x03' + GZIPPED + GZIPPED
    yield b'\x03' + bytes.fromhex('28b52ffd0458290000') + b'hello' + bytes.fromhex('e4ad0a2f')


class Unseekable(io.BytesIO):
    def seekable(self):
        return False

    def tell(self):
        raise OSError

    def seek(self, *_):
        raise OSError


def zipped(members, seekable):
    """A zip; not seekable: the sizes follow the content."""
    out = io.BytesIO() if seekable else Unseekable()
    with zipfile.ZipFile(out, 'w') as archive_:
        for name, content_, method in members:
            archive_.writestr(zipfile.ZipInfo(name), content_, method)
    return out.getvalue()


def mime():
    yield b'\x07' + MESSAGE
    yield b'\x02' + MESSAGE.replace(b'multipart/mixed', b'message/rfc822')


def multipart():
    form = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=f; filename="C:\\x.exe"\r\n\r\nMZ\r\n--b--\r\n'
    yield b'\x06' + form
    yield b'\x07' + b'--b\r\nContent-Range: bytes 0-1/9\r\n\r\nab\r\n--b\r\nContent-Range: bytes 4-5/9\r\n\r\ncd\r\n--b--'
    yield b'\x01' + b'x\r\n' + form.replace(b'name=f', b'name=f\r\nContent-Type: multipart/mixed; boundary=i').replace(b'MZ', b'--i\r\n\r\n--i--')


def conversation():
    for choice in (0x04, 0x05, 0x37, 0x0d):
        yield orders((CLIENT, REQUEST), (SERVER, CHUNKED), (CLIENT, POST), (SERVER, PLAIN), choice=choice)
        yield bytes([choice, 6, len(dns_query())]) + dns_query() + bytes([6 | 8, len(dns_answer())]) + dns_answer()
        yield bytes([choice, 7, 1, len(dns_query())]) + dns_query() + bytes([7, 0x61, len(dns_query())]) + dns_query()
        yield orders((SERVER, b'220 mx ESMTP\r\n'), (CLIENT, b'EHLO a\r\n'), (SERVER, b'250 mx\r\n'), (CLIENT, b'MAIL FROM:<a@b.test>\r\n'),
                     (SERVER, b'250 ok\r\n'), (CLIENT, b'RCPT TO:<b@b.test>\r\n'), (SERVER, b'250 ok\r\n'), (CLIENT, b'DATA\r\n'), (SERVER, b'354 go\r\n'),
                     (CLIENT, MESSAGE + b'.\r\n'), choice=choice)
    yield orders((CLIENT, REQUEST)) + bytes([2, 5, 5]) + b'GET /' + bytes([3, 9, 4]) + b'hole' + bytes([4 | 8, 0, 5, 1])
    zipped = b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n' % len(GZIPPED) + GZIPPED
    yield orders((CLIENT, REQUEST), (SERVER, zipped))
    yield orders((CLIENT, make_mix().client_hello(DRAW, 'www.evil.test')))
    # An anomaly in a message with a listed name, behind one that is over: its sighting did depend on the bursts.
    yield bytes.fromhex('04062a00070100000100000000000103777777046576696c0474657374000001000100002904d00000000000000e3800078180000100020000000001610474657374000001002c01c00c000500010000003c00040162c00cc00c000100010000003c0004c6336401')


def frames_():
    for choice in (0x04, 0x07, 0x7e):
        yield frames(tcp_frames((CLIENT, REQUEST), (SERVER, PLAIN)), choice)
        yield frames([udp_frame(dns_query())], choice)
    first, second = udp_frame(dns_query(), slice(0, 24)), udp_frame(dns_query(), slice(24, None))
    yield frames([(0, first[1][:20] + b'\x20\0' + first[1][22:]), (0, second[1][:20] + b'\0\x03' + second[1][22:])], 0)


def capture():
    data = udp_frame(dns_query())[1]
    head = struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    yield head + struct.pack('<IIII', 1, 2, len(data), len(data)) + data
    yield struct.pack('>IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, 65535, 113) + struct.pack('>IIII', 1, 2, 4, 4) + b'abcd'
    yield pcapng(data)


def image():
    yield b''
    for at in (40, 64, 128, 200, 384, 400, 600, 900):
        yield struct.pack('!HB', at, 0) + b'\x01' + struct.pack('!HB', at + 8, 2) + b'\0\0\0\xff'


def drain():
    for record in range(8):
        fields = b''.join(bytes([field, 0, 5]) + b'ab' for field in range(record * 20, record * 20 + 20))
        yield b'\1\0' + (b'\2' + bytes([record, 1, 0, 4, 80, 20]) + fields) * 2 + b'\1' + b'\0\1\0\0\4\xff\xff\0\0' + b'\1'


def feed():
    yield b'\1value,kind,mode,severity,confidence,action,phase,note\nevil.test,domain,subdomains,high,90,reset,3.backdoor-untrusted,"a, ""b"""\n'
    yield b'\2# list\nhxxp://evil[.]test/a\n192.0.2.0/24\n2001:db8::1\na@b.test\n*.evil.test\nd41d8cd98f00b204e9800998ecf8427e\n'
    yield b'\1kind,value\ncompound,domain=evil.test AND NOT address=192.0.2.1\n'
    yield b'\0value,valid_from,valid_until\n1.2.3.4,2026-01-01,2027-01-01T00:00:00Z\n'
    for choice, name in ((3, 'hosts.txt'), (4, 'zeek-intel.dat'), (0xc3, 'dataset-domain.lst'), (6, 'emerging.rules'), (0, 'emerging.rules'),
                         (7, 'stix-bundle.json'), (0, 'stix-2.0.json'), (8, 'misp-event.json'), (9, 'dark-harbor.ioc')):
        yield bytes([choice]) + (ROOT / 'tests/feeds' / name).read_bytes()


def config():
    yield (ROOT / 'control/config/default.yaml').read_bytes()
    yield b'general: {name: a}\ndataplane:\n  lcores: [1]\n  pairs:\n    - {name: p, mode: inline, a: {vdev: "net_tap0"}, b: {pci: "0000:03:00.0"}}\n'


def dhcp():
    for message in lan_seeds.dhcp_messages():
        yield datagram(SERVER, message)


def ssh():
    yield turns((SERVER, b'hello\r\n' + lan_seeds.ssh_hello(b'SSH-2.0-s 1\r\n')), (CLIENT, lan_seeds.ssh_hello(b'SSH-2.0-c\r\n')))
    yield turns((SERVER, b'SSH-1.99-s\n'), (CLIENT, b'SSH-1.5-c\n'))


def ntp():
    for packet in lan_seeds.ntp_packets():
        yield datagram(CLIENT, packet)


def rdp():
    cookie = (CLIENT, lan_seeds.rdp_request(b'Cookie: mstshash=alice\r\n\1\0\x08\0\3\0\0\0'))
    yield turns(cookie, (SERVER, lan_seeds.rdp_confirm(b'\2\0\x08\0\2\0\0\0')), (CLIENT, b'\x16\3\1'))
    yield turns(cookie, (SERVER, lan_seeds.rdp_confirm(b'')), (CLIENT, lan_seeds.rdp_settings()))
    yield turns(cookie, (SERVER, lan_seeds.rdp_confirm(b'\3\0\x08\0\5\0\0\0')))


def krb5():
    request, reply, error = lan_seeds.krb5_messages()
    for message in (request, reply, error):
        yield datagram(CLIENT, message)
    yield turns((CLIENT, lan_seeds.framed(request)), (SERVER, lan_seeds.framed(error)), (CLIENT, lan_seeds.framed(request)),
                (SERVER, lan_seeds.framed(reply)))


def ldap():
    asked, answered = lan_seeds.ldap_said()
    yield turns(*(turn for pair in zip(asked, answered) for turn in ((CLIENT, pair[0]), (SERVER, pair[1]))))
    yield datagram(CLIENT, asked[1])


def smb():
    asked, answered = lan_seeds.smb_said()
    yield turns((CLIENT, b''.join(asked)), (SERVER, b''.join(answered)))
    yield turns(*((CLIENT, message) for message in asked))


def socks():
    yield turns((CLIENT, b'\5\2\0\2'), (SERVER, b'\5\2'), (CLIENT, b'\1\4user\4pass'), (SERVER, b'\1\0'), (CLIENT, b'\5\1\0\3\x09evil.test\0\x50'),
                (SERVER, b'\5\0\0\1\x7f\0\0\1\0\x50'), (CLIENT, b'GET / HTTP/1.0\r\n\r\n'))
    yield turns((CLIENT, b'\4\1\0\x50\0\0\0\1user\0evil.test\0'), (SERVER, b'\0\x5a\0\0\0\0\0\0'))


def ftp():
    yield turns((SERVER, b'220 FTP\r\n'), (CLIENT, b'USER a\r\n'), (SERVER, b'331-x\r\n331 pw\r\n'), (CLIENT, b'PASS b\r\nPASV\r\nREST 5\r\nRETR f\r\n'),
                (SERVER, b'230 in\r\n227 ok (192,0,2,1,7,208)\r\n350 x\r\n150 go\r\n226 done\r\n'))
    yield turns((CLIENT, b'EPSV\r\n'), (SERVER, b'229 ok (|||2000|)\r\n'), (CLIENT, b'\xff\xf4\xff\xf2ABOR\r\nEPRT |2|2001:db8::1|21|\r\nSTOR g\r\n'))
    yield turns((CLIENT, b'AUTH TLS\r\n'), (SERVER, b'234 go\r\n'), (CLIENT, b'\x16\3\1\0\5'))


def ftp_data():
    yield turns((SERVER, b'the file'), (CLIENT, b'x'))


def socks_udp():
    yield datagram(CLIENT, b'\0\0\0\3\x09evil.test\0\x35' + dns_query())
    yield datagram(SERVER, b'\0\0\0\1\xc6\x33\x64\x01\0\x35' + dns_answer())
    yield datagram(CLIENT, b'\0\0\1\4' + bytes(16) + b'\x01\xbbpart')


SEEDS = {'ftp': ftp, 'ftp_data': ftp_data, 'socks': socks, 'socks_udp': socks_udp, 'http1': http1, 'dns': dns, 'smtp': smtp, 'http2': http2, 'websocket': websocket, 'tls': tls, 'quic': quic, 'quic_frames': quic_frames, 'content': content, 'archive': archive, 'mime': mime, 'multipart': multipart, 'conversation': conversation, 'frames': frames_,
         'capture': capture, 'image': image, 'delta': image, 'drain': drain, 'feed': feed, 'config': config}

SEEDS |= {'dhcp': dhcp, 'ssh': ssh, 'ntp': ntp, 'rdp': rdp, 'krb5': krb5, 'ldap': ldap, 'smb': smb}

WORDS = {'http1': ('GET ', 'POST ', 'CONNECT ', 'HEAD ', ' HTTP/1.1\r\n', ' HTTP/1.0\r\n', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 101 ', 'Host: ', 'Content-Length: ',
                   'Transfer-Encoding: chunked\r\n', 'Content-Encoding: gzip\r\n', 'Connection: close\r\n', 'Upgrade: ', '\r\n\r\n', '0\r\n\r\n', 'Expect: 100-continue\r\n',
                   'Content-Type: multipart/form-data; boundary=x\r\n', 'Proxy-Authorization: Basic ', 'http://', 'evil.test', 'Content-Disposition: ', "filename*=utf-8''"),
         'smtp': ('EHLO ', 'HELO ', 'MAIL FROM:<', 'RCPT TO:<', 'DATA\r\n', 'BDAT ', ' LAST\r\n', 'STARTTLS\r\n', 'AUTH PLAIN ', 'AUTH LOGIN\r\n', 'RSET\r\n', 'QUIT\r\n',
                  '220 ', '250 ', '250-', '334 ', '354 ', '\r\n.\r\n', ' SIZE=', ' BODY=8BITMIME', 'XCLIENT '),
         'mime': ('Content-Type: ', 'multipart/mixed', 'boundary="', '\r\n--', '--\r\n', 'message/rfc822', 'Content-Transfer-Encoding: ', 'base64', 'quoted-printable',
                  'Content-Disposition: attachment; filename=', '=?utf-8?B?', '=?iso-2022-jp?Q?', '?=', 'Subject: ', 'From: ', 'filename*0*=', 'charset=', '\r\n\r\n', '\r\n\t'),
         'archive': ('PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', 'PK\x07\x08', 'ustar\0', '00000000000', ' path=', ' size=', '../'),
         'feed': ('{"type":"bundle","objects":[', '{"type":"indicator","id":"', '"pattern":"[', '"revoked":true', "domain-name:value = '", "file:hashes.'SHA-256' IN ('", ' LIKE ', ' MATCHES ', ' ISSUBSET ', ' AND ', ' OR ', ' NOT ', '] FOLLOWEDBY [', ' WITHIN 5 SECONDS', 'value,', '#fields\t', 'indicator_type', 'Intel::ADDR', 'Intel::URL', '0.0.0.0 ', 'alert http any any -> any any (', 'content:"', 'http.host; ', 'http.uri; ', 'dotprefix; ', 'endswith; ', 'bsize:9; ', '|0d 0a|', 'sid:1;)', 'kind', 'mode', 'domain', 'url', 'sha256', 'regex', 'cidr', 'range', 'hxxp://', '[.]', '*.', '/24', '..', '2001:db8::', '""', ',,', '2026-01-01'),
         'config': ('dataplane:', 'pairs:', 'feeds:', 'outputs:', 'policy:', 'zones:', ' - {', 'name: ', '&a ', '*a', '!!str ', '<<: ', '|\n', '[[', '{a: ', '"\\x', '%YAML ')}
WORDS['multipart'] = WORDS['mime'] + ('--b\r\n', '--b--', 'form-data; name=', 'Content-Range: bytes ')
WORDS['conversation'] = WORDS['http1'] + WORDS['smtp'] + WORDS['mime']


def quoted(word):
    return '"' + ''.join(c if ' ' <= c <= '~' and c not in '"\\' else f'\\x{ord(c):02x}' for c in word) + '"'


def main():
    name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]() if name in SEEDS else ()):
        (folder / f'{name}-{number}').write_bytes(seed)
    (folder.parent / f'{name}.dict').write_text(''.join(quoted(word) + '\n' for word in WORDS.get(name, ())), encoding='ascii')


if __name__ == '__main__':
    main()
