"""Paid work with escrow, milestones and disputes, against a real hub."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub import QUICK, Hub
from meshkore import (
    AsyncMeshKoreRestAgent,
    Evidence,
    Job,
    JobDraft,
    MeshKoreRestAgent,
    Part,
)
from meshkore.keys import Keys
from meshkore.problems import (
    InsufficientFundsError,
    InvalidFieldError,
    MoveUnsignedError,
    OutOfTurnError,
    UnknownJobError,
)
from test_money import available, give

Join = Callable[..., MeshKoreRestAgent]
Name = Callable[[str], str]


def funded(client: MeshKoreRestAgent, provider: MeshKoreRestAgent, amount: str) -> Job:
    """A job that is under way."""
    draft = JobDraft("Twelve pages into English", amount, provider=provider.agent_id)
    opened = client.jobs.open(draft)
    return client.jobs.fund(provider.jobs.accept(opened))


def resolve(hub: Hub, now: Job, amount: str) -> Any:
    """What the operator decides."""
    answer = httpx.post(
        f"{hub.url}/jobs/{now.job_id}/steps",
        json={"step": "resolve", "previous": now.head, "amount": amount},
        headers={"Authorization": f"Bearer {hub.admin_key}"},
    )
    answer.raise_for_status()
    return answer.json()


def test_a_job_is_funded_delivered_and_paid(joined: Join, hub: Hub) -> None:
    client, provider = joined("client"), joined("provider")
    give(hub, client, "40")
    draft = JobDraft("Twelve pages", "30", provider=provider.agent_id, deliver_secs=3600)
    terms = client.jobs.preview(draft)
    assert (terms["subject"], terms["atoms"]) == ("Twelve pages", 30_000_000)
    assert list(client.jobs.list()) == []
    opened = client.jobs.open(draft)
    assert (opened.state, opened.accepted, opened.your_roles) == ("open", False, ("client",))
    assert opened.terms == terms
    assert provider.agent_id in {one for step in opened.next for one in step.by}
    assert opened.ends_at is not None
    assert opened.state_then == "expired"
    now = client.jobs.fund(provider.jobs.accept(provider.jobs.get(opened.job_id)))
    assert (now.state, now.held.amount, available(client)) == ("funded", "30.000000", "10.000000")
    now = provider.jobs.submit(now, {"pages": 12}, note="All of them")
    assert now.delivered is not None
    assert now.delivered.output == '{"pages":12}'
    assert now.delivered.sha256 == hashlib.sha256(b'{"pages":12}').hexdigest()
    done = client.jobs.complete(now, note="Thank you")
    assert (done.state, done.ended_by, done.next) == ("completed", "complete", ())
    assert (done.held.atoms, done.released.atoms) == (0, 30_000_000)
    assert done.fees.received == done.fees.received_if_completed
    assert available(provider) == done.fees.received.amount
    conditions = client.jobs.conditions()
    bps = conditions.transaction_bps + conditions.escrow_bps
    assert done.fees.received.atoms == 30_000_000 - 30_000_000 * bps // 10_000
    (listed,) = provider.jobs.list(role="provider", state="completed", page_size=1)
    assert (listed.job_id, listed.chain) == (done.job_id, ())
    receipt = provider.jobs.receipt(done.job_id)
    assert receipt["type"] == "meshkore-job-receipt"
    assert len(receipt["chain"]) == len(done.chain) == 5
    stranger = joined("stranger")
    with pytest.raises(UnknownJobError):
        stranger.jobs.get(done.job_id)


def test_a_step_is_taken_once_and_on_what_was_seen(joined: Join, hub: Hub) -> None:
    client, provider = joined("client"), joined("provider")
    give(hub, client, "20")
    draft = JobDraft(
        "A map", "12", provider=provider.agent_id, job_id=f"job_{client.agent_id:_<16}"
    )
    opened = client.jobs.open(draft)
    assert client.jobs.open(draft).job_id == opened.job_id == draft.job_id
    with pytest.raises(InvalidFieldError):
        client.jobs.open(JobDraft("A map", "13", provider=provider.agent_id, job_id=draft.job_id))
    agreed = provider.jobs.accept(opened)
    now = client.jobs.fund(agreed)
    assert client.jobs.fund(agreed).moves == now.moves
    assert available(client) == "8.000000"
    with pytest.raises(OutOfTurnError):
        provider.jobs.submit(agreed, "x")
    with pytest.raises(OutOfTurnError):
        client.jobs.complete(now)
    with pytest.raises(InsufficientFundsError):
        funded(client, provider, "9000")


def test_milestones_are_paid_in_their_order(joined: Join, hub: Hub) -> None:
    client, provider = joined("client"), joined("provider")
    give(hub, client, "30")
    parts = [Part("Draft", "10", 600), Part("Fair copy", "20")]
    opened = provider.jobs.open(JobDraft("A text", client=client.agent_id, milestones=parts))
    now = client.jobs.fund(opened)
    assert now.milestones[0].deliver_secs == 600
    now = client.jobs.complete(
        provider.jobs.submit(now, sha256="0" * 64, uri="https://a.example/1")
    )
    assert (now.state, now.milestone, now.held.amount) == ("funded", 2, "20.000000")
    assert [one.paid for one in now.milestones] == [True, False]
    ended = provider.jobs.reject(now, note="I cannot go on")
    assert (ended.state, ended.refunded.amount) == ("rejected", "20.000000")
    assert available(client) == "20.000000"


def test_a_dispute_is_decided_by_the_operator(joined: Join, hub: Hub) -> None:
    client, provider = joined("client"), joined("provider")
    give(hub, client, "30")
    now = provider.jobs.submit(funded(client, provider, "30"), "half of it")
    now = client.jobs.dispute(now, "It is half of it")
    assert now.state == "disputed"
    shown = Evidence("a" * 64, "https://a.example/half", "The half")
    now = provider.jobs.add_evidence(now, note="It is all of it", evidence=[shown])
    decided = resolve(hub, now, "10")
    assert decided["state"] == "completed"
    now = client.jobs.get(now.job_id)
    assert (now.released.amount, now.refunded.amount) == ("10.000000", "20.000000")
    assert available(client) == "20.000000"
    assert now.ended_by == "resolve"


def test_an_agent_may_be_the_arbiter(joined: Join, hub: Hub) -> None:
    client, provider, arbiter = joined("client"), joined("provider"), joined("arbiter")
    give(hub, client, "30")
    draft = JobDraft("A map", "30", provider=provider.agent_id, arbiter=arbiter.agent_id)
    now = client.jobs.fund(provider.jobs.accept(client.jobs.open(draft)))
    now = provider.jobs.dispute(provider.jobs.submit(now, "a map"), "Say that it is one")
    seen = arbiter.jobs.get(now.job_id)
    assert seen.your_roles == ("arbiter",)
    assert arbiter.jobs.resolve(seen, "30", note="It is one").state == "completed"
    assert available(client) == "0.000000"


def test_agents_with_keys_sign_their_steps(
    joined: Join, hub: Hub, name: Name, tmp_path: Path
) -> None:
    provider, client = joined("provider"), joined("client")
    give(hub, client, "30")
    keys = Keys.open(str(tmp_path / "client.key"))
    with MeshKoreRestAgent(hub.url, client.agent_id, client.api_key, keys=keys) as signing:
        signing.bind_keys()
        with pytest.raises(MoveUnsignedError):
            client.jobs.open(JobDraft("A map", "30", provider=provider.agent_id))
        parts = [Part("One", "10"), Part("Two", "20")]
        draft = JobDraft("A map", provider=provider.agent_id, milestones=parts, note="North up")
        now = signing.jobs.fund(provider.jobs.accept(signing.jobs.open(draft)))
        ways = [link["proof"]["by"] for link in now.chain]
        assert ways == ["key", "hub", "key"]


def test_a_hub_without_a_chain_says_so(joined: Join, hub: Hub) -> None:
    client, provider = joined("client"), joined("provider")
    assert client.jobs.conditions().on_chain is None
    asset = f"eip155:8453/erc20:0x{'ab' * 20}"
    draft = JobDraft("A map", "30", provider=provider.agent_id, asset=asset)
    with pytest.raises(InvalidFieldError, match="payer"):
        client.jobs.open(draft)
    with pytest.raises(InvalidFieldError, match="no chain"):
        client.jobs.open(replace(draft, payer=f"0x{'12' * 20}", pay_to=f"0x{'34' * 20}"))


def test_the_asynchronous_agent_does_the_same(joined: Join, hub: Hub) -> None:
    client, provider = joined("client"), joined("provider")
    give(hub, client, "30")

    async def body() -> None:
        mine = AsyncMeshKoreRestAgent(hub.url, client.agent_id, client.api_key, retry=QUICK)
        theirs = AsyncMeshKoreRestAgent(hub.url, provider.agent_id, provider.api_key, retry=QUICK)
        async with mine, theirs:
            draft = JobDraft("A map", "20", provider=provider.agent_id)
            assert (await mine.jobs.preview(draft))["atoms"] == 20_000_000
            now = await mine.jobs.open(draft)
            now = await mine.jobs.fund(await theirs.jobs.accept(now))
            now = await mine.jobs.dispute(await theirs.jobs.submit(now, [1]), "Only one")
            now = await theirs.jobs.add_evidence(now, note="One was wanted")
            now = await mine.jobs.complete(now, note="So it is")
            assert now.state == "completed"
            assert (await mine.jobs.receipt(now.job_id))["state"] == "completed"
            small = JobDraft("A word", "1", provider=provider.agent_id, escrow=False)
            now = await theirs.jobs.accept(await mine.jobs.open(small))
            now = await mine.jobs.reject(await theirs.jobs.submit(now, "word"))
            assert [one.state async for one in mine.jobs.list(page_size=1)] == [
                "rejected",
                "completed",
            ]
            assert (await mine.jobs.conditions()).escrow_above.atoms >= now.price.atoms

    asyncio.run(body())
