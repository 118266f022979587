# SPDX-License-Identifier: Apache-2.0
"""Conversations as a capture file: what an oracle test lets sekisho-read see."""
import struct


class Capture:
    """A pcap of TCP conversations over raw IPv4, each between one client and one server, acknowledged by the data itself."""

    def __init__(self):
        self._packets = []
        self._flows = 0

    def add(self, port, turns, segment=1400):
        """turns: (from_client, bytes) in order."""
        self._flows += 1
        client_port = 20000 + self._flows
        sequence = {True: 1000, False: 5000}

        def packet(from_client, flags, payload=b''):
            ports = (client_port, port) if from_client else (port, client_port)
            addresses = (b'\xc0\x00\x02\x0a', b'\xc6\x33\x64\x07') if from_client else (b'\xc6\x33\x64\x07', b'\xc0\x00\x02\x0a')
            tcp = struct.pack('>HHIIBBHHH', *ports, sequence[from_client], sequence[not from_client], 0x50, flags, 65535, 0, 0)
            length = 20 + len(tcp) + len(payload)
            ip = struct.pack('>BBHHHBBH', 0x45, 0, length, 1, 0x4000, 64, 6, 0) + addresses[0] + addresses[1]
            self._packets.append(ip + tcp + payload)
            sequence[from_client] += len(payload) + (1 if flags & 3 else 0)

        packet(True, 0x02)
        packet(False, 0x12)
        packet(True, 0x10)
        for from_client, data in turns:
            for at in range(0, len(data), segment):
                packet(from_client, 0x18, data[at:at + segment])
        packet(True, 0x11)
        packet(False, 0x11)
        packet(True, 0x10)
        return client_port

    def write(self, path):
        with open(path, 'wb') as file:
            file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 101))
            for number, data in enumerate(self._packets):
                file.write(struct.pack('<IIII', 1795309200 + number // 1000, number % 1000 * 1000, len(data), len(data)) + data)
