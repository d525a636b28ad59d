"""An agent's keys: one seed in one file, and the faces that it has. Needs the extra `keys`."""

from __future__ import annotations

import hmac
import os
import stat
from pathlib import Path
from typing import Any

from meshkore import curves, nip44, nip59
from meshkore.nostr import NostrKey, Random, Tags
from meshkore.pins import Pins
from meshkore.textforms import base58, bech32, evm_address

_SEED_BYTES = 32
_DID_ED25519 = b"\xed\x01"


class Keys:
    """An Ed25519 and a secp256k1 key, made from one seed. The hub never sees a private key.

    Whoever has the seed is this agent: keep a copy where nobody else can read it.
    """

    def __init__(
        self, seed: bytes, *, pins: Pins | None = None, random: Random = os.urandom
    ) -> None:
        if len(seed) != _SEED_BYTES:
            raise ValueError(f"a seed has {_SEED_BYTES} bytes")
        self._ed25519 = _derive(seed, "meshkore/ed25519/1")
        self._ed25519_public = curves.ed25519_public(self._ed25519)
        self._nostr = NostrKey(_secp256k1_secret(seed))
        self._random = random
        self.pins = Pins() if pins is None else pins

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, random: Random = os.urandom) -> Keys:
        """Reads the seed of a file, which is made with a new one if it is not there.

        The file is for its owner alone (mode 600); one that others can read is refused. The keys
        of peers are pinned in a file beside it, whose name ends in `.pins`.
        """
        file = Path(path).expanduser()
        if not file.exists():
            _make_seed(file, random)
        return cls(_read_seed(file), pins=Pins(file.with_name(file.name + ".pins")), random=random)

    @property
    def ed25519_public(self) -> str:
        """The public Ed25519 key, 32 bytes in hex; it signs requests."""
        return self._ed25519_public.hex()

    @property
    def secp256k1_public(self) -> str:
        """The x-only public secp256k1 key, 32 bytes in hex; letters are encrypted for it."""
        return self._nostr.public

    @property
    def secp256k1_compressed(self) -> str:
        """The same with the parity of y before it, 33 bytes in hex."""
        return ("03" if self._nostr.point[63] & 1 else "02") + self._nostr.public

    @property
    def did_key(self) -> str:
        """The Ed25519 key as a decentralised identifier."""
        return "did:key:z" + base58(_DID_ED25519 + self._ed25519_public)

    @property
    def npub(self) -> str:
        """The secp256k1 key as Nostr writes it (NIP-19)."""
        return bech32("npub", bytes.fromhex(self._nostr.public))

    @property
    def evm_address(self) -> str:
        """The address of the secp256k1 key on Ethereum and its like."""
        return evm_address(self._nostr.point)

    @property
    def solana_address(self) -> str:
        """The address of the Ed25519 key on Solana."""
        return base58(self._ed25519_public)

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature over a message."""
        return curves.ed25519_sign(self._ed25519, message)

    def sign_digest(self, digest: bytes) -> bytes:
        """The BIP-340 signature over a digest of 32 bytes."""
        return self._nostr.sign_digest(digest, self._random)

    def sign_event(self, created_at: int, kind: int, tags: Tags, content: str) -> dict[str, Any]:
        """A Nostr event, signed."""
        return self._nostr.sign(self._nostr.event(created_at, kind, tags, content), self._random)

    def wrap(self, reader: str, text: str, tags: Tags, now: int) -> dict[str, Any]:
        """A text in a wrap that only the reader's key opens (NIP-59)."""
        return nip59.wrap(self._nostr, reader, text, tags, now, self._random)

    def unwrap(self, event: Any) -> nip59.Letter:
        """What a wrap for these keys held; Unreadable says why it cannot be known."""
        return nip59.unwrap(self._nostr, event)

    def __repr__(self) -> str:
        return f"Keys({self.did_key}, {self.npub})"


def _derive(seed: bytes, info: str) -> bytes:
    return nip44.expand(hmac.digest(b"", seed, "sha256"), info.encode(), 32)


def _secp256k1_secret(seed: bytes) -> bytes:
    attempt = 1
    while not curves.is_secret(secret := _derive(seed, f"meshkore/secp256k1/{attempt}")):
        attempt += 1
    return secret


def _make_seed(file: Path, random: Random) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_name(f".{file.name}.{random(8).hex()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as writer:
            writer.write(random(_SEED_BYTES).hex() + "\n")
            writer.flush()
            os.fsync(writer.fileno())
        # Unlike a rename, a link never replaces a seed that another process has just made.
        os.link(new, file)
    except FileExistsError:
        pass
    finally:
        new.unlink()


def _read_seed(file: Path) -> bytes:
    with file.open(encoding="ascii") as reader:
        mode = os.fstat(reader.fileno()).st_mode
        if not stat.S_ISREG(mode):
            raise ValueError(f"{file} is no plain file")
        if os.name == "posix" and mode & 0o077:
            raise PermissionError(f"{file} can be read by others; make it yours: chmod 600 {file}")
        text = reader.read(2 * _SEED_BYTES + 2)
    try:
        seed = bytes.fromhex(text.removesuffix("\n"))
    except ValueError:
        seed = b""
    if len(seed) != _SEED_BYTES or len(text.removesuffix("\n")) != 2 * _SEED_BYTES:
        raise ValueError(f"{file} does not hold a seed: 64 hex digits and a newline")
    return seed
