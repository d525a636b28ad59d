"""Keys and chance for tests: the same in every run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from meshkore.keys import Keys

VECTORS = Path(__file__).resolve().parents[3] / "protocol" / "vectors"

NOW = 1_795_262_400


def vectors(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def chance(seed: str) -> Callable[[int], bytes]:
    """Bytes that look random and are the same for the same seed."""
    count = 0

    def some(length: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{seed} {count}".encode()).digest(length)

    return some


def keys_of(name: str) -> Keys:
    return Keys(hashlib.sha256(name.encode()).digest(), random=chance(name))
