"""Carries operations out: blocking, and with asyncio."""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Callable, Generator, Mapping
from functools import cache
from typing import Any, TypeVar

import httpx

from meshkore.core import Effect, HttpRequest, HttpResponse, Operation, ReadEvents, Sleep
from meshkore.environment import Environment
from meshkore.errors import ConnectionLost, MeshKoreError, TimedOut
from meshkore.sse import EventParser, ServerEvent

T = TypeVar("T")

EventsOrRefusal = list[ServerEvent] | HttpResponse

Prove = Callable[[str, str, bytes], Mapping[str, str]]
"""The headers that prove who sends a request of this method, URL and body."""

USER_AGENT = "meshkore-python/0.1.0"


def _hide_invite(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            re.sub(r"/join/.*", "/join/...", str(value)) if isinstance(value, httpx.URL) else value
            for value in record.args
        )
    return True


# httpx logs every URL at INFO; that of an invite is a secret.
logging.getLogger("httpx").addFilter(_hide_invite)


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are good. All agents of a process share them: to read them takes as long
    as some ten calls.
    """
    return httpx.create_ssl_context()


class _Signing(httpx.Auth):
    """Signs a request as it goes out, when its final URL is known."""

    requires_request_body = True

    def __init__(self, prove: Prove) -> None:
        self._prove = prove

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.update(self._prove(request.method, str(request.url), request.content))
        yield request


class Transport:
    """Blocking, on one pool of connections; may be used by several threads."""

    def __init__(self, url: str, environment: Environment, prove: Prove) -> None:
        self._environment = environment
        self._signing = _Signing(prove)
        self._client = httpx.Client(
            base_url=url, headers={"User-Agent": USER_AGENT}, verify=_trusted()
        )

    def run(self, operation: Operation[T]) -> T:
        """The result of an operation."""
        try:
            effect = next(operation)
            while True:
                try:
                    outcome = self._perform(effect)
                except MeshKoreError as failure:
                    effect = operation.throw(failure)
                else:
                    effect = operation.send(outcome)
        except StopIteration as stop:
            result: T = stop.value
            return result
        finally:
            operation.close()

    def close(self) -> None:
        """Closes all connections."""
        self._client.close()

    def _perform(self, effect: Effect) -> Any:
        if isinstance(effect, Sleep):
            self._environment.sleep(effect.seconds)
            return None
        try:
            if isinstance(effect, ReadEvents):
                return self._read_events(effect.request)
            return _response(self._client.request(**_arguments(effect, self._signing)))
        except httpx.RequestError as reason:
            raise _failure(reason) from reason

    def _read_events(self, request: HttpRequest) -> EventsOrRefusal:
        parser = EventParser()
        with self._client.stream(**_arguments(request, self._signing, stream=True)) as response:
            if response.status_code != 200:
                response.read()
                return _response(response)
            for piece in response.iter_raw():
                if events := _messages(parser.feed(piece)):
                    return events
        raise ConnectionLost("the hub ended the event stream")


class AsyncTransport:
    """The same with asyncio."""

    def __init__(self, url: str, environment: Environment, prove: Prove) -> None:
        self._environment = environment
        self._signing = _Signing(prove)
        self._client = httpx.AsyncClient(
            base_url=url, headers={"User-Agent": USER_AGENT}, verify=_trusted()
        )

    async def run(self, operation: Operation[T]) -> T:
        """The result of an operation."""
        try:
            effect = next(operation)
            while True:
                try:
                    outcome = await self._perform(effect)
                except MeshKoreError as failure:
                    effect = operation.throw(failure)
                else:
                    effect = operation.send(outcome)
        except StopIteration as stop:
            result: T = stop.value
            return result
        finally:
            operation.close()

    async def close(self) -> None:
        """Closes all connections."""
        await self._client.aclose()

    async def _perform(self, effect: Effect) -> Any:
        if isinstance(effect, Sleep):
            await self._environment.sleep_async(effect.seconds)
            return None
        try:
            if isinstance(effect, ReadEvents):
                return await self._read_events(effect.request)
            return _response(await self._client.request(**_arguments(effect, self._signing)))
        except httpx.RequestError as reason:
            raise _failure(reason) from reason

    async def _read_events(self, request: HttpRequest) -> EventsOrRefusal:
        parser = EventParser()
        async with self._client.stream(
            **_arguments(request, self._signing, stream=True)
        ) as response:
            if response.status_code != 200:
                await response.aread()
                return _response(response)
            async for piece in response.aiter_raw():
                if events := _messages(parser.feed(piece)):
                    return events
        raise ConnectionLost("the hub ended the event stream")


def _arguments(request: HttpRequest, signing: _Signing, stream: bool = False) -> dict[str, Any]:
    headers = {"Accept": "text/event-stream" if stream else "application/json"}
    if stream:
        headers["Accept-Encoding"] = "identity"
    if request.credential is not None:
        headers["Authorization"] = f"Bearer {request.credential}"
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    return {
        "method": request.method,
        "url": request.path,
        "params": dict(request.query) or None,
        "content": request.body,
        "headers": headers,
        "timeout": request.timeout_secs,
        "auth": signing if request.is_signed else None,
    }


def _messages(events: list[ServerEvent]) -> list[ServerEvent]:
    return [event for event in events if event.event == "message"]


def _response(response: httpx.Response) -> HttpResponse:
    headers: Mapping[str, str] = {
        name.lower(): value for name, value in response.headers.multi_items()
    }
    return HttpResponse(response.status_code, headers, response.content)


def _failure(reason: httpx.RequestError) -> MeshKoreError:
    if isinstance(reason, httpx.ReadTimeout | httpx.WriteTimeout):
        return TimedOut("the hub did not answer in time")
    unsent = isinstance(reason, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    what = "the hub cannot be reached" if unsent else "the connection to the hub was lost"
    return ConnectionLost(f"{what} ({type(reason).__name__})", unsent=unsent)
