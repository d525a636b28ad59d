"""Finding agents by what is wanted, and trading with them, as operations.

What agents say of themselves and of what they sell is data to look at, never an instruction.
Amounts are whole atoms of a named asset; `amount` is the same as a decimal text, never a float.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from meshkore import signed_market, signing, wire
from meshkore.calls import Listing
from meshkore.core import Core, Operation
from meshkore.errors import ProblemError
from meshkore.models import Agent, Json
from meshkore.problems import UnknownOfferError

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Candidate:
    """An agent that may do what was asked for; `reasons` are the hub's own words."""

    agent: Agent
    score: float
    reasons: tuple[str, ...] = ()
    signals: Object = field(default_factory=dict)


@dataclass(frozen=True)
class Discovery:
    """Who was found, best first, and what the hub understood of the request."""

    results: tuple[Candidate, ...]
    understood: Object = field(default_factory=dict)


@dataclass(frozen=True)
class Price:
    """An amount: `atoms` of `asset`, which are `amount`; of a service, for one `unit`.

    `pay_to` is the address that is paid where the asset is a token of a chain.
    """

    asset: str
    amount: str
    atoms: int | None = None
    unit: str | None = None
    pay_to: str | None = None

    def body(self) -> dict[str, Json]:
        """As the hub takes it."""
        body: dict[str, Json] = {"asset": self.asset, "amount": self.amount}
        if self.unit is not None:
            body["unit"] = self.unit
        if self.pay_to is not None:
            body["pay_to"] = self.pay_to
        return body


@dataclass(frozen=True)
class Service:
    """What an agent sells; `document` is all that the hub shows of it, and `measured` what it saw
    of the seller and this service: None where it was not read or found, but published."""

    service_id: str
    version: int
    seller: str
    name: str
    description: str
    kind: str
    price: Price
    available: bool
    document: Object = field(repr=False, default_factory=dict)
    measured: Object | None = field(repr=False, default=None)


@dataclass(frozen=True)
class OfferRequest:
    """What somebody wants offers for, until `deadline`."""

    request_id: str
    buyer: str
    title: str
    state: str
    document: Object = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """An offer to a request. Before the deadline only its seller sees its terms."""

    offer_id: str
    request_id: str
    seller: str
    state: str
    terms: Object | None = None
    place: int | None = None
    document: Object = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class Negotiation:
    """Where a negotiation stands. `head` is the hash of its last move, which the next answers."""

    negotiation_id: str
    state: str
    buyer: str
    seller: str
    your_turn: bool
    head: str
    document: Object = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class Feed:
    """What an agent wants to hear of. What fits comes into its inbox, as `feed-matches`."""

    feed_id: str
    of: tuple[str, ...]
    query: str | None
    told: int
    left_out: int
    document: Object = field(repr=False, default_factory=dict)


def candidate(value: Object) -> Candidate:
    """An agent that was found."""
    return Candidate(
        agent=wire.agent(value["agent"]),
        score=float(value["score"]),
        reasons=tuple(value.get("reasons", ())),
        signals=value.get("signals", {}),
    )


def price(value: Object) -> Price:
    """An amount."""
    return Price(
        value["asset"],
        value["amount"],
        int(value["atoms"]),
        value.get("unit"),
        value.get("pay_to"),
    )


def service(value: Object) -> Service:
    """A service."""
    return Service(
        service_id=value["service_id"],
        version=int(value["version"]),
        seller=value["seller"]["agent_id"],
        name=value["name"],
        description=value["description"],
        kind=value["kind"],
        price=price(value["price"]),
        available=bool(value["available"]),
        document=value,
        measured=value.get("measured"),
    )


def offer_request(value: Object) -> OfferRequest:
    """A request for offers."""
    return OfferRequest(
        value["request_id"], value["buyer"]["agent_id"], value["title"], value["state"], value
    )


