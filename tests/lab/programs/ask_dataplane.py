#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ask_dataplane.py SOCKET COMMAND: one command to sekisho-dataplane, its answer as JSON.

ask_dataplane.py SOCKET conservation: the conservation line of each port pair; exit 1 where one does not add up.
"""
import json
import socket
import struct
import sys


def receive(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise EOFError("the data plane closed the connection")
        data += part
    return data


def ask(path, command):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        connection.connect(path)
        text = json.dumps({"command": command}).encode()
        connection.sendall(struct.pack(">I", len(text)) + text)
        (length,) = struct.unpack(">I", receive(connection, 4))
        return json.loads(receive(connection, length))


def print_conservation(pairs):
    balanced = True
    for pair in pairs:
        dropped = sum(pair["dropped"].values())
        left, right = pair["rx"] + pair["injected"], pair["tx"] + dropped + pair["held"]
        balanced = balanced and left == right
        reasons = ", ".join(f"{name} {count}" for name, count in sorted(pair["dropped"].items()))
        print(f"{pair['name']}: rx {pair['rx']} + injected {pair['injected']} {'=' if left == right else '!='} "
              f"tx {pair['tx']} + dropped {dropped} + held {pair['held']}" + (f"  ({reasons})" if reasons else ""))
    return balanced


def main():
    path, command = sys.argv[1], sys.argv[2]
    if command == "conservation":
        return 0 if print_conservation(ask(path, "counters")["pairs"]) else 1
    answer = ask(path, command)
    print(json.dumps(answer, indent=1))
    return 0 if answer.get("ok") else 1


if __name__ == "__main__":
    sys.exit(main())
