"""How a request proves who sends it, by a signature instead of a key or a token."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from meshkore.keys import Keys

ProofForm = Literal["http-signature", "nip98"]
"""RFC 9421 by the Ed25519 key, or NIP-98 by the secp256k1 key."""

_WINDOW_SECS = 300
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True)
class SignedRequest:
    """What is signed of a request: all that the hub acts on. `url` is the absolute one."""

    method: str
    url: str
    body: bytes = b""


def headers(
    keys: Keys, form: ProofForm, request: SignedRequest, now: int, nonce: bytes
) -> dict[str, str]:
    """The headers that prove who sends this request, once and for five minutes at most."""
    if form == "nip98":
        return _nip98(keys, request, now, nonce)
    return _http_signature(keys, request, now, nonce)


def _http_signature(keys: Keys, request: SignedRequest, now: int, nonce: bytes) -> dict[str, str]:
    url = urlsplit(request.url)
    authority = url.netloc.lower().removesuffix(_DEFAULT_PORTS.get(url.scheme, ""))
    covered = {
        "@method": request.method,
        "@authority": authority,
        "@path": url.path or "/",
        "@query": "?" + url.query,
    }
    made: dict[str, str] = {}
    if request.body:
        digest = base64.b64encode(hashlib.sha256(request.body).digest()).decode()
        made["Content-Digest"] = covered["content-digest"] = f"sha-256=:{digest}:"
    names = " ".join(f'"{name}"' for name in covered)
    parameters = (
        f"({names});created={now};expires={now + _WINDOW_SECS}"
        f';nonce="{nonce.hex()}";keyid="{keys.did_key}";alg="ed25519"'
    )
    lines = [f'"{name}": {value}' for name, value in covered.items()]
    base = "\n".join([*lines, f'"@signature-params": {parameters}'])
    signature = base64.b64encode(keys.sign(base.encode())).decode()
    return {
        **made,
        "Signature-Input": f"sig1={parameters}",
        "Signature": f"sig1=:{signature}:",
    }


def _nip98(keys: Keys, request: SignedRequest, now: int, nonce: bytes) -> dict[str, str]:
    # The nonce makes two equal requests within one second two events.
    tags = [["u", request.url], ["method", request.method], ["nonce", nonce.hex()]]
    if request.body:
        tags.append(["payload", hashlib.sha256(request.body).hexdigest()])
    event = keys.sign_event(now, 27235, tags, "")
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return {"Authorization": f"Nostr {base64.b64encode(text.encode()).decode()}"}
