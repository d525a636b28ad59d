"""Of what a hub shows to be signed it can change nothing that was asked for."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from liar import Liar
from meshkore import (
    AsyncMeshKoreRestAgent,
    Evidence,
    JobDraft,
    MeshKoreRestAgent,
    Part,
    Price,
    RetryPolicy,
    canonical,
    jobs,
    trade,
)
from meshkore.environment import Environment
from meshkore.errors import ProtocolError
from meshkore.keys import Keys
from meshkore.problems import OutOfTurnError, ServiceUnavailableError
from meshkore.trade import Negotiation, Offer, Service
from support import NOON

KEYS = Keys(bytes(range(32)))
HEAD, OTHER_HEAD = "a" * 64, "b" * 64
NEG = f"neg_{'00' * 16}"
JOB = "job_0123456789abcdef"
NOW = 1_795_262_400
EUR = Price("EUR", "10.50")
TERMS = {
    "subject": "A map",
    "quantity": 2,
    "price": {"asset": "EUR", "atoms": 1050},
    "deliver_within": 60,
    "note": "Größe: 12 €",
}
PLACE = {"sequence"}
FEES = {"terms.transaction_bps", "terms.escrow_bps"}
UNSAID = {
    "terms.fund_seconds",
    "terms.review_seconds",
    "terms.resolve_seconds",
    "terms.silence",
    "terms.unresolved",
    "terms.milestones.0.deliver_seconds",
}

Call = Callable[[MeshKoreRestAgent], Any]
Case = tuple[Call, dict[str, Any], set[str]]


@pytest.fixture
def hub() -> Iterator[Liar]:
    liar = Liar(KEYS.ed25519_public)
    yield liar
    liar.close()


@pytest.fixture
def alice(hub: Liar) -> Iterator[MeshKoreRestAgent]:
    with agent_at(hub.url) as agent:
        yield agent


def agent_at(url: str) -> MeshKoreRestAgent:
    environment = Environment(time=lambda: float(NOW), random_bytes=bytes)
    retry = RetryPolicy(give_up_secs=0)
    return MeshKoreRestAgent(url, "alice", "key", keys=KEYS, environment=environment, retry=retry)


def the_job() -> jobs.Job:
    nothing = {"asset": "CREDIT", "atoms": 0, "amount": "0.000000"}
    fees = {"transaction_bps": 0, "escrow_bps": 0, "transaction": nothing, "escrow": nothing}
    fees |= {"received": nothing, "if_completed": {"received": nothing}}
    shown = {"job_id": JOB, "state": "funded", "client": "alice", "provider": "bob", "moves": 3}
    shown |= {"arbiter": "hub", "your_roles": [], "accepted": True, "escrow": True, "head": HEAD}
    shown |= {"subject": "A map", "price": nothing, "milestone": 1, "milestones": [], "next": []}
    shown |= {"held": nothing, "released": nothing, "refunded": nothing, "fees": fees}
    return jobs.job({**shown, "self_dealing": False, "opened_at": NOON})


NOW_JOB = the_job()
NEGOTIATION = Negotiation(NEG, "open", "alice", "bob", True, HEAD)
SERVICE_DOCUMENT = {
    "service_id": "svc_1",
    "version": 1,
    "seller": {"agent_id": "bob"},
    "name": "Tides",
    "description": "When it is high.",
    "kind": "catalog",
    "price": {"asset": "EUR", "amount": "0.25", "atoms": 99, "unit": "page"},
    "available": True,
    "sla": {"latency_ms": 900, "delivery_seconds": 60},
}
SERVICE: Service = trade.service(SERVICE_DOCUMENT)
OFFER = Offer("off_1", "req_1", "bob", "listed", document={"hash": HEAD})


def step(**said: Any) -> dict[str, Any]:
    return {"type": "meshkore-job", "job_id": JOB, "sequence": 3, "previous": HEAD, **said}


def move(**said: Any) -> dict[str, Any]:
    return {"type": "meshkore-move", "negotiation_id": NEG, **said}


WORDS = ("from", "to", "value", "validAfter", "validBefore", "nonce")
PAYLOAD = {"authorization": {w: w for w in WORDS}, "signature": "0x12", "salt": "0x34"}
PIECE = {"sha256": OTHER_HEAD, "uri": "https://a.example/", "note": "Half"}

STEPS: dict[str, Case] = {
    "accept": (lambda a: a.jobs.accept(NOW_JOB), step(step="accept"), PLACE),
    "fund": (lambda a: a.jobs.fund(NOW_JOB), step(step="fund"), PLACE),
    "pay": (
        lambda a: a.jobs.fund(
            NOW_JOB, payment={"x402Version": 2, "payload": {**PAYLOAD, "more": 1}}
        ),
        step(step="fund", payment=PAYLOAD),
        PLACE,
    ),
    "submit": (
        lambda a: a.jobs.submit(NOW_JOB, ["é"], uri="https://a.example/", note="All"),
        step(
            step="submit",
            sha256=hashlib.sha256('["é"]'.encode()).hexdigest(),
            output_bytes=6,
            uri="https://a.example/",
            note="All",
        ),
        PLACE,
    ),
    "submit-a-hash": (
        lambda a: a.jobs.submit(NOW_JOB, sha256=OTHER_HEAD),
        step(step="submit", sha256=OTHER_HEAD),
        PLACE,
    ),
    "complete": (lambda a: a.jobs.complete(NOW_JOB, note=""), step(step="complete"), PLACE),
    "dispute": (
        lambda a: a.jobs.dispute(
            NOW_JOB,
            "Half",
            evidence=[Evidence(OTHER_HEAD, "https://a.example/", "Half"), Evidence(HEAD)],
        ),
        step(step="dispute", note="Half", evidence=[PIECE, {"sha256": HEAD}]),
        PLACE,
    ),
    "resolve": (
        lambda a: a.jobs.resolve(NOW_JOB, "1.5", note="So"),
        step(step="resolve", atoms=1_500_000, note="So"),
        PLACE,
    ),
}

JOB_TERMS: dict[str, Any] = {
    "subject": "A map",
    "asset": "CREDIT",
    "atoms": 30_000_000,
    "milestones": [{"name": "A map", "atoms": 30_000_000, "deliver_seconds": 600}],
    "escrow": True,
    "transaction_bps": 300,
    "escrow_bps": 50,
    "fund_seconds": 100,
    "review_seconds": 10,
    "silence": "complete",
    "resolve_seconds": 20,
    "unresolved": "refund",
    "arbiter": "hub",
}


def opening(terms: dict[str, Any], **said: Any) -> dict[str, Any]:
    whole = step(step="open", client="alice", provider="bob", terms=terms)
    return {**whole, "sequence": 0, "previous": None, **said}


ASSET = f"eip155:8453/erc20:0x{'aB' * 20}"
PAYER, PAY_TO = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", f"0x{'12' * 20}"
LATEST = NOW + 100 + 600 + 20 * 10 + 20 + 73 * 3600
ON_CHAIN = {
    "network": "eip155:8453",
    "payer": PAYER,
    "pay_to": PAY_TO,
    "escrow": f"0x{'1' * 40}",
    "operator": f"0x{'2' * 40}",
    "fee_receiver": f"0x{'3' * 40}",
    "capture_deadline": LATEST - 2,
}
OF_THE_CHAIN = {f"terms.on_chain.{n}" for n in ON_CHAIN} - {
    "terms.on_chain.network",
    "terms.on_chain.payer",
    "terms.on_chain.pay_to",
}
PLAIN = JobDraft(" A map\n", "30", provider="bob", job_id=JOB)
CHAIN_DRAFT = replace(PLAIN, asset=ASSET, payer=PAYER.lower(), pay_to=PAY_TO)
SCHEMA = {"type": "object", "properties": {"é": {"maximum": 1.5, "minimum": 1.0}}}
WHOLE = replace(
    PLAIN,
    amount=None,
    note="North up",
    milestones=[Part("One", "10", 60), Part(" Two", "20")],
    fund_secs=1,
    deliver_secs=2,
    review_secs=3,
    resolve_secs=4,
    silence="refund",
    unresolved="complete",
    evaluator="eva",
    arbiter="art",
    output_schema=SCHEMA,
)
ALL_SAID = {
    **JOB_TERMS,
    "note": "North up",
    "milestones": [
        {"name": "One", "atoms": 10_000_000, "deliver_seconds": 60},
        {"name": "Two", "atoms": 20_000_000, "deliver_seconds": 2},
    ],
    "fund_seconds": 1,
    "review_seconds": 3,
    "resolve_seconds": 4,
    "silence": "refund",
    "unresolved": "complete",
    "evaluator": "eva",
    "arbiter": "art",
    "output_schema": SCHEMA,
}
AGREED = {
    "buyer": "bob",
    "seller": "alice",
    "head": HEAD,
    "terms": {"subject": "A map", "price": {"asset": "CREDIT", "atoms": 5}, "deliver_within": 9},
}
AGREED_TERMS = {
    **JOB_TERMS,
    "atoms": 5,
    "milestones": [{"name": "A map", "atoms": 5, "deliver_seconds": 9}],
    "agreement": {"negotiation_id": NEG, "head": HEAD},
}

OPENINGS: dict[str, Case] = {
    "open": (lambda a: a.jobs.open(PLAIN), opening(JOB_TERMS), FEES | UNSAID),
    "open-all-said": (lambda a: a.jobs.open(WHOLE), opening(ALL_SAID), FEES),
    "open-as-provider": (
        lambda a: a.jobs.open(replace(PLAIN, provider=None, client="bob", escrow=False)),
        opening({**JOB_TERMS, "escrow": False}, client="bob", provider="alice"),
        FEES | UNSAID,
    ),
    "open-of-an-agreement": (
        lambda a: a.jobs.open(JobDraft(negotiation_id=NEG, job_id=JOB)),
        opening(AGREED_TERMS, client="bob", provider="alice"),
        FEES | UNSAID - {"terms.milestones.0.deliver_seconds"},
    ),
    "open-on-a-chain": (
        lambda a: a.jobs.open(CHAIN_DRAFT),
        opening({**JOB_TERMS, "asset": ASSET.lower(), "on_chain": ON_CHAIN}),
        FEES | UNSAID | OF_THE_CHAIN,
    ),
}

MARKET: dict[str, Case] = {
    "propose": (
        lambda a: a.market.negotiate(
            "A map ",
            EUR,
            with_agent="bob",
            quantity=2,
            deliver_within_secs=60,
            note="Größe: 12 €",
            valid_for_secs=90,
        ),
        move(kind="propose", sequence=0, previous=None, to="bob", buyer="alice", seller="bob")
        | {"terms": TERMS, "valid_for": 90},
        set(),
    ),
    "propose-to-sell": (
        lambda a: a.market.negotiate("A map", Price("JPY", "7"), with_agent="bob", role="seller"),
        move(kind="propose", sequence=0, previous=None, to="bob", buyer="bob", seller="alice")
        | {
            "terms": {
                "subject": "A map",
                "quantity": 1,
                "price": {"asset": "JPY", "atoms": 7},
            },
            "valid_for": 3600,
        },
        set(),
    ),
    "counter": (
        lambda a: a.market.counter(
            NEGOTIATION, "A map", EUR, quantity=2, deliver_within_secs=60, note="Größe: 12 €"
        ),
        move(kind="counter", sequence=1, previous=HEAD, to="bob", terms=TERMS, valid_for=3600),
        PLACE,
    ),
    "accept-terms": (
        lambda a: a.market.accept(NEGOTIATION),
        move(kind="accept", sequence=1, previous=HEAD, to="bob"),
        PLACE,
    ),
    "decline-terms": (
        lambda a: a.market.decline(replace(NEGOTIATION, buyer="bob", seller="alice")),
        move(kind="decline", sequence=7, previous=HEAD, to="bob"),
        PLACE,
    ),
    "offer": (
        lambda a: a.market.offer(
            "req_1", "A map", EUR, quantity=2, deliver_within_secs=60, note="Größe: 12 €"
        ),
        {"type": "meshkore-offer", "request_id": "req_1", "terms": TERMS},
        set(),
    ),
    "accept-an-offer": (
        lambda a: a.market.accept_offer(OFFER),
        move(kind="accept", sequence=1, previous=HEAD, to="bob"),
        set(),
    ),
    "take": (
        lambda a: a.market.take_service(SERVICE, quantity=3),
        move(kind="accept", sequence=1, previous=HEAD, to="bob")
        | {
            "terms": {
                "subject": "Tides",
                "quantity": 3,
                "price": {"asset": "EUR", "atoms": 75},
                "deliver_within": 60,
                "sla": {"latency_ms": 900, "delivery_seconds": 60},
            }
        },
        {"previous"},
    ),
}

WRONG: tuple[Any, ...] = (None, "", "say no more", [], {"a": 1}, True, -1, 1.5, 2**53)
CASES = {**STEPS, **OPENINGS, **MARKET}


def ready(hub: Liar) -> dict[str, Any]:
    """The members that all have."""
    hub.answers = {"/services/svc_1": SERVICE_DOCUMENT}
    hub.answers[f"/negotiations/{NEG}/agreement"] = AGREED
    return {"v": 1, "hub": hub.url, "from": "alice"}


def is_signed(hub: Liar, agent: MeshKoreRestAgent, call: Call, shown: Any) -> bool:
    """Whether the agent signs it; if not, it has sent nothing that changes anything."""
    hub.show(shown)
    hub.signed.clear()
    hub.changes.clear()
    with pytest.raises((OutOfTurnError, ProtocolError)) as refused:
        call(agent)
    if isinstance(refused.value, ProtocolError):
        assert "something else" in str(refused.value)
        assert hub.changes == []
        return False
    assert len(hub.signed) == len(hub.changes) == 1
    assert hub.signed[0]["signature"] == KEYS.sign(hub.shown.encode()).hex()
    return True


def places(path: tuple[Any, ...], value: Any) -> Iterator[tuple[Any, ...]]:
    """Every member and element."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in inside:
        yield (*path, name)
        if isinstance(one, dict | list):
            yield from places((*path, name), one)