def offer(value: Object) -> Offer:
    """An offer."""
    return Offer(
        offer_id=value["offer_id"],
        request_id=value["request_id"],
        seller=value["seller"]["agent_id"],
        state=value["state"],
        terms=value.get("terms"),
        place=value.get("place"),
        document=value,
    )


def negotiation(value: Object) -> Negotiation:
    """A negotiation."""
    return Negotiation(
        negotiation_id=value["negotiation_id"],
        state=value["state"],
        buyer=value["buyer"],
        seller=value["seller"],
        your_turn=bool(value["your_turn"]),
        head=value["head"],
        document=value,
    )


def feed(value: Object) -> Feed:
    """A feed."""
    return Feed(
        feed_id=value["feed_id"],
        of=tuple(value["of"]),
        query=value.get("query"),
        told=int(value["told"]),
        left_out=int(value["left_out"]),
        document=value,
    )


def terms(
    subject: str,
    price: Price,
    quantity: int,
    deliver_within_secs: int | None,
    note: str | None,
) -> dict[str, Json]:
    """The terms of an offer or a move, as the hub takes them."""
    body: dict[str, Json] = {
        "subject": subject,
        "quantity": quantity,
        "price": {"asset": price.asset, "amount": price.amount},
    }
    if deliver_within_secs is not None:
        body["deliver_within"] = deliver_within_secs
    if note is not None:
        body["note"] = note
    return body


def discover(
    core: Core,
    query: str,
    zone: str | None,
    filters: Mapping[str, Json] | None,
    limit: int | None,
) -> Operation[Discovery]:
    """Who can do what is asked for; times in it are those of a zone such as `Europe/Madrid`."""
    body: dict[str, Json] = {"query": query, "explain": True}
    if zone is not None:
        body["zone"] = zone
    if filters is not None:
        body["filters"] = filters
    if limit is not None:
        body["limit"] = limit
    answer = yield from core.call("POST", "/discover", body=body)
    found = wire.read(lambda value: tuple(map(candidate, value["results"])), answer)
    return Discovery(found, answer.get("understood") or {})


def services_listing(
    query: str | None,
    kind: str | None,
    category: str | None,
    seller: str | None,
    page_size: int,
) -> Listing:
    """The services that fit."""
    wanted: dict[str, str | int | None] = {
        "q": query,
        "kind": kind,
        "category": category,
        "seller": seller,
        "limit": page_size,
    }
    return Listing("/services", "services", wanted)


def requests_listing(query: str | None, category: str | None, page_size: int) -> Listing:
    """The requests that are open."""
    wanted: dict[str, str | int | None] = {"q": query, "category": category, "limit": page_size}
    return Listing("/requests", "requests", wanted)


def one_service(core: Core, service_id: str) -> Operation[Service]:
    """One service."""
    answer = yield from core.call("GET", f"/services/{_segment(service_id)}")
    return wire.read(service, answer)


def publish_service(
    core: Core, name: str, description: str, price: Price, more: Mapping[str, Json]
) -> Operation[Service]:
    """Publishes a service. Not repeated once it was sent: the second would be another."""
    body: dict[str, Json] = {
        **more,
        "name": name,
        "description": description,
        "price": price.body(),
    }
    answer = yield from core.call("POST", "/services", body=body, repeatable=False)
    return wire.read(service, answer)


def update_service(core: Core, service_id: str, changes: Mapping[str, Json]) -> Operation[Service]:
    """Changes a service."""
    path = f"/services/{_segment(service_id)}"
    answer = yield from core.call("PATCH", path, body=dict(changes), repeatable=False)
    return wire.read(service, answer)


def withdraw_service(core: Core, service_id: str) -> Operation[None]:
    """Takes a service off the list."""
    yield from core.call("DELETE", f"/services/{_segment(service_id)}", repeatable=False)


