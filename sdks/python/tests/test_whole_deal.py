"""A whole deal of two agents, from finding each other to the receipt, against a real hub."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx

from hub import Hub
from meshkore import JobDraft, MeshKoreRestAgent, Price, Service
from test_money import available, give

Join = Callable[..., MeshKoreRestAgent]
Name = Callable[[str], str]


def found(buyer: MeshKoreRestAgent, words: str) -> Service:
    """The best service for some words, as soon as it is in the index."""
    until = time.monotonic() + 20
    while (service := next(buyer.market.services(words), None)) is None:
        assert time.monotonic() < until
    return service


def test_two_agents_find_agree_deliver_and_pay(joined: Join, hub: Hub, name: Name) -> None:
    buyer, seller = joined("buyer"), joined("seller")
    give(hub, buyer, "50")
    word = name("glossary").replace("-", "")
    seller.market.publish_service(
        f"Translations with a {word}",
        "Spanish into English.",
        Price("CREDIT", "3", unit="page"),
    )

    # 1. Find.
    service = found(buyer, word)
    assert service.seller == seller.agent_id

    # 2. Negotiate.
    asked = buyer.market.negotiate(
        "Twelve pages", Price("CREDIT", "30"), service_id=service.service_id, quantity=12
    )
    seen = seller.market.negotiation(asked.negotiation_id)
    seller.market.counter(
        seen, "Twelve pages", Price("CREDIT", "36"), quantity=12, deliver_within_secs=3600
    )

    # 3. Agree.
    agreed = buyer.market.accept(buyer.market.negotiation(asked.negotiation_id))
    assert agreed.state == "agreed"
    document = buyer.market.agreement(agreed.negotiation_id)
    assert document == seller.market.agreement(agreed.negotiation_id)

    # 4. Fund the escrow.
    opened = buyer.jobs.open(JobDraft(negotiation_id=agreed.negotiation_id))
    assert (opened.provider, opened.subject) == (seller.agent_id, "Twelve pages")
    assert (opened.price.amount, opened.milestones[0].deliver_secs) == ("36.000000", 3600)
    job = buyer.jobs.fund(seller.jobs.accept(seller.jobs.get(opened.job_id)))
    assert (available(buyer), available(seller)) == ("14.000000", "0.000000")
    assert job.held == job.price

    # 5. Deliver.
    job = seller.jobs.submit(job, {"text": "Once upon a time"}, note="All twelve pages")

    # 6. Confirm.
    job = buyer.jobs.get(job.job_id)
    assert job.delivered is not None
    assert job.delivered.output == '{"text":"Once upon a time"}'
    job = buyer.jobs.complete(job)

    # 7. Release: what the provider gets is the price without the fees.
    assert (job.state, job.held.atoms, job.released) == ("completed", 0, job.price)
    taken = job.fees.transaction.atoms + job.fees.escrow.atoms
    assert job.fees.received.atoms == job.price.atoms - taken
    assert available(seller) == job.fees.received.amount
    assert available(buyer) == "14.000000"

    # 8. A receipt, which is the same for both and proves it to others.
    receipt = buyer.jobs.receipt(job.job_id)
    assert receipt["chain"] == seller.jobs.receipt(job.job_id)["chain"]
    assert [link["move"]["step"] for link in receipt["chain"]] == [
        "open",
        "accept",
        "fund",
        "submit",
        "complete",
    ]
    assert receipt["head"] == job.head
    moved = {transfer["purpose"]: 0 for transfer in receipt["transfers"]}
    for transfer in receipt["transfers"]:
        moved[transfer["purpose"]] += transfer["atoms"]
    assert moved["escrow"] == moved["escrow-release"] + moved["fee"] == 36_000_000

    # And the books are even.
    operator = {"Authorization": f"Bearer {hub.admin_key}"}
    books = httpx.get(f"{hub.url}/ledger", headers=operator).json()
    assert books["differences"] == []
