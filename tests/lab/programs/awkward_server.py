#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""awkward_server.py ADDRESS PORT FOLDER: serves /FORM/FILE, where FORM tells how the end of the body shows.

length     Content-Length
chunked    chunked, the terminator at once
closed     neither: the body ends with the connection
delayed    chunked, the terminator only after 2 s: a client may have the whole file long before
lingering  neither, and the connection closes only after 2 s
"""
import os
import socketserver
import sys
import time

CHUNK_BYTES = 8000
DELAY_S = 2.0


def chunks(body):
    for at in range(0, len(body), CHUNK_BYTES):
        piece = body[at:at + CHUNK_BYTES]
        yield b"%x\r\n%s\r\n" % (len(piece), piece)


def answer(form, body):
    """The parts to send, with the pause in seconds before each."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n"
    if form == "length":
        yield 0, head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    elif form in ("chunked", "delayed"):
        yield 0, head + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(chunks(body))
        yield DELAY_S if form == "delayed" else 0, b"0\r\n\r\n"
    else:
        yield 0, head + b"\r\n" + body
        if form == "lingering":
            yield DELAY_S, b""


FORMS = ("length", "chunked", "closed", "delayed", "lingering")


class Handler(socketserver.StreamRequestHandler):
    timeout = 30

    def handle(self):
        request = self.rfile.readline(8192).decode("latin-1").split()
        while self.rfile.readline(8192) not in (b"\r\n", b"\n", b""):
            pass
        parts = request[1].strip("/").split("/") if len(request) > 1 else []
        path = os.path.join(self.server.folder, os.path.basename(parts[-1])) if parts else ""
        if len(parts) != 2 or parts[0] not in FORMS or not os.path.isfile(path):
            self.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        with open(path, "rb") as file:
            body = file.read()
        try:
            for pause_s, part in answer(parts[0], body):
                time.sleep(pause_s)
                self.wfile.write(part)
            print(parts[0], parts[1], "sent", flush=True)
        except OSError as error:
            print(parts[0], parts[1], error, flush=True)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main():
    address, port, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with Server((address, port), Handler) as server:
        server.folder = folder
        server.serve_forever()


if __name__ == "__main__":
    main()
