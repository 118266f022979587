#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ordered_datagrams.py echo ADDRESS PORT                 sends every datagram back
ordered_datagrams.py ask OWN-ADDRESS ADDRESS PORT      sixteen flows of numbered datagrams; exit 0 when all come back in order

A flow has at most WINDOW datagrams under way; one that does not come back within a second is lost, and sent no more."""
import os
import selectors
import socket
import struct
import sys
import time

FLOWS, DATAGRAMS, WINDOW, PATIENCE_S = 16, 300, 6, 1.0


def echo(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        server.bind((address, port))
        while True:
            data, peer = server.recvfrom(2048)
            server.sendto(data, peer)


class Flow:
    def __init__(self, own_address, address, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((own_address, 0))
        self.socket.connect((address, port))
        self.socket.setblocking(False)
        self.sent, self.next, self.lost, self.disorder = 0, 0, 0, 0
        self.heard = time.monotonic()

    def fill_window(self):
        while self.sent < DATAGRAMS and self.sent - self.next < WINDOW:
            self.socket.send(struct.pack("!I", self.sent) + bytes(200))
            self.sent += 1

    def take(self):
        (number,) = struct.unpack("!I", self.socket.recv(2048)[:4])
        self.heard = time.monotonic()
        if number < self.next:
            self.disorder += 1
            return
        self.lost += number - self.next
        self.next = number + 1
        self.fill_window()

    def give_up_waiting(self):
        if self.next < self.sent and time.monotonic() - self.heard > PATIENCE_S:
            self.lost += self.sent - self.next
            self.next, self.heard = self.sent, time.monotonic()
            self.fill_window()


def ask(own_address, address, port):
    flows = [Flow(own_address, address, port) for _ in range(FLOWS)]
    with selectors.DefaultSelector() as selector:
        for flow in flows:
            selector.register(flow.socket, selectors.EVENT_READ, flow)
            flow.fill_window()
        while any(flow.next < DATAGRAMS for flow in flows):
            for key, _ in selector.select(0.1):
                key.data.take()
            for flow in flows:
                flow.give_up_waiting()
    disorder, lost = sum(flow.disorder for flow in flows), sum(flow.lost for flow in flows)
    print(f"{FLOWS * DATAGRAMS} datagrams, {disorder} out of order or twice, {lost} lost")
    return disorder == 0 and lost == 0


def main():
    # What one CPU sends, the kernel keeps in order; a process that moves between two sends may overtake itself.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if sys.argv[1] == "echo":
        echo(sys.argv[2], int(sys.argv[3]))
    return 0 if ask(sys.argv[2], sys.argv[3], int(sys.argv[4])) else 1


if __name__ == "__main__":
    sys.exit(main())
