"""NIP-59: a text within a seal within a wrap, so that only the reader learns who wrote what.

The text is a rumor of kind 14, not signed. The seal (kind 13) hides it for the reader's key and is
signed by the writer's. The wrap (kind 1059) hides the seal and is signed by a key used once. The
times of both lie at random within the two days before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from meshkore import nip44
from meshkore.errors import Unreadable
from meshkore.nostr import Event, NostrKey, Random, Tags, is_signed, read_event

RUMOR, SEAL, WRAP = 14, 13, 1059

_TWO_DAYS = 172_800


@dataclass(frozen=True)
class Letter:
    """What a wrap held: the text, its tags, and the key that signed the seal, in hex."""

    sender_key: str
    text: str
    tags: Tags


def wrap(
    key: NostrKey, reader: str, text: str, tags: Tags, now: int, random: Random
) -> dict[str, Any]:
    """A wrap of a text by this key for the reader's key; a ValueError if the text is too long."""
    rumor = key.event(now, RUMOR, [["p", reader], *tags], text)
    hidden = _hide(key, reader, rumor.members(), random)
    seal = key.event(_before(now, random), SEAL, [], hidden)
    outer = NostrKey.once(random)
    hidden = _hide(outer, reader, key.sign(seal, random), random)
    return outer.sign(outer.event(_before(now, random), WRAP, [["p", reader]], hidden), random)


def unwrap(key: NostrKey, value: Any) -> Letter:
    """What a wrap for this key held; Unreadable says why it cannot be known."""
    outer = _read(value, WRAP)
    if not is_signed(outer, value.get("sig")):
        raise Unreadable("forged")
    if [tag[1] for tag in outer.tags if tag[:1] == ["p"] and len(tag) > 1] != [key.public]:
        raise Unreadable("not-for-this-key")
    sealed = _show(key, outer)
    seal = _read(sealed, SEAL)
    if seal.tags:
        raise Unreadable("malformed")
    if not is_signed(seal, sealed.get("sig")):
        raise Unreadable("forged")
    rumor = _read(_show(key, seal), RUMOR)
    if rumor.pubkey != seal.pubkey:
        raise Unreadable("forged")
    return Letter(seal.pubkey, rumor.content, rumor.tags)


def _hide(key: NostrKey, reader: str, members: dict[str, Any], random: Random) -> str:
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    return nip44.encrypt(text, key.conversation(reader), random(32))


def _show(key: NostrKey, event: Event) -> Any:
    try:
        text = nip44.decrypt(event.content, key.conversation(event.pubkey))
    except ValueError:
        raise Unreadable("forged") from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("malformed") from None


def _read(value: Any, kind: int) -> Event:
    try:
        event = read_event(value)
    except ValueError:
        raise Unreadable("malformed") from None
    if event.kind != kind:
        raise Unreadable("malformed")
    return event


def _before(now: int, random: Random) -> int:
    return now - int.from_bytes(random(8), "big") % _TWO_DAYS
