"""Nostr events (NIP-01): how they are made, and whether one is what it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from meshkore import curves, nip44

Random = Callable[[int], bytes]
Tags = list[list[str]]


@dataclass(frozen=True)
class Event:
    """An event without its signature; a rumor (NIP-59) stays one."""

    pubkey: str
    created_at: int
    kind: int
    tags: Tags
    content: str

    @property
    def id(self) -> str:
        """The digest of all members, in lower-case hex."""
        members = [0, self.pubkey, self.created_at, self.kind, self.tags, self.content]
        text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def members(self) -> dict[str, Any]:
        """The event as JSON has it, with its id."""
        return {
            "id": self.id,
            "pubkey": self.pubkey,
            "created_at": self.created_at,
            "kind": self.kind,
            "tags": self.tags,
            "content": self.content,
        }


class NostrKey:
    """One secp256k1 key: an agent's, or one that is used once."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.point = curves.point(secret)
        self.public = self.point[:32].hex()

    @classmethod
    def once(cls, random: Random) -> NostrKey:
        """A new key that nobody keeps."""
        secret = random(32)
        while not curves.is_secret(secret):
            secret = random(32)
        return cls(secret)

    def event(self, created_at: int, kind: int, tags: Tags, content: str) -> Event:
        """An event by this key."""
        return Event(self.public, created_at, kind, tags, content)

    def sign(self, event: Event, random: Random) -> dict[str, Any]:
        """The event as JSON has it, with its id and its signature."""
        members = event.members()
        return {**members, "sig": self.sign_digest(bytes.fromhex(members["id"]), random).hex()}

    def sign_digest(self, digest: bytes, random: Random) -> bytes:
        """The BIP-340 signature over 32 bytes."""
        return curves.schnorr_sign(self._secret, digest, random(32))

    def conversation(self, public: str) -> bytes:
        """What this key and another have in common (NIP-44)."""
        return nip44.conversation_key(self._secret, bytes.fromhex(public))

    def __repr__(self) -> str:
        return f"NostrKey({self.public})"


def read_event(value: Any) -> Event:
    """The event of a JSON value, signed or not; a ValueError says what is wrong with it."""
    if not isinstance(value, Mapping):
        raise ValueError("an event is an object")
    event = Event(
        pubkey=_hex(value.get("pubkey"), 32),
        created_at=_number(value.get("created_at")),
        kind=_number(value.get("kind")),
        tags=_tags(value.get("tags")),
        content=_text(value.get("content")),
    )
    if value.get("id") != event.id:
        raise ValueError("the id is not the event's")
    return event


def is_signed(event: Event, signature: Any) -> bool:
    """Whether the signature of an event, in hex, is by the key that the event names."""
    try:
        given = bytes.fromhex(_hex(signature, 64))
    except ValueError:
        return False
    return curves.schnorr_is_signed(bytes.fromhex(event.pubkey), bytes.fromhex(event.id), given)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text is missing")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("a number is missing")
    return value


def _hex(value: Any, length: int) -> str:
    text = _text(value)
    if len(text) != 2 * length or not set(text) <= set("0123456789abcdef"):
        raise ValueError(f"{length} bytes in lower-case hex are missing")
    return text


def _tags(value: Any) -> Tags:
    if not isinstance(value, list) or not all(isinstance(tag, list) for tag in value):
        raise ValueError("the tags are missing")
    return [[_text(item) for item in tag] for tag in value]
