"""Keys, signed requests and letters against a real hub."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub import QUICK, BlockingKind, Hub, credentials
from meshkore import (
    AsyncMeshKoreRestAgent,
    AsyncMeshKoreWebSocketAgent,
    KeyChanged,
    KeyMissing,
    MeshKoreRestAgent,
    MeshKoreWebSocketAgent,
    binding,
    join,
)
from meshkore.blocking import BlockingAgent
from meshkore.core import Core
from meshkore.errors import ProtocolError
from meshkore.keys import Keys
from meshkore.problems import UnauthenticatedError
from meshkore.proofs import ProofForm
from support import NOON, Script, answer
from test_readme import ENCRYPTION, README, blocks_of

LONG = 30.0
PROOFS: list[ProofForm] = ["http-signature", "nip98"]


def fresh_keys() -> Keys:
    return Keys(os.urandom(32))


@dataclass
class Party:
    """Makes agents with bound keys, and closes them."""

    hub: Hub
    name: Callable[[str], str]
    agents: ExitStack

    def bound(self, base: str, kind: BlockingKind = MeshKoreRestAgent) -> BlockingAgent:
        """An agent with an API key and keys."""
        url, agent_id, api_key = credentials(self.hub, self.name(base))
        agent = kind(url, agent_id, api_key, keys=fresh_keys(), retry=QUICK)
        self.agents.enter_context(agent)
        agent.bind_keys()
        return agent

    def with_keys_only(
        self, agent: BlockingAgent, kind: BlockingKind, proof: ProofForm = "http-signature"
    ) -> BlockingAgent:
        """The same agent without its API key."""
        found = kind(agent.url, agent.agent_id, keys=agent.keys, proof=proof, retry=QUICK)
        return self.agents.enter_context(found)


@pytest.fixture
def party(hub: Hub, name: Callable[[str], str]) -> Iterator[Party]:
    with ExitStack() as agents:
        yield Party(hub, name, agents)


def keys_of(agent: BlockingAgent) -> Keys:
    assert agent.keys is not None
    return agent.keys


def test_bound_keys_are_shown_to_others(party: Party) -> None:
    alice, bob = party.bound("alice"), party.bound("bob")
    keys = keys_of(alice)
    shown = {key.type: key for key in bob.agent(alice.agent_id).keys}
    assert shown["ed25519"].public_key == keys.ed25519_public
    assert shown["ed25519"].did_key == keys.did_key
    assert shown["secp256k1"].public_key == keys.secp256k1_public
    assert shown["secp256k1"].npub == keys.npub
    assert {key.public_key for key in alice.bind_keys()} == {
        key.public_key for key in shown.values()
    }


def test_the_hub_knows_the_same_faces(party: Party) -> None:
    alice = party.bound("alice")
    headers = {"Authorization": f"Bearer {alice.api_key}"}
    body = httpx.get(f"{alice.url}/keys", headers=headers).json()
    found = {key["type"]: key for key in body["keys"]}
    assert found["secp256k1"]["evm_address"] == keys_of(alice).evm_address
    assert found["ed25519"]["solana_address"] == keys_of(alice).solana_address


@pytest.mark.parametrize("proof", PROOFS)
def test_an_agent_with_nothing_but_keys_does_all_that_others_do(
    party: Party, kind: BlockingKind, proof: ProofForm
) -> None:
    alice = party.with_keys_only(party.bound("alice"), kind, proof)
    bob = party.bound("bob")
    assert alice.send(bob.agent_id, {"text": "grüße"}, id="k1").state == "queued"
    bob.send(alice.agent_id, "first")
    bob.send(alice.agent_id, "second")
    found = [message.payload for message in alice.messages(idle_secs=0)]
    assert found == ["first", "second"]
    assert alice.inbox() == ()
    assert alice.update_profile(description="é / ?").description == "é / ?"
    listed = [agent.agent_id for agent in alice.agents(query="é / ?&=+", status="all")]
    assert alice.agent_id in listed
    alice.channels.create(f"{alice.agent_id}-team", members=[bob.agent_id])
    assert alice.channels.send(f"{alice.agent_id}-team", 1).recipients == 1


@pytest.mark.parametrize("proof", PROOFS)
def test_a_signature_is_good_for_one_request_only(party: Party, proof: ProofForm) -> None:
    alice = party.bound("alice")
    url = f"{alice.url}/profile"
    core = Core(alice.url, alice.agent_id, None, keys=keys_of(alice), proof=proof)
    headers = core.prove("GET", url)
    assert httpx.get(url, headers=headers).status_code == 200
    assert httpx.get(url, headers=headers).status_code == 401
    other = core.prove("GET", url)
    assert httpx.get(f"{alice.url}/messages", headers=other).status_code == 401
    body = core.prove("POST", f"{alice.url}/messages/ack", b'{"sequence":0}')
    changed = httpx.post(f"{alice.url}/messages/ack", headers=body, content=b'{"sequence": 0}')
    assert changed.status_code == 401


def test_keys_that_are_not_bound_prove_nothing(party: Party) -> None:
    alice = party.bound("alice")
    stranger = MeshKoreRestAgent(alice.url, alice.agent_id, keys=fresh_keys(), retry=QUICK)
    with stranger, pytest.raises(UnauthenticatedError):
        stranger.inbox()


def test_a_letter_and_its_answer(party: Party, kind: BlockingKind) -> None:
    alice, bob = party.bound("alice", kind), party.bound("bob", kind)
    payload = {"text": "grüße \0 \U0001f600", "list": [1, 2.5, None]}
    sent = alice.send_encrypted(bob.agent_id, payload, id="k1", thread="t1", reply_to="k0")
    assert (sent.id, sent.to) == ("k1", bob.agent_id)
    for message in bob.messages():
        assert (message.payload, message.encrypted) == (payload, True)
        assert (message.id, message.thread, message.reply_to) == ("k1", "t1", "k0")
        assert message.sender_key == keys_of(alice).secp256k1_public
        bob.reply(message, {"text": "so is this"})
        bob.ack(message)
        break
    (reply,) = alice.inbox()
    assert (reply.payload, reply.encrypted) == ({"text": "so is this"}, True)
    assert (reply.reply_to, reply.thread) == ("k1", "t1")
    mine, theirs = alice.history(bob.agent_id).messages
    assert mine.undecrypted == "sent-by-this-agent"
    assert theirs.payload == reply.payload


def test_an_encrypted_request_waits_for_its_answer(party: Party, kind: BlockingKind) -> None:
    alice = party.with_keys_only(party.bound("alice"), kind)
    bob = party.bound("bob", kind)
    with ThreadPoolExecutor(1) as workers:
        served = workers.submit(answer_one, bob)
        reply = alice.send_and_wait(bob.agent_id, {"n": 20}, timeout_secs=LONG, encrypted=True)
        served.result(LONG)
    assert (reply.payload, reply.encrypted) == ({"n": 21}, True)


def answer_one(agent: BlockingAgent) -> None:
    for message in agent.messages():
        assert message.encrypted
        agent.reply(message, {"n": message.payload["n"] + 1})
        agent.ack(message)
        return


@pytest.mark.parametrize("kind", [AsyncMeshKoreRestAgent, AsyncMeshKoreWebSocketAgent])
def test_the_same_with_asyncio(
    party: Party, kind: type[AsyncMeshKoreRestAgent] | type[AsyncMeshKoreWebSocketAgent]
) -> None:
    alice, bob = party.bound("alice"), party.bound("bob")

    async def exchange() -> None:
        async with (
            kind(alice.url, alice.agent_id, keys=alice.keys, retry=QUICK) as one,
            kind(bob.url, bob.agent_id, keys=bob.keys, retry=QUICK) as other,
        ):
            await one.send_encrypted(other.agent_id, {"a": 1})
            async for message in other.messages():
                assert (message.payload, message.encrypted) == ({"a": 1}, True)
                await other.reply(message, {"b": 2})
                break
            (reply,) = await one.inbox()
            assert (reply.payload, reply.encrypted) == ({"b": 2}, True)

    asyncio.run(exchange())


def test_nothing_of_a_letter_is_readable_on_the_hub(own_hub: Hub, tmp_path: Path) -> None:
    secret = "a-word-that-nobody-else-writes"
    seeds = [tmp_path / "alice.key", tmp_path / "bob.key"]
    alice, bob = (
        join(own_hub.invite(), name, keys=Keys.open(seed))
        for name, seed in zip(("alice", "bob"), seeds, strict=True)
    )
    with alice, bob:
        alice.bind_keys()
        bob.bind_keys()
        alice.send("bob", {"text": "an-open-word"})
        alice.send_encrypted("bob", {secret: secret})
        assert [message.payload for message in bob.inbox()][1] == {secret: secret}
    own_hub.stop()
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() for path in [*files, tmp_path / "hub.log"])
    assert b"an-open-word" in kept
    private = [seed.read_text(encoding="ascii").strip() for seed in seeds]
    for hidden in (secret, *private):
        assert hidden.encode() not in kept
        assert hidden.encode().hex().encode() not in kept
    for seed in private:
        assert bytes.fromhex(seed) not in kept


@pytest.mark.parametrize("page", [README, ENCRYPTION], ids=lambda page: page.name)
def test_the_examples_run_as_they_are_written(
    own_hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    block = next(block for block in blocks_of(page) if "Keys.open" in block)
    first, separator, loop = block.partition("for message in ")
    with join(own_hub.invite(), "reviewer", keys=fresh_keys()) as reviewer:
        reviewer.bind_keys()
        names: dict[str, Any] = {"invite_url": own_hub.invite(), "hub_url": own_hub.url}
        exec(first, names)
        agent: BlockingAgent = names.get("same_agent", names["agent"])
        (letter,) = reviewer.inbox()
        assert letter.encrypted
        reviewer.reply(letter, {"text": "an answer"})
        # The loop never ends by itself: it ends here when it comes back for a second message.
        endless = agent.messages
        monkeypatch.setattr(agent, "messages", lambda: endless(idle_secs=0))
        exec(separator + loop, names)
        assert [message.encrypted for message in reviewer.inbox()] == [True, True]
        names["agent"].close()
        agent.close()


def test_who_has_bound_no_key_can_get_no_letter(party: Party) -> None:
    alice = party.bound("alice")
    url, bob, _ = credentials(party.hub, party.name("bob"))
    assert url == alice.url
    with pytest.raises(KeyMissing):
        alice.send_encrypted(bob, 1)


def test_a_change_of_keys_keeps_name_and_inbox_and_is_loud_for_others(party: Party) -> None:
    alice, bob = party.bound("alice"), party.bound("bob")
    alice.send_encrypted(bob.agent_id, "to the first key")
    former = keys_of(bob)
    waiting = bob.inbox()
    bob.bind_keys(fresh_keys())
    assert len(bob.inbox()) == len(waiting) == 1
    assert bob.inbox()[0].undecrypted == "not-for-this-key"
    alice._core.looked_at.clear()
    with pytest.raises(KeyChanged) as change:
        alice.send_encrypted(bob.agent_id, "to whom?")
    assert change.value.pinned == former.secp256k1_public
    assert change.value.offered == (keys_of(bob).secp256k1_public,)
    bob.send_encrypted(alice.agent_id, "by the new key")
    assert alice.inbox()[0].undecrypted == "key-changed"
    alice.accept_key(bob.agent_id, change.value.offered[0])
    assert alice.inbox()[0].payload == "by the new key"
    alice.send_encrypted(bob.agent_id, "to the new key")
    assert bob.inbox()[1].payload == "to the new key"
    assert keys_of(bob).pins.get(bob.url, alice.agent_id) == keys_of(alice).secp256k1_public


@pytest.mark.parametrize("proof", PROOFS)
def test_an_agent_without_an_api_key_changes_its_keys_by_the_former_ones(
    party: Party, proof: ProofForm
) -> None:
    alice = party.bound("alice")
    signing = party.with_keys_only(alice, MeshKoreRestAgent, proof)
    former, new = keys_of(alice), fresh_keys()
    bound = signing.bind_keys(new)
    assert {key.public_key for key in bound} == {new.ed25519_public, new.secp256k1_public}
    assert signing.inbox() == ()
    stale = MeshKoreRestAgent(alice.url, alice.agent_id, keys=former, proof=proof, retry=QUICK)
    with stale, pytest.raises(UnauthenticatedError):
        stale.inbox()


def test_a_live_session_outlasts_a_change_of_its_keys(party: Party) -> None:
    alice, bob = party.bound("alice"), party.bound("bob")
    live = party.with_keys_only(alice, MeshKoreWebSocketAgent)
    bob.send(alice.agent_id, "before")
    messages = live.messages()
    assert next(messages).payload == "before"
    live.bind_keys(fresh_keys())
    bob.send(alice.agent_id, "after")
    assert next(messages).payload == "after"


def test_a_live_session_ends_when_its_key_is_revoked(party: Party) -> None:
    alice, bob = party.bound("alice"), party.bound("bob")
    live = party.with_keys_only(alice, MeshKoreWebSocketAgent)
    bob.send(alice.agent_id, "before")
    messages = live.messages()
    assert next(messages).payload == "before"
    headers = {"Authorization": f"Bearer {alice.api_key}"}
    path = f"/keys/{keys_of(alice).ed25519_public}"
    assert httpx.delete(alice.url + path, headers=headers).status_code == 204
    with pytest.raises(UnauthenticatedError):
        next(messages)


def test_a_challenge_for_another_hub_is_not_signed(party: Party) -> None:
    alice = party.bound("alice")
    other = alice.url.replace("127.0.0.1", "localhost")
    with (
        MeshKoreRestAgent(other, alice.agent_id, alice.api_key, keys=fresh_keys()) as agent,
        pytest.raises(ProtocolError, match="the URL that the hub has for itself"),
    ):
        agent.bind_keys()


@pytest.mark.parametrize(
    "text",
    [
        # The text of a Nostr event, whose digest would then be signed.
        '[0,"00",1,1,[],"I give you all I have"]',
        "meshkore-key/1\nhttp://hub\nbob\nnonce",
        "meshkore-key/1\nhttp://other\nalice\nnonce",
        "meshkore-key/1\nhttp://hub\nalice\nnonce\nmore",
    ],
)
def test_nothing_but_a_challenge_for_this_agent_here_is_signed(text: str) -> None:
    script = Script(
        [answer(200, {"keys": []}), answer(201, {"challenge": text, "expires_at": NOON})]
    )
    core = script.core()
    core.token, core.agent_id, core.keys = "token-1", "alice", fresh_keys()
    with pytest.raises(ProtocolError, match="challenge is not for alice"):
        script.run(binding.bind_keys(core, None))
    assert script.routes() == ["GET /keys", "POST /keys/challenge"]
