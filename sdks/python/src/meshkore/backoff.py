"""How long to wait before the next attempt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class RetryPolicy:
    """How an agent repeats what may succeed later.

    The wait before attempt n is a random part of `first_secs` doubled n times, but of no more
    than `longest_secs`, on top of what a Retry-After asks for. A single call gives up after
    `give_up_secs` (zero: it is never repeated); `messages()` and the connection of a WebSocket
    agent never give up.
    """

    first_secs: float = 0.2
    longest_secs: float = 15.0
    give_up_secs: float = 60.0


class Backoff:
    """Exponential back-off with full jitter."""

    def __init__(self, policy: RetryPolicy, random: Callable[[], float]) -> None:
        self._policy = policy
        self._random = random
        self._failures = 0

    def next_delay(self, retry_after: float | None = None) -> float:
        """The seconds to wait after one more failure; at least what the hub asked for."""
        exponent = min(self._failures, 32)
        self._failures += 1
        ceiling = min(self._policy.longest_secs, self._policy.first_secs * 2.0**exponent)
        return (retry_after or 0.0) + self._random() * ceiling

    def reset(self) -> None:
        """Starts again, after a success."""
        self._failures = 0
