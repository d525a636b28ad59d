"""Wraps: what is in them, and what a forger can try."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

import pytest

from letters import NOW, VECTORS, chance, keys_of, vectors
from meshkore import nip44
from meshkore.errors import Unreadable
from meshkore.keys import Keys
from meshkore.nip59 import RUMOR, SEAL, WRAP
from meshkore.nostr import Event, NostrKey, is_signed, read_event

TAGS = [["meshkore", "k1", "alice", "bob", "", ""]]
TEXT = '{"text":"grüße \\u0000 \U0001f600"}'


def wrapped(text: str = TEXT) -> dict[str, Any]:
    return keys_of("alice").wrap(keys_of("bob").secp256k1_public, text, TAGS, NOW)


def reason_of(keys: Keys, event: Any) -> str:
    with pytest.raises(Unreadable) as failure:
        keys.unwrap(event)
    return failure.value.reason


def hide(key: NostrKey, reader: str, members: Any) -> str:
    text = members if isinstance(members, str) else json.dumps(members)
    return nip44.encrypt(text, key.conversation(reader), bytes(32))


def wrap_of(seal: Any) -> dict[str, Any]:
    """A right wrap for bob, whatever it holds."""
    once, bob = NostrKey(bytes([7] * 32)), keys_of("bob").secp256k1_public
    return once.sign(once.event(NOW, WRAP, [["p", bob]], hide(once, bob, seal)), chance("wrap"))


def seal_of(writer: NostrKey, rumor: Any, tags: list[list[str]] | None = None) -> dict[str, Any]:
    """A right seal for bob, whatever it holds."""
    bob = keys_of("bob").secp256k1_public
    event = writer.event(NOW, SEAL, tags or [], hide(writer, bob, rumor))
    return writer.sign(event, chance("seal"))


ALICE = keys_of("alice")._nostr
MALLORY = keys_of("mallory")._nostr


def rumor_of(writer: NostrKey, kind: int = RUMOR) -> dict[str, Any]:
    return writer.event(NOW, kind, [], "hello").members()


def test_the_reader_learns_the_text_the_tags_and_the_key() -> None:
    letter = keys_of("bob").unwrap(json.loads(json.dumps(wrapped())))
    assert letter.text == TEXT
    assert letter.tags[1:] == TAGS
    assert letter.sender_key == keys_of("alice").secp256k1_public


def test_the_wrap_says_nothing_of_the_writer_and_little_of_the_time() -> None:
    event = wrapped()
    assert event["kind"] == WRAP
    assert event["pubkey"] != keys_of("alice").secp256k1_public
    assert event["tags"] == [["p", keys_of("bob").secp256k1_public]]
    assert NOW - 172_800 < event["created_at"] <= NOW
    text = json.dumps(event)
    assert keys_of("alice").secp256k1_public not in text
    assert is_signed(read_event(event), event["sig"])


def test_two_wraps_of_one_text_have_nothing_in_common() -> None:
    alice, bob = keys_of("alice"), keys_of("bob").secp256k1_public
    first, second = (alice.wrap(bob, TEXT, TAGS, NOW) for _ in range(2))
    assert first["pubkey"] != second["pubkey"]
    assert first["created_at"] != second["created_at"]
    assert first["content"] != second["content"]


def test_forty_thousand_bytes_fit_and_what_does_not_fit_is_refused() -> None:
    assert keys_of("bob").unwrap(wrapped("x" * 40_000)).text == "x" * 40_000
    with pytest.raises(ValueError, match="can be encrypted at once"):
        wrapped("x" * 50_000)


def test_another_reader_and_the_writer_cannot_open_it() -> None:
    assert reason_of(keys_of("mallory"), wrapped()) == "not-for-this-key"
    assert reason_of(keys_of("alice"), wrapped()) == "not-for-this-key"


def test_a_wrap_that_names_me_and_is_for_another_is_forged() -> None:
    event = read_event(wrapped())
    once = NostrKey(bytes([7] * 32))
    moved = once.event(NOW, WRAP, [["p", keys_of("mallory").secp256k1_public]], event.content)
    assert reason_of(keys_of("mallory"), once.sign(moved, chance("x"))) == "forged"


@pytest.mark.parametrize("member", ["id", "pubkey", "created_at", "kind", "tags", "content", "sig"])
def test_no_member_of_a_wrap_can_be_changed_or_left_out(member: str) -> None:
    changes: dict[str, Any] = {"created_at": NOW + 1, "kind": 1, "tags": []}
    other = copy.deepcopy(wrapped())
    other[member] = changes[member] if member in changes else "0" * len(other[member])
    assert reason_of(keys_of("bob"), other) in ("malformed", "forged")
    del other[member]
    assert reason_of(keys_of("bob"), other) in ("malformed", "forged")


def test_a_seal_with_anothers_signature_is_forged() -> None:
    seal = seal_of(ALICE, rumor_of(ALICE))
    seal["sig"] = MALLORY.sign_digest(bytes.fromhex(seal["id"]), chance("x")).hex()
    assert reason_of(keys_of("bob"), wrap_of(seal)) == "forged"


def test_a_rumor_under_anothers_name_is_forged() -> None:
    # Mallory's own seal is right in itself, and says within that Alice wrote it.
    seal = seal_of(MALLORY, rumor_of(ALICE))
    assert reason_of(keys_of("bob"), wrap_of(seal)) == "forged"


def test_a_seal_that_was_meant_for_another_is_forged() -> None:
    # Mallory got a letter from Alice and puts its seal into a wrap for Bob.
    mallory = keys_of("mallory")
    event = keys_of("alice").wrap(mallory.secp256k1_public, TEXT, TAGS, NOW)
    outer = read_event(event)
    seal = nip44.decrypt(outer.content, mallory._nostr.conversation(outer.pubkey))
    assert reason_of(keys_of("bob"), wrap_of(seal)) == "forged"


@pytest.mark.parametrize(
    "seal",
    [
        "no JSON",
        "[" * 20_000,
        "[]",
        "{}",
        rumor_of(ALICE, SEAL),
        rumor_of(ALICE),
        seal_of(ALICE, rumor_of(ALICE), [["p", "x"]]),
        seal_of(ALICE, rumor_of(ALICE, kind=1)),
        seal_of(ALICE, "null"),
        seal_of(ALICE, {**rumor_of(ALICE), "id": "0" * 64}),
        seal_of(ALICE, {**rumor_of(ALICE), "tags": [[1]]}),
        seal_of(ALICE, {**rumor_of(ALICE), "created_at": -1}),
        seal_of(ALICE, {**rumor_of(ALICE), "content": "\ud800"}),
    ],
)
def test_what_is_no_letter_within_a_right_wrap_is_refused(seal: Any) -> None:
    assert reason_of(keys_of("bob"), wrap_of(seal)) in ("malformed", "forged")


@pytest.mark.parametrize("event", [None, 1, "x", [], {}, {"kind": WRAP}])
def test_what_is_no_event_is_refused(event: Any) -> None:
    assert reason_of(keys_of("bob"), event) == "malformed"


SHARED = [case for file in sorted(VECTORS.glob("nip59*.json")) for case in vectors(file.name)]


@pytest.mark.parametrize("case", SHARED, ids=lambda case: case["made_by"])
def test_the_wraps_of_the_sdks(case: dict[str, Any]) -> None:
    reader = Keys(bytes.fromhex(case["reader_seed"]))
    letter = reader.unwrap(case["event"])
    assert letter.text == case["text"]
    assert letter.sender_key == Keys(bytes.fromhex(case["writer_seed"])).secp256k1_public
    assert [tag for tag in letter.tags if tag[0] == "meshkore"] == [case["meshkore"]]


def test_an_id_is_the_digest_that_nip_01_describes() -> None:
    event = Event("0" * 64, 1, 14, [["e", 'ü\n"\\']], "a\tb/é")
    text = '[0,"' + "0" * 64 + '",1,14,[["e","ü\\n\\"\\\\"]],"a\\tb/é"]'
    assert event.id == hashlib.sha256(text.encode()).hexdigest()
