# SPDX-License-Identifier: Apache-2.0
"""THE LIST of what could be quadratic: each makes a capture's frames whose hostile part is `size` bytes long. `small` is the size that is
doubled; both stay below the bounds of the limits.h files, past which nothing grows."""
import itertools
import random
import struct

import quic_initial
from traffic import ACK, PSH, Connection, dns_name, frame, transport_checksum, vector

CLIENT, SERVER = 0, 1
MSS = 1460


def tcp(port, *said, piece=MSS):
    """(side, bytes) in segments of `piece`, each acknowledged at once."""
    connection = Connection(random.Random(port), '10.0.0.1', '198.51.100.1', port)
    for side, data in said:
        for at in range(0, len(data), piece):
            connection.emit(side, ACK | PSH, data[at:at + piece])
            connection.emit(1 - side, ACK)
    return connection.close()


def udp(port, *datagrams):
    source, destination = b'\x0a\0\0\x01', b'\xc6\x33\x64\x01'
    frames = []
    for number, data in enumerate(datagrams):
        segment = struct.pack('!4H', 4000, port, 8 + len(data), 0) + data
        segment = segment[:6] + struct.pack('!H', transport_checksum(source, destination, 17, segment) or 0xffff) + segment[8:]
        frames.append(frame(source, destination, 17, segment, number))
    return frames


# --- HTTP/1

def request(fields=b'', target=b'/'):
    return b'GET ' + target + b' HTTP/1.1\r\nHost: a.test\r\n' + fields


def head_by_bytes(size):
    return tcp(80, (CLIENT, request(b'X: ')), (CLIENT, b'a' * size), piece=1)


