"""Time, ids and chance, given to an agent from outside so that a test can decide them."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from meshkore.identifiers import uuid7


def _message_id() -> str:
    return uuid7(time.time_ns() // 1_000_000, os.urandom(10))


@dataclass(frozen=True)
class Environment:
    """Where an agent takes its time, its sleep, its chance and its message ids from.

    `clock` counts seconds and never goes back; `random` gives a number from 0 up to 1. `sleep` is
    used by the blocking REST agent, `sleep_async` by the other three. `time` is the time of day in
    seconds, for signatures, and `random_bytes` gives bytes that nobody can guess.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    sleep_async: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    message_id: Callable[[], str] = _message_id
    time: Callable[[], float] = time.time
    random_bytes: Callable[[int], bytes] = os.urandom