def changed(whole: dict[str, Any], path: tuple[Any, ...], change: str) -> dict[str, Any]:
    shown = copy.deepcopy(whole)
    parent: Any = shown
    for name in path[:-1]:
        parent = parent[name]
    last = path[-1]
    if change == "removed":
        del parent[last]
    elif change == "added":
        if isinstance(parent, dict):
            parent[f"{last}_more"] = 1
        else:
            parent.append(parent[last])
    else:
        parent[last] = otherwise(parent[last])
    return shown


def otherwise(value: Any) -> Any:
    """Another value of the same form."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value in ("complete", "refund"):
        return "refund" if value == "complete" else "complete"
    if isinstance(value, str) and (len(value) == 64 or value.startswith("0x")):
        return value[:-1] + ("4" if value[-1] != "4" else "5")
    return f"{value}x"


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_signed_but_what_was_asked_for(
    hub: Liar, alice: MeshKoreRestAgent, name: str
) -> None:
    call, text, of_the_hub = CASES[name]
    honest = {**ready(hub), **text}
    assert is_signed(hub, alice, call, honest)
    unseen = set()
    for path in places((), honest):
        for change in ("changed", "removed", "added"):
            if is_signed(hub, alice, call, changed(honest, path, change)):
                assert change == "changed"
                unseen.add(".".join(map(str, path)))
        # What the hub may say has a form.
        for wrong in WRONG:
            shown = changed(honest, path, "changed")
            parent: Any = shown
            for one in path[:-1]:
                parent = parent[one]
            parent[path[-1]] = wrong
            if canonical.text(shown) != canonical.text(honest):
                assert not is_signed(hub, alice, call, shown)
    assert unseen == of_the_hub


@pytest.mark.parametrize("name", ["complete", "open", "accept-terms", "offer"])
def test_only_the_bytes_that_were_expected_are_signed(
    hub: Liar, alice: MeshKoreRestAgent, name: str
) -> None:
    call, text, _ = CASES[name]
    honest = {**ready(hub), **text}
    whole = canonical.text(honest)
    others = [
        json.dumps(honest),
        whole + " ",
        whole.replace('"v":1', '"v":1,"v":1'),
        whole.replace('"v":1', '"v":1.0'),
        whole.replace("alice", "\\u0061lice"),
        '"' + HEAD + '"',
        "no JSON",
        "",
    ]
    for other in others:
        assert other != whole
        hub.shown = other
        with pytest.raises(ProtocolError):
            call(alice)
    assert hub.changes == []


def test_a_hub_of_another_name_is_named(hub: Liar, alice: MeshKoreRestAgent) -> None:
    call, text, _ = CASES["complete"]
    hub.show({**ready(hub), **text, "hub": "https://another.example"})
    with pytest.raises(ProtocolError, match=r"names itself 'https://another\.example'"):
        call(alice)
    hub.show({**ready(hub), **text, "note": "Thanks for nothing"})
    with pytest.raises(ProtocolError, match="something else: 'note'"):
        call(alice)
    assert hub.changes == []


def test_the_payer_waits_no_longer_than_the_terms_explain(
    hub: Liar, alice: MeshKoreRestAgent
) -> None:
    call, text, _ = CASES["open-on-a-chain"]
    for later, is_fine in ((0, True), (1, False)):
        chain = {**ON_CHAIN, "capture_deadline": LATEST + later}
        shown = {**text, "terms": {**text["terms"], "on_chain": chain}}
        assert is_signed(hub, alice, call, {**ready(hub), **shown}) == is_fine
        if is_fine:
            assert hub.signed[0]["capture_deadline"] == LATEST


def test_about_a_service_the_hub_says_who_sells(hub: Liar, alice: MeshKoreRestAgent) -> None:
    terms = {"subject": "A map", "quantity": 1, "price": {"asset": "EUR", "atoms": 1050}}
    text = move(kind="propose", sequence=0, previous=None, to="bob", buyer="alice", seller="bob")
    honest = {**ready(hub), **text, "service_id": "svc_1", "terms": terms, "valid_for": 3600}

    def call(agent: MeshKoreRestAgent) -> Any:
        return agent.market.negotiate("A map", EUR, service_id="svc_1")

    assert is_signed(hub, alice, call, honest)
    assert is_signed(hub, alice, call, {**honest, "to": "eve", "seller": "eve"})
    assert not is_signed(hub, alice, call, {**honest, "seller": "eve"})
    assert not is_signed(hub, alice, call, {**honest, "buyer": "bob", "seller": "alice"})


def test_a_service_that_was_changed_since_is_not_to_be_had(
    hub: Liar, alice: MeshKoreRestAgent
) -> None:
    call, text, _ = CASES["take"]
    honest = {**ready(hub), **text}
    hub.answers["/services/svc_1"] = {**SERVICE_DOCUMENT, "version": 2}
    hub.show({**honest, "terms": {**honest["terms"], "price": {"asset": "EUR", "atoms": 76}}})
    with pytest.raises(ServiceUnavailableError) as refused:
        call(alice)
    assert refused.value.members["reason"] == "changed"
    assert hub.changes == []


def test_where_the_hub_knows_no_key_it_has_to_vouch(hub: Liar, alice: MeshKoreRestAgent) -> None:
    hub.key = ""
    for call, _, _ in CASES.values():
        with pytest.raises(OutOfTurnError):
            call(alice)
    assert len(hub.changes) == len(CASES)
    assert hub.signed == []


def test_the_asynchronous_agent_signs_the_same(hub: Liar) -> None:
    _, text, _ = CASES["complete"]
    honest = {**ready(hub), **text}

    async def body() -> None:
        retry = RetryPolicy(give_up_secs=0)
        async with AsyncMeshKoreRestAgent(hub.url, "alice", "key", keys=KEYS, retry=retry) as agent:
            hub.show({**honest, "note": "Thanks"})
            with pytest.raises(ProtocolError, match="something else"):
                await agent.jobs.complete(NOW_JOB)
            with pytest.raises(ProtocolError, match="something else"):
                await agent.market.accept(NEGOTIATION)
            assert hub.changes == []
            hub.show(honest)
            with pytest.raises(OutOfTurnError):
                await agent.jobs.complete(NOW_JOB)
            assert len(hub.signed) == 1

    asyncio.run(body())
