"""The frames of a WebSocket, without a socket: what they mean, and which have to be sent again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from meshkore import wire
from meshkore.errors import ConnectionLost, ProblemError
from meshkore.mailbox import Mailbox
from meshkore.models import Presence, Receipt

Answer = Any
"""A decoded frame, or a MeshKoreError."""

_ATTEMPTS_MAX = 5

News = Receipt | Presence | ProblemError


@dataclass
class _Request:
    frame: dict[str, Any]
    on_answer: Callable[[Answer], None]
    is_sent: bool = False
    attempts: int = 0


class WebSocketSession:
    """What outlives one connection: requests without an answer, and who is watched."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._requests: dict[str, _Request] = {}
        self._last_ref = 0
        self._watched: list[str] | None = None
        self._watch_is_sent = False

    def opened(self, frame: wire.Object) -> None:
        """A connection was welcomed; everything without an answer has to be sent again."""
        self._mailbox.opened(int(frame["after"]), int(frame["acknowledged"]))
        self._watch_is_sent = False
        for ref, request in list(self._requests.items()):
            request.is_sent = False
            if request.attempts >= _ATTEMPTS_MAX:
                # It may be the frame that ends the connections, for all others too.
                lost = ConnectionLost("the connection ended each time that this was sent")
                self._requests.pop(ref).on_answer(lost)

    def request(self, frame: dict[str, Any], on_answer: Callable[[Answer], None]) -> str:
        """Notes a frame that wants an answer; gives its `ref`."""
        self._last_ref += 1
        ref = str(self._last_ref)
        self._requests[ref] = _Request({**frame, "ref": ref}, on_answer)
        return ref

    def withdraw(self, ref: str) -> None:
        """Nobody waits for this answer any longer."""
        self._requests.pop(ref, None)

    def watch(self, agents: Iterable[str]) -> None:
        """Whose presence is asked for from now on."""
        self._watched = list(agents)
        self._watch_is_sent = False

    def take_unsent(self) -> list[str]:
        """The frames that have to go out now, in order; each is given once per connection."""
        frames: list[dict[str, Any]] = []
        if self._watched is not None and not self._watch_is_sent:
            self._watch_is_sent = True
            frames.append({"type": "watch", "agents": self._watched})
        for request in self._requests.values():
            if not request.is_sent:
                request.is_sent = True
                request.attempts += 1
                frames.append(request.frame)
        if (due := self._mailbox.due()) is not None:
            self._mailbox.acknowledged(due)
            frames.append({"type": "ack", "sequence": due})
        return [wire.encode(frame).decode() for frame in frames]

    def receive(self, text: str | bytes) -> News | None:
        """Takes one frame; gives what is news for callbacks. Unknown frames are skipped."""
        frame = wire.decode(text)
        kind = wire.read(lambda value: value["type"], frame)
        if kind == "message":
            self._mailbox.accept(wire.read(wire.message, frame))
            return None
        if kind == "presence":
            return wire.read(wire.presence, frame)
        request = self._requests.pop(str(frame.get("ref")), None)
        problem = wire.problem(frame["problem"]) if "problem" in frame else None
        if request is not None:
            request.on_answer(frame if problem is None else problem)
            return None
        if problem is not None:
            return problem
        return wire.read(wire.receipt, frame) if kind == "receipt" else None

    def refuse_largest(self, problem: ProblemError) -> None:
        """The hub closed the connection because a frame was too large: it was the largest."""
        sent = [ref for ref, request in self._requests.items() if request.is_sent]
        if sent:
            largest = max(sent, key=lambda ref: len(wire.encode(self._requests[ref].frame)))
            self._requests.pop(largest).on_answer(problem)

    def fail(self, reason: Exception) -> None:
        """There will be no connection any more: all requests have failed."""
        requests, self._requests = self._requests, {}
        for request in requests.values():
            request.on_answer(reason)
