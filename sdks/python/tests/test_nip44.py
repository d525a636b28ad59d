"""The official vectors, every one."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest

from letters import vectors
from meshkore import curves, nip44

OFFICIAL = vectors("nip44.vectors.json")["v2"]
VALID, INVALID = OFFICIAL["valid"], OFFICIAL["invalid"]


def from_hex(*texts: str) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(text) for text in texts)


@pytest.mark.parametrize("case", VALID["get_conversation_key"])
def test_conversation_key(case: dict[str, str]) -> None:
    secret, public = from_hex(case["sec1"], case["pub2"])
    assert nip44.conversation_key(secret, public).hex() == case["conversation_key"]


@pytest.mark.parametrize("case", VALID["get_message_keys"]["keys"])
def test_message_keys(case: dict[str, str]) -> None:
    conversation = bytes.fromhex(VALID["get_message_keys"]["conversation_key"])
    found = nip44.message_keys(conversation, bytes.fromhex(case["nonce"]))
    assert found == from_hex(case["chacha_key"], case["chacha_nonce"], case["hmac_key"])


@pytest.mark.parametrize(("length", "padded"), VALID["calc_padded_len"])
def test_padded_length(length: int, padded: int) -> None:
    assert nip44.padded_length(length) == padded


@pytest.mark.parametrize("case", VALID["encrypt_decrypt"])
def test_encrypt_and_decrypt(case: dict[str, str]) -> None:
    first, second, nonce = from_hex(case["sec1"], case["sec2"], case["nonce"])
    conversation = nip44.conversation_key(first, curves.point(second)[:32])
    assert conversation.hex() == case["conversation_key"]
    assert nip44.conversation_key(second, curves.point(first)[:32]) == conversation
    assert nip44.encrypt(case["plaintext"], conversation, nonce) == case["payload"]
    assert nip44.decrypt(case["payload"], conversation) == case["plaintext"]


@pytest.mark.parametrize("case", VALID["encrypt_decrypt_long_msg"], ids=lambda case: case["repeat"])
def test_long_texts(case: dict[str, Any]) -> None:
    text = case["pattern"] * case["repeat"]
    assert hashlib.sha256(text.encode()).hexdigest() == case["plaintext_sha256"]
    conversation, nonce = from_hex(case["conversation_key"], case["nonce"])
    payload = nip44.encrypt(text, conversation, nonce)
    assert hashlib.sha256(payload.encode()).hexdigest() == case["payload_sha256"]
    assert nip44.decrypt(payload, conversation) == text


@pytest.mark.parametrize("length", INVALID["encrypt_msg_lengths"])
def test_lengths_that_are_not_written(length: int) -> None:
    with pytest.raises(ValueError, match="can be encrypted at once"):
        nip44.encrypt("a" * length, bytes(32), bytes(32))


@pytest.mark.parametrize("case", INVALID["get_conversation_key"], ids=lambda case: case["note"])
def test_keys_that_are_none(case: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        nip44.conversation_key(*from_hex(case["sec1"], case["pub2"]))


@pytest.mark.parametrize("case", INVALID["decrypt"], ids=lambda case: case["note"])
def test_payloads_that_are_refused(case: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        nip44.decrypt(case["payload"], bytes.fromhex(case["conversation_key"]))


def test_every_flipped_bit_is_found() -> None:
    conversation = bytes(range(32))
    payload = nip44.encrypt("hello", conversation, bytes(32))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for place in range(len(payload)):
        flipped = letters[letters.index(payload[place]) ^ 1] if payload[place] != "=" else "A"
        with pytest.raises(ValueError, match=r".+"):
            nip44.decrypt(payload[:place] + flipped + payload[place + 1 :], conversation)


def extended(text: bytes, conversation: bytes) -> str:
    """A payload with the longer length of the newer specification."""
    nonce = bytes(32)
    key, start, digest_key = nip44.message_keys(conversation, nonce)
    padded = bytes(2) + len(text).to_bytes(4, "big") + text
    padded += bytes(6 + nip44.padded_length(len(text)) - len(padded))
    hidden = curves.chacha20(key, start, padded)
    digest = hmac.digest(digest_key, nonce + hidden, "sha256")
    return base64.b64encode(b"\x02" + nonce + hidden + digest).decode()


def test_a_longer_text_of_another_writer_can_be_read() -> None:
    conversation = bytes(range(32))
    assert nip44.decrypt(extended(b"x" * 70_000, conversation), conversation) == "x" * 70_000


@pytest.mark.parametrize("length", [0, 1, 40, 65_535])
def test_a_short_text_has_one_form_only(length: int) -> None:
    conversation = bytes(range(32))
    with pytest.raises(ValueError, match="the padding is wrong"):
        nip44.decrypt(extended(b"x" * length, conversation), conversation)