def fields(size):
    return tcp(80, (CLIENT, request(b'a:\r\n' * (size // 4) + b'\r\n')))


def folded_lines(size):
    return tcp(80, (CLIENT, request(b'X: a\r\n' + b' b\r\n' * (size // 4) + b'\r\n')))


def parameters(size):
    return tcp(80, (CLIENT, request(b'\r\n', b'/?' + b'&' * size)))


def chunks(size):
    head = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
    return tcp(80, (CLIENT, request(b'\r\n')), (SERVER, head + b'1\r\na\r\n' * (size // 6)))


def unanswered(size):
    one = b'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    return tcp(80, (CLIENT, one * (size // len(one))))


def smuggled_head_by_bytes(size):
    head = b'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n'
    return tcp(80, (CLIENT, head + b'GET / HTTP/1.1\r\nX: '), (CLIENT, b'a' * size), piece=1)


def form_of_empty_parts(size):
    body = b'--b\r\n\r\n\r\n' * (size // 9)
    head = b'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n' % len(body)
    return tcp(80, (CLIENT, head + body))


def form_of_almost_boundaries(size):
    body = b'--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\n' + b'\r\n--' * (size // 4)
    head = b'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n' % len(body)
    return tcp(80, (CLIENT, head + body))


# --- HTTP/2

def part(kind, flags, stream, payload=b''):
    return struct.pack('!I', len(payload))[1:] + bytes([kind, flags]) + struct.pack('!I', stream) + payload


HEADERS, RST_STREAM, SETTINGS, CONTINUATION = 1, 3, 4, 9
END_STREAM, END_HEADERS = 1, 4
OPENING = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + part(SETTINGS, 0, 0)
GET = b'\x82\x86\x84\x41\x06a.test'


def requests(size, block, first=b''):
    """As many requests with this block as fit."""
    one = len(part(HEADERS, 0, 1, block))
    said = [part(HEADERS, END_HEADERS | END_STREAM, 1, GET + first)]
    said += [part(HEADERS, END_HEADERS | END_STREAM, 2 * n + 3, block) for n in range(size // one)]
    return tcp(8080, (CLIENT, OPENING + b''.join(said)))


def entry_named_again(size):
    entry = b'\x40\x01x' + b'\x7f' + bytes([0x81, 0x1e]) + b'v' * 4000
    return requests(size, GET + b'\xbe' * 200, entry)


def table_turned_over(size):
    return requests(size, GET + b'\x40\x01a\0' * 250)


def table_resized(size):
    return requests(size, b'\x20\x3f\xe1\x1f' * 100 + GET)


def huffman(size):
    return requests(size, GET + b'\0\x01a\xff\x81\x06' + b'\x1f' * 896)  # 'aaaa...'


def continuations(size):
    def one(stream):
        return (part(HEADERS, END_STREAM, stream, GET) + part(CONTINUATION, 0, stream) * 28 + part(CONTINUATION, END_HEADERS, stream))
    return tcp(8080, (CLIENT, OPENING + b''.join(one(2 * n + 1) for n in range(size // len(one(1))))))


def block_by_bytes(size):
    return tcp(8080, (CLIENT, OPENING), (CLIENT, part(HEADERS, END_STREAM, 1, GET + b'\0\x01a\x7f\x81\x7f' + b'v' * 16000)[:size]), piece=1)


def rapid_reset(size):
    def one(stream):
        return part(HEADERS, END_HEADERS | END_STREAM, stream, GET) + part(RST_STREAM, 0, stream, bytes(4))
    return tcp(8080, (CLIENT, OPENING + b''.join(one(2 * n + 1) for n in range(size // len(one(1))))))


def streams_left_open(size):
    one = part(HEADERS, END_HEADERS, 1, GET)
    return tcp(8080, (CLIENT, OPENING + b''.join(part(HEADERS, END_HEADERS, 2 * n + 1, GET) for n in range(size // len(one)))))


def settings(size):
    return tcp(8080, (CLIENT, OPENING + part(SETTINGS, 0, 0) * (size // 9)))


# --- TLS and QUIC

def extension(kind, content):
    return struct.pack('!H', kind) + vector(2, content)


def hello(ciphers=b'\x13\x01', extensions=b''):
    name = extension(0, vector(2, b'\0' + vector(2, b'www.a.test')))
    body = b'\3\3' + bytes(32) + b'\0' + vector(2, ciphers) + b'\1\0' + vector(2, name + extensions)
    return b'\1' + vector(3, body)


def records(message, size=16384):
    return b''.join(b'\x16\3\1' + vector(2, message[at:at + size]) for at in range(0, len(message), size))


def padded_hello(size):
    return hello(extensions=extension(21, bytes(size)))


def hello_by_bytes(size):
    return tcp(443, (CLIENT, records(padded_hello(size))), piece=1)


def hello_in_records(size):
    return tcp(443, (CLIENT, records(padded_hello(size // 6), 1)))


def ciphers(size):
    return tcp(443, (CLIENT, records(hello(ciphers=b'\x13\x01' * (size // 2)))))


def extensions(size):
    return tcp(443, (CLIENT, records(hello(extensions=extension(0x4a4a, b'') * (size // 4)))))


def names(size):
    return tcp(443, (CLIENT, records(hello(extensions=extension(0, vector(2, (b'\0' + vector(2, b'b.test')) * (size // 9)))))))


def crypto(message, at, end):
    return b'\6' + struct.pack('!HH', 0x8000, at)[:2] + struct.pack('!HH', at, 0x4000 | end - at) + message[at:end]


def frames_backwards(size):
    """A hello in CRYPTO frames of one byte, the last byte first."""
    message = padded_hello(size)
    every = [crypto(message, at, at + 1) for at in reversed(range(len(message)))]
    return udp(443, *(quic_initial.datagram(number, b''.join(some)) for number, some in
                      enumerate(itertools.zip_longest(*[iter(every)] * 140, fillvalue=b''))))


def every_other_byte(size):
    """Holes all along, which the second half fills."""
    message = padded_hello(size)
    every = [crypto(message, at, at + 1) for start in (1, 0) for at in range(start, len(message), 2)]
    return udp(443, *(quic_initial.datagram(number, b''.join(some)) for number, some in
                      enumerate(itertools.zip_longest(*[iter(every)] * 140, fillvalue=b''))))


# --- DNS, mail, TCP itself

def pointers(size):
    """Answers whose names are each a label and a pointer to the one before."""
    answers, at = [], 12 + len(dns_name('a.test')) + 4
    before = 12
    for _ in range(100):
        answers.append(b'\1x' + struct.pack('!HHHIH', 0xc000 | before, 16, 1, 0, 1) + b'\0')
        before, at = at, at + len(answers[-1])
    message = struct.pack('!6H', 7, 0x8180, 1, len(answers), 0, 0) + dns_name('a.test') + struct.pack('!HH', 16, 1) + b''.join(answers)
    return tcp(53, (SERVER, (struct.pack('!H', len(message)) + message) * (size // len(message))))


def mail(message):
    dialogue = [(SERVER, b'220 mx ESMTP\r\n'), (CLIENT, b'EHLO a\r\n'), (SERVER, b'250 mx\r\n'), (CLIENT, b'MAIL FROM:<a@a.test>\r\n'),
                (SERVER, b'250 ok\r\n'), (CLIENT, b'RCPT TO:<b@b.test>\r\n'), (SERVER, b'250 ok\r\n'), (CLIENT, b'DATA\r\n'),
                (SERVER, b'354 go\r\n'), (CLIENT, message + b'\r\n.\r\n'), (SERVER, b'250 ok\r\n')]
    return tcp(25, *dialogue)


def almost_boundaries(size):
    boundary = b'b' * 60
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="' + boundary + b'x"\r\n\r\n--' + boundary + b'x\r\n\r\n'
    return mail(head + (b'--' + boundary + b'\r\n') * (size // 64))


def encoded_words(size):
    return mail(b'Subject: ' + b'=?utf-8?Q?a?=\r\n ' * (size // 17) + b'\r\n\r\nx')


def empty_parts(size):
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n'
    return mail(head + b'--x\r\n\r\n' * (size // 7))


# --- archives

def downloaded(body):
    head = b'HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Length: %d\r\n\r\n' % len(body)
    return tcp(80, (CLIENT, request(b'\r\n', b'/a.zip')), (SERVER, head + body))


def zip_member(name, content, flags=0, method=0):
    sizes = (0, 0) if flags & 8 else (len(content), len(content))
    return b'PK\3\4' + struct.pack('<5H3I2H', 20, flags, method, 0, 0, 0, *sizes, len(name), 0) + name + content


def almost_descriptors(size):
    """Stored content whose end is looked for, of what begins like the descriptor that would end it."""
    return downloaded(zip_member(b'a', b'PK\7\x08' * (size // 4), flags=8))


def empty_members(size):
    return downloaded(zip_member(b'', b'') * (size // 30))


def directory_of_others(size):
    """Each entry of the directory is looked for among the members that came."""
    entry = b'PK\1\2' + struct.pack('<6H3I5H2I', 20, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    return downloaded(b''.join(zip_member(b'%d' % i, b'') for i in range(128)) + entry * (size // 46))


def damaged_blocks(size):
    header = bytearray(512)
    header[:1], header[124:135], header[156:157], header[257:263] = b'a', b'0' * 11, b'0', b'ustar\0'
    header[148:156] = b' ' * 8
    header[148:155] = b'%06o\0' % sum(header)
    return downloaded(bytes(header) + b'PK' * (size // 2))


# --- FTP

def ftp_command_by_bytes(size):
    return tcp(21, (SERVER, b'220 FTP\r\n'), (CLIENT, b'CWD ' + b'a' * size), piece=1)


def ftp_reply_lines(size):
    return tcp(21, (SERVER, b'220 FTP\r\n'), (CLIENT, b'HELP\r\n'), (SERVER, b'214-a\r\n' * (size // 7)))


def ftp_agreements(size):
    """Each names a port, and so a data connection to expect."""
    asked = b''.join(b'PORT 10,0,0,1,%d,%d\r\n' % (port >> 8, port & 255) for port in range(4096, 4096 + size // 22))
    return tcp(21, (SERVER, b'220 FTP\r\n'), (CLIENT, asked))


def ftp_almost_ports(size):
    return tcp(21, (SERVER, b'220 FTP\r\n'), *(turn for _ in range(size // 1000) for turn in (
        (CLIENT, b'PASV\r\n'), (SERVER, b'227 ' + b'1,2,3,4,5 ' * 99 + b'\r\n'))))


def socks_targets(size):
    """Datagrams of an association, each to a target that takes another's place."""
    agreed = tcp(1080, (CLIENT, b'\5\1\0'), (SERVER, b'\5\0'), (CLIENT, b'\5\3\0\1' + bytes(6)), (SERVER, b'\5\0\0\1' + bytes(4) + struct.pack('!H', 4000)))
    return agreed + udp(4000, *(b'\0\0\0\1' + struct.pack('!IH', number, 53) + bytes(90) for number in range(size // 100)))


def backwards_segments(size):
    """Each run of 32 segments arrives the last one first."""
    connection = Connection(random.Random(1), '10.0.0.1', '198.51.100.1', 80)
    head = b'HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n'
    connection.emit(CLIENT, ACK | PSH, request(b'\r\n'))
    connection.emit(SERVER, ACK | PSH, head)
    for _ in range(size // 3200):
        before = len(connection.frames)
        for _ in range(32):
            connection.emit(SERVER, ACK, b'x' * 100)
        connection.frames[before:] = reversed(connection.frames[before:])
        connection.emit(CLIENT, ACK)
    return connection.frames


TRAPS = [
    # name, maker, small
    ('http: a head byte by byte', head_by_bytes, 8000),
    ('http: header fields', fields, 24000),
    ('http: folded lines', folded_lines, 8000),
    ('http: query parameters', parameters, 8000),
    ('http: chunks of a byte', chunks, 60000),
    ('http: requests without answers', unanswered, 40000),
    ('http: a smuggled head byte by byte', smuggled_head_by_bytes, 3500),
    ('http: a form of empty parts', form_of_empty_parts, 40000),
    ('http: a form of almost boundaries', form_of_almost_boundaries, 60000),
    ('http2: an entry of 4 KB named by a byte', entry_named_again, 20000),
    ('http2: the header table turned over', table_turned_over, 40000),
    ('http2: the header table resized', table_resized, 20000),
    ('http2: Huffman codes', huffman, 40000),
    ('http2: empty CONTINUATION frames', continuations, 40000),
    ('http2: a header block byte by byte', block_by_bytes, 8000),
    ('http2: rapid reset', rapid_reset, 40000),
    ('http2: streams left open', streams_left_open, 40000),
    ('http2: SETTINGS', settings, 60000),
    ('tls: a hello byte by byte', hello_by_bytes, 8000),
    ('tls: a hello in records of a byte', hello_in_records, 24000),
    ('tls: cipher suites', ciphers, 24000),
    ('tls: extensions', extensions, 24000),
    ('tls: server names', names, 24000),
    ('quic: CRYPTO frames backwards', frames_backwards, 4000),
    ('quic: every other byte of a hello', every_other_byte, 4000),
    ('dns: pointers to pointers', pointers, 40000),
    ('mail: lines that are almost boundaries', almost_boundaries, 60000),
    ('mail: encoded words', encoded_words, 4000),
    ('mail: empty parts', empty_parts, 3000),
    ('archive: almost descriptors', almost_descriptors, 60000),
    ('archive: members of nothing', empty_members, 30000),
    ('archive: a directory of others', directory_of_others, 86000),
    ('archive: a tar of damaged blocks', damaged_blocks, 100000),
    ('ftp: a command byte by byte', ftp_command_by_bytes, 1800),
    ('ftp: reply lines', ftp_reply_lines, 60000),
    ('ftp: ports agreed on', ftp_agreements, 20000),
    ('ftp: replies that almost name a port', ftp_almost_ports, 40000),
    ('socks: datagrams to ever other targets', socks_targets, 40000),
    ('tcp: segments backwards', backwards_segments, 128000),
]
