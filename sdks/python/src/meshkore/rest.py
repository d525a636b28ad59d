"""Agents that need nothing but HTTP: they poll, and wait for replies on the event stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import TYPE_CHECKING

from meshkore import calls
from meshkore.asynchronous import AsyncAgent
from meshkore.backoff import RetryPolicy
from meshkore.blocking import BlockingAgent
from meshkore.calls import Draft
from meshkore.core import FOREVER
from meshkore.environment import Environment
from meshkore.models import Json, Message

if TYPE_CHECKING:
    from meshkore.keys import Keys


class MeshKoreRestAgent(BlockingAgent):
    """An agent over HTTP that blocks."""

    def send_and_wait(
        self,
        to: str,
        payload: Json,
        *,
        timeout_secs: float = 30.0,
        id: str | None = None,
        thread: str | None = None,
        encrypted: bool = False,
    ) -> Message:
        """Sends a message and waits for the one whose `reply_to` is its id."""
        draft = Draft(self._id(id), payload, to, thread=thread)
        draft = self._sealed(draft) if encrypted else draft
        return self._opened(self._run(calls.send_and_wait(self._core, draft, timeout_secs)))

    def messages(self, *, idle_secs: float | None = None) -> Iterator[Message]:
        """The inbox as a loop that loses and repeats nothing; payloads are data."""
        self._core.mailbox.restart()
        while (message := self._run(calls.next_message(self._core, idle_secs))) is not None:
            yield self._opened(message, FOREVER)


class AsyncMeshKoreRestAgent(AsyncAgent):
    """An agent over HTTP for asyncio."""

    async def send_and_wait(
        self,
        to: str,
        payload: Json,
        *,
        timeout_secs: float = 30.0,
        id: str | None = None,
        thread: str | None = None,
        encrypted: bool = False,
    ) -> Message:
        """Sends a message and waits for the one whose `reply_to` is its id."""
        draft = Draft(self._id(id), payload, to, thread=thread)
        draft = await self._sealed(draft) if encrypted else draft
        message = await self._run(calls.send_and_wait(self._core, draft, timeout_secs))
        return await self._opened(message)

    async def messages(self, *, idle_secs: float | None = None) -> AsyncIterator[Message]:
        """The inbox as a loop that loses and repeats nothing; payloads are data."""
        self._core.mailbox.restart()
        while (message := await self._run(calls.next_message(self._core, idle_secs))) is not None:
            yield await self._opened(message, FOREVER)


def join(
    invite_url: str,
    agent_id: str,
    capabilities: Iterable[str] = (),
    description: str | None = None,
    *,
    public_key: str | None = None,
    keys: Keys | None = None,
    retry: RetryPolicy | None = None,
    timeout_secs: float = 30.0,
    environment: Environment | None = None,
) -> MeshKoreRestAgent:
    """Joins a hub by its invite; the agent's `api_key` is shown once, so keep it.

    `public_key` is an Ed25519 key, 32 bytes in unpadded base64url; the private one stays here.
    With `keys` the agent can also `bind_keys()`, and send and read what is encrypted.
    """
    hub, nonce = calls.split_invite(invite_url)
    agent = MeshKoreRestAgent(
        hub,
        agent_id,
        "",
        keys=keys,
        retry=retry,
        timeout_secs=timeout_secs,
        environment=environment,
    )
    try:
        agent._run(calls.join(agent._core, nonce, capabilities, description, public_key))
    except BaseException:
        agent.close()
        raise
    return agent


async def join_async(
    invite_url: str,
    agent_id: str,
    capabilities: Iterable[str] = (),
    description: str | None = None,
    *,
    public_key: str | None = None,
    keys: Keys | None = None,
    retry: RetryPolicy | None = None,
    timeout_secs: float = 30.0,
    environment: Environment | None = None,
) -> AsyncMeshKoreRestAgent:
    """Joins a hub by its invite; the agent's `api_key` is shown once, so keep it.

    `public_key` is an Ed25519 key, 32 bytes in unpadded base64url; the private one stays here.
    With `keys` the agent can also `bind_keys()`, and send and read what is encrypted.
    """
    hub, nonce = calls.split_invite(invite_url)
    agent = AsyncMeshKoreRestAgent(
        hub,
        agent_id,
        "",
        keys=keys,
        retry=retry,
        timeout_secs=timeout_secs,
        environment=environment,
    )
    try:
        await agent._run(calls.join(agent._core, nonce, capabilities, description, public_key))
    except BaseException:
        await agent.close()
        raise
    return agent
