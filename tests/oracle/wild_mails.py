# SPDX-License-Identifier: Apache-2.0
"""Mails as the many programs that send them write them: by hand, not by a library that knows better.

Everything here is legal, or so common that readers agree on it.
"""
import base64
import binascii
import urllib.parse

WORDS = ['report', 'invoice', 'Überweisung', 'наклад', '請求書', 'naïve', 'Ω', 'a', 'x' * 60, '100%', 'semi;colon', 'paren(thesis)']
LATIN = ['Überweisung', 'naïve', 'Grüße', 'plain']
CHARSETS = [('utf-8', WORDS), ('UTF-8', WORDS), ('iso-8859-1', LATIN), ('windows-1252', LATIN + ['“quoted”']), ('koi8-r', ['наклад', 'счёт']),
            ('gb18030', ['請求書', '发票']), ('shift_jis', ['請求書']), ('iso-2022-jp', ['請求書']), ('euc-kr', ['한국'])]
NAMES = ['report.pdf', 'a b.exe', 'Überweisung.zip', '請求書.xlsx', "it's.doc", 'semi;colon.js', 'tab=equals.txt', 'percent%41.bin', 'long' * 30 + '.scr',
         'paren(1).pdf', 'comma,.iso']
LINES = [b'hello', b'From here', b'.', b'..dots', b'--', b'--b', b'-- ', b'=20', b'x' * 300, b'\xc3\xbc', b'', b' padded ', b'tab\t', b'begin', b'end']
TYPES = ['application/octet-stream', 'application/pdf', 'image/png', 'text/csv', 'Application/ZIP', 'text/html']


def encoded_word(rng, text, charset):
    raw = text.encode(charset)
    if rng.random() < 0.5:
        coded = base64.b64encode(raw).decode()
        return f'=?{charset}?{rng.choice("bB")}?{coded}?='
    safe = b'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/'
    coded = ''.join(chr(c) if c in safe else '_' if c == 32 else f'={c:02X}' if rng.random() < .9 else f'={c:02x}' for c in raw)
    return f'=?{charset}?{rng.choice("qQ")}?{coded}?='


def phrase(rng):
    """One to four words in a header: plain, encoded, some folded between."""
    words = []
    for _ in range(rng.randrange(1, 5)):
        if rng.random() < 0.4:
            words.append(rng.choice(['plain', 'text', 're', '12']))
        else:
            charset, texts = rng.choice(CHARSETS)
            words.append(encoded_word(rng, rng.choice(texts), charset))
    text = words[0]
    for word in words[1:]:
        text += rng.choice([' ', ' ', '\r\n ', '\r\n\t']) + word
    return text


