#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""taxii_server.py ADDRESS PORT PEM COLLECTION TOKEN: a TAXII 2.1 server with one collection, /api/collections/lab/.

PEM has its key and certificate. COLLECTION is a file that may grow: a line has the time when its object was added, a tab, and the object.
A page has at most two objects, whatever the client asks for. Requests are printed, with their status.
"""
import http.server
import json
import ssl
import sys
import urllib.parse

PAGE_OBJECTS = 2
MEDIA_TYPE = 'application/taxii+json;version=2.1'


def objects_after(path, time):
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            added, _, text = line.rstrip('\n').partition('\t')
            if added > time:
                yield added, json.loads(text)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    collection = token = None

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if self.headers.get('Authorization') != f'Bearer {self.token}':
            self.answer(401, {'title': 'Unauthorized'})
        elif url.path != '/api/collections/lab/objects/':
            self.answer(404, {'title': 'Not found'})
        elif self.headers.get('Accept') != MEDIA_TYPE:
            self.answer(406, {'title': 'Not acceptable'})
        else:
            self.page(urllib.parse.parse_qs(url.query))

    def page(self, query):
        at = int(query.get('next', ['0'])[0])
        found = list(objects_after(self.collection, query.get('added_after', [''])[0]))
        page = found[at:at + PAGE_OBJECTS]
        envelope = {'objects': [each for _, each in page]} if page else {}
        if at + PAGE_OBJECTS < len(found):
            envelope.update(more=True, next=str(at + PAGE_OBJECTS))
        times = {'X-TAXII-Date-Added-First': page[0][0], 'X-TAXII-Date-Added-Last': page[-1][0]} if page else {}
        self.answer(200, envelope, times)

    def answer(self, status, content, headers=()):
        body = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {'Content-Type': MEDIA_TYPE, 'Content-Length': str(len(body)), **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form, *values):
        print(form % values, flush=True)


def main():
    address, port, pem, Handler.collection, Handler.token = sys.argv[1:6]
    server = http.server.ThreadingHTTPServer((address, int(port)), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == '__main__':
    main()
