"""The two curves and the cipher, from the libraries of the extra `keys`.

Nothing else in this package imports these libraries, so that an agent without keys needs neither.
"""

from __future__ import annotations

try:
    from btclib_libsecp256k1 import keys, ssa
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
except ImportError as missing:
    raise ImportError("keys and encryption need: pip install 'meshkore[keys]'") from missing

_SECP256K1_ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141


def ed25519_public(private: bytes) -> bytes:
    """The public key of a private one (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def ed25519_sign(private: bytes, message: bytes) -> bytes:
    """The signature of 64 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)


def ed25519_is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is this key's over this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_secret(scalar: bytes) -> bool:
    """Whether 32 bytes are a private key of secp256k1."""
    return len(scalar) == 32 and 0 < int.from_bytes(scalar, "big") < _SECP256K1_ORDER


def point(secret: bytes) -> bytes:
    """The public point of a secp256k1 key: x and y, 64 bytes."""
    return keys.pubkey_from_prvkey(_checked(secret), compressed=False)[1:]


def schnorr_sign(secret: bytes, digest: bytes, randomness: bytes) -> bytes:
    """The BIP-340 signature over a digest of 32 bytes, with 32 bytes of chance."""
    return ssa.sign(digest, _checked(secret), randomness)


def schnorr_is_signed(public: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether a BIP-340 signature is this x-only key's over this digest."""
    if len(signature) != 64 or len(digest) != 32:
        return False
    try:
        return ssa.verify(digest, public, signature)
    except ValueError:
        return False


def shared_x(secret: bytes, public: bytes) -> bytes:
    """The x coordinate, not hashed, that a secret and an x-only public key have in common."""
    if len(public) != 32:
        raise ValueError("an x-only public key has 32 bytes")
    return keys.pubkey_tweak_mul(b"\x02" + public, _checked(secret))[1:]


def chacha20(key: bytes, nonce: bytes, data: bytes) -> bytes:
    """The stream of RFC 8439 from block 0 over the data; the same to encrypt and to decrypt."""
    return Cipher(ChaCha20(key, bytes(4) + nonce), mode=None).encryptor().update(data)


def _checked(secret: bytes) -> bytes:
    if not is_secret(secret):
        raise ValueError("not a private key of secp256k1")
    return secret
