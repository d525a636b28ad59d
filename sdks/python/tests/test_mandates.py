"""What an owner allows and what is left of it, against a real hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub import QUICK, Hub
from meshkore import (
    AsyncMeshKoreRestAgent,
    Counterparties,
    MeshKoreRestAgent,
    MessageLimits,
    MessageWindow,
    SpendLimit,
    SpendWindow,
)
from meshkore.blocking import BlockingAgent
from meshkore.problems import BudgetExhaustedError, UnknownMandateError

Join = Callable[..., MeshKoreRestAgent]


class Owner:
    """An owner at a hub, who holds agents and gives them mandates."""

    def __init__(self, hub: Hub, *, mandates: str = "optional") -> None:
        self._hub = hub
        self._key = hub.admin_key
        made = self.call("POST", "/owners", {"name": "Ada", "mandates": mandates})
        self._id, self._key = made["owner_id"], made["api_key"]

    def call(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        authorization = {"Authorization": f"Bearer {key or self._key}"}
        url = f"{self._hub.url}{path}"
        answer = httpx.request(method, url, json=body, headers=authorization)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def takes(self, *agents: BlockingAgent) -> None:
        for agent in agents:
            self.call("POST", f"/owners/me/agents/{agent.agent_id}", {})
            self.call("POST", "/owner", {"owner_id": self._id}, key=agent.api_key)

    def gives(self, agent: BlockingAgent, **grants: Any) -> str:
        body = {"agent_id": agent.agent_id, **grants}
        return str(self.call("POST", "/mandates", body)["mandate_id"])

    def revokes(self, mandate_id: str) -> None:
        self.call("DELETE", f"/mandates/{mandate_id}")


def give(hub: Hub, agent: BlockingAgent, amount: str) -> None:
    body = {"id": f"in-{agent.agent_id}", "agent_id": agent.agent_id, "amount": amount}
    authorization = {"Authorization": f"Bearer {hub.admin_key}"}
    httpx.post(f"{hub.url}/deposits", json=body, headers=authorization).raise_for_status()


def test_an_agent_reads_what_it_may_do_and_what_is_left(joined: Join, hub: Hub) -> None:
    payer, payee = joined("payer"), joined("payee")
    owner = Owner(hub)
    owner.takes(payer)
    give(hub, payer, "10")
    spend = {
        "asset": "CREDIT",
        "amount": 6_000_000,
        "per_payment": 4_000_000,
        "windows": [{"seconds": 3600, "amount": 5_000_000}, {"calendar": "day", "amount": 9}],
        "categories": ["language"],
    }
    windows = [{"seconds": 60, "count": 3}]
    whole = owner.gives(
        payer,
        calls=["send"],
        messages={"lifetime": 9, "windows": windows},
        counterparties={"agents": [payee.agent_id], "trust": "new"},
        spend=[spend],
        expires_in=3600,
    )
    ended = owner.gives(payer, calls=["profile"])
    owner.revokes(ended)
    first, second = payer.mandates(page_size=1)
    assert (first.mandate_id, first.status, first.calls) == (ended, "revoked", ("profile",))
    assert (second.mandate_id, second.status, second.calls) == (whole, "live", ("send",))
    assert second.counterparties == Counterparties((payee.agent_id,))
    assert second.messages == MessageLimits(9, (MessageWindow(60, 3),))
    assert second.spend == (
        SpendLimit(
            "CREDIT",
            amount=6_000_000,
            per_payment=4_000_000,
            windows=(SpendWindow(5_000_000, 3600), SpendWindow(9, calendar="day")),
            categories=("language",),
        ),
    )
    assert (second.expires_at - second.made_at).total_seconds() == pytest.approx(3600, abs=2)
    assert (second.remaining, second.token) == ((), None)
    shown = payer.mandate(whole)
    assert shown.token is not None
    assert shown.token not in repr(shown)
    assert payer.limits().mandates == (shown,)
    with pytest.raises(UnknownMandateError):
        payee.mandate(whole)
    with pytest.raises(ValueError, match="is no id"):
        payer.mandate("..")


def test_what_is_left_is_what_a_refusal_says(joined: Join, hub: Hub) -> None:
    payer, payee = joined("payer"), joined("payee")
    owner = Owner(hub)
    owner.takes(payer)
    give(hub, payer, "10")
    assert payer.limits().mandates == ()
    windows = [{"seconds": 3600, "amount": 5_000_000}]
    mandate = owner.gives(
        payer,
        counterparties={"agents": ["*"]},
        spend=[{"asset": "CREDIT", "amount": 6_000_000, "windows": windows}],
    )
    payer.pay(payee.agent_id, "2.5")
    limits = payer.limits()
    by_name = {one.name: one for one in limits.remaining}
    assert (by_name["amount"].left, by_name["windows"].left) == ("3.500000", "2.500000")
    assert (by_name["amount"].mandate_id, by_name["amount"].unit) == (mandate, "CREDIT")
    assert (by_name["amount"].limit, by_name["amount"].resets_at) == (6_000_000, None)
    assert (by_name["windows"].seconds, by_name["windows"].decimals) == (3600, 6)
    frees = by_name["windows"].resets_at
    assert frees is not None
    with pytest.raises(BudgetExhaustedError) as refused:
        payer.pay(payee.agent_id, "3")
    assert refused.value.members["remaining"] == by_name["windows"].remaining
    budget = f"/limits/agent:{payer.agent_id}"
    owner.call("PUT", budget, {"limit": 7, "window_seconds": 3600}, key=hub.admin_key)
    (own,) = [one for one in payer.limits().budgets if one.scope != "hub"]
    assert (own.scope, own.limit, own.seconds) == (f"agent:{payer.agent_id}", 7, 3600)
    assert own.remaining == own.limit - own.used


def test_the_asynchronous_agent_reads_the_same(joined: Join, hub: Hub) -> None:
    payer = joined("payer")
    owner = Owner(hub)
    owner.takes(payer)
    mandate = owner.gives(payer, spend=[{"asset": "CREDIT", "amount": 6_000_000}])

    async def body() -> None:
        agent = AsyncMeshKoreRestAgent(hub.url, payer.agent_id, payer.api_key, retry=QUICK)
        async with agent:
            assert [one.mandate_id async for one in agent.mandates()] == [mandate]
            assert await agent.limits() == payer.limits()
            assert await agent.mandate(mandate) == payer.mandate(mandate)

    asyncio.run(body())
