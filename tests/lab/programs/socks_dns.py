#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""socks_dns.py CLIENT PROXY:PORT RESOLVER NAME: asks for NAME's address by datagrams of a SOCKS 5 association (RFC 1928 7), from CLIENT; prints it."""
import socket
import struct
import sys

TIMEOUT_S = 3


def associate(client, proxy, port):
    control = socket.create_connection((proxy, port), TIMEOUT_S, (client, 0))
    control.sendall(b'\5\1\0')
    if control.recv(2) != b'\5\0':
        sys.exit('refused')
    control.sendall(b'\5\3\0\1' + bytes(6))
    reply = control.recv(10)
    if reply[:2] != b'\5\0':
        sys.exit(f'no association: {reply!r}')
    address = socket.inet_ntoa(reply[4:8])
    return control, (proxy if address == '0.0.0.0' else address, struct.unpack('!H', reply[8:10])[0])


def main():
    client, proxy, resolver, name = sys.argv[1:]
    host, port = proxy.split(':')
    control, at = associate(client, host, int(port))
    question = b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')) + b'\0\0\1\0\1'
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind((client, 0))
    datagrams.settimeout(TIMEOUT_S)
    header = b'\0\0\0\1' + socket.inet_aton(resolver) + struct.pack('!H', 53)
    datagrams.sendto(header + struct.pack('!6H', 7, 0x100, 1, 0, 0, 0) + question, at)
    try:
        answer = datagrams.recv(2048)
    except TimeoutError:
        sys.exit('no answer')
    control.close()
    print(socket.inet_ntoa(answer[-4:]))


main()
