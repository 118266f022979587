#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mail_oracle_test.py SEKISHO_READ [MAILS [SEED]]: mails made at random, carried by SMTP, POP3 and IMAP, read by sekisho-read and by
others: subject, sender, recipients, and name, size and SHA-256 of each attachment must be the same.

Mails that Python's email package writes are read by it as well; those of wild_mails.py, which writes them as the many programs
of the world do, by GMime. Prints each difference with its seed; exit 1 when there is one.
"""
import collections
import email
import email.message
import email.policy
import hashlib
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import gmime  # noqa: E402
from capture_of import Capture  # noqa: E402
from wild_mails import wild_mail  # noqa: E402

WORDS = ['report', 'invoice', 'Überweisung', '請求書', 'наклад', 'a b', 'semi;colon', "it's", 'x' * 90, 'long' * 40, '100%', 'Ω≈ç']
TYPES = [('application', 'octet-stream'), ('application', 'pdf'), ('image', 'png'), ('application', 'zip')]
LINES = ['hello', 'see http://site.test/a?b=1', '=20 not quoted', '.', '..dots', '--', '--b', 'From here', 'ü ö', '', ' padded ', 'x' * 200]


def text_of(rng):
    return '\n'.join(rng.choice(LINES) for _ in range(rng.randrange(1, 12))) + rng.choice(['', '\n', '\n\n'])


def bytes_of(rng):
    return rng.randbytes(rng.choice([1, 2, 3, 56, 57, 58, 1000, 3001, 20000]))


def name_of(rng):
    return ' '.join(rng.sample(WORDS, rng.randrange(1, 4))) + rng.choice(['.exe', '.pdf', '.txt'])


def attach(rng, mail):
    kind = rng.randrange(4)
    if kind == 0:
        mail.add_attachment(text_of(rng), filename=name_of(rng), cte=rng.choice(['quoted-printable', 'base64', '8bit']))
    elif kind == 1 and rng.random() < 0.5:
        inner = mail_of(rng, 0)
        mail.add_attachment(inner)
    else:
        maintype, subtype = rng.choice(TYPES)
        mail.add_attachment(bytes_of(rng), maintype=maintype, subtype=subtype, filename=name_of(rng))


def mail_of(rng, depth):
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail['Subject'] = ' '.join(rng.sample(WORDS, rng.randrange(1, 5)))
    mail['From'] = rng.choice(['a@x.test', 'Alice <a@x.test>', '"Doe, J." <j@x.test>', 'Jürgen <j@x.test>'])
    mail['To'] = ', '.join(rng.sample(['b@y.test', 'Bob <b2@y.test>', '"C, D" <cd@y.test>', 'Ωmega <o@y.test>'], rng.randrange(1, 4)))
    mail.set_content(text_of(rng), cte=rng.choice(['quoted-printable', 'base64', '8bit']))
    if rng.random() < 0.4:
        mail.add_alternative('<a href="http://html.test/">x</a>\n', subtype='html')
    for _ in range(rng.randrange(0, 3) if depth else 1):
        attach(rng, mail)
    return mail


def expected_of(raw):
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    files = []
    for part in mail.walk():
        if part.is_multipart() or part.get_filename() is None:
            continue
        content = part.get_payload(decode=True)
        files.append((part.get_filename(), len(content), hashlib.sha256(content).hexdigest()))
    return {'subject': mail['Subject'], 'from': mail['From'].addresses[0].addr_spec,
            'to': sorted(a.addr_spec for a in mail['To'].addresses), 'files': sorted(files)}


def over_smtp(raw):
    stuffed = raw.replace(b'\r\n.', b'\r\n..')
    stuffed = b'.' + stuffed if stuffed.startswith(b'.') else stuffed
    return 25, [(False, b'220 mx ESMTP\r\n'), (True, b'EHLO a\r\n'), (False, b'250 ok\r\n'), (True, b'MAIL FROM:<a@x.test>\r\n'),
                (False, b'250 ok\r\n'), (True, b'RCPT TO:<b@y.test>\r\n'), (False, b'250 ok\r\n'), (True, b'DATA\r\n'), (False, b'354 go\r\n'),
                (True, stuffed + b'.\r\n'), (False, b'250 ok\r\n'), (True, b'QUIT\r\n'), (False, b'221 bye\r\n')]


def over_pop3(raw):
    stuffed = raw.replace(b'\r\n.', b'\r\n..')
    stuffed = b'.' + stuffed if stuffed.startswith(b'.') else stuffed
    return 110, [(False, b'+OK ready\r\n'), (True, b'RETR 1\r\n'), (False, b'+OK\r\n' + stuffed + b'.\r\n'), (True, b'QUIT\r\n'), (False, b'+OK\r\n')]


def over_imap(raw):
    return 143, [(False, b'* OK ready\r\n'), (True, b'a FETCH 1 BODY[]\r\n'),
                 (False, b'* 1 FETCH (BODY[] {%d}\r\n' % len(raw) + raw + b')\r\na OK\r\n')]


def over_imap_pieces(raw):
    turns, size = [(False, b'* OK ready\r\n')], 1000
    for at in range(0, len(raw) + 1, size):
        piece = raw[at:at + size]
        turns += [(True, b'a%d FETCH 1 BODY.PEEK[]<%d.%d>\r\n' % (at, at, size)),
                  (False, b'* 1 FETCH (BODY[]<%d> {%d}\r\n' % (at, len(piece)) + piece + b')\r\na%d OK\r\n' % at)]
    return 143, turns


CARRIERS = [over_smtp, over_pop3, over_imap, over_imap_pieces]


def address_in(mailbox):
    return mailbox[mailbox.rfind('<') + 1:].rstrip('>') if '<' in mailbox else mailbox.split(' (')[0]


def library_mail(rng):
    return mail_of(rng, 1).as_bytes()


def read_by_gmime(raw):
    """As GMime reads it, but for a subject in base64 words of one character set of which one ends in padding: GMime joins their digits and
    loses what follows the padding. RFC 2047 2 has each word stand for itself; the email package reads them so."""
    told = gmime.read(raw)
    if PADDED_NEIGHBOUR.search(raw):
        told['subject'] = email.message_from_bytes(raw, policy=email.policy.default)['Subject']
    return told


PADDED_NEIGHBOUR = re.compile(rb'Subject:[^:]*?=\?([-\w]+)\?b\?[^?]*=\?=\s+=\?\1\?b\?', re.I)
# How a mail is made, and who else reads it.
SOURCES = [(library_mail, expected_of), (wild_mail, read_by_gmime)]


def told_of(rows):
    """What sekisho-read says of one flow."""
    told = {'files': []}
    for row in rows:
        if row['event_type'] == 'fileinfo':
            info = row['fileinfo']
            if info.get('filename'):
                told['files'].append((info['filename'], info['size'], info.get('sha256')))
        elif 'subject' in row.get('email', {}) and row['event_type'] in ('smtp', 'pop3', 'imap'):
            mail = row['email']
            told.update(subject=mail['subject'], **{'from': address_in(mail['from']), 'to': sorted(map(address_in, mail['to']))})
    told['files'].sort()
    return told


def main():
    reader, count, seed = sys.argv[1], int((sys.argv[2:3] or ['60'])[0]), int((sys.argv[3:4] or ['1'])[0])
    capture, expected = Capture(), {}
    for number in range(seed, seed + count):
        rng = random.Random(number)
        make, read = SOURCES[number % len(SOURCES)]
        raw = make(rng)
        raw += b'' if raw.endswith(b'\r\n') else b'\r\n'
        carrier = rng.choice(CARRIERS)
        port = capture.add(*carrier(raw), segment=rng.choice([1, 77, 1400]) if len(raw) < 8000 else 1400)
        expected[port] = (number, carrier.__name__, read(raw))
    with tempfile.TemporaryDirectory() as directory:
        path = directory + '/mails.pcap'
        capture.write(path)
        lines = subprocess.run([reader, '--log', 'all', '--hash', 'sha256', path], check=True, capture_output=True, timeout=300).stdout
    rows = collections.defaultdict(list)
    for line in lines.splitlines():
        row = json.loads(line)
        if 'src_port' in row:
            rows[max(row['src_port'], row['dest_port'])].append(row)
    differences = 0
    for port, (number, carrier, wanted) in expected.items():
        told = told_of(rows[port])
        for key, value in wanted.items():
            if told.get(key) == value:
                continue
            differences += 1
            print(f'seed {number} {carrier} {key}:\n  {SOURCES[number % len(SOURCES)][1].__name__} {value}\n  sekisho-read {told.get(key)}')
    print(f'{count} mails, {differences} differences')
    return 1 if differences or not expected else 0


if __name__ == '__main__':
    sys.exit(main())