def quoted(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"') + '"'


def parameter(rng, key, value):
    """One way to say key=value, on a line of its own."""
    plain = value.isascii()
    kind = rng.randrange(5)
    if kind == 0 and plain and all(c not in '()<>@,;:\\"/[]?= \t' for c in value):
        return f'; {key}={value}'
    if kind <= 1 and plain:
        return f';\r\n {key}={quoted(value)}'
    if kind == 2:
        return f';\r\n {key}="{encoded_word(rng, value, "utf-8")}"'
    coded = urllib.parse.quote(value, safe='')
    if kind == 3:
        return f";\r\n {key}*={rng.choice(['utf-8', 'UTF-8'])}'{rng.choice(['', 'en'])}'{coded}"
    pieces = []
    while coded:
        size = rng.randrange(10, 40)
        while '%' in coded[max(0, size - 2):size]:
            size += 1
        pieces.append(coded[:size])
        coded = coded[size:]
    first = f";\r\n {key}*0*=utf-8''{pieces[0]}"
    return first + ''.join(f';\r\n {key}*{i}*={piece}' for i, piece in enumerate(pieces[1:], 1))


def in_base64(rng, content):
    text, size = base64.b64encode(content), rng.choice([4, 60, 72, 76, 76, 998])
    lines = [text[at:at + size] for at in range(0, len(text), size)]
    if rng.random() < .1:  # what no program should write, and each reads alike (the last group without its padding GMime drops)
        lines.insert(rng.randrange(len(lines)), rng.choice([b'', b' ', b'\t', b'(!)']))
    return b'\r\n'.join(lines)


def in_uuencode(rng, content):
    lines = [b'begin 644 file.bin'] + [binascii.b2a_uu(content[at:at + 45], backtick=rng.random() < .5).rstrip(b'\n')
                                       for at in range(0, len(content), 45)]
    return b'\r\n'.join(lines + [b'`', b'end'])


def in_quoted_printable(rng, content):
    return binascii.b2a_qp(content, quotetabs=rng.random() < .5).replace(b'\r\n', b'\n').replace(b'\n', b'\r\n')


def text_of(rng):
    return b'\r\n'.join(rng.choice(LINES) for _ in range(rng.randrange(1, 10)))


def bytes_of(rng):
    return rng.randbytes(rng.choice([1, 2, 3, 44, 45, 46, 57, 58, 999, 4000]))


def leaf(rng):
    """A part with its header: a named file in some encoding, or a text."""
    header, kind = [], rng.randrange(6)
    name = rng.choice(NAMES)
    if kind == 0:
        return 'Content-Type: text/plain; charset=utf-8\r\n\r\n'.encode() + text_of(rng)
    content_type = 'Content-Type: ' + rng.choice(TYPES)
    disposition = 'Content-Disposition: ' + rng.choice(['attachment', 'inline', 'ATTACHMENT'])
    where = rng.randrange(3)
    if where != 1:
        disposition += parameter(rng, rng.choice(['filename', 'filename', 'FileName']), name)
    if where != 0:
        content_type += parameter(rng, 'name', name)
    encoding, body = '', b''
    if kind in (1, 2):
        encoding, body = rng.choice(['base64', 'BASE64', 'Base64 ']), in_base64(rng, bytes_of(rng))
    elif kind == 3:
        encoding, body = 'quoted-printable', in_quoted_printable(rng, text_of(rng))
    elif kind == 4:
        encoding, body = rng.choice(['x-uuencode', 'uuencode', 'x-uue']), in_uuencode(rng, bytes_of(rng))
    else:
        encoding, body = rng.choice(['7bit', '8bit', 'binary']), text_of(rng)
    header = [content_type, disposition, 'Content-Transfer-Encoding: ' + encoding]
    rng.shuffle(header)
    return '\r\n'.join(header).encode() + b'\r\n\r\n' + body + rng.choice([b'', b'', b'\r\n'])


def multipart(rng, depth):
    boundary = rng.choice(['b', 'bb', '=_x', "a'b", 'with space', '--', 'NextPart']) + str(depth) + rng.choice(['', 'x', '_' * 20])
    written = boundary if boundary.isalnum() and rng.random() < .5 else quoted(boundary)
    kind = rng.choice(['mixed', 'alternative', 'related', 'Mixed', 'x-unknown'])
    out = f'Content-Type: multipart/{kind}{rng.choice(["; ", ";" + chr(13) + chr(10) + " "])}boundary={written}\r\n\r\n'.encode()
    out += rng.choice([b'', b'This is a message in MIME format.\r\n', b'\r\n'])
    for _ in range(rng.randrange(1, 4)):
        out += b'--' + boundary.encode() + rng.choice([b'', b'', b' ', b'\t']) + b'\r\n' + entity(rng, depth - 1) + b'\r\n'
    if rng.random() < .1:
        return out  # its parent's delimiter, or the end of the mail, ends it
    return out + b'--' + boundary.encode() + b'--' + rng.choice([b'', b'\r\n', b'\r\nepilogue\r\n'])


def entity(rng, depth):
    if depth > 0 and rng.random() < .6:
        return multipart(rng, depth)
    if depth > 0 and rng.random() < .2:
        return b'Content-Type: message/rfc822\r\n\r\nSubject: inner\r\nFrom: inner@x.test\r\n' + entity(rng, depth - 1)
    return leaf(rng)


def mailbox(rng):
    address = rng.choice(['a@x.test', 'b.c+d@mail.y.test', '"odd local"@z.test'])
    return rng.choice([address, f'<{address}>', f'Alice <{address}>', f'"Doe, J. (Dr)" <{address}>', f'{encoded_word(rng, "Jürgen", "utf-8")} <{address}>',
                       f'{encoded_word(rng, "наклад", "koi8-r")}\r\n <{address}>', f'{address} (a comment)'])


def wild_mail(rng):
    lines = ['Subject: ' + phrase(rng), 'From: ' + mailbox(rng), rng.choice(['To: ', 'to:', 'TO: ']) + ', '.join(mailbox(rng) for _ in range(rng.randrange(1, 4))),
             'MIME-Version: 1.0', 'Message-ID: <1@x.test>']
    rng.shuffle(lines)
    raw = ''.join(line + '\r\n' for line in lines).encode() + multipart(rng, 4)
    return raw if raw.endswith(b'\r\n') else raw + b'\r\n'
