"""What is believed of a letter, and of a key: against a scripted hub."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from letters import NOW, keys_of
from meshkore import KeyChanged, KeyMissing, Message, encryption
from meshkore.calls import Draft
from meshkore.core import Core
from support import NOON, REGISTERED, Script, answer, message, refusal

ALICE, BOB, MALLORY = keys_of("alice"), keys_of("bob"), keys_of("mallory")


def agent_with(*keys: str, kind: str = "secp256k1") -> Any:
    """The hub's word on an agent that has bound these keys, the newest last."""
    return answer(
        200,
        {
            "agent_id": "alice",
            "description": "",
            "capabilities": [],
            "status": "available",
            "online": False,
            "joined_at": NOON,
            "last_seen": None,
            "keys": [
                {"type": kind, "public_key": key, "bound_at": f"2026-11-21T12:00:0{n}.000Z"}
                for n, key in enumerate(keys)
            ],
        },
    )


def bob_with(*steps: Any) -> tuple[Script, Core]:
    script = Script([*steps])
    core = script.core()
    core.keys, core.token = keys_of("bob"), "token-1"
    return script, core


def letter(
    payload: str = '{"text":"hi"}',
    *,
    writer: Any = ALICE,
    place: tuple[str, ...] | None = ("k1", "alice", "bob", "", ""),
    **around: Any,
) -> Message:
    tags = [] if place is None else [["meshkore", *place]]
    event = writer.wrap(BOB.secp256k1_public, payload, tags, NOW)
    encrypted = {"type": "encrypted", "form": "nip59", "event": event}
    return dataclasses.replace(message(1), **{"id": "k1", "payload": encrypted, **around})


def test_a_letter_is_opened_and_the_key_of_the_sender_is_pinned() -> None:
    script, core = bob_with(agent_with(ALICE.secp256k1_public))
    found = script.run(encryption.opened(core, letter()))
    assert (found.payload, found.encrypted, found.undecrypted) == ({"text": "hi"}, True, None)
    assert found.sender_key == ALICE.secp256k1_public
    assert script.routes() == ["GET /agents/alice"]
    assert core.keys is not None
    assert core.keys.pins.get(core.url, "alice") == ALICE.secp256k1_public
    # From now on the hub is not asked, and cannot change its word.
    assert script.run(encryption.opened(core, letter())).encrypted


@pytest.mark.parametrize(
    ("text", "payload"), [("hello", "hello"), ("[1,2]", [1, 2]), ("NaN", "NaN"), ("{", "{")]
)
def test_a_text_that_is_no_json_is_given_as_text(text: str, payload: Any) -> None:
    script, core = bob_with(agent_with(ALICE.secp256k1_public))
    assert script.run(encryption.opened(core, letter(text))).payload == payload


def test_a_letter_of_a_client_without_our_tag_is_opened() -> None:
    script, core = bob_with(agent_with(ALICE.secp256k1_public))
    assert script.run(encryption.opened(core, letter(place=None))).encrypted


@pytest.mark.parametrize(
    "around",
    [{"id": "k2"}, {"sender": "mallory"}, {"to": "carol"}, {"thread": "t"}, {"reply_to": "r"}],
)
def test_a_letter_that_the_hub_has_moved_is_not_shown(around: dict[str, Any]) -> None:
    script, core = bob_with()
    found = script.run(encryption.opened(core, letter(**around)))
    assert (found.undecrypted, found.encrypted) == ("transplanted", False)
    assert found.payload["form"] == "nip59"


def test_a_letter_by_another_key_than_the_pinned_one_is_not_shown() -> None:
    script, core = bob_with()
    encryption.accept_key(core, "alice", ALICE.secp256k1_public)
    found = script.run(encryption.opened(core, letter(writer=MALLORY)))
    assert (found.undecrypted, found.sender_key, found.encrypted) == ("key-changed", None, False)
    encryption.accept_key(core, "alice", MALLORY.secp256k1_public)
    assert script.run(encryption.opened(core, letter(writer=MALLORY))).encrypted


@pytest.mark.parametrize(
    "said",
    [
        agent_with(),
        agent_with(MALLORY.secp256k1_public),
        agent_with(ALICE.secp256k1_public, kind="ed25519"),
        agent_with("not a key"),
        refusal("unknown-agent", 404),
    ],
)
def test_a_letter_by_a_key_that_the_sender_has_not_bound_is_not_shown(said: Any) -> None:
    script, core = bob_with(said)
    found = script.run(encryption.opened(core, letter()))
    assert (found.undecrypted, found.encrypted) == ("unproven-key", False)
    assert core.keys is not None
    assert core.keys.pins.get(core.url, "alice") is None


def test_what_is_no_letter_is_left_alone() -> None:
    script, core = bob_with()
    for other in (
        message(1),
        dataclasses.replace(message(1), payload={"type": "encrypted", "form": "mls"}),
        letter(channel="team", to=None),
    ):
        assert script.run(encryption.opened(core, other)) == other
    core.keys = None
    unread = letter()
    assert script.run(encryption.opened(core, unread)) is unread


