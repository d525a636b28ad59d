"""Whether a signed payment is in its batch, checked without the hub."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

_SUM_MAX = 2**63 - 1


def verify_batch_proof(proof: Mapping[str, Any], hub_keys: Mapping[str, Any] | None) -> bool:
    """Whether what `GET /x402/payments/{transfer_id}/proof` answered holds.

    `hub_keys` is the hub's `/.well-known/jwks.json`, kept from whenever (this needs the extra
    `keys`); None takes the statement for the hub's. What cannot be read does not hold. That the
    leaf is one's own payment is for the caller to see: by `nonce`, `pay_to` and `atoms`.
    """
    try:
        statement = proof["statement"]
        is_said = hub_keys is None or _is_signed(statement, hub_keys)
        return is_said and _reaches(proof["leaf"], proof["path"], statement)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def _reaches(leaf: Mapping[str, Any], path: list[Any], statement: Mapping[str, Any]) -> bool:
    index, last, total = leaf["position"], statement["count"] - 1, leaf["atoms"]
    if not (0 <= index <= last and 0 < total <= _SUM_MAX):
        return False
    node = hashlib.sha256(b"\0" + _canonical(leaf)).digest()
    for step in path:
        other, beside = bytes.fromhex(step["hash"]), _sum(step["sum_atoms"])
        is_left = index % 2 == 1 or index == last
        if last == 0 or len(other) != 32 or step["side"] != ("left" if is_left else "right"):
            return False
        own, aside = node + total.to_bytes(8, "big"), other + beside.to_bytes(8, "big")
        node = hashlib.sha256(b"\1" + (aside + own if is_left else own + aside)).digest()
        total += beside
        while is_left and index % 2 == 0 and index != 0:
            index, last = index // 2, last // 2
        index, last = index // 2, last // 2
        if total > _SUM_MAX:
            return False
    said: tuple[str, int] = (statement["root"], _sum(statement["sum_atoms"]))
    return last == 0 and (node.hex(), total) == said


def _is_signed(statement: Mapping[str, Any], hub_keys: Mapping[str, Any]) -> bool:
    from meshkore import curves

    said = {name: value for name, value in statement.items() if name != "hub_signature"}
    proof = statement["hub_signature"]
    head = json.loads(_decoded(proof["protected"]))
    payload = base64.urlsafe_b64encode(_canonical(said)).rstrip(b"=")
    signed = proof["protected"].encode() + b"." + payload
    signature = _decoded(proof["signature"])
    return head["alg"] == "EdDSA" and any(
        curves.ed25519_is_signed(_decoded(key["x"]), signed, signature)
        for key in hub_keys["keys"]
        if key["kid"] == head["kid"]
    )


def _canonical(json_object: Mapping[str, Any]) -> bytes:
    # RFC 8785 for these documents: ASCII names, texts, and whole numbers below 2^53.
    text = json.dumps(json_object, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _sum(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("a sum is digits")
    return int(text)


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
