"""Agents through the death of their hub: nothing is lost, doubled or out of order."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub import AsyncKind, BlockingKind, Hub, join_as, join_async_as
from meshkore import AsyncMeshKoreRestAgent, AsyncMeshKoreWebSocketAgent, MeshKoreRestAgent

COUNT = 50  # within the burst of the rate limit
LONG = 120.0


def test_a_loop_across_a_killed_hub(own_hub: Hub, kind: BlockingKind) -> None:
    with (
        join_as(kind, own_hub, "alice") as alice,
        join_as(kind, own_hub, "bob") as bob,
        ThreadPoolExecutor(1) as workers,
    ):
        sending = workers.submit(lambda: [alice.send("bob", number).id for number in range(COUNT)])
        found = []
        for message in bob.messages():
            found.append(message)
            if len(found) in (5, 20):
                own_hub.restart()
            if len(found) == COUNT:
                break
        sent = sending.result(LONG)
        assert [message.payload for message in found] == list(range(COUNT))
        assert [message.id for message in found] == sent
        assert [message.sequence for message in found] == list(range(1, COUNT + 1))
        # The last one was in hand; afterwards the hub agrees that all of it was read.
        assert [message.id for message in bob.messages(idle_secs=0)] == sent[-1:]
        assert bob.ack(0).acknowledged == COUNT
        assert alice.receipt(sent[-1]).recipients[0].state == "read"
        assert len(alice.history("bob", limit=200).messages) == COUNT


def test_a_request_across_a_killed_hub(own_hub: Hub, kind: BlockingKind) -> None:
    with (
        join_as(kind, own_hub, "alice") as alice,
        join_as(kind, own_hub, "bob") as bob,
        ThreadPoolExecutor(1) as workers,
    ):

        def answer_after_a_restart() -> None:
            request = next(iter(bob.messages()))
            own_hub.restart()
            bob.reply(request, "pong")

        answering = workers.submit(answer_after_a_restart)
        assert alice.send_and_wait("bob", "ping", timeout_secs=LONG).payload == "pong"
        answering.result(LONG)


def test_an_orderly_restart_is_overcome_too(own_hub: Hub, kind: BlockingKind) -> None:
    with join_as(kind, own_hub, "alice") as alice, join_as(kind, own_hub, "bob") as bob:
        alice.send("bob", 1)
        messages = bob.messages()
        assert next(messages).payload == 1
        own_hub.stop()
        own_hub.start()
        alice.send("bob", 2)
        assert next(messages).payload == 2


@pytest.mark.parametrize("kind", [AsyncMeshKoreRestAgent, AsyncMeshKoreWebSocketAgent])
def test_an_async_loop_across_a_killed_hub(own_hub: Hub, kind: AsyncKind) -> None:
    async def exchange() -> None:
        async with (
            join_async_as(kind, own_hub, "alice") as alice,
            join_async_as(kind, own_hub, "bob") as bob,
        ):

            async def send_all() -> list[str]:
                return [(await alice.send("bob", number)).id for number in range(COUNT)]

            sending = asyncio.create_task(send_all())
            found = []
            async for message in bob.messages():
                found.append(message)
                if len(found) == 10:
                    await asyncio.to_thread(own_hub.restart)
                if len(found) == COUNT:
                    break
            assert [message.id for message in found] == await sending
            assert [message.payload for message in found] == list(range(COUNT))

    asyncio.run(asyncio.wait_for(exchange(), LONG))


def test_a_hub_that_is_away_does_not_end_the_loop(own_hub: Hub) -> None:
    with (
        join_as(MeshKoreRestAgent, own_hub, "alice") as alice,
        join_as(MeshKoreRestAgent, own_hub, "bob") as bob,
        ThreadPoolExecutor(1) as workers,
    ):
        own_hub.kill()
        waiting = workers.submit(lambda: next(iter(bob.messages())).payload)
        own_hub.start()
        alice.send("bob", "here again")
        assert waiting.result(LONG) == "here again"
