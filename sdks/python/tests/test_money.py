"""Paying, holding and giving back, against a real hub."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

import meshkore.transport
from hub import QUICK, Hub
from meshkore import AsyncMeshKoreRestAgent, MeshKoreRestAgent, Transfer
from meshkore.blocking import BlockingAgent
from meshkore.core import HttpResponse
from meshkore.problems import (
    ApprovalRequiredError,
    IdTakenError,
    InsufficientFundsError,
    InvalidFieldError,
    MandateRequiredError,
    TransferEndedError,
    UnknownTransferError,
)

Join = Callable[..., MeshKoreRestAgent]
Name = Callable[[str], str]


def call(hub: Hub, key: str, path: str, body: dict[str, Any]) -> Any:
    """What somebody who is no agent does."""
    authorization = {"Authorization": f"Bearer {key}"}
    answer = httpx.post(f"{hub.url}{path}", json=body, headers=authorization)
    answer.raise_for_status()
    return answer.json()


def give(hub: Hub, agent: BlockingAgent, amount: str) -> None:
    body = {"id": f"in-{agent.agent_id}", "agent_id": agent.agent_id, "amount": amount}
    call(hub, hub.admin_key, "/deposits", body)


def available(agent: BlockingAgent) -> str:
    (balance,) = agent.wallet().balances
    return balance.available


def told(agent: MeshKoreRestAgent, transfer: Transfer, state: str) -> Any:
    """What the hub wrote of a transfer, as soon as it did."""
    for message in agent.messages(idle_secs=20):
        payload = message.payload
        if message.sender == "hub" and transfer.transfer_id == payload.get("transfer_id"):
            assert payload["state"] == state
            return payload
    raise AssertionError(transfer)


def test_an_agent_is_paid_and_told(joined: Join, hub: Hub) -> None:
    payer, payee = joined("payer"), joined("payee")
    give(hub, payer, "10")
    paid = payer.pay(payee.agent_id, "2.5", about="job-7")
    assert (paid.state, paid.purpose, paid.atoms, paid.amount) == (
        "paid",
        "payment",
        2_500_000,
        "2.500000",
    )
    assert (paid.sender, paid.to, paid.about) == (payer.agent_id, payee.agent_id, "job-7")
    assert paid.id
    assert (available(payer), available(payee)) == ("7.500000", "2.500000")
    notice = told(payee, paid, "paid")
    assert (notice["from"], notice["amount"], notice["about"]) == (
        payer.agent_id,
        "2.500000",
        "job-7",
    )
    seen = payee.transfer(paid.transfer_id)
    assert (seen.id, seen.state) == (None, "paid")
    assert [one.transfer_id for one in payee.transfers(page_size=1)] == [paid.transfer_id]
    assert [one.purpose for one in payer.transfers(page_size=1)] == ["payment", "deposit"]
    lines = list(payer.statement(since=paid.made_at - timedelta(days=1), page_size=1))
    assert [one.change_atoms for one in lines] == [10_000_000, -2_500_000]
    assert (lines[1].other, lines[1].balance) == (payee.agent_id, "7.500000")
    assert list(payer.statement(until=lines[0].made_at)) == []
    with pytest.raises(ValueError, match="time zone"):
        list(payer.statement(since=datetime(2026, 1, 1)))


def test_the_same_id_pays_once(joined: Join, hub: Hub) -> None:
    payer, payee = joined("payer"), joined("payee")
    give(hub, payer, "10")
    first = payer.pay(payee.agent_id, "4", id="k1")
    assert payer.pay(payee.agent_id, "4", id="k1").transfer_id == first.transfer_id
    with pytest.raises(IdTakenError):
        payer.pay(payee.agent_id, "5", id="k1")
    with pytest.raises(InsufficientFundsError) as refused:
        payer.pay(payee.agent_id, "7", id="k2")
    assert refused.value.members["missing"] == 1_000_000
    other = payer.pay(payee.agent_id, "4")
    assert other.transfer_id != first.transfer_id
    assert available(payer) == "2.000000"


def test_a_lost_answer_is_asked_for_again_by_the_same_id(
    joined: Join, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    payer, payee = joined("payer", MeshKoreRestAgent), joined("payee", MeshKoreRestAgent)
    give(hub, payer, "10")
    statuses: list[int] = []
    read = meshkore.transport._response

    def lose_the_first(response: httpx.Response) -> HttpResponse:
        if "transfers" in response.request.url.path:
            statuses.append(response.status_code)
            if len(statuses) == 1:
                raise httpx.ReadError("the line went dead")
        return read(response)

    monkeypatch.setattr(meshkore.transport, "_response", lose_the_first)
    paid = payer.pay(payee.agent_id, "4")
    assert statuses == [201, 200]
    monkeypatch.undo()
    assert paid.amount == "4.000000"
    assert (available(payer), available(payee)) == ("6.000000", "4.000000")


def test_what_is_held_is_paid_in_part_or_given_up(joined: Join, hub: Hub) -> None:
    payer, payee = joined("payer"), joined("payee")
    give(hub, payer, "10")
    held = payer.pay(payee.agent_id, "6", hold_secs=3600)
    assert held.state == "held"
    assert held.held_until is not None
    assert available(payer) == "4.000000"
    (expecting,) = payee.wallet().balances
    assert (expecting.available_atoms, expecting.expected_atoms) == (0, 6_000_000)
    posted = payer.post_transfer(held.transfer_id, "2.5")
    assert (posted.state, posted.document["paid"]["atoms"]) == ("paid", 2_500_000)
    assert available(payer) == "7.500000"
    with pytest.raises(TransferEndedError):
        payee.release_transfer(held.transfer_id)
    second = payer.pay(payee.agent_id, "7", hold_secs=3600)
    assert payee.release_transfer(second.transfer_id).state == "released"
    assert told(payer, second, "released")["amount"] == "7.000000"
    assert (available(payer), available(payee)) == ("7.500000", "2.500000")


def test_a_payment_is_given_back_once(joined: Join, hub: Hub) -> None:
    payer, payee = joined("payer"), joined("payee")
    give(hub, payer, "10")
    give(hub, payee, "10")
    paid = payer.pay(payee.agent_id, "6")
    back = payee.refund_transfer(paid.transfer_id, "2", id="r1")
    assert (back.purpose, back.refund_of) == ("refund", paid.transfer_id)
    again = payee.refund_transfer(paid.transfer_id, "2", id="r1")
    assert again.transfer_id == back.transfer_id
    with pytest.raises(InvalidFieldError):
        payee.refund_transfer(paid.transfer_id, "5")
    payee.refund_transfer(paid.transfer_id, "4")
    assert payer.transfer(paid.transfer_id).document["refunded"]["atoms"] == 6_000_000
    assert (available(payer), available(payee)) == ("10.000000", "10.000000")


def test_refusals_have_types(joined: Join, hub: Hub) -> None:
    payer, payee, other = joined("payer"), joined("payee"), joined("other")
    give(hub, payer, "10")
    paid = payer.pay(payee.agent_id, "1")
    with pytest.raises(UnknownTransferError):
        other.transfer(paid.transfer_id)
    with pytest.raises(InvalidFieldError):
        payer.pay(payee.agent_id, "0.0000001")
    with pytest.raises(ValueError, match="is no id"):
        payer.transfer("..")
    owner = call(hub, hub.admin_key, "/owners", {"name": "Ada"})
    path = f"/owners/me/agents/{payer.agent_id}"
    authorization = {"Authorization": f"Bearer {owner['api_key']}"}
    httpx.post(f"{hub.url}{path}", json={}, headers=authorization).raise_for_status()
    agreed = httpx.post(
        f"{hub.url}/owner",
        json={"owner_id": owner["owner_id"]},
        headers={"Authorization": f"Bearer {payer.api_key}"},
    )
    agreed.raise_for_status()
    with pytest.raises(MandateRequiredError):
        payer.pay(payee.agent_id, "1")


def test_what_waits_for_a_person_is_no_payment_yet(joined: Join, hub: Hub) -> None:
    payer, payee = joined("payer"), joined("payee")
    give(hub, payer, "10")
    holds = f"{hub.url}/holds/{payer.agent_id}"
    operator = {"Authorization": f"Bearer {hub.admin_key}"}
    policy = {"kinds": ["first-contact"]}
    httpx.put(holds, json=policy, headers=operator).raise_for_status()
    with pytest.raises(ApprovalRequiredError) as waits:
        payer.pay(payee.agent_id, "1")
    assert available(payer) == "10.000000"
    members = waits.value.members
    call(hub, hub.admin_key, f"/approvals/{members['approval_id']}", {"decision": "approve"})
    assert payer.pay(payee.agent_id, "1", id=str(members["id"])).state == "paid"
    assert available(payer) == "9.000000"


def test_the_asynchronous_agent_does_the_same(joined: Join, hub: Hub) -> None:
    payer, payee = joined("payer"), joined("payee")
    give(hub, payer, "10")

    async def body() -> None:
        mine = AsyncMeshKoreRestAgent(hub.url, payer.agent_id, payer.api_key, retry=QUICK)
        theirs = AsyncMeshKoreRestAgent(hub.url, payee.agent_id, payee.api_key, retry=QUICK)
        async with mine, theirs:
            held = await mine.pay(payee.agent_id, "6", hold_secs=60, about="job-8")
            assert (await mine.post_transfer(held.transfer_id)).state == "paid"
            await theirs.refund_transfer(held.transfer_id, "1")
            second = await mine.pay(payee.agent_id, "1", hold_secs=60)
            assert (await theirs.release_transfer(second.transfer_id)).state == "released"
            assert (await mine.transfer(second.transfer_id)).state == "released"
            states = [one.state async for one in mine.transfers(page_size=2)]
            assert states == ["released", "paid", "paid", "paid"]
            assert json.dumps((await mine.wallet()).balances[0].available_atoms) == "5000000"

    asyncio.run(body())
