"""Agents of both kinds for asyncio against a real hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

import pytest

from hub import AsyncKind, Hub, credentials, join_async_as
from meshkore import (
    AsyncMeshKoreRestAgent,
    AsyncMeshKoreWebSocketAgent,
    ConnectionLost,
    Message,
    Presence,
    Receipt,
    RetryPolicy,
    TimedOut,
    join_async,
)
from meshkore.asynchronous import AsyncAgent
from meshkore.problems import AgentExistsError, UnauthenticatedError, UnknownRecipientError

LONG = 30.0

Body = Callable[[AsyncAgent, AsyncAgent], Coroutine[Any, Any, None]]
Run = Callable[[Body], None]


@pytest.fixture(params=[AsyncMeshKoreRestAgent, AsyncMeshKoreWebSocketAgent])
def async_kind(request: pytest.FixtureRequest) -> AsyncKind:
    found: AsyncKind = request.param
    return found


@pytest.fixture
def run(hub: Hub, name: Callable[[str], str], async_kind: AsyncKind) -> Run:
    """Runs a test with two agents of the kind under test."""

    async def with_agents(body: Body) -> None:
        async with AsyncExitStack() as stack:
            alice = await stack.enter_async_context(join_async_as(async_kind, hub, name("alice")))
            bob = await stack.enter_async_context(join_async_as(async_kind, hub, name("bob")))
            await asyncio.wait_for(body(alice, bob), LONG)

    return lambda body: asyncio.run(with_agents(body))


async def read(agent: AsyncAgent, count: int) -> list[Message]:
    found: list[Message] = []
    async for message in agent.messages():
        found.append(message)
        if len(found) == count:
            break
    return found


async def rest_of(agent: AsyncAgent) -> list[Any]:
    return [message.payload async for message in agent.messages(idle_secs=0)]


def test_mail_comes_once_and_in_order(run: Run) -> None:
    async def body(alice: AsyncAgent, bob: AsyncAgent) -> None:
        waiting = asyncio.create_task(read(bob, 2))
        for number in range(3):
            await alice.send(bob.agent_id, number, id=f"k{number}")
        await alice.send(bob.agent_id, "again", id="k0")
        assert [message.payload for message in await waiting] == [0, 1]
        assert await rest_of(bob) == [1, 2]
        assert (await bob.ack(0)).acknowledged == 3

    run(body)


def test_a_loop_that_is_cancelled_loses_nothing(run: Run) -> None:
    async def body(alice: AsyncAgent, bob: AsyncAgent) -> None:
        found: list[Any] = []

        async def read_all() -> None:
            async for message in bob.messages():
                found.append(message.payload)

        for number in range(5):
            reading = asyncio.create_task(read_all())
            await alice.send(bob.agent_id, number)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
        assert found + await rest_of(bob) == list(range(5))

    run(body)


def test_many_requests_at_once_get_their_own_replies(run: Run) -> None:
    async def body(alice: AsyncAgent, bob: AsyncAgent) -> None:
        async def answer() -> None:
            requests = await read(bob, 5)
            await bob.send(alice.agent_id, "mail")
            for request in reversed(requests):
                await bob.reply(request, request.payload)

        answering = asyncio.create_task(answer())
        asked = [
            alice.send_and_wait(bob.agent_id, number, timeout_secs=LONG) for number in range(5)
        ]
        replies = await asyncio.gather(*asked)
        assert [reply.payload for reply in replies] == list(range(5))
        await answering
        assert await rest_of(alice) == ["mail"]
        assert (await alice.ack(0)).acknowledged == 6

    run(body)


def test_no_reply_in_time_is_an_error(run: Run) -> None:
    async def body(alice: AsyncAgent, bob: AsyncAgent) -> None:
        with pytest.raises(TimedOut):
            await alice.send_and_wait(bob.agent_id, "?", timeout_secs=0.2)
        (request,) = await read(bob, 1)
        await bob.reply(request, "late")
        assert await rest_of(alice) == ["late"]

    run(body)


def test_refusals_are_exceptions(run: Run) -> None:
    async def body(alice: AsyncAgent, bob: AsyncAgent) -> None:
        with pytest.raises(UnknownRecipientError):
            await alice.send("nobody-at-all", 1)
        with pytest.raises(UnknownRecipientError):
            await alice.send_and_wait("nobody-at-all", 1)
        with pytest.raises(ValueError, match="not a JSON value"):
            await alice.send(bob.agent_id, float("inf"))

    run(body)


def test_a_refused_token_is_renewed(run: Run) -> None:
    async def body(alice: AsyncAgent, bob: AsyncAgent) -> None:
        token = (await alice.register()).token
        alice._core.token = "not." + token
        assert (await alice.send(bob.agent_id, 1)).state == "queued"
        assert (await alice.profile()).agent_id == alice.agent_id

    run(body)


def test_a_wrong_key_is_said_at_once(hub: Hub, async_kind: AsyncKind, run: Run) -> None:
    async def body(alice: AsyncAgent, bob: AsyncAgent) -> None:
        async with async_kind(hub.url, alice.agent_id, "mk_" + "A" * 43) as stranger:
            with pytest.raises(UnauthenticatedError):
                await stranger.send(bob.agent_id, 1)
            with pytest.raises(UnauthenticatedError):
                await read(stranger, 1)

    run(body)


def test_profiles_lists_histories_and_channels(run: Run, name: Callable[[str], str]) -> None:
    team, skill = name("async-team"), name("async-skill")

    async def body(alice: AsyncAgent, bob: AsyncAgent) -> None:
        await alice.update_profile(capabilities=[skill], status="away")
        await bob.update_profile(capabilities=[skill])
        found = [a async for a in bob.agents(capability=skill, status="all", page_size=1)]
        assert [agent.agent_id for agent in found] == [alice.agent_id, bob.agent_id]
        assert (await bob.agent(alice.agent_id)).status == "away"
        await alice.channels.create(team, members=[bob.agent_id])
        await alice.channels.send(team, "hi")
        assert await rest_of(bob) == ["hi"]
        assert team in [c.channel_id async for c in bob.channels.list(page_size=1)]
        assert len((await bob.channels.history(team)).messages) == 1
        await bob.channels.leave(team)
        await alice.send(bob.agent_id, "direct", id="k1")
        assert len((await alice.history(bob.agent_id)).messages) == 1
        assert (await alice.receipt("k1")).recipients[0].agent_id == bob.agent_id
        assert (await alice.receipts()).version > 0
        assert (await alice.stats()).agents >= 2

    run(body)


def test_joining_is_the_same(hub: Hub, name: Callable[[str], str]) -> None:
    async def body() -> None:
        invite = hub.invite(uses=2)
        async with await join_async(invite, name("dora"), ["tests"], "Tests.") as dora:
            assert (await dora.profile()).capabilities == ("tests",)
            with pytest.raises(AgentExistsError):
                await join_async(invite, dora.agent_id)

    asyncio.run(body())


def test_receipts_and_presence_arrive_as_they_happen(hub: Hub, name: Callable[[str], str]) -> None:
    async def body() -> None:
        receipts: asyncio.Queue[Receipt] = asyncio.Queue()
        presence: asyncio.Queue[Presence] = asyncio.Queue()
        alice = AsyncMeshKoreWebSocketAgent(*credentials(hub, name("alice")))
        bob = AsyncMeshKoreWebSocketAgent(*credentials(hub, name("bob")))
        async with alice, bob:
            alice.on_receipt(receipts.put_nowait)
            alice.on_presence(presence.put_nowait)
            await alice.watch([bob.agent_id])
            assert not (await presence.get()).online
            await bob.connect()
            while not (await presence.get()).online:
                pass
            await alice.send(bob.agent_id, 1, id="k1")
            assert await rest_of(bob) == [1]
            while (receipt := await receipts.get()).state != "read":
                pass
            assert receipt.id == "k1"

    asyncio.run(asyncio.wait_for(body(), LONG))


def test_whoever_waits_is_told_that_it_was_closed(hub: Hub, name: Callable[[str], str]) -> None:
    async def body() -> None:
        agent = AsyncMeshKoreWebSocketAgent(*credentials(hub, name("alice")))
        await agent.connect()
        waiting = asyncio.create_task(read(agent, 1))
        await asyncio.sleep(0)
        await agent.close()
        with pytest.raises(ConnectionLost):
            await waiting

    asyncio.run(asyncio.wait_for(body(), LONG))


def test_says_that_there_is_no_hub() -> None:
    async def body() -> None:
        once = RetryPolicy(give_up_secs=0)
        async with AsyncMeshKoreRestAgent("http://127.0.0.1:9", "a", "b", retry=once) as agent:
            with pytest.raises(ConnectionLost):
                await agent.send("bob", 1)

    asyncio.run(body())
