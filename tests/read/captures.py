# SPDX-License-Identifier: Apache-2.0
"""Captures made by hand: a few conversations as IP packets, under any link layer, in any container.

A packet is (time in ns, bytes of the IP datagram). TCP and UDP checksums are right.
"""
import struct

CLIENT, SERVER, RESOLVER = bytes([192, 0, 2, 10]), bytes([198, 51, 100, 7]), bytes([192, 0, 2, 53])
START_NS = 1_700_000_000_000_000_000


def checksum(data):
    data += b'\0' * (len(data) % 2)
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(source, destination, protocol, payload, number=1, fragment=0):
    header = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(payload), number, fragment, 64, protocol, 0, source, destination)
    return header[:10] + struct.pack('!H', checksum(header)) + header[12:] + payload


def with_checksum(source, destination, protocol, segment, at):
    pseudo = source + destination + struct.pack('!BBH', 0, protocol, len(segment))
    return segment[:at] + struct.pack('!H', checksum(pseudo + segment) or 0xffff) + segment[at + 2:]


def tcp(source, destination, ports, sequence, acknowledgment, flags, payload=b''):
    segment = struct.pack('!HHIIBBHHH', *ports, sequence, acknowledgment, 0x50, flags, 65535, 0, 0) + payload
    return ipv4(source, destination, 6, with_checksum(source, destination, 6, segment, 16))


def udp(source, destination, ports, payload):
    datagram = struct.pack('!HHHH', *ports, 8 + len(payload), 0) + payload
    return ipv4(source, destination, 17, with_checksum(source, destination, 17, datagram, 6))


def http(port=40000, start_ns=START_NS, target='/report.txt', body=b'what was asked for\n', segment_bytes=10, step_ns=1_000_000):
    """A request and its answer, the body in small segments, and both FINs."""
    ports, back = (port, 80), (80, port)
    request = f'GET {target} HTTP/1.1\r\nHost: www.listed.test\r\nUser-Agent: curl/8\r\n\r\n'.encode()
    answer = b'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n' % len(body) + body
    packets = [tcp(CLIENT, SERVER, ports, 1000, 0, 0x02), tcp(SERVER, CLIENT, back, 5000, 1001, 0x12),
               tcp(CLIENT, SERVER, ports, 1001, 5001, 0x10), tcp(CLIENT, SERVER, ports, 1001, 5001, 0x18, request)]
    got = 1001 + len(request)
    for at in range(0, len(answer), segment_bytes):
        packets.append(tcp(SERVER, CLIENT, back, 5001 + at, got, 0x18, answer[at:at + segment_bytes]))
    end = 5001 + len(answer)
    packets += [tcp(SERVER, CLIENT, back, end, got, 0x11), tcp(CLIENT, SERVER, ports, got, end + 1, 0x11),
                tcp(SERVER, CLIENT, back, end + 1, got + 1, 0x10)]
    return [(start_ns + i * step_ns, packet) for i, packet in enumerate(packets)]


def dns(port=5000, start_ns=START_NS + 500_000, name='mail.listed.test'):
    question = b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')) + b'\0' + struct.pack('!HH', 1, 1)
    query = struct.pack('!HHHHHH', port, 0x0100, 1, 0, 0, 0) + question
    answer = struct.pack('!HHHHHH', port, 0x8180, 1, 1, 0, 0) + question + struct.pack('!HHHIH4s', 0xc00c, 1, 1, 60, 4, SERVER)
    return [(start_ns, udp(CLIENT, RESOLVER, (port, 53), query)), (start_ns + 2_000_000, udp(RESOLVER, CLIENT, (53, port), answer))]


def fragmented_dns(start_ns=START_NS):
    """A query in two fragments, and its answer."""
    (query_ns, query), answer = dns(port=5001, start_ns=start_ns)
    datagram = query[20:]
    return [(query_ns, ipv4(CLIENT, RESOLVER, 17, datagram[:24], 9, 0x2000)),
            (query_ns + 1000, ipv4(CLIENT, RESOLVER, 17, datagram[24:], 9, 3)), answer]


