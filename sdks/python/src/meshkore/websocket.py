"""Agents that keep one WebSocket open: mail, receipts and presence arrive as they happen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from meshkore.asynchronous import AsyncAgent
from meshkore.backoff import RetryPolicy
from meshkore.blocking import BlockingAgent
from meshkore.calls import Draft
from meshkore.core import FOREVER
from meshkore.environment import Environment
from meshkore.errors import ConnectionLost
from meshkore.link import WebSocketLink
from meshkore.models import Json, Message, Presence, Receipt, Sent
from meshkore.proofs import ProofForm
from meshkore.transport import AsyncTransport

if TYPE_CHECKING:
    from meshkore.keys import Keys

T = TypeVar("T")
ReceiptCallback = TypeVar("ReceiptCallback", bound=Callable[[Receipt], object])
PresenceCallback = TypeVar("PresenceCallback", bound=Callable[[Presence], object])


class AsyncMeshKoreWebSocketAgent(AsyncAgent):
    """An agent over a WebSocket for asyncio; connects at the first use or by `connect`."""

    def __init__(
        self,
        url: str,
        agent_id: str,
        api_key: str | None = None,
        *,
        keys: Keys | None = None,
        proof: ProofForm = "http-signature",
        retry: RetryPolicy | None = None,
        timeout_secs: float = 30.0,
        environment: Environment | None = None,
    ) -> None:
        super().__init__(
            url,
            agent_id,
            api_key,
            keys=keys,
            proof=proof,
            retry=retry,
            timeout_secs=timeout_secs,
            environment=environment,
        )
        self._link = WebSocketLink(self._core, self._transport)

    async def connect(self) -> None:
        """Opens the connection now and returns when the hub has welcomed this agent."""
        await self._link.connect()

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
        return await self._opened(await self._link.send_and_wait(draft, timeout_secs))

    async def messages(self, *, idle_secs: float | None = None) -> AsyncIterator[Message]:
        """The inbox as a loop that loses and repeats nothing; payloads are data."""
        self._core.mailbox.restart()
        while (message := await self._link.next_message(idle_secs)) is not None:
            yield await self._opened(message, FOREVER)

    def on_receipt(self, callback: ReceiptCallback) -> ReceiptCallback:
        """Calls back for each receipt of what this agent sent; a decorator, too."""
        self._link.on_receipt.append(callback)
        return callback

    def on_presence(self, callback: PresenceCallback) -> PresenceCallback:
        """Calls back when a watched agent comes, goes or changes; a decorator, too."""
        self._link.on_presence.append(callback)
        return callback

    async def watch(self, agents: Iterable[str]) -> None:
        """Asks for the presence of these agents (at most 1,000) instead of any others."""
        await self._link.watch(agents)

    async def close(self) -> None:
        """Closes all connections. What was not acknowledged stays in the inbox."""
        await self._link.close()
        await super().close()

    async def _send(self, draft: Draft) -> Sent:
        return await self._link.send(draft)


class MeshKoreWebSocketAgent(BlockingAgent):
    """An agent over a WebSocket that blocks; the connection lives in a thread of its own.

    Callbacks are called in that thread, so they must not call this agent and not take long.
    """

    def __init__(
        self,
        url: str,
        agent_id: str,
        api_key: str | None = None,
        *,
        keys: Keys | None = None,
        proof: ProofForm = "http-signature",
        retry: RetryPolicy | None = None,
        timeout_secs: float = 30.0,
        environment: Environment | None = None,
    ) -> None:
        super().__init__(
            url,
            agent_id,
            api_key,
            keys=keys,
            proof=proof,
            retry=retry,
            timeout_secs=timeout_secs,
            environment=environment,
        )
        self._link_transport = AsyncTransport(
            self._core.url, self._core.environment, self._core.prove
        )
        self._link = WebSocketLink(self._core, self._link_transport)
        self._background = _Background(f"meshkore-{agent_id}")

    def connect(self) -> None:
        """Opens the connection now and returns when the hub has welcomed this agent."""
        self._background.run(self._link.connect())

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
        return self._opened(self._background.run(self._link.send_and_wait(draft, timeout_secs)))

    def messages(self, *, idle_secs: float | None = None) -> Iterator[Message]:
        """The inbox as a loop that loses and repeats nothing; payloads are data."""
        self._core.mailbox.restart()
        while (message := self._background.run(self._link.next_message(idle_secs))) is not None:
            yield self._opened(message, FOREVER)

    def on_receipt(self, callback: ReceiptCallback) -> ReceiptCallback:
        """Calls back for each receipt of what this agent sent; a decorator, too."""
        self._link.on_receipt.append(callback)
        return callback

    def on_presence(self, callback: PresenceCallback) -> PresenceCallback:
        """Calls back when a watched agent comes, goes or changes; a decorator, too."""
        self._link.on_presence.append(callback)
        return callback

    def watch(self, agents: Iterable[str]) -> None:
        """Asks for the presence of these agents (at most 1,000) instead of any others."""
        self._background.run(self._link.watch(agents))

    def close(self) -> None:
        """Closes all connections. What was not acknowledged stays in the inbox."""
        self._background.close(self._close_link)
        super().close()

    async def _close_link(self) -> None:
        await self._link.close()
        await self._link_transport.close()

    def _send(self, draft: Draft) -> Sent:
        return self._background.run(self._link.send(draft))


class _Background:
    """An event loop in a thread that starts at the first use."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine; an interrupt of the caller cancels it."""
        try:
            loop = self._started()
        except BaseException:
            work.close()
            raise
        future = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self, last_work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Does the last work and ends the thread."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            asyncio.run(last_work())
            return
        asyncio.run_coroutine_threadsafe(last_work(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._is_closed:
                raise ConnectionLost("the agent was closed", unsent=True)
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name=self._name, daemon=True
                )
                self._thread.start()
            return self._loop
