# SPDX-License-Identifier: Apache-2.0
"""Frames for the makers of captures: Ethernet, IPv4, TCP connections as their ends would build them, pieces of DNS. The checksums are right,
so that what is made can be replayed under the rules of the wire. Nothing but the standard library."""
import ipaddress
import struct

MSS = 1460
FIN, SYN, PSH, ACK = 0x01, 0x02, 0x08, 0x10


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def frame(source, destination, protocol, segment, identification):
    header = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(segment), identification & 0xffff, 0x4000, 63, protocol, 0,
                         source, destination)
    header = header[:10] + struct.pack('!H', checksum(header)) + header[12:]
    macs = b'\x02\0\0\0\0\x02\x02\0\0\0\0\x01' if source < destination else b'\x02\0\0\0\0\x01\x02\0\0\0\0\x02'
    return macs + b'\x08\0' + header + segment


def transport_checksum(source, destination, protocol, segment):
    return checksum(source + destination + struct.pack('!HH', protocol, len(segment)) + segment)


class Connection:
    """A TCP connection that is built as its ends would: frames in order of time."""

    def __init__(self, draw, client, server, server_port):
        self.draw = draw
        self.ends = [(ipaddress.ip_address(client).packed, draw.randint(20000, 60999)),
                     (ipaddress.ip_address(server).packed, server_port)]
        self.sequence = [draw.randrange(1 << 32), draw.randrange(1 << 32)]
        self.frames = []
        self.stride = draw.choice((4, 8, 8))
        self.identification = draw.randrange(1 << 16)
        self.options = struct.pack('!BBHBBBB', 2, 4, MSS, 1, 3, 3, 7)
        self.emit(0, SYN, b'', self.options)
        self.emit(1, SYN | ACK, b'', self.options)
        self.emit(0, ACK)

    def emit(self, sender, flags, payload=b'', options=b''):
        (source, source_port), (destination, destination_port) = self.ends[sender], self.ends[1 - sender]
        acknowledgment = self.sequence[1 - sender] if flags & ACK else 0
        header = struct.pack('!HHIIBBHHH', source_port, destination_port, self.sequence[sender], acknowledgment,
                             (20 + len(options)) // 4 << 4, flags, 64240, 0, 0) + options
        segment = header + payload
        segment = segment[:16] + struct.pack('!H', transport_checksum(source, destination, 6, segment)) + segment[18:]
        self.identification += 1
        self.frames.append(frame(source, destination, 6, segment, self.identification))
        self.sequence[sender] = (self.sequence[sender] + len(payload) + (1 if flags & (SYN | FIN) else 0)) & 0xffffffff

    def send(self, sender, data):
        """Full segments; receivers acknowledge every second (RFC 9293 3.8.6.3), or less often where they coalesce segments."""
        unacknowledged = 0
        for at in range(0, len(data), MSS):
            piece = data[at:at + MSS]
            last = at + MSS >= len(data)
            self.emit(sender, ACK | (PSH if last else 0), piece)
            unacknowledged += 1
            if unacknowledged == self.stride or (last and self.draw.random() < 0.2):
                self.emit(1 - sender, ACK)
                unacknowledged = 0

    def close(self):
        self.emit(0, FIN | ACK)
        self.emit(1, FIN | ACK)
        self.emit(0, ACK)
        return self.frames


def vector(bytes_of_length, content):
    return len(content).to_bytes(bytes_of_length, 'big') + content


def dns_name(name):
    return b''.join(vector(1, label.encode()) for label in name.split('.')) + b'\0'
