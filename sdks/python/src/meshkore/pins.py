"""The first key seen for each peer, in a file beside the seed."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # where there is none, only the threads of one process are kept apart
    fcntl = None  # type: ignore[assignment]

Found = dict[str, dict[str, dict[str, str]]]
"""Hub, agent, type of key, key in hex: the same file serves every SDK."""

_LOCK = threading.RLock()
_TYPE = "secp256k1"


class Pins:
    """Which key belongs to whom on which hub; without a path it is kept in memory only."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._memory: Found = {}

    def get(self, hub: str, peer: str) -> str | None:
        """The pinned key, in hex."""
        with _LOCK:
            return self._read().get(hub, {}).get(peer, {}).get(_TYPE)

    def pin(self, hub: str, peer: str, key: str) -> str:
        """Pins a key unless one is pinned already; gives the one that is pinned now."""
        return self._change(hub, peer, lambda pinned: key if pinned is None else pinned)

    def replace(self, hub: str, peer: str, key: str) -> None:
        """Pins this key, whatever was pinned before."""
        self._change(hub, peer, lambda _: key)

    def take_over(self, other: Pins) -> None:
        """Pins what is pinned there and not here."""
        for hub, peers in other._read().items():
            for peer, keys in peers.items():
                if _TYPE in keys:
                    self.pin(hub, peer, keys[_TYPE])

    def _change(self, hub: str, peer: str, change: Callable[[str | None], str]) -> str:
        with _LOCK, self._alone():
            pins = self._read()
            keys = pins.setdefault(hub, {}).setdefault(peer, {})
            before = keys.get(_TYPE)
            keys[_TYPE] = change(before)
            if keys[_TYPE] != before:
                self._write(pins)
            return keys[_TYPE]

    def _read(self) -> Found:
        if self._path is None:
            return self._memory
        try:
            found: Any = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        if not _holds_pins(found):
            # To begin anew would be to forget every pin in silence.
            raise ValueError(f"{self._path} does not hold pinned keys")
        pins: Found = found
        return pins

    def _write(self, pins: Found) -> None:
        if self._path is None:
            self._memory = pins
            return
        text = json.dumps(pins, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        new = self._path.with_name(self._path.name + ".new")
        with _owner_only(new) as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps other processes with the same file out while it is changed."""
        if self._path is None or fcntl is None:
            yield
            return
        with _owner_only(self._path.with_name(self._path.name + ".lock")) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _holds_pins(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(peers, dict) and all(isinstance(keys, dict) for keys in peers.values())
        for peers in value.values()
    )


def _owner_only(path: Path) -> Any:
    return open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600))
