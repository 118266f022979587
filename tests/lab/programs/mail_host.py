#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""mail_host.py ADDRESS PORT FOLDER: takes mail by SMTP (RFC 5321) and writes each message, as it came, to FOLDER/N.eml."""
import itertools
import os
import socketserver
import sys

LINE_BYTES_MAX = 1 << 20


class Handler(socketserver.StreamRequestHandler):
    timeout = 60

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        self.say("220 workstation.corp.test ready")
        for line in iter(lambda: self.rfile.readline(LINE_BYTES_MAX), b""):
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.say("250-workstation.corp.test\r\n250-PIPELINING\r\n250 8BITMIME")
            elif verb == b"DATA":
                self.say("354 go on")
                self.store()
                self.say("250 taken")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def store(self):
        name = os.path.join(self.server.folder, f"{next(self.server.numbers)}.eml")
        with open(name + ".new", "wb") as file:
            for line in iter(lambda: self.rfile.readline(LINE_BYTES_MAX), b""):
                if line == b".\r\n":
                    os.rename(name + ".new", name)
                    return
                file.write(line[1:] if line.startswith(b".") else line)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main():
    address, port, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with Server((address, port), Handler) as server:
        server.folder, server.numbers = folder, itertools.count(1)
        server.serve_forever()


if __name__ == "__main__":
    main()
