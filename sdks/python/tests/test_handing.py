"""Handing mandates on without the hub, and what a real hub then says of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from hub import QUICK, BlockingKind, Hub, credentials
from meshkore import (
    AsyncMeshKoreRestAgent,
    Counterparties,
    MandateTooWide,
    MeshKoreRestAgent,
    MessageLimits,
    MessageWindow,
    SpendLimit,
    SpendWindow,
    handing,
)
from meshkore.blocking import BlockingAgent
from meshkore.keys import Keys
from meshkore.problems import (
    BudgetExhaustedError,
    DelegationRefusedError,
    MandateInvalidError,
    MandateRequiredError,
)
from test_mandates import Owner, give

Keyed = Callable[[str, int], BlockingAgent]

AWAY = "http://127.0.0.1:9"
GRANTS: dict[str, Any] = {
    "calls": ["send", "channels"],
    "counterparties": {"agents": ["bob", "team-*"], "trust": "verified:social"},
    "messages": {"lifetime": 5, "windows": [{"seconds": 60, "count": 2}]},
    "delegation_depth": 2,
    "spend": [
        {
            "asset": "CREDIT",
            "amount": 100,
            "per_payment": 10,
            "windows": [{"calendar": "day", "amount": 50}, {"seconds": 600, "amount": 40}],
            "categories": ["language"],
        }
    ],
}


def lead() -> MeshKoreRestAgent:
    """An agent of no hub: what it does is done offline."""
    return MeshKoreRestAgent(AWAY, "lead", keys=Keys(b"\1" * 32))


def mandate(**changes: Any) -> str:
    """A mandate for it, as a hub would sign it."""
    claims: dict[str, Any] = {
        "iss": AWAY,
        "sub": "lead",
        "aud": AWAY,
        "iat": 1,
        "exp": int(time.time()) + 3600,
        "grants": GRANTS,
    }
    return handing.signed(Keys(b"\2" * 32), {**claims, **changes})


def test_what_is_not_said_is_as_in_the_mandate() -> None:
    token = mandate()
    part = handing._claims(
        lead().hand_on_mandate(
            token, "helper", spend=[SpendLimit("CREDIT", amount=7)], messages=MessageLimits(1)
        )
    )
    assert (part["iss"], part["sub"], part["aud"]) == ("lead", "helper", AWAY)
    assert (part["prf"], part["act"]) == (token, {"sub": "lead"})
    assert part["exp"] == handing._claims(token)["exp"]
    assert part["nbf"] == 1  # where a clock is ahead, it holds as soon as what it is a part of
    grants = part["grants"]
    assert grants["spend"] == [{**GRANTS["spend"][0], "amount": 7}]
    assert grants["messages"] == {**GRANTS["messages"], "lifetime": 1}
    assert grants["counterparties"] == GRANTS["counterparties"]
    assert (grants["calls"], grants["delegation_depth"]) == (GRANTS["calls"], 0)
    bare = handing._claims(lead().hand_on_mandate(token, "helper", spend=[]))
    assert "spend" not in bare["grants"]


WIDER: list[tuple[str, dict[str, Any]]] = [
    ("calls", {"calls": ["profile"]}),
    ("calls", {"calls": ["*"]}),
    ("calls", {"calls": ["POST /send"]}),
    ("counterparties", {"counterparties": Counterparties(("carol",), "trusted")}),
    ("counterparties", {"counterparties": Counterparties(("bob*",), "trusted")}),
    ("counterparties", {"counterparties": Counterparties(trust="trusted")}),
    ("counterparties", {"counterparties": Counterparties(("bob",))}),
    ("messages", {"messages": MessageLimits(6)}),
    ("messages", {"messages": MessageLimits(5, (MessageWindow(59, 2),))}),
    ("delegation_depth", {"delegation_depth": 2}),
    ("spend", {"spend": [SpendLimit("EUR", amount=1)]}),
    ("spend", {"spend": [SpendLimit("CREDIT", amount=101)]}),
    ("spend", {"spend": [SpendLimit("CREDIT", per_payment=11)]}),
    ("spend", {"spend": [SpendLimit("CREDIT", categories=("finance",))]}),
    ("spend", {"spend": [SpendLimit("CREDIT", categories=("languages",))]}),
    ("spend", {"spend": [SpendLimit("CREDIT", rails=("eip155:8453",))]}),
    ("spend", {"spend": [SpendLimit("CREDIT", windows=(SpendWindow(9, calendar="day"),))]}),
    ("spend", {"spend": [SpendLimit("CREDIT", windows=(SpendWindow(9, seconds=700),))]}),
    ("exp", {"expires_in_secs": 3700}),
]

NARROWER: list[dict[str, Any]] = [
    {"calls": ["POST /channels", "send"], "delegation_depth": 1},
    {"counterparties": Counterparties(("team-a*", "team-*", "bob"), "verified:domain")},
    {"messages": MessageLimits(2, (MessageWindow(1, 1),))},
    {"spend": [SpendLimit("CREDIT", amount=40, windows=(SpendWindow(9, seconds=60),))]},
    {
        "spend": [
            SpendLimit(
                "CREDIT",
                windows=(SpendWindow(50, calendar="month"), SpendWindow(40, seconds=600)),
                categories=("language/translation",),
                rails=("ledger",),
            )
        ]
    },
    {"expires_in_secs": 60, "calls": []},
]


@pytest.mark.parametrize(("field", "part"), WIDER)
def test_what_is_wider_is_refused_at_once_with_the_reason(field: str, part: dict[str, Any]) -> None:
    with pytest.raises(MandateTooWide, match=f"in {field}: .") as refused:
        lead().hand_on_mandate(mandate(), "helper", **part)
    assert refused.value.field == field


@pytest.mark.parametrize("part", NARROWER)
def test_what_is_narrower_is_signed(part: dict[str, Any]) -> None:
    assert lead().hand_on_mandate(mandate(), "helper", **part).count(".") == 2


def test_only_a_mandate_of_its_own_that_holds_is_handed_on() -> None:
    agent = lead()
    with pytest.raises(MandateTooWide, match="may not be handed on"):
        agent.hand_on_mandate(mandate(grants={**GRANTS, "delegation_depth": 0}), "helper")
    with pytest.raises(MandateTooWide, match="lead holds it"):
        agent.hand_on_mandate(mandate(), "lead")
    with pytest.raises(ValueError, match="is for bob"):
        agent.hand_on_mandate(mandate(sub="bob"), "helper")
    with pytest.raises(ValueError, match="has expired"):
        agent.hand_on_mandate(mandate(exp=1), "helper")
    with pytest.raises(ValueError, match="allows nothing"):
        agent.hand_on_mandate(mandate(), "helper", calls=[], spend=[])
    halves = [SpendLimit("CREDIT", amount=2.5)]  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="whole number of atoms"):
        agent.hand_on_mandate(mandate(), "helper", spend=halves)
    twice = [SpendLimit("CREDIT", amount=1), SpendLimit("CREDIT", amount=2)]
    with pytest.raises(ValueError, match="each asset once, and CREDIT"):
        agent.hand_on_mandate(mandate(), "helper", spend=twice)
    days = SpendLimit("CREDIT", windows=(SpendWindow(1, calendar="day"),) * 2)
    with pytest.raises(ValueError, match="each length once, and day"):
        agent.hand_on_mandate(mandate(), "helper", spend=[days])
    minutes = MessageLimits(1, (MessageWindow(60, 1), MessageWindow(60, 2)))
    with pytest.raises(ValueError, match="each length once, and 60"):
        agent.hand_on_mandate(mandate(), "helper", messages=minutes)
    with pytest.raises(ValueError, match="calls must be a list"):
        agent.hand_on_mandate(mandate(), "helper", calls="send")
    for secs in (0, -1):
        with pytest.raises(ValueError, match="must be above 0"):
            agent.hand_on_mandate(mandate(), "helper", expires_in_secs=secs)
    for token in ("", "x", "a.b.c", '["auth"]', "e30.e30.e30"):
        with pytest.raises(ValueError, match="no token"):
            agent.hand_on_mandate(token, "helper")
    with pytest.raises(ValueError, match="needs keys"):
        MeshKoreRestAgent(AWAY, "lead", "key").hand_on_mandate(mandate(), "helper")


@pytest.fixture
def keyed(hub: Hub, name: Callable[[str], str], kind: BlockingKind) -> Iterator[Keyed]:
    """Joins an agent that has bound keys of its own."""
    with ExitStack() as agents:

        def join(base: str, seed: int) -> BlockingAgent:
            keys = Keys(bytes([seed]) * 31 + name("x").encode()[-1:])
            made = kind(*credentials(hub, name(base)), keys=keys, retry=QUICK)
            agent = agents.enter_context(made)
            agent.bind_keys()
            return agent

        yield join


def keys_of(agent: BlockingAgent) -> Keys:
    keys = agent._core.keys
    assert keys is not None
    return keys


def left(agent: BlockingAgent, mandate_id: str) -> int:
    (found,) = [
        one.remaining
        for one in agent.limits().remaining
        if (one.mandate_id, one.name) == (mandate_id, "amount")
    ]
    return found


def test_a_part_is_made_offline_and_counts_against_the_whole(keyed: Keyed, hub: Hub) -> None:
    boss, helper, seller = keyed("boss", 11), keyed("helper", 12), keyed("seller", 13)
    owner = Owner(hub)
    owner.takes(boss, helper)
    give(hub, boss, "20")
    give(hub, helper, "20")
    whole = owner.gives(
        boss,
        counterparties={"agents": [seller.agent_id]},
        delegation_depth=1,
        spend=[{"asset": "CREDIT", "amount": 6_000_000}],
    )
    token = boss.mandate(whole).token
    assert token is not None
    with MeshKoreRestAgent(AWAY, boss.agent_id, keys=keys_of(boss)) as offline:
        part = offline.hand_on_mandate(
            token, helper.agent_id, spend=[SpendLimit("CREDIT", amount=4_000_000)]
        )
    with pytest.raises(MandateRequiredError):
        helper.pay(seller.agent_id, "3")
    held = helper.present_mandate(part)
    assert (held.parent, held.status, held.agent_id) == (whole, "live", helper.agent_id)
    assert helper.present_mandate(part).mandate_id == held.mandate_id
    helper.pay(seller.agent_id, "3")
    with pytest.raises(BudgetExhaustedError) as over:
        helper.pay(seller.agent_id, "1.000001")
    assert over.value.members["scope"] == f"mandate:{held.mandate_id}"
    assert (left(helper, held.mandate_id), left(boss, whole)) == (1_000_000, 3_000_000)
    boss.pay(seller.agent_id, "2.5")
    with pytest.raises(BudgetExhaustedError) as over:
        helper.pay(seller.agent_id, "1")
    assert over.value.members["scope"] == f"mandate:{whole}"
    boss.revoke_mandate(held.mandate_id)
    with pytest.raises(MandateRequiredError):
        helper.pay(seller.agent_id, "0.1")
    assert [one.status for one in helper.mandates()] == ["revoked"]
    assert helper.limits().mandates == ()


def test_the_hub_refuses_what_a_changed_client_signs(keyed: Keyed, hub: Hub) -> None:
    boss, helper = keyed("boss", 21), keyed("helper", 22)
    owner = Owner(hub)
    owner.takes(boss, helper)
    whole = boss.mandate(
        owner.gives(
            boss,
            counterparties={"agents": ["*"]},
            delegation_depth=1,
            spend=[{"asset": "CREDIT", "amount": 6_000_000}],
            expires_in=3600,
        )
    )
    with pytest.raises(MandateTooWide):
        boss.hand_on_mandate(whole, helper.agent_id, spend=[SpendLimit("CREDIT", 6_000_001)])
    claims = handing._claims(boss.hand_on_mandate(whole, helper.agent_id))
    grants, keys = claims["grants"], keys_of(boss)
    forged: list[tuple[str, dict[str, Any]]] = [
        ("spend", {"grants": {**grants, "spend": [{"asset": "CREDIT", "amount": 6_000_001}]}}),
        ("spend", {"grants": {**grants, "spend": [{"asset": "EUR", "amount": 1}]}}),
        ("delegation_depth", {"grants": {**grants, "delegation_depth": 1}}),
        ("calls", {"grants": {**grants, "calls": ["send"]}}),
        ("exp", {"exp": claims["exp"] + 1}),
    ]
    for field, changes in forged:
        with pytest.raises(DelegationRefusedError) as refused:
            helper.present_mandate(handing.signed(keys, {**claims, **changes}))
        assert refused.value.members["field"] == field
    with pytest.raises(MandateInvalidError):
        helper.present_mandate(handing.signed(keys_of(helper), claims))
    with pytest.raises(MandateInvalidError):
        boss.present_mandate(handing.signed(keys, claims))
    assert helper.limits().mandates == ()
    assert helper.present_mandate(handing.signed(keys, claims)).status == "live"


def test_it_is_handed_on_twice_and_by_asynchronous_agents(keyed: Keyed, hub: Hub) -> None:
    boss, helper, third = keyed("boss", 31), keyed("helper", 32), keyed("third", 33)
    owner = Owner(hub, mandates="required")
    owner.takes(boss, helper, third)
    owner.gives(
        boss,
        calls=["send"],
        counterparties={"agents": [boss.agent_id]},
        messages={"lifetime": 3},
        delegation_depth=2,
    )

    async def body() -> None:
        first, second, last = (
            AsyncMeshKoreRestAgent(hub.url, one.agent_id, keys=keys_of(one))
            for one in (boss, helper, third)
        )
        async with first, second, last:
            (whole,) = (await first.limits()).mandates
            part = await first.hand_on_mandate(whole, second.agent_id, delegation_depth=1)
            with pytest.raises(MandateTooWide, match="holds it"):
                await second.hand_on_mandate(part, first.agent_id)
            smaller = await second.hand_on_mandate(
                part, last.agent_id, messages=MessageLimits(1), expires_in_secs=60
            )
            held = await last.present_mandate(smaller)  # what lies between comes with it
            assert held.messages.lifetime == 1
            await last.send(first.agent_id, {"text": "done"})
            with pytest.raises(BudgetExhaustedError):
                await last.send(first.agent_id, {"text": "more"})
            (between,) = [one async for one in second.mandates()]
            await first.revoke_mandate(between.mandate_id)
            assert (await last.limits()).mandates == ()

    asyncio.run(body())
