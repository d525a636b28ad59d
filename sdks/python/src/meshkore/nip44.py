"""NIP-44, version 2: the encryption of one text between two secp256k1 keys.

What is longer than 65,535 bytes can be read, as the specification has it since 2026, and is never
written, because readers that know only the older form refuse it.
"""

from __future__ import annotations

import base64
import hmac

from meshkore import curves

VERSION = 2
PLAIN_BYTES_MAX = 65_535

_SALT = b"nip44-v2"


def conversation_key(secret: bytes, public: bytes) -> bytes:
    """The key that two parties have in common; each finds it with the other's public key."""
    return hmac.digest(_SALT, curves.shared_x(secret, public), "sha256")


def message_keys(conversation: bytes, nonce: bytes) -> tuple[bytes, bytes, bytes]:
    """The key and the nonce of the cipher, and the key of the digest."""
    if len(conversation) != 32 or len(nonce) != 32:
        raise ValueError("a conversation key and a nonce have 32 bytes each")
    keys = expand(conversation, nonce, 76)
    return keys[:32], keys[32:44], keys[44:]


def expand(key: bytes, info: bytes, length: int) -> bytes:
    """The second half of HKDF-SHA256 (RFC 5869)."""
    found, block, counter = b"", b"", 1
    while len(found) < length:
        block = hmac.digest(key, block + info + bytes([counter]), "sha256")
        found, counter = found + block, counter + 1
    return found[:length]


def padded_length(length: int) -> int:
    """How many bytes a text of so many bytes takes, so that its length says little."""
    if length <= 32:
        return 32
    power = 1 << (length - 1).bit_length()
    chunk = 32 if power <= 256 else power // 8
    return chunk * ((length - 1) // chunk + 1)


def encrypt(text: str, conversation: bytes, nonce: bytes) -> str:
    """The payload; the nonce has to be 32 new random bytes each time."""
    plain = text.encode()
    if not 1 <= len(plain) <= PLAIN_BYTES_MAX:
        raise ValueError(f"between 1 and {PLAIN_BYTES_MAX} bytes can be encrypted at once")
    key, start, digest_key = message_keys(conversation, nonce)
    padded = len(plain).to_bytes(2, "big") + plain
    padded += bytes(2 + padded_length(len(plain)) - len(padded))
    hidden = curves.chacha20(key, start, padded)
    digest = hmac.digest(digest_key, nonce + hidden, "sha256")
    return base64.b64encode(bytes([VERSION]) + nonce + hidden + digest).decode()


def decrypt(payload: str, conversation: bytes) -> str:
    """The text of a payload; a ValueError for whatever is not exactly right."""
    if payload.startswith("#"):
        raise ValueError("a version that is not known")
    data = base64.b64decode(payload, validate=True)
    if len(data) < 99:
        raise ValueError("too short")
    if data[0] != VERSION:
        raise ValueError("a version that is not known")
    nonce, hidden, digest = data[1:33], data[33:-32], data[-32:]
    key, start, digest_key = message_keys(conversation, nonce)
    if not hmac.compare_digest(hmac.digest(digest_key, nonce + hidden, "sha256"), digest):
        raise ValueError("the digest is wrong")
    return _without_padding(curves.chacha20(key, start, hidden)).decode()


def _without_padding(padded: bytes) -> bytes:
    prefix, length = 2, int.from_bytes(padded[:2], "big")
    if length == 0:
        prefix, length = 6, int.from_bytes(padded[2:6], "big")
        if length <= PLAIN_BYTES_MAX:
            raise ValueError("the padding is wrong")
    if len(padded) != prefix + padded_length(length):
        raise ValueError("the padding is wrong")
    return padded[prefix : prefix + length]
