"""A WebSocket to a hub that is opened again whenever it ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from meshkore import calls, wire
from meshkore.calls import Draft
from meshkore.core import FOREVER, Core, Operation, is_token_refused, is_worth_waiting
from meshkore.errors import ConnectionLost, MeshKoreError, ProblemError, ProtocolError, TimedOut
from meshkore.models import Message, Presence, Receipt, Sent
from meshkore.problems import MessageTooLargeError, UnauthenticatedError
from meshkore.session import News, WebSocketSession
from meshkore.transport import USER_AGENT, AsyncTransport

T = TypeVar("T")

_LOG = logging.getLogger("meshkore")
_SOCKET_LOG = logging.getLogger("meshkore.socket")
_SOCKET_LOG.setLevel(logging.INFO)  # at DEBUG, every frame and the token would be in the log
_FRAME_BYTES_MAX = 16 * 1024 * 1024
_NOT_AUTHENTICATED = 4401
_FRAME_TOO_LARGE = 1009


class WebSocketLink:
    """Keeps one WebSocket open from the first use to `close`; lives on one event loop."""

    def __init__(self, core: Core, transport: AsyncTransport) -> None:
        self._core = core
        self._run: Callable[[Operation[Any]], Awaitable[Any]] = transport.run
        self._session = WebSocketSession(core.mailbox)
        self._socket: ClientConnection | None = None
        self._pump: asyncio.Task[None] | None = None
        self._failure: MeshKoreError | None = None
        self._backoff = core.backoff()
        self._was_refused = False
        self._is_closed = False
        self._opened = asyncio.Event()
        self._changed = asyncio.Event()
        self.on_receipt: list[Callable[[Receipt], object]] = []
        self.on_presence: list[Callable[[Presence], object]] = []

    async def send(self, draft: Draft) -> Sent:
        """Sends a message; returns when it is on the hub's disk."""
        target = {"to": draft.to} if draft.channel is None else {"channel": draft.channel}
        frame = {"type": "send", **target, **draft.body()}
        wire.encode(frame)
        clock, backoff = self._core.environment.clock, self._core.backoff()
        give_up_at = clock() + self._core.retry.give_up_secs
        while True:
            try:
                return wire.read(wire.sent, await self._request(frame))
            except ProblemError as problem:
                delay = backoff.next_delay(problem.retry_after)
                if not is_worth_waiting(problem) or clock() + delay > give_up_at:
                    raise
                await self._core.environment.sleep_async(delay)

    async def send_and_wait(self, draft: Draft, timeout_secs: float) -> Message:
        """Sends a message and gives the one that answers it."""
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._core.mailbox.expect(draft.id, lambda message: _settle(answer, message))

        async def exchange() -> Message:
            await self.send(draft)
            return await answer

        try:
            return await asyncio.wait_for(exchange(), timeout_secs)
        except asyncio.TimeoutError:
            raise TimedOut("no reply came in time") from None
        finally:
            self._core.mailbox.forget(draft.id)

    async def watch(self, agents: Iterable[str]) -> None:
        """Asks for the presence of these agents, and of no others."""
        self._session.watch(agents)
        self._start()
        await self._flush()

    async def next_message(self, idle_secs: float | None) -> Message | None:
        """Acknowledges what the loop has done, and gives the next message."""
        core = self._core
        core.mailbox.finish()
        self._start()
        await self._opened.wait()
        end = FOREVER if idle_secs is None else core.environment.clock() + idle_secs
        while True:
            self._changed.clear()
            self._raise_failure()
            await self._flush()
            if (message := core.mailbox.take()) is not None:
                return message
            if core.mailbox.is_behind:
                if not await self._refill(1000) and core.mailbox.is_behind:
                    await self._reopen()
            elif core.environment.clock() >= end:
                # The stream may be slower than the clock: the inbox itself has the last word.
                if not await self._refill(100) and not core.mailbox.has_waiting:
                    return None
            else:
                await self._wait_for_change(end)

    async def connect(self) -> None:
        """Returns when the hub has welcomed this agent."""
        self._start()
        await self._opened.wait()
        self._raise_failure()

    async def close(self) -> None:
        """Closes the connection for good; whoever waits gets a ConnectionLost."""
        self._is_closed = True
        while self._pump is not None and not self._pump.done():
            # Before Python 3.12 wait_for may take a cancellation for nothing when what it waits for
            # arrives in the same moment (python/cpython#86296): one cancellation may not do.
            self._pump.cancel()
            await asyncio.wait([self._pump], timeout=1)
        self._fail(ConnectionLost("the agent was closed"))

    async def _request(self, frame: dict[str, Any]) -> Any:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._start()
        ref = self._session.request(frame, lambda value: _settle(answer, value))
        patience = max(self._core.retry.give_up_secs, self._core.timeout_secs)
        late = ConnectionLost("the hub did not answer in time")
        timer = asyncio.get_running_loop().call_later(patience, _settle, answer, late)
        try:
            await self._flush()
            return await answer
        finally:
            timer.cancel()
            self._session.withdraw(ref)

    async def _flush(self) -> None:
        if self._socket is not None:
            await self._send_unsent(self._socket)

    async def _send_unsent(self, socket: ClientConnection) -> None:
        # What does not get out is sent again on the next connection.
        with contextlib.suppress(ConnectionClosed):
            while frames := self._session.take_unsent():
                for frame in frames:
                    await socket.send(frame)

    async def _refill(self, limit: int) -> bool:
        mailbox = self._core.mailbox
        after = mailbox.position or None
        page = await self._run(calls.poll(self._core, after, limit, 0, FOREVER))
        return mailbox.refill(page.messages)

    async def _reopen(self) -> None:
        self._opened.clear()
        if self._socket is not None:
            await self._socket.close()
        await self._opened.wait()

    async def _wait_for_change(self, end: float) -> None:
        if end == FOREVER:
            await self._changed.wait()
            return
        remaining = end - self._core.environment.clock()
        timer = asyncio.get_running_loop().call_later(remaining, self._changed.set)
        try:
            await self._changed.wait()
        finally:
            timer.cancel()

    def _start(self) -> None:
        if self._is_closed:
            raise ConnectionLost("the agent was closed", unsent=True)
        if self._pump is None or self._pump.done():
            self._failure = None
            self._opened.clear()
            self._pump = asyncio.create_task(self._keep_open())

    async def _keep_open(self) -> None:
        while not self._is_closed:
            delay: float | None = None
            try:
                await self._connect_and_receive()
            except ProblemError as problem:
                if is_token_refused(problem) and self._core.token and not self._was_refused:
                    self._was_refused = True
                    self._core.token = None
                elif problem.retry == "later":
                    delay = self._backoff.next_delay(problem.retry_after)
                else:
                    self._fail(problem)
                    return
            except (OSError, EOFError, asyncio.TimeoutError, InvalidHandshake, MeshKoreError) as e:
                _LOG.debug("no connection to the hub: %s", type(e).__name__)
            except Exception as failure:
                _LOG.exception("the connection to the hub failed")
                self._fail(ConnectionLost(f"the connection failed ({type(failure).__name__})"))
                return
            if delay is None:
                delay = self._backoff.next_delay()
            await self._core.environment.sleep_async(delay)

    async def _connect_and_receive(self) -> None:
        async with self._connection() as socket:
            try:
                await self._welcome(socket)
                if not self._is_closed:
                    await self._receive_all(socket)
            except ConnectionClosed as closed:
                _LOG.debug("the connection to the hub ended: %s", closed)
        if socket.close_code == _FRAME_TOO_LARGE:
            problem = MessageTooLargeError("message-too-large", 413, "The message is too large")
            self._session.refuse_largest(problem)
        if socket.close_code == _NOT_AUTHENTICATED:
            reason = socket.close_reason or ""
            raise UnauthenticatedError("unauthenticated", 401, "The caller is not known", reason)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[ClientConnection]:
        core = self._core
        if core.token is None and not core.signs:
            await self._run(core.register(FOREVER))
        after = f"?after={core.mailbox.position}" if core.mailbox.position else ""
        if core.signs:
            proof = core.prove("GET", f"{core.url}/ws{after}")
        else:
            proof = {"Authorization": f"Bearer {core.token}"}
        opening = connect(
            f"ws{core.url.removeprefix('http')}/ws{after}",
            additional_headers=proof,
            user_agent_header=USER_AGENT,
            compression=None,
            logger=_SOCKET_LOG,
            max_size=_FRAME_BYTES_MAX,
            open_timeout=core.timeout_secs,
            close_timeout=5.0,
        )
        try:
            socket = await opening
        except InvalidStatus as refused:
            response = refused.response
            headers = {name.lower(): value for name, value in response.headers.raw_items()}
            raise wire.problem_of_answer(
                response.status_code, headers, bytes(response.body or b"")
            ) from None
        async with socket:
            try:
                yield socket
            finally:
                self._socket = None

    async def _receive_all(self, socket: ClientConnection) -> None:
        async for text in socket:
            news = self._session.receive(text)
            if news is not None:
                self._tell(news)
            self._changed.set()
            if self._core.mailbox.due() is not None:
                await self._send_unsent(socket)

    async def _welcome(self, socket: ClientConnection) -> None:
        frame = wire.decode(await asyncio.wait_for(socket.recv(), self._core.timeout_secs))
        if frame.get("type") != "welcome":
            raise ProtocolError("the hub did not begin with a welcome")
        self._session.opened(frame)
        self._backoff.reset()
        self._was_refused = False
        await self._send_unsent(socket)
        self._socket = socket
        self._opened.set()
        self._changed.set()

    def _tell(self, news: News) -> None:
        callbacks: list[Callable[[Any], object]]
        if isinstance(news, ProblemError):
            _LOG.warning("the hub could not read a frame: %s", news)
            return
        callbacks = [*self.on_receipt] if isinstance(news, Receipt) else [*self.on_presence]
        for callback in callbacks:
            try:
                callback(news)
            except Exception:
                _LOG.exception("a callback failed")

    def _fail(self, failure: MeshKoreError) -> None:
        self._failure = failure
        self._session.fail(failure)
        self._opened.set()
        self._changed.set()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure


def _settle(answer: asyncio.Future[Any], value: Any) -> None:
    if answer.done():
        return
    if isinstance(value, Exception):
        answer.set_exception(value)
    else:
        answer.set_result(value)