def test_what_this_agent_sent_itself_cannot_be_read_again() -> None:
    script, core = bob_with()
    found = script.run(encryption.opened(core, letter(sender="bob", to="alice")))
    assert found.undecrypted == "sent-by-this-agent"


def test_what_this_agent_sent_to_itself_can_be_read() -> None:
    script, core = bob_with(agent_with(BOB.secp256k1_public))
    found = script.run(
        encryption.opened(
            core, letter(writer=BOB, place=("k1", "bob", "bob", "", ""), sender="bob")
        )
    )
    assert (found.payload, found.sender_key) == ({"text": "hi"}, BOB.secp256k1_public)


def test_a_payload_that_only_looks_like_a_letter_is_malformed() -> None:
    script, core = bob_with()
    fake = dataclasses.replace(message(1), payload={"type": "encrypted", "form": "nip59"})
    assert script.run(encryption.opened(core, fake)).undecrypted == "malformed"


DRAFT = Draft("k9", {"secret": "word"}, "alice", thread="t", reply_to="k1")


def test_a_draft_is_encrypted_for_the_newest_key_and_says_where_it_belongs() -> None:
    script, core = bob_with(agent_with(MALLORY.secp256k1_public, ALICE.secp256k1_public))
    sealed = script.run(encryption.sealed(core, DRAFT))
    assert isinstance(sealed.payload, dict)
    assert "word" not in str(sealed.payload)
    found = ALICE.unwrap(sealed.payload["event"])
    assert found.text == '{"secret":"word"}'
    assert found.tags[1:] == [["meshkore", "k9", "bob", "alice", "t", "k1"]]
    assert found.sender_key == BOB.secp256k1_public
    assert dataclasses.replace(sealed, payload=DRAFT.payload) == DRAFT


def test_a_change_of_key_is_loud_until_it_is_accepted() -> None:
    script, core = bob_with(
        agent_with(ALICE.secp256k1_public),
        agent_with(MALLORY.secp256k1_public),
        agent_with(MALLORY.secp256k1_public),
        agent_with(MALLORY.secp256k1_public),
    )
    run_first(script, encryption.sealed(core, DRAFT))
    script.now += 301
    for _ in range(2):
        with pytest.raises(KeyChanged, match="the key of alice was") as change:
            run_first(script, encryption.sealed(core, DRAFT))
    assert change.value.pinned == ALICE.secp256k1_public
    assert change.value.offered == (MALLORY.secp256k1_public,)
    encryption.accept_key(core, "alice", change.value.offered[0])
    sealed = script.run(encryption.sealed(core, DRAFT))
    assert isinstance(sealed.payload, dict)
    assert MALLORY.unwrap(sealed.payload["event"]).text == '{"secret":"word"}'


def run_first(script: Script, operation: Any) -> Any:
    """Runs an operation that needs one step and leaves the others."""
    step, *rest = script.steps
    script.steps[:] = [step]
    try:
        return script.run(operation)
    finally:
        script.steps[:] = rest


def test_a_key_that_was_taken_away_is_a_change_too() -> None:
    script, core = bob_with(agent_with())
    encryption.accept_key(core, "alice", ALICE.secp256k1_public)
    with pytest.raises(KeyChanged, match="the hub now gives none"):
        script.run(encryption.sealed(core, DRAFT))


def test_within_five_minutes_the_hub_is_asked_once() -> None:
    script, core = bob_with(agent_with(ALICE.secp256k1_public))
    script.run(encryption.sealed(core, DRAFT))
    script.now += 299
    script.run(encryption.sealed(core, DRAFT))
    assert script.routes() == ["GET /agents/alice"]


def test_who_has_no_key_gets_nothing() -> None:
    script, core = bob_with(agent_with())
    with pytest.raises(KeyMissing, match="alice has bound no secp256k1 key"):
        script.run(encryption.sealed(core, DRAFT))


def test_what_cannot_be_encrypted_says_why() -> None:
    script, core = bob_with()
    with pytest.raises(ValueError, match="only a message to one agent"):
        script.run(encryption.sealed(core, Draft("k", 1, None, "team")))
    with pytest.raises(ValueError, match="not a JSON value"):
        script.run(encryption.sealed(core, Draft("k", float("nan"), "alice")))
    with pytest.raises(ValueError, match="lower-case hex"):
        encryption.accept_key(core, "alice", "npub1")
    core.keys = None
    with pytest.raises(ValueError, match="encryption needs keys"):
        script.run(encryption.sealed(core, DRAFT))


def test_an_agent_with_an_api_key_uses_tokens_although_it_has_keys() -> None:
    script, core = bob_with(REGISTERED, agent_with(ALICE.secp256k1_public))
    core.token = None
    script.run(encryption.sealed(core, DRAFT))
    assert [request.is_signed for request in script.requests] == [False, False]
    assert script.requests[1].credential == "token-1"