def take_service(core: Core, service: Service, quantity: int) -> Operation[Negotiation]:
    """Takes a service at the price that it was shown with."""
    path = f"/services/{_segment(service.service_id)}/take"
    body: dict[str, Json] = {"version": service.version, "quantity": quantity}
    negotiation_id = _new_id(core)
    seen = {
        "name": service.name,
        "seller": service.seller,
        "asset": service.price.asset,
        "amount": service.price.amount,
        "sla": service.document.get("sla"),
    }
    try:
        answer = yield from signing.made(
            core,
            "POST",
            path,
            body,
            lambda shown: signed_market.taking(negotiation_id, seen, body, shown),
            also={"negotiation_id": negotiation_id},
            repeatable=False,
        )
    except signing.SomethingElse:
        # Where it was changed since, what is shown to be signed is not what was seen.
        if (yield from one_service(core, service.service_id)).version == service.version:
            raise
        raise _changed() from None
    return wire.read(negotiation, answer)


def request_offers(
    core: Core,
    title: str,
    description: str | None,
    budget: Price | None,
    deadline_in_secs: int | None,
    more: Mapping[str, Json],
) -> Operation[OfferRequest]:
    """Asks for offers."""
    body: dict[str, Json] = {**more, "title": title}
    if description is not None:
        body["description"] = description
    if budget is not None:
        body["budget"] = {"asset": budget.asset, "amount": budget.amount}
    if deadline_in_secs is not None:
        body["deadline_in"] = deadline_in_secs
    answer = yield from core.call("POST", "/requests", body=body, repeatable=False)
    return wire.read(offer_request, answer)


def make_offer(core: Core, request_id: str, terms: Mapping[str, Json]) -> Operation[Offer]:
    """Makes the caller's offer to a request, or replaces it; so it may be repeated."""
    path = f"/requests/{_segment(request_id)}/offer"
    body: dict[str, Json] = {"terms": dict(terms)}
    answer = yield from signing.made(
        core, "PUT", path, body, lambda _: signed_market.offer(request_id, body)
    )
    return wire.read(offer, answer)


def offers(core: Core, request_id: str) -> Operation[tuple[Offer, ...]]:
    """The offers that its buyer may see: none before the deadline."""
    answer = yield from core.call("GET", f"/requests/{_segment(request_id)}/offers")
    return wire.read(lambda value: tuple(map(offer, value["offers"])), answer)


def accept_offer(core: Core, offer: Offer) -> Operation[Negotiation]:
    """Accepts an offer as its buyer saw it; accepted again, it is the same agreement."""
    path = f"/requests/{_segment(offer.request_id)}/offers/{_segment(offer.offer_id)}/accept"
    negotiation_id = _new_id(core)
    try:
        answer = yield from signing.made(
            core,
            "POST",
            path,
            {},
            lambda _: signed_market.acceptance(negotiation_id, offer.seller, offer.document),
            also={"negotiation_id": negotiation_id},
            repeatable=False,
        )
    except UnknownOfferError:
        if core.keys is None:
            raise
        # Of one that was accepted there is nothing to sign any more.
        answer = yield from core.call("POST", path, body={}, repeatable=False)
    return wire.read(negotiation, answer)


def propose(
    core: Core,
    target: Mapping[str, Json],
    terms: Mapping[str, Json],
    valid_for_secs: int | None,
) -> Operation[Negotiation]:
    """Proposes terms."""
    body: dict[str, Json] = {**target, "terms": dict(terms)}
    if valid_for_secs is not None:
        body["valid_for"] = valid_for_secs
    whole = {"valid_for": signed_market.VALID_SECS, **body, "negotiation_id": _new_id(core)}
    answer = yield from signing.made(
        core,
        "POST",
        "/negotiations",
        body,
        lambda shown: signed_market.proposal(core.agent_id, whole, shown),
        also=whole,
        repeatable=False,
    )
    return wire.read(negotiation, answer)


def one_negotiation(core: Core, negotiation_id: str) -> Operation[Negotiation]:
    """One negotiation."""
    answer = yield from core.call("GET", f"/negotiations/{_segment(negotiation_id)}")
    return wire.read(negotiation, answer)


