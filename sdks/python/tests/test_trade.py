"""Finding agents by what is wanted, and trading, against a real hub."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from hub import Hub
from meshkore import AsyncMeshKoreRestAgent, Candidate, MeshKoreRestAgent, Offer, Price
from meshkore.problems import (
    InvalidFieldError,
    ListingRefusedError,
    NegotiationEndedError,
    UnknownFeedError,
    UnknownServiceError,
)

Join = Callable[..., MeshKoreRestAgent]
Name = Callable[[str], str]

EUR = Price("EUR", "0.25", unit="call")


def opened(buyer: MeshKoreRestAgent, request_id: str) -> tuple[Offer, ...]:
    """The offers, as soon as the hub opens them."""
    until = time.monotonic() + 20
    while not (offers := buyer.market.offers(request_id)):
        assert time.monotonic() < until
    return offers


def test_who_can_do_something_is_found_with_reasons(joined: Join, name: Name) -> None:
    lex, asker = joined("lex"), joined("asker")
    word = name("zorb").replace("-", "")
    lex.update_profile(description=f"Certified legal translator for {word} contracts")
    until = time.monotonic() + 20
    mine: list[Candidate] = []
    # Until the new description is in the index, it is found by its id at best.
    while not (mine and mine[0].signals["words"]):
        assert time.monotonic() < until
        found = asker.discover(f"translate a {word} contract", limit=10, zone="Europe/Madrid")
        mine = [one for one in found.results if one.agent.agent_id == lex.agent_id]
    assert mine[0].score > 0
    assert mine[0].reasons
    assert found.understood


def test_a_service_is_published_changed_taken_and_withdrawn(joined: Join, name: Name) -> None:
    seller, buyer = joined("seller"), joined("buyer")
    word = name("tide").replace("-", "")
    made = seller.market.publish_service(
        f"Tables of {word}", "When the water is high.", EUR, category="science", tags=["tides"]
    )
    assert (made.kind, made.price.atoms, made.price.unit) == ("catalog", 25, "call")
    assert made.service_id in [one.service_id for one in buyer.market.services(word)]
    changed = seller.market.update_service(made.service_id, description="Low water, too.")
    assert (changed.version, changed.seller) == (2, seller.agent_id)
    agreed = buyer.market.take_service(changed, quantity=2)
    assert (agreed.buyer, agreed.seller) == (buyer.agent_id, seller.agent_id)
    assert buyer.market.agreement(agreed.negotiation_id)
    seller.market.withdraw_service(made.service_id)
    assert made.service_id not in [one.service_id for one in buyer.market.services(word)]


def test_offers_are_sealed_until_the_deadline(joined: Join) -> None:
    seller, buyer = joined("seller"), joined("buyer")
    asked = buyer.market.request_offers(
        "Summarise a report", budget=Price("EUR", "40"), deadline_in_secs=2
    )
    assert asked.request_id in [one.request_id for one in seller.market.requests("summarise")]
    own = seller.market.offer(asked.request_id, "A summary", Price("EUR", "30"))
    assert own.seller == seller.agent_id
    offers = opened(buyer, asked.request_id)
    assert [(one.offer_id, one.place) for one in offers] == [(own.offer_id, 1)]
    agreed = buyer.market.accept_offer(offers[0])
    assert agreed.negotiation_id in [one.negotiation_id for one in seller.market.negotiations()]


def test_a_negotiation_ends_in_an_agreement_that_both_have(joined: Join) -> None:
    seller, buyer = joined("seller"), joined("buyer")
    first = buyer.market.negotiate("A map", Price("EUR", "10"), with_agent=seller.agent_id)
    assert not first.your_turn
    seen = seller.market.negotiation(first.negotiation_id)
    assert seen.your_turn
    seller.market.counter(seen, "A map", Price("EUR", "12"))
    now = buyer.market.negotiation(first.negotiation_id)
    agreed = buyer.market.accept(now)
    assert agreed.state == "agreed"
    ours = buyer.market.agreement(first.negotiation_id)
    assert ours == seller.market.agreement(first.negotiation_id)
    with pytest.raises(NegotiationEndedError):
        buyer.market.decline(agreed)


def told(agent: MeshKoreRestAgent, of: str) -> str:
    """The feed that told of something, as soon as one did."""
    for message in agent.messages(idle_secs=20):
        if message.sender == "hub" and of in str(message.payload):
            assert message.payload["notice"] == "feed-matches"
            return str(message.payload["feed_id"])
    raise AssertionError(of)


def test_what_is_new_comes_into_the_inbox(joined: Join, name: Name) -> None:
    seller, buyer = joined("seller"), joined("buyer")
    word = name("kelp").replace("-", "")
    feed = buyer.market.subscribe(
        f"charts {word}", of=["services"], max_price=Price("EUR", "1"), name="Charts"
    )
    again = buyer.market.subscribe(
        f"charts {word}", of=["services"], max_price=Price("EUR", "1"), name="Charts"
    )
    assert again == feed
    assert buyer.market.feeds() == (feed,)
    assert (feed.of, feed.query, feed.told) == (("services",), f"charts {word}", 0)
    seller.market.publish_service(f"Dear charts of {word}", "x", Price("EUR", "2", unit="call"))
    made = seller.market.publish_service(f"Chart of {word}", "Where it grows.", EUR)
    assert told(buyer, made.service_id) == feed.feed_id
    assert buyer.market.feeds()[0].told == 1
    buyer.market.unsubscribe(feed.feed_id)
    assert buyer.market.feeds() == ()
    with pytest.raises(UnknownFeedError):
        buyer.market.unsubscribe(feed.feed_id)


def test_a_feed_is_changed_and_tells_from_then_on_of_what_it_asks_for_now(
    joined: Join, name: Name
) -> None:
    seller, buyer = joined("seller"), joined("buyer")
    word = name("reef").replace("-", "")
    feed = buyer.market.subscribe(
        word, of=["services"], max_price=Price("EUR", "1"), category="science", name="Reefs"
    )
    changed = buyer.market.change_feed(
        feed.feed_id, query=f"maps {word}", max_price=Price("USD", "9"), name=None
    )
    assert (changed.feed_id, changed.query) == (feed.feed_id, f"maps {word}")
    assert "name" not in changed.document
    said = {name: changed.document[name] for name in ("asset", "max_price", "category")}
    assert said == {"asset": "USD", "max_price": "9.00", "category": "science"}
    assert buyer.market.feeds() == (changed,)
    free = buyer.market.change_feed(feed.feed_id, max_price=None, category=None)
    assert not {"asset", "max_price", "category"} & set(free.document)
    seller.market.publish_service(f"Tables of {word}", "x", EUR)
    made = seller.market.publish_service(f"Map of {word}", "Where it grows.", EUR)
    assert told(buyer, made.service_id) == feed.feed_id
    assert buyer.market.feeds()[0].told == 1
    with pytest.raises(UnknownFeedError):
        seller.market.change_feed(feed.feed_id, query="mine")
    with pytest.raises(InvalidFieldError):
        buyer.market.change_feed(feed.feed_id, of=["agents"])
    with pytest.raises(InvalidFieldError):
        buyer.market.change_feed(feed.feed_id, told=0)


def test_refusals_have_types(joined: Join) -> None:
    seller = joined("seller")
    with pytest.raises(InvalidFieldError):
        seller.market.publish_service("x", "y", Price("EUR", "-1", unit="call"))
    with pytest.raises(ListingRefusedError):
        seller.market.publish_service("x", "hid\u200bden", EUR)
    with pytest.raises(UnknownServiceError):
        seller.market.service("svc_nothing")


def test_the_asynchronous_market_does_the_same(joined: Join, hub: Hub, name: Name) -> None:
    seller, other = joined("seller"), joined("buyer")
    word = name("moon").replace("-", "")

    async def body() -> None:
        async with AsyncMeshKoreRestAgent(hub.url, seller.agent_id, seller.api_key) as agent:
            made = await agent.market.publish_service(f"Phases of {word}", "Of the moon.", EUR)
            found = [one async for one in agent.market.services(word)]
            # Another test's word may differ by one letter, which is a typo to the hub.
            assert made.service_id in [one.service_id for one in found]
            proposed = await agent.market.negotiate(
                "Ten", Price("EUR", "2"), with_agent=other.agent_id, role="seller"
            )
            feed = await agent.market.subscribe(word, of=["requests"])
            assert await agent.market.feeds() == (feed,)
            changed = await agent.market.change_feed(feed.feed_id, query=f"full {word}")
            assert (changed.feed_id, changed.query) == (feed.feed_id, f"full {word}")
            assert await agent.market.feeds() == (changed,)
            await agent.market.unsubscribe(feed.feed_id)
            assert await agent.market.feeds() == ()
            assert (await agent.market.decline(proposed)).state == "declined"
            assert (await agent.discover("phases of the moon", limit=1)).understood is not None

    asyncio.run(body())