# Link layers by the number that capture files give them.
ETHERNET = bytes(range(2, 14)) + b'\x08\x00'
LINKS = {0: struct.pack('<I', 2), 1: ETHERNET, 9: b'\xff\x03\x00\x21', 12: b'', 50: b'\x00\x21', 101: b'', 108: struct.pack('>I', 2),
         113: struct.pack('!HHH8sH', 0, 1, 6, b'\0' * 8, 0x0800), 228: b'', 276: struct.pack('!HHIHBB8s', 0x0800, 0, 1, 1, 0, 6, b'\0' * 8)}


def pcap(packets, link=1, order='<', nanoseconds=False):
    unit = 1 if nanoseconds else 1000
    out = struct.pack(order + 'IHHiIII', 0xa1b23c4d if nanoseconds else 0xa1b2c3d4, 2, 4, 0, 0, 262144, link)
    for time_ns, packet in packets:
        frame = LINKS[link] + packet
        out += struct.pack(order + 'IIII', time_ns // 1_000_000_000, time_ns % 1_000_000_000 // unit, len(frame), len(frame)) + frame
    return out


def block(kind, body, order):
    body += b'\0' * (-len(body) % 4)
    return struct.pack(order + 'II', kind, len(body) + 12) + body + struct.pack(order + 'I', len(body) + 12)


def pcapng(packets, links=(1,), order='<', resolution=9):
    """One section; packets go to the interfaces in turn."""
    out = block(0x0a0d0d0a, struct.pack(order + 'IHHq', 0x1a2b3c4d, 1, 0, -1), order)
    for link in links:
        option = struct.pack(order + 'HHB3xHH', 9, 1, resolution, 0, 0)
        out += block(1, struct.pack(order + 'HHI', link, 0, 262144) + option, order)
    for i, (time_ns, packet) in enumerate(packets):
        frame, time = LINKS[links[i % len(links)]] + packet, time_ns // 10 ** (9 - resolution)
        out += block(6, struct.pack(order + 'IIIII', i % len(links), time >> 32, time & 0xffffffff, len(frame), len(frame)) + frame, order)
    return out


def session(port, server_port, exchanges, start_ns=START_NS):
    """A TCP connection: (who speaks, bytes) one after another, whole in a segment each."""
    next_sequence = {CLIENT: 1001, SERVER: 5001}
    ports = {CLIENT: (port, server_port), SERVER: (server_port, port)}
    other = {CLIENT: SERVER, SERVER: CLIENT}
    packets = [tcp(CLIENT, SERVER, ports[CLIENT], 1000, 0, 0x02), tcp(SERVER, CLIENT, ports[SERVER], 5000, 1001, 0x12),
               tcp(CLIENT, SERVER, ports[CLIENT], 1001, 5001, 0x10)]

    def send(who, flags, content=b''):
        packets.append(tcp(who, other[who], ports[who], next_sequence[who], next_sequence[other[who]], flags, content))
        next_sequence[who] += len(content) + (flags & 1)

    for who, content in exchanges:
        send(who, 0x18, content)
    for who, flags in ((CLIENT, 0x11), (SERVER, 0x11), (CLIENT, 0x10)):
        send(who, flags)
    return [(start_ns + i * 1_000_000, packet) for i, packet in enumerate(packets)]


def dns_name(name):
    return b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')) + b'\0'


def dns_answers(records, port=5002, start_ns=START_NS):
    """A query and an answer with (type, data) records."""
    question = dns_name('asked.test') + struct.pack('!HH', 255, 1)
    query = struct.pack('!HHHHHH', port, 0x0100, 1, 0, 0, 0) + question
    answer = struct.pack('!HHHHHH', port, 0x8180, 1, len(records), 0, 0) + question
    for kind, content in records:
        answer += struct.pack('!HHHIH', 0xc00c, kind, 1, 60, len(content)) + content
    return [(start_ns, udp(CLIENT, RESOLVER, (port, 53), query)), (start_ns + 2_000_000, udp(RESOLVER, CLIENT, (53, port), answer))]
