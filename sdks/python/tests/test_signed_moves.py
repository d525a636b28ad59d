"""What binds an agent is signed by its own keys, against a real hub."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub import QUICK, Hub
from meshkore import (
    AsyncMeshKoreRestAgent,
    Evidence,
    JobDraft,
    MeshKoreRestAgent,
    Part,
    Price,
    canonical,
)
from meshkore.errors import ProtocolError
from meshkore.keys import Keys
from meshkore.problems import (
    MoveUnsignedError,
    NegotiationEndedError,
    ServiceUnavailableError,
    UnknownOfferError,
)
from test_money import give
from test_trade import opened

Join = Callable[..., MeshKoreRestAgent]
EUR = Price("EUR", "0.25", unit="page")


@pytest.fixture
def signing(joined: Join, tmp_path: Path) -> Iterator[Join]:
    """Joins an agent that has keys, which the hub knows."""
    with ExitStack() as agents:

        def join_one(base: str) -> MeshKoreRestAgent:
            plain = joined(base)
            agent = with_keys(plain, tmp_path / f"{base}.key")
            agents.callback(agent.close)
            agent.bind_keys()
            return agent

        yield join_one


def with_keys(plain: MeshKoreRestAgent, path: Path) -> MeshKoreRestAgent:
    keys = Keys.open(path)
    return type(plain)(plain.url, plain.agent_id, plain.api_key, keys=keys, retry=QUICK)


def check(chain: Any, *by: MeshKoreRestAgent) -> None:
    """Every link is signed by the key of the agent that it is from, and follows the one before."""
    assert len(chain) == len(by)
    before = None
    for link, agent in zip(chain, by, strict=True):
        move, proof = link["move"], link["proof"]
        assert (move["from"], proof["by"]) == (agent.agent_id, "key")
        assert agent._core.keys is not None
        assert proof["public_key"] == agent._core.keys.ed25519_public
        text = canonical.text(move).encode()
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(proof["public_key"]))
        key.verify(bytes.fromhex(proof["signature"]), text)
        assert move.get("previous") == before
        before = hashlib.sha256(text).hexdigest()
        assert link["hash"] == before


def test_every_move_of_a_negotiation_is_signed_and_so_is_its_job(signing: Join, hub: Hub) -> None:
    seller, buyer = signing("seller"), signing("buyer")
    give(hub, buyer, "30")
    made = seller.market.negotiate(
        "\u2003A map 😀",
        Price("CREDIT", "10.50"),
        with_agent=buyer.agent_id,
        role="seller",
        quantity=2,
        deliver_within_secs=600,
        valid_for_secs=60,
    )
    seen = buyer.market.negotiation(made.negotiation_id)
    nine = Price("CREDIT", "9")
    countered = buyer.market.counter(seen, "A map", nine, note="Größe: 12 €\n", quantity=2)
    again = buyer.market.counter(seen, "A map", nine, note="Größe: 12 €\n", quantity=2)
    assert again.head == countered.head
    now = seller.market.negotiation(made.negotiation_id)
    agreed = seller.market.accept(now)
    assert seller.market.accept(now).head == agreed.head
    document = buyer.market.agreement(made.negotiation_id)
    check(document["chain"], seller, buyer, seller)
    with pytest.raises(NegotiationEndedError):
        buyer.market.decline(agreed)
    job = seller.jobs.open(JobDraft(negotiation_id=made.negotiation_id))
    assert job.price.amount == "9.000000"
    assert job.client == buyer.agent_id
    check(job.chain, seller)


def test_who_declines_signs_that_too(signing: Join) -> None:
    seller, buyer = signing("seller"), signing("buyer")
    made = buyer.market.negotiate("A map", Price("JPY", "100"), with_agent=seller.agent_id)
    seller.market.decline(seller.market.negotiation(made.negotiation_id))
    document = buyer.market.negotiation(made.negotiation_id).document
    check(document["chain"], buyer, seller)


def test_offers_made_and_accepted_are_signed(signing: Join) -> None:
    seller, buyer = signing("seller"), signing("buyer")
    asked = buyer.market.request_offers("Summarise a report", deadline_in_secs=2)
    seller.market.offer(asked.request_id, "A summary", Price("EUR", "40"))
    own = seller.market.offer(asked.request_id, "A summary", Price("EUR", "30"), note="By noon")
    assert own.document["proof"]["by"] == "key"
    (listed,) = opened(buyer, asked.request_id)
    agreed = buyer.market.accept_offer(listed)
    assert buyer.market.accept_offer(listed) == agreed
    check(buyer.market.agreement(agreed.negotiation_id)["chain"], seller, buyer)
    with pytest.raises(UnknownOfferError):
        seller.market.accept_offer(listed)


def test_a_service_is_taken_by_a_signature(signing: Join) -> None:
    seller, buyer = signing("seller"), signing("buyer")
    promised = {"sla": {"latency_ms": 900, "delivery_seconds": 60, "uptime_basis_points": 0}}
    made = seller.market.publish_service(
        " Tide tables", "When the water is high.", EUR, more=promised
    )
    for quantity, seen in ((3, made), (1, buyer.market.service(made.service_id))):
        taken = buyer.market.take_service(seen, quantity=quantity)
        chain = buyer.market.agreement(taken.negotiation_id)["chain"]
        assert chain[0]["move"]["type"] == "meshkore-listing"
        assert chain[1]["proof"]["by"] == "key"
        assert chain[1]["move"]["terms"]["price"] == {"asset": "EUR", "atoms": 25 * quantity}
    about = buyer.market.negotiate("Ten", EUR, service_id=made.service_id)
    check(buyer.market.negotiation(about.negotiation_id).document["chain"], buyer)
    for change in (
        {"description": "Low water, too."},
        {"price": Price("EUR", "0.3", unit="page").body()},
    ):
        seller.market.update_service(made.service_id, **change)
        with pytest.raises(ServiceUnavailableError) as refused:
            buyer.market.take_service(made)
        assert refused.value.members["reason"] == "changed"


def test_every_step_of_a_job_is_signed(signing: Join, hub: Hub) -> None:
    client, provider, third = signing("client"), signing("provider"), signing("third")
    give(hub, client, "60")
    schema = {"type": "array", "items": {"maximum": 1.50, "minimum": 1e-7}, "maxItems": 3}
    draft = JobDraft(
        " A map ",
        "30",
        provider=provider.agent_id,
        note="North up",
        silence="refund",
        evaluator=third.agent_id,
        output_schema=schema,
    )
    job = provider.jobs.accept(client.jobs.open(draft))
    job = provider.jobs.submit(client.jobs.fund(job), [1], note="Größe")
    job = third.jobs.complete(job, evidence=[Evidence("a" * 64, "https://a.example/", "Seen")])
    assert job.state == "completed"
    check(client.jobs.get(job.job_id).chain, client, provider, client, provider, third)
    check(client.jobs.receipt(job.job_id)["chain"], client, provider, client, provider, third)

    parts = [Part("Draft", "10", 600), Part("Fair copy", "20")]
    draft = JobDraft(
        "Two", client=client.agent_id, milestones=parts, arbiter=third.agent_id, deliver_secs=60
    )
    opening = provider.jobs.open(draft)
    job = client.jobs.fund(opening)
    assert client.jobs.fund(opening).moves == job.moves
    job = provider.jobs.submit(job, sha256="0" * 64, uri="https://a.example/1")
    job = provider.jobs.add_evidence(client.jobs.dispute(job, "Empty"), note="It is not")
    job = third.jobs.resolve(third.jobs.get(job.job_id), "2.5", note="A quarter")
    chain = client.jobs.get(job.job_id).chain
    check(chain, provider, client, provider, client, provider, third)


def test_without_keys_the_hub_vouches_and_for_whom_it_knows_by_a_key_it_does_not(
    joined: Join, signing: Join, tmp_path: Path
) -> None:
    seller, signer = joined("seller"), signing("buyer")
    plain = joined("buyer2")
    with with_keys(plain, tmp_path / "unbound.key") as unbound:
        for agent in (plain, unbound):
            made = agent.market.negotiate("A map", EUR, with_agent=seller.agent_id)
            now = seller.market.negotiation(made.negotiation_id)
            assert now.document["chain"][0]["proof"]["by"] == "hub"
        unbound.bind_keys()
        made = unbound.market.negotiate("A map", EUR, with_agent=seller.agent_id)
        check(seller.market.negotiation(made.negotiation_id).document["chain"], unbound)
    core = signer._core
    kind = type(signer)
    with kind(core.url, core.agent_id, core.api_key, retry=QUICK) as keyless:
        with pytest.raises(MoveUnsignedError):
            keyless.market.negotiate("A map", EUR, with_agent=seller.agent_id)
        other = Keys.open(tmp_path / "other.key")
        keyed = kind(core.url, core.agent_id, core.api_key, keys=other, retry=QUICK)
        with keyed as stranger, pytest.raises(MoveUnsignedError):
            stranger.market.negotiate("A map", EUR, with_agent=seller.agent_id)


def test_what_waits_for_a_person_is_signed_already(signing: Join, hub: Hub) -> None:
    seller, buyer = signing("seller"), signing("buyer")
    with httpx.Client(
        base_url=hub.url, headers={"Authorization": f"Bearer {hub.admin_key}"}
    ) as operator:
        kinds = {"kinds": ["first-contact"]}
        operator.put(f"/holds/{buyer.agent_id}", json=kinds).raise_for_status()
        with pytest.raises(ProtocolError):
            buyer.market.negotiate("A map", EUR, with_agent=seller.agent_id)
        waiting = operator.get("/approvals", params={"state": "waiting"}).json()["approvals"]
        (approval,) = [one for one in waiting if one["agent_id"] == buyer.agent_id]
        path = f"/approvals/{approval['approval_id']}"
        decided = operator.post(path, json={"decision": "approve"}).json()
        assert decided["state"] == "done", decided
    (made,) = seller.market.negotiations()
    check(seller.market.negotiation(made.negotiation_id).document["chain"], buyer)


def test_the_asynchronous_agent_signs_as_well(signing: Join, hub: Hub) -> None:
    seller, buyer = signing("seller"), signing("buyer")
    keys = buyer._core.keys

    async def body() -> None:
        async with AsyncMeshKoreRestAgent(
            hub.url, buyer.agent_id, buyer.api_key, keys=keys, retry=QUICK
        ) as agent:
            made = await agent.market.negotiate("A map", EUR, with_agent=seller.agent_id)
            now = seller.market.counter(
                seller.market.negotiation(made.negotiation_id), "A map", Price("EUR", "0.5")
            )
            agreed = await agent.market.accept(now)
            document = await agent.market.agreement(agreed.negotiation_id)
            check(document["chain"], buyer, seller, buyer)

    asyncio.run(body())
