# SPDX-License-Identifier: Apache-2.0
"""A client's Initial packets of QUIC version 1 (RFC 9001 5)."""
import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SALT = bytes.fromhex('38762cf7f55934b34d179ae6a4c80cadccbb7f0a')
DESTINATION = b'hostname'


def expand(secret, label, size):
    text = b'tls13 ' + label
    return hmac.digest(secret, struct.pack('!HB', size, len(text)) + text + b'\0\1', 'sha256')[:size]


SECRET = expand(hmac.digest(SALT, DESTINATION, hashlib.sha256), b'client in', 32)
KEY, IV, MASK = (expand(SECRET, label, size) for label, size in ((b'quic key', 16), (b'quic iv', 12), (b'quic hp', 16)))


def datagram(number, payload):
    """`payload` with PADDING up to what a datagram must have, sealed."""
    payload = payload.ljust(1162, b'\0')
    length = 4 + len(payload) + 16
    header = b'\xc3\0\0\0\1' + bytes([len(DESTINATION)]) + DESTINATION + b'\0\0' + struct.pack('!HI', 0x4000 | length, number)
    nonce = (int.from_bytes(IV, 'big') ^ number).to_bytes(12, 'big')
    sealed = AESGCM(KEY).encrypt(nonce, payload, header)
    mask = Cipher(algorithms.AES(MASK), modes.ECB()).encryptor().update(sealed[:16])  # number of four bytes: the sample is at its end
    number_at = len(header) - 4
    return (bytes([header[0] ^ mask[0] & 15]) + header[1:number_at] +
            bytes(a ^ b for a, b in zip(header[number_at:], mask[1:5])) + sealed)
