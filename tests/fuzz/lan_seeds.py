# SPDX-License-Identifier: Apache-2.0
"""Seeds for the protocols of a local network: messages as their senders write them, for make_seeds.py."""
import struct


def der(tag, content):
    head = bytes([tag, len(content)]) if len(content) < 0x80 else bytes([tag, 0x82]) + struct.pack('!H', len(content))
    return head + content


def number(value):
    return der(2, bytes([value]))


def dhcp_messages():
    head = b'\2\1\6\0\x12\x34\x56\x78' + bytes(8) + b'\xc0\0\2\x17' + bytes(8) + b'\2\0\x5e\x10\x20\x30' + bytes(10)
    names = bytes(64) + b'\6\4\xc0\0\2\2\xff'.ljust(128, b'\0')
    options = (b'\x35\1\5\x36\4\xc0\0\2\1\x33\4\0\0\x0e\x10\1\4\xff\xff\xff\0\3\4\xc0\0\2\1\x0c\4desk\x51\x0a\4\0\0\4corp\0\0'
               b'\x34\1\1\x3c\4MSFT\x0c\2-7\x37\3\1\3\6\xff')
    return [head + names + b'\x63\x82\x53\x63' + options]


def ssh_packet(payload):
    return struct.pack('!IB', 1 + len(payload) + 4, 4) + payload + bytes(4)


def ssh_hello(version):
    lists = (b'curve25519-sha256', b'ssh-ed25519', b'aes128-ctr', b'aes256-ctr', b'hmac-sha2-256', b'hmac-sha2-512', b'none', b'none', b'', b'')
    return version + ssh_packet(b'\x14' + bytes(16) + b''.join(struct.pack('!I', len(x)) + x for x in lists) + bytes(5))


def ntp_packets():
    clock = b'\0\0\1\0\0\0\2\0GPS\0' + b'\xe8\x1a\x2b\x3c\0\0\0\1' * 4
    return [b'\x23\0\6\xec' + clock, b'\x24\1\6\xec' + clock, b'\x16\2\0\1' + bytes(8), b'\x17\0\3\x2a' + bytes(4)]


def tpkt(rest):
    return b'\3\0' + struct.pack('!H', len(rest) + 4) + rest


def rdp_request(rest):
    return tpkt(bytes([6 + len(rest), 0xe0]) + bytes(5) + rest)


def rdp_confirm(rest):
    return tpkt(bytes([6 + len(rest), 0xd0]) + bytes(5) + rest)


def rdp_settings():
    core = struct.pack('<HHIHHHHII', 0xc001, 216, 0x80004, 1024, 768, 0xca01, 0xaa03, 0x411, 2600) + 'DESK'.encode('utf-16le').ljust(32, b'\0')
    blocks = core.ljust(216, b'\0') + struct.pack('<HHI', 0xc003, 20, 1) + b'rdpdr\0\0\0' + bytes(4)
    conference = b'\0\5\0\x14\x7c\0\1\x81\0\0\x08\0\x10\0\1\xc0\0Duca\x80' + bytes([len(blocks) & 255]) + blocks
    initial = b'\4\1\1\4\1\1\1\1\xff' + der(0x30, number(1)) * 3 + der(4, conference)
    return tpkt(b'\2\xf0\x80' + b'\x7f\x65\x82' + struct.pack('!H', len(initial)) + initial)


def krb5_messages():
    def field(n, content):
        return der(0xa0 | n, content)

    def text(value):
        return der(0x1b, value)

    def name(*parts):
        return der(0x30, field(0, number(1)) + field(1, der(0x30, b''.join(map(text, parts)))))

    body = (field(0, der(3, b'\0@\0\0\0')) + field(1, name(b'alice')) + field(2, text(b'CORP')) + field(3, name(b'krbtgt', b'CORP')) +
            field(8, der(0x30, number(18) + number(23))) +
            field(9, der(0x30, der(0x30, field(0, number(20)) + field(1, der(4, b'DESK-7 '))))))
    request = der(0x6a, der(0x30, field(1, number(5)) + field(2, number(10)) + field(4, der(0x30, body))))
    sealed = der(0x30, field(0, number(23)) + field(2, der(4, b'cccc')))
    ticket = der(0x61, der(0x30, field(0, number(5)) + field(1, text(b'CORP')) + field(2, name(b'host', b'web')) + field(3, sealed)))
    reply = der(0x6b, der(0x30, field(0, number(5)) + field(1, number(11)) + field(3, text(b'CORP')) + field(4, name(b'alice')) +
                               field(5, ticket) + field(6, sealed)))
    error = der(0x7e, der(0x30, field(0, number(5)) + field(1, number(30)) + field(6, number(25)) + field(9, text(b'CORP')) + field(10, name(b'krbtgt'))))
    return request, reply, error


