"""Calling services that are paid for each call, and answering them, against a real hub."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from hub import QUICK, Hub
from meshkore import AsyncMeshKoreRestAgent, MeshKoreRestAgent, PaidCall, Price
from meshkore.problems import (
    IdTakenError,
    ServiceUnavailableError,
    TransferEndedError,
    UnknownCallError,
)
from test_money import available, give

Join = Callable[..., MeshKoreRestAgent]

CENT = Price("CREDIT", "0.01", unit="call")


def sold(seller: MeshKoreRestAgent) -> str:
    """A service that is called for a cent."""
    made = seller.market.publish_service("Capitals", "A text in capitals.", CENT)
    return made.service_id


def answer_one(seller: MeshKoreRestAgent) -> PaidCall:
    """Waits for the notice of a call, and answers it."""
    for message in seller.messages(idle_secs=20):
        if message.sender == "hub" and message.payload.get("notice") == "call":
            asked = seller.call(message.payload["call_id"])
            assert isinstance(asked.input, dict)
            return seller.answer_call(asked.call_id, {"text": str(asked.input["text"]).upper()})
    raise AssertionError("no call came")


def test_a_service_is_called_answered_and_paid(joined: Join, hub: Hub) -> None:
    seller, buyer = joined("seller"), joined("buyer")
    give(hub, buyer, "1")
    service = sold(seller)
    answered: list[PaidCall] = []
    answering = threading.Thread(target=lambda: answered.append(answer_one(seller)), daemon=True)
    answering.start()
    called = buyer.call_service(service, {"text": "hello"}, max_amount="0.05", wait_secs=60)
    answering.join(30)
    assert (called.state, called.output) == ("answered", {"text": "HELLO"})
    assert (called.buyer, called.seller) == (buyer.agent_id, seller.agent_id)
    assert [one.call_id for one in answered] == [called.call_id]
    assert (available(buyer), available(seller)) == ("0.990000", "0.009700")
    assert called.transfer_id is not None
    assert buyer.transfer(called.transfer_id).state == "paid"
    assert [one.call_id for one in buyer.calls()] == [called.call_id]
    assert [one.input for one in seller.calls("seller", page_size=1)] == [{"text": "hello"}]
    assert list(seller.calls("seller", waiting=True)) == []


def test_the_same_id_is_the_same_call(joined: Join, hub: Hub) -> None:
    seller, buyer = joined("seller"), joined("buyer")
    give(hub, buyer, "1")
    service = sold(seller)
    first = buyer.call_service(service, [1], max_amount="0.01", id="c1", wait_secs=0)
    assert first.state == "waiting"
    again = buyer.call_service(service, [1], max_amount="0.01", id="c1", wait_secs=0)
    assert again.call_id == first.call_id
    with pytest.raises(IdTakenError):
        buyer.call_service(service, [2], max_amount="0.01", id="c1", wait_secs=0)
    seller.answer_call(first.call_id, False)
    ended = buyer.call(first.call_id, wait_secs=5)
    assert (ended.state, ended.output, available(buyer)) == ("answered", False, "0.990000")
    with pytest.raises(TransferEndedError):
        seller.decline_call(first.call_id, "Too late")


def test_what_is_declined_costs_nothing(joined: Join, hub: Hub) -> None:
    seller, buyer = joined("seller"), joined("buyer")
    give(hub, buyer, "1")
    service = sold(seller)
    with pytest.raises(ServiceUnavailableError):
        buyer.call_service(service, {}, max_amount="0.009")
    called = buyer.call_service(service, {}, max_amount="0.01", wait_secs=0)
    assert [one.call_id for one in seller.calls("seller", waiting=True)] == [called.call_id]
    declined = seller.decline_call(called.call_id, "Not today")
    assert (declined.state, declined.reason) == ("declined", "Not today")
    assert buyer.call(called.call_id).state == "declined"
    assert available(buyer) == "1.000000"
    with pytest.raises(UnknownCallError):
        buyer.call("call_" + "0" * 32)


def test_the_asynchronous_agent_does_the_same(joined: Join, hub: Hub) -> None:
    seller, buyer = joined("seller"), joined("buyer")
    give(hub, buyer, "1")
    service = sold(seller)

    async def body() -> None:
        mine = AsyncMeshKoreRestAgent(hub.url, buyer.agent_id, buyer.api_key, retry=QUICK)
        theirs = AsyncMeshKoreRestAgent(hub.url, seller.agent_id, seller.api_key, retry=QUICK)
        async with mine, theirs:
            called = await mine.call_service(service, "hi", max_amount="0.01", wait_secs=0)
            (asked,) = [one async for one in theirs.calls("seller", waiting=True)]
            assert (asked.call_id, asked.input) == (called.call_id, "hi")
            await theirs.answer_call(asked.call_id, "HI")
            assert (await mine.call(called.call_id, wait_secs=5)).output == "HI"
            second = await mine.call_service(service, "ho", max_amount="0.01", wait_secs=0)
            assert (await theirs.decline_call(second.call_id, "No")).state == "declined"

    asyncio.run(body())
