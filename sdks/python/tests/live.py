"""The live sessions of a conformance case: what arrives waits until a step expects its like."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from meshkore.core import HttpResponse
from meshkore.sse import EventParser

_WAIT_SECS = 20.0


class Refused(Exception):
    """The hub did not open the session; `answer` is what it said."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__(answer.status)
        self.answer = answer


class _Frames(Protocol):
    def read(self) -> dict[str, Any]: ...

    def send(self, text: str) -> None: ...

    def close(self) -> None: ...


class LiveSession:
    """A WebSocket or an event stream of one agent."""

    def __init__(self, frames: _Frames) -> None:
        self._frames = frames
        self._waiting: list[dict[str, Any]] = []

    @staticmethod
    def open(
        kind: str, url: str, arguments: Mapping[str, Any], headers: Mapping[str, str]
    ) -> LiveSession:
        query = f"?{urlencode(arguments)}" if arguments else ""
        if kind == "events":
            return LiveSession(_EventStream(f"{url}/events{query}", headers))
        return LiveSession(_WebSocket(f"{url}/ws{query}", headers))

    def send(self, text: str) -> None:
        self._frames.send(text)

    def next(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The next frame of the same type, and of the same state where one is named."""
        for number, frame in enumerate(self._waiting):
            if _is_like(wanted, frame):
                return self._waiting.pop(number)
        while True:
            frame = self._frames.read()
            if _is_like(wanted, frame):
                return frame
            self._waiting.append(frame)

    def closed(self) -> int:
        """The code with which the hub ends the WebSocket."""
        while True:
            try:
                self._waiting.append(self._frames.read())
            except ConnectionClosed as end:
                return 0 if end.rcvd is None else int(end.rcvd.code)

    def close(self) -> None:
        self._frames.close()


def _is_like(wanted: Mapping[str, Any], frame: Mapping[str, Any]) -> bool:
    names = ["type", "state"] if "state" in wanted else ["type"]
    return all(wanted[name] == frame.get(name) for name in names)


class _WebSocket:
    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._open = ExitStack()
        address = url.replace("http", "ws", 1)
        try:
            self._socket: ClientConnection = self._open.enter_context(
                connect(address, additional_headers=dict(headers))
            )
        except InvalidStatus as refused:
            answer = refused.response
            raise Refused(
                HttpResponse(
                    answer.status_code,
                    {name.lower(): value for name, value in answer.headers.raw_items()},
                    bytes(answer.body or b""),
                )
            ) from refused

    def read(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self._socket.recv(timeout=_WAIT_SECS))
        return frame

    def send(self, text: str) -> None:
        self._socket.send(text)

    def close(self) -> None:
        self._open.close()


class _EventStream:
    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._open = ExitStack()
        client = self._open.enter_context(httpx.Client(timeout=_WAIT_SECS))
        accept = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
        stream = client.stream("GET", url, headers={**accept, **headers})
        response = self._open.enter_context(stream)
        if response.status_code != 200:
            body = response.read()
            self._open.close()
            answer = HttpResponse(
                response.status_code,
                {name.lower(): value for name, value in response.headers.multi_items()},
                body,
            )
            raise Refused(answer)
        self._frames = _events(response.iter_raw())

    def read(self) -> dict[str, Any]:
        return next(self._frames)

    def send(self, text: str) -> None:
        raise AssertionError("nothing can be sent on an event stream")

    def close(self) -> None:
        self._open.close()


def _events(pieces: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    """The frames of a stream, which say the same as the names and ids of their events."""
    parser = EventParser()
    for piece in pieces:
        for event in parser.feed(piece):
            frame = json.loads(event.data)
            assert event.event == frame["type"]
            if frame["type"] == "message":
                assert event.id == str(frame["sequence"])
            yield frame