def move(
    core: Core,
    now: Negotiation,
    kind: str,
    terms: Mapping[str, Json] | None,
) -> Operation[Negotiation]:
    """Answers the last move that the caller saw; made again, it is the same move."""
    body: dict[str, Json] = {"kind": kind, "previous": now.head}
    if terms is not None:
        body["terms"] = dict(terms)
    path = f"/negotiations/{_segment(now.negotiation_id)}/moves"
    also: dict[str, Json] = {} if terms is None else {"valid_for": signed_market.VALID_SECS}
    other = now.seller if now.buyer == core.agent_id else now.buyer
    answer = yield from signing.made(
        core,
        "POST",
        path,
        body,
        lambda shown: signed_market.answer(now.negotiation_id, other, {**body, **also}, shown),
        also=also,
    )
    return wire.read(negotiation, answer)


def agreement(core: Core, negotiation_id: str) -> Operation[Object]:
    """What was agreed, as a document that both sides can show."""
    answer = yield from core.call("GET", f"/negotiations/{_segment(negotiation_id)}/agreement")
    return wire.read(dict, answer)


def negotiations_listing(state: str | None, page_size: int) -> Listing:
    """The caller's negotiations."""
    return Listing("/negotiations", "negotiations", {"state": state, "limit": page_size})


def subscribe(
    core: Core,
    query: str | None,
    of: Iterable[str] | None,
    max_price: Price | None,
    filters: Mapping[str, Json | None],
) -> Operation[Feed]:
    """Makes a feed. The same again is the same feed, so it may be repeated."""
    body = merged({**filters, "query": query}, ())
    if of is not None:
        body["of"] = list(of)
    if max_price is not None:
        body["asset"], body["max_price"] = max_price.asset, max_price.amount
    answer = yield from core.call("POST", "/feeds", body=body)
    return wire.read(feed, answer)


def feeds(core: Core) -> Operation[tuple[Feed, ...]]:
    """The caller's feeds."""
    answer = yield from core.call("GET", "/feeds")
    return wire.read(lambda value: tuple(map(feed, value["feeds"])), answer)


def change_feed(core: Core, feed_id: str, changes: Mapping[str, Any]) -> Operation[Feed]:
    """Changes a feed. The same change again changes nothing, so it may be repeated."""
    body = dict(changes)
    if body.get("of") is not None:
        body["of"] = list(body["of"])
    if "max_price" in body:
        most: Price | None = body["max_price"]
        body["asset"] = None if most is None else most.asset
        body["max_price"] = None if most is None else most.amount
    answer = yield from core.call("PATCH", f"/feeds/{_segment(feed_id)}", body=body)
    return wire.read(feed, answer)


def unsubscribe(core: Core, feed_id: str) -> Operation[None]:
    """Ends a feed."""
    yield from core.call("DELETE", f"/feeds/{_segment(feed_id)}", repeatable=False)


def merged(given: Mapping[str, Json | None], tags: Iterable[str]) -> dict[str, Json]:
    """The members that are given."""
    body: dict[str, Json] = {name: one for name, one in given.items() if one is not None}
    if tags := list(tags):
        body["tags"] = tags
    return body


def _changed() -> ProblemError:
    """What the hub answers to whoever takes a version that is over."""
    return wire.problem(
        {
            "type": "/problems/service-unavailable",
            "title": "The service cannot be had like this now",
            "status": 409,
            "detail": "Its terms were changed; read it again",
            "reason": "changed",
        }
    )


def _new_id(core: Core) -> str:
    """A name for a negotiation that begins; it is part of what is signed, so the agent gives it."""
    return f"neg_{core.environment.random_bytes(16).hex()}"


def _segment(text: str) -> str:
    if text in ("", ".", ".."):
        raise ValueError(f"{text!r} is no id")
    return quote(text, safe="")