def ntlm():
    def place(length, at):
        return struct.pack('<HHI', length, length, at)
    return (b'NTLMSSP\0\3\0\0\0' + place(0, 72) * 2 + place(8, 72) + place(10, 80) + place(4, 90) + place(0, 72) + struct.pack('<I', 0x02000001) +
            b'\6\1\xb1\x1d\0\0\0\x0f' + 'CORPaliceD7'.encode('utf-16le'))


def ldap_message(number_, operation):
    return der(0x30, number(number_) + operation)


def ldap_said():
    bind = ldap_message(1, der(0x60, number(3) + der(4, b'cn=a') + der(0xa3, der(4, b'GSS-SPNEGO') + der(4, ntlm()))))
    search = ldap_message(2, der(0x63, der(4, b'dc=a') + der(10, b'\2') + der(10, b'\0') + number(0) * 2 + der(1, b'\0') + der(0x87, b'cn') +
                                 der(0x30, der(4, b'cn'))))
    starttls = ldap_message(3, der(0x77, der(0x80, b'1.3.6.1.4.1.1466.20037')))
    attributes = der(0x30, der(4, b'javaCodeBase') + der(0x31, der(4, b'http://a.test/')))
    entry = ldap_message(2, der(0x64, der(4, b'cn=a') + der(0x30, attributes)))

    def result(number_, tag, code):
        return ldap_message(number_, der(tag, der(10, bytes([code])) + der(4, b'') * 2))
    return (bind, search, starttls), (result(1, 0x61, 0), entry + result(2, 0x65, 0), result(3, 0x78, 0))


def framed(message):
    return struct.pack('!I', len(message)) + message


def smb2(command, number_, body, flags=0, status=0, chained=0):
    return framed(b'\xfeSMB' + struct.pack('<HHIHHIIQIIQ', 64, 0, status, command, 1, flags, chained, number_, 0, 1, 0x41) + bytes(16) + body)


def smb1(command, reply, number_, words, data):
    return framed(b'\xffSMB' + struct.pack('<BIBH12xHHHH', command, 0, 0x88 if reply else 8, 0xc801, 7, 42, 1, number_) +
                  bytes([len(words) // 2]) + words + struct.pack('<H', len(data)) + data)


def smb_said():
    file = bytes(range(16))
    name = 'a.pdf'.encode('utf-16le')
    negotiate = struct.pack('<HHHHI16sQHH', 36, 2, 1, 0, 0, b'g' * 16, 0, 0x202, 0x311)
    create = struct.pack('<H22xI8xIIHH8x', 57, 0x120089, 1, 0, 120, len(name)) + name
    token = ntlm()
    asked = [smb1(0x72, False, 1, b'', b'\2NT LM 0.12\0\2SMB 2.002\0'), smb2(0, 0, negotiate), smb2(1, 1, struct.pack('<H10xHHQ', 25, 88, len(token), 0) + token),
             smb2(3, 2, struct.pack('<HHHH', 9, 0, 72, 16) + '\\\\a\\b'.encode('utf-16le')), smb2(5, 3, create), smb2(9, 4, struct.pack('<HHIQ', 49, 112, 4, 0) + file + bytes(16) + b'data'),
             smb2(6, 5, struct.pack('<H6x', 24) + file), smb1(0x73, False, 2, struct.pack('<I10xHHQ', 255, 4, 0, 0), b'hash\0a\0\0\0b\0\0\0'),
             smb1(0xa2, False, 3, bytes(48), b'\0a\0\0\0')]
    answered = [smb2(0, 0, struct.pack('<HHHH', 65, 1, 0x311, 0) + bytes(52), 1), smb2(1, 1, struct.pack('<H', 9), 1), smb2(3, 2, struct.pack('<HH', 16, 1), 1),
                smb2(5, 3, struct.pack('<H62x', 89) + file + bytes(8), 1), smb2(9, 4, bytes(16), 1), smb2(6, 5, bytes(60), 1)]
    return asked, answered
