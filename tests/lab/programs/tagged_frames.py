#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""DNS questions in frames with VLAN tags (IEEE 802.1Q; two tags: 802.1ad outside), by packet sockets in network namespaces.

tagged_frames.py crosses NAMESPACE INTERFACE NAMESPACE INTERFACE TAGS NAME   exit 0 when the frame comes out byte by byte
tagged_frames.py answered NAMESPACE INTERFACE TAGS NAME ADDRESS              exit 0 when an answer with ADDRESS and the same tags comes
"""
import ctypes
import os
import random
import socket
import struct
import sys
import time

ETH_P_ALL, SOL_PACKET, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING = 3, 263, 8, 23
TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID = 1 << 4, 1 << 6
CLONE_NEWNET = 0x40000000
CLIENT, RESOLVER = "10.1.0.99", "10.2.0.53"
CLIENT_MAC, RESOLVER_MAC = bytes.fromhex("020000000063"), bytes.fromhex("020000000035")
PATIENCE_S = 2.0


def packet_socket(namespace, interface):
    """A socket lives in the namespace where it was made."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}", "rb") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), namespace)
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    made.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    made.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    made.bind((interface, ETH_P_ALL))
    return made


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def tag_bytes(tags):
    """802.1ad outside where there are two."""
    types = [0x88a8] * (len(tags) - 1) + [0x8100]
    return b"".join(struct.pack("!HH", kind, tag) for kind, tag in zip(types, tags))


def question_frame(tags, name, identity, port):
    dns = struct.pack("!6H", identity, 0x0100, 1, 0, 0, 0)
    dns += b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0" + struct.pack("!2H", 1, 1)
    source, target = socket.inet_aton(CLIENT), socket.inet_aton(RESOLVER)
    length = 8 + len(dns)
    udp = struct.pack("!4H", port, 53, length, 0) + dns
    udp = udp[:6] + struct.pack("!H", checksum(source + target + struct.pack("!2H", 17, length) + udp) or 0xffff) + udp[8:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + length, identity, 0, 64, 17, 0, source, target)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return RESOLVER_MAC + CLIENT_MAC + tag_bytes(tags) + struct.pack("!H", 0x0800) + ip + udp


def frames(receiver, patience_s):
    """Whole frames: the kernel takes the outer tag off and tells of it apart."""
    deadline = time.monotonic() + patience_s
    while (left := deadline - time.monotonic()) > 0:
        receiver.settimeout(left)
        try:
            frame, ancillary, _, _ = receiver.recvmsg(65536, socket.CMSG_SPACE(20))
        except TimeoutError:
            return
        for level, kind, data in ancillary:
            if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", data[:20])
                if status & TP_STATUS_VLAN_VALID:
                    tpid = tpid if status & TP_STATUS_VLAN_TPID_VALID else 0x8100
                    frame = frame[:12] + struct.pack("!HH", tpid, tci) + frame[12:]
        yield frame


def crosses(from_namespace, from_interface, to_namespace, to_interface, tags, name):
    sender, receiver = packet_socket(from_namespace, from_interface), packet_socket(to_namespace, to_interface)
    frame = question_frame(tags, name, random.randrange(1 << 16), random.randrange(20000, 60000))
    sender.send(frame)
    got = list_until(frames(receiver, PATIENCE_S), lambda candidate: candidate == frame)
    if got[-1:] != [frame]:
        print("sent    ", frame.hex())
        for other in got:
            print("received", other.hex())
    return got[-1:] == [frame]


def list_until(candidates, wanted):
    taken = []
    for candidate in candidates:
        taken.append(candidate)
        if wanted(candidate):
            break
    return taken


def answered(namespace, interface, tags, name, address):
    both = packet_socket(namespace, interface)
    identity, port = random.randrange(1 << 16), random.randrange(20000, 60000)
    both.send(question_frame(tags, name, identity, port))
    head = CLIENT_MAC + RESOLVER_MAC + tag_bytes(tags) + struct.pack("!H", 0x0800)

    def wanted(frame):
        udp = frame[len(head) + 20:]
        return frame.startswith(head) and udp[:4] == struct.pack("!2H", 53, port) and \
            udp[8:10] == struct.pack("!H", identity) and udp.endswith(socket.inet_aton(address))
    got = list_until(frames(both, PATIENCE_S), wanted)
    if not (got and wanted(got[-1])):
        print("\n".join(frame.hex() for frame in got) or "nothing came")
        return False
    return True


def main():
    command, arguments = sys.argv[1], sys.argv[2:]
    tags_at = 4 if command == "crosses" else 2
    arguments[tags_at] = [int(tag) for tag in arguments[tags_at].split(",")]
    return 0 if {"crosses": crosses, "answered": answered}[command](*arguments) else 1


if __name__ == "__main__":
    sys.exit(main())
