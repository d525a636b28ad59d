"""The connection of a WebSocket agent, against a server in the same event loop."""

from __future__ import annotations

import asyncio
import json

from websockets.asyncio.server import ServerConnection, serve

from hub import QUICK
from meshkore import AsyncMeshKoreWebSocketAgent

WELCOME = {"type": "welcome", "after": 0, "acknowledged": 0}
STEPS = 80  # the welcome comes after some dozen


async def welcome(socket: ServerConnection) -> None:
    await socket.send(json.dumps(WELCOME))
    await socket.wait_closed()


def test_an_agent_can_be_closed_at_any_moment_of_connecting() -> None:
    async def body() -> None:
        async with serve(welcome, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            for steps in range(STEPS):
                agent = AsyncMeshKoreWebSocketAgent(
                    f"http://127.0.0.1:{port}", "alice", "key", retry=QUICK
                )
                agent._core.token = "token"
                connecting = asyncio.create_task(agent.connect())
                for _ in range(steps):
                    await asyncio.sleep(0)
                closing = asyncio.create_task(agent.close())
                done, _ = await asyncio.wait([closing, connecting], timeout=20)
                assert done == {closing, connecting}, f"after {steps} steps"
                await closing
                connecting.exception()

    asyncio.run(body())
