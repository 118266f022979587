#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""fetch_mail.py SERVER USER PASSWORD HOW: the attachment of the mailbox's first mail, on standard output; what came before an error, too.

whole    FETCH BODY[], the mail in one literal
section  FETCH BODY[2], the attachment's text alone, as mail readers do
pieces   FETCH BODY.PEEK[2]<offset.count>, a literal for each piece
flagged  FETCH (FLAGS RFC822.SIZE BODY.PEEK[HEADER] BODY.PEEK[TEXT]), several literals in one response
"""
import base64
import email
import imaplib
import sys

TIMEOUT_S = 10
PIECE_BYTES = 50000


def literals(connection, items):
    status, parts = connection.fetch("1", items)
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return [part[1] for part in parts if isinstance(part, tuple)]


def attachment_of(message):
    return next(part.get_payload(decode=True) for part in email.message_from_bytes(message).walk() if part.get_filename())


def whole(connection):
    return attachment_of(b"".join(literals(connection, "(BODY[])")))


def section(connection):
    return base64.b64decode(literals(connection, "(BODY[2])")[0])


def pieces(connection):
    text = b""
    while True:
        came = literals(connection, f"(BODY.PEEK[2]<{len(text)}.{PIECE_BYTES}>)")
        text += came[0] if came else b""
        if not came or len(came[0]) < PIECE_BYTES:
            return base64.b64decode(text)


def flagged(connection):
    return attachment_of(b"".join(literals(connection, "(FLAGS RFC822.SIZE BODY.PEEK[HEADER] BODY.PEEK[TEXT])")))


WAYS = {"whole": whole, "section": section, "pieces": pieces, "flagged": flagged}


def main():
    server, user, password, how = sys.argv[1:5]
    try:
        connection = imaplib.IMAP4(server, timeout=TIMEOUT_S)
        connection.login(user, password)
        connection.select("INBOX", readonly=True)
        sys.stdout.buffer.write(WAYS[how](connection))
        connection.logout()
    except (OSError, imaplib.IMAP4.error) as error:
        print(how, error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
