"""Letters between two agents that the hub cannot read: what is sent, and what is believed.

A letter is a message whose payload is `{"type": "encrypted", "form": "nip59", "event": {…}}`. The
tag `meshkore` within it repeats what the hub says around it, so that the hub can neither show a
letter twice under two ids, nor move it to another conversation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from meshkore import wire
from meshkore.calls import Draft
from meshkore.core import Core, Operation
from meshkore.errors import KeyChanged, KeyMissing, ProblemError, ProtocolError, Unreadable
from meshkore.models import Message

if TYPE_CHECKING:
    from meshkore.keys import Keys
    from meshkore.nip59 import Letter

_LOOK_AGAIN_SECS = 300.0


def keys_of(core: Core) -> Keys:
    """The agent's keys, without which nothing can be encrypted."""
    if core.keys is None:
        raise ValueError("encryption needs keys: MeshKoreRestAgent(…, keys=Keys.open(path))")
    return core.keys


def sealed(core: Core, draft: Draft, give_up_secs: float | None = None) -> Operation[Draft]:
    """The draft with its payload encrypted for the one it goes to."""
    if draft.to is None:
        raise ValueError("only a message to one agent can be encrypted")
    keys = keys_of(core)
    text = wire.encode(draft.payload).decode()
    reader = yield from _key_to_write_to(core, keys, draft.to, give_up_secs)
    around = [draft.id, core.agent_id, draft.to, draft.thread or "", draft.reply_to or ""]
    event = keys.wrap(reader, text, [["meshkore", *around]], int(core.environment.time()))
    return replace(draft, payload={"type": "encrypted", "form": "nip59", "event": event})


def opened(core: Core, message: Message, give_up_secs: float | None = None) -> Operation[Message]:
    """The message decrypted, or with the reason why it is not; any other message as it is."""
    if core.keys is None or message.channel is not None or not _is_letter(message.payload):
        return message
    if message.sender == core.agent_id != message.to:
        return replace(message, undecrypted="sent-by-this-agent")
    try:
        letter = core.keys.unwrap(message.payload.get("event"))
        _check_place(letter, message)
        yield from _check_sender(core, core.keys, message.sender, letter, give_up_secs)
        return replace(message, payload=_payload(letter), sender_key=letter.sender_key)
    except Unreadable as failure:
        return replace(message, undecrypted=failure.reason)


def accept_key(core: Core, peer: str, key: str) -> None:
    """Pins this key for a peer, whatever was pinned before."""
    if not _is_key(key):
        raise ValueError("a key is 32 bytes in lower-case hex, as KeyChanged.offered has it")
    keys_of(core).pins.replace(core.url, peer, key)
    core.looked_at.pop(peer, None)


def _is_letter(payload: Any) -> bool:
    return (
        isinstance(payload, Mapping)
        and payload.get("type") == "encrypted"
        and payload.get("form") == "nip59"
    )


def _payload(letter: Letter) -> Any:
    """The value whose JSON the text is; or the text, where it is none, as of Nostr clients."""
    try:
        return json.loads(letter.text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return letter.text


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _check_place(letter: Letter, message: Message) -> None:
    """A letter of another client has no such tag; nobody but the writer could take it away."""
    place = [message.id, message.sender, message.to, message.thread or "", message.reply_to or ""]
    if any(tag[1:] != place for tag in letter.tags if tag[:1] == ["meshkore"]):
        raise Unreadable("transplanted")


def _check_sender(
    core: Core, keys: Keys, sender: str, letter: Letter, give_up_secs: float | None
) -> Operation[None]:
    pinned = keys.pins.get(core.url, sender)
    if pinned is None:
        try:
            offered = yield from _offered(core, sender, give_up_secs)
        except (ProblemError, ProtocolError):
            offered = []
        if letter.sender_key not in offered:
            raise Unreadable("unproven-key")
        pinned = keys.pins.pin(core.url, sender, letter.sender_key)
    if letter.sender_key != pinned:
        raise Unreadable("key-changed")


def _key_to_write_to(
    core: Core, keys: Keys, peer: str, give_up_secs: float | None
) -> Operation[str]:
    """The pinned key, after it was compared with what the hub gives, at most every five minutes."""
    pinned, now = keys.pins.get(core.url, peer), core.environment.clock()
    looked_at = core.looked_at.get(peer)
    if pinned is not None and looked_at is not None and now - looked_at < _LOOK_AGAIN_SECS:
        return pinned
    offered = yield from _offered(core, peer, give_up_secs)
    if pinned is None:
        if not offered:
            raise KeyMissing(peer)
        pinned = keys.pins.pin(core.url, peer, offered[0])
    if pinned not in offered:
        raise KeyChanged(peer, pinned, offered)
    core.looked_at[peer] = now
    return pinned


def _offered(core: Core, peer: str, give_up_secs: float | None) -> Operation[list[str]]:
    """The secp256k1 keys that the hub gives for an agent, newest first."""
    path = f"/agents/{quote(peer, safe='')}"
    answer = yield from core.call("GET", path, give_up_secs=give_up_secs)
    agent = wire.read(wire.agent, answer)
    found = sorted(agent.keys, key=lambda key: key.bound_at, reverse=True)
    return [key.public_key for key in found if key.type == "secp256k1" and _is_key(key.public_key)]


def _is_key(text: str) -> bool:
    return re.fullmatch("[0-9a-f]{64}", text) is not None
