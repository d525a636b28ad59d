"""What several tests use: records, a scripted hub for operations, a clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, TypeVar

from meshkore.backoff import RetryPolicy
from meshkore.core import Core, Effect, HttpRequest, HttpResponse, Operation, ReadEvents, Sleep
from meshkore.environment import Environment
from meshkore.errors import MeshKoreError
from meshkore.models import Message
from meshkore.sse import ServerEvent

T = TypeVar("T")

NOON = "2026-11-21T12:00:00.000Z"


def message(sequence: int, *, reply_to: str | None = None) -> Message:
    return Message(
        sequence=sequence,
        id=f"bob:{sequence}",
        sender="alice",
        sent_at=datetime(2026, 11, 21, 12, tzinfo=timezone.utc),
        payload={"number": sequence},
        to="bob",
        reply_to=reply_to,
    )


def message_frame(sequence: int, *, reply_to: str | None = None) -> dict[str, Any]:
    frame = {
        "type": "message",
        "sequence": sequence,
        "id": f"bob:{sequence}",
        "from": "alice",
        "to": "bob",
        "sent_at": NOON,
        "payload": {"number": sequence},
    }
    return frame if reply_to is None else {**frame, "reply_to": reply_to}


def answer(status: int, body: Any = None, **headers: str) -> HttpResponse:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status, names, b"" if body is None else json.dumps(body).encode())


def refusal(slug: str, status: int, **members: Any) -> HttpResponse:
    body = {"type": f"/problems/{slug}", "title": "A title", "status": status, **members}
    return answer(status, body)


def event(frame: dict[str, Any]) -> ServerEvent:
    return ServerEvent("message", json.dumps(frame), str(frame["sequence"]))


REGISTERED = answer(200, {"agent_id": "bob", "token": "token-1", "expires_at": NOON})
RENEWED = answer(200, {"agent_id": "bob", "token": "token-2", "expires_at": NOON})

Step = HttpResponse | list[ServerEvent] | MeshKoreError


@dataclass
class Script:
    """Answers the effects of an operation one by one; time passes only by sleeping."""

    steps: list[Step]
    now: float = 0.0
    chance: float = 0.5
    requests: list[HttpRequest] = field(default_factory=list)
    sleeps: list[float] = field(default_factory=list)
    before_each: Callable[[HttpRequest], None] = lambda _: None

    def core(self, retry: RetryPolicy | None = None) -> Core:
        environment = Environment(
            clock=lambda: self.now,
            random=lambda: self.chance,
            message_id=lambda: "id-1",
            time=lambda: 1_795_262_400.0 + self.now,
            random_bytes=bytes,
        )
        return Core("http://hub", "bob", "key", environment=environment, retry=retry)

    def run(self, operation: Operation[T]) -> T:
        try:
            effect: Effect = next(operation)
            while True:
                if isinstance(effect, Sleep):
                    self.sleeps.append(effect.seconds)
                    self.now += effect.seconds
                    effect = operation.send(None)
                    continue
                request = effect.request if isinstance(effect, ReadEvents) else effect
                self.requests.append(request)
                self.before_each(request)
                step = self.steps.pop(0)
                if isinstance(step, MeshKoreError):
                    effect = operation.throw(step)
                else:
                    effect = operation.send(step)
        except StopIteration as stop:
            assert not self.steps, "the operation ended before the script"
            result: T = stop.value
            return result

    def sent(self, index: int) -> Any:
        body = self.requests[index].body
        return None if body is None else json.loads(body)

    def routes(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.requests]


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]
