"""Proofs that a payment is in its batch: one that a hub gave, and trees that are made here."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from typing import Any

import pytest

from meshkore import curves, verify_batch_proof

SECRET = bytes(range(32))

GIVEN: dict[str, Any] = {
    "leaf": {
        "v": 1,
        "type": "meshkore-batched-payment",
        "position": 2,
        "transfer_id": "t5",
        "payer": "0xa315c0d8561afe9d64793df8d294cc37f04bdbc2",
        "pay_to": "0x3fdd0acf5488abcee561623b0000000000000002",
        "nonce": "0x0000000000000000000000000000000000000000000000000000000000000003",
        "asset": "CREDIT",
        "atoms": 30,
    },
    "path": [
        {
            "side": "right",
            "hash": "283d97568c85f229dcdc303942c045f940eefc8cbea9dc4ac449031dfd99215e",
            "sum_atoms": "40",
        },
        {
            "side": "left",
            "hash": "fe68a44e416078fb2f10aa5b9eda356279b9602e192e954a36b0e0dd18dda39e",
            "sum_atoms": "30",
        },
    ],
    "statement": {
        "count": 4,
        "root": "0be5a6e3abd0b8c23347a60e42f75dae3632423f368ac37648fc948611fb480d",
        "sum_atoms": "100",
    },
}


def canonical(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def over(left: tuple[bytes, int], right: tuple[bytes, int]) -> tuple[bytes, int]:
    parts = b"".join(node + total.to_bytes(8, "big") for node, total in (left, right))
    return hashlib.sha256(b"\1" + parts).digest(), left[1] + right[1]


def walk(leaves: list[tuple[bytes, int]], index: int) -> tuple[tuple[bytes, int], list[Any]]:
    """The root over leaves, and the path of one of them."""
    if len(leaves) == 1:
        return leaves[0], []
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    left, below = walk(leaves[:middle], min(index, middle - 1))
    right, beyond = walk(leaves[middle:], max(index - middle, 0))
    is_left = index < middle
    side, (node, total) = ("right", right) if is_left else ("left", left)
    step = {"side": side, "hash": node.hex(), "sum_atoms": str(total)}
    return over(left, right), [*(below if is_left else beyond), step]


def proof_of(count: int, index: int) -> dict[str, Any]:
    words: list[dict[str, Any]] = [
        {"position": i, "atoms": 10**15 - i, "nonce": f"{i}"} for i in range(count)
    ]
    leaves = [(hashlib.sha256(b"\0" + canonical(w)).digest(), w["atoms"]) for w in words]
    (root, total), path = walk(leaves, index)
    statement: dict[str, Any] = {"count": count, "root": root.hex(), "sum_atoms": str(total)}
    head = base64.urlsafe_b64encode(canonical({"alg": "EdDSA", "kid": "k"})).rstrip(b"=")
    payload = base64.urlsafe_b64encode(canonical(statement)).rstrip(b"=")
    signature = curves.ed25519_sign(SECRET, head + b"." + payload)
    statement["hub_signature"] = {
        "protected": head.decode(),
        "signature": base64.urlsafe_b64encode(signature).decode().rstrip("="),
    }
    return {"leaf": words[index], "path": path, "statement": statement}


def keys_of(secret: bytes) -> dict[str, Any]:
    public = base64.urlsafe_b64encode(curves.ed25519_public(secret)).decode().rstrip("=")
    return {"keys": [{"kid": "other", "x": "AA"}, {"kid": "k", "x": public}]}


def test_what_a_hub_gave_holds() -> None:
    assert verify_batch_proof(GIVEN, None)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 13])
def test_every_leaf_of_a_tree_is_proved_and_by_this_hub_alone(count: int) -> None:
    for index in range(count):
        proof = proof_of(count, index)
        assert verify_batch_proof(proof, keys_of(SECRET))
        assert not verify_batch_proof(proof, keys_of(bytes(32)))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("leaf", "atoms"), 31),
        (("leaf", "position"), 1),
        (("leaf", "position"), 4),
        (("leaf", "position"), -1),
        (("leaf", "nonce"), "0x00"),
        (("path", 0, "sum_atoms"), "39"),
        (("path", 0, "sum_atoms"), "-40"),
        (("path", 0, "sum_atoms"), str(2**63)),
        (("path", 0, "side"), "left"),
        (("path", 1, "hash"), "00"),
        (("path", 1, "hash"), None),
        (("path",), []),
        (("path",), GIVEN["path"] * 2),
        (("statement", "sum_atoms"), "99"),
        (("statement", "count"), 3),
        (("statement", "root"), "00"),
        (("statement",), {}),
    ],
)
def test_whatever_is_changed_does_not_hold(where: tuple[Any, ...], value: Any) -> None:
    proof: Any = copy.deepcopy(GIVEN)
    inner = proof
    for name in where[:-1]:
        inner = inner[name]
    inner[where[-1]] = value
    assert not verify_batch_proof(proof, None)


def test_a_statement_that_was_changed_is_not_signed() -> None:
    proof = proof_of(3, 1)
    proof["statement"]["batch_id"] = "b2"
    assert not verify_batch_proof(proof, keys_of(SECRET))
