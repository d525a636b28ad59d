"""How an agent proves its keys to its hub, so that others learn them there."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from meshkore import wire
from meshkore.core import Core, Operation
from meshkore.encryption import keys_of
from meshkore.errors import ProtocolError
from meshkore.models import AgentKey, Json

if TYPE_CHECKING:
    from meshkore.keys import Keys

_FORM = "meshkore-key/1"


def bind_keys(core: Core, new: Keys | None) -> Operation[tuple[AgentKey, ...]]:
    """Binds both keys, each by a signature over a challenge; gives all that are bound then.

    They take the place of those that are bound, for which the hub wants the API key or a request
    that is signed by a former key. The key that signs requests is replaced last, so that the
    former one signs all of them.
    """
    keys = new or keys_of(core)
    types = ["secp256k1", "ed25519"]
    for type in types if core.proof == "http-signature" else reversed(types):
        public = keys.ed25519_public if type == "ed25519" else keys.secp256k1_public
        bound = yield from _bound(core)
        if (type, public) not in [(key.type, key.public_key) for key in bound]:
            yield from _bind(core, keys, type)
    if core.keys is not None and core.keys is not keys:
        keys.pins.take_over(core.keys.pins)
    core.keys = keys
    return (yield from _bound(core))


def _bound(core: Core) -> Operation[tuple[AgentKey, ...]]:
    answer = yield from core.call("GET", "/keys")
    return wire.read(lambda value: tuple(map(wire.agent_key, value["keys"])), answer)


def _bind(core: Core, keys: Keys, type: str) -> Operation[None]:
    answer = yield from core.call("POST", "/keys/challenge")
    challenge = wire.read(lambda value: str(value["challenge"]), answer)
    _check_challenge(core, challenge)
    text = challenge.encode()
    if type == "ed25519":
        public, signature = keys.ed25519_public, keys.sign(text)
    else:
        # With the parity of y, by which the hub knows the EVM address too.
        public, signature = keys.secp256k1_compressed, keys.sign_digest(_sha256(text))
    body: dict[str, Json] = {
        "type": type,
        "public_key": public,
        "challenge": challenge,
        "signature": signature.hex(),
    }
    secret = core.api_key or None
    yield from core.call("POST", "/keys", body=body, repeatable=False, secret=secret)


def _check_challenge(core: Core, challenge: str) -> None:
    """A hub must not get a signature over anything else, nor over the challenge of another hub."""
    head = f"{_FORM}\n{core.url}\n{core.agent_id}\n"
    if not challenge.startswith(head) or "\n" in challenge[len(head) :]:
        raise ProtocolError(
            f"the hub's challenge is not for {core.agent_id} at {core.url}; "
            "use the URL that the hub has for itself"
        )


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
