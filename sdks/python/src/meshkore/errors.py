"""What can go wrong between an agent and its hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

Retry = Literal["never", "later", "after-change"]

BLANK = "about:blank"


class MeshKoreError(Exception):
    """Every error that this package raises on purpose is one of these."""


class ConnectionLost(MeshKoreError, ConnectionError):
    """The hub could not be reached, or the connection ended before the answer came.

    `unsent` is true when the request certainly did not reach the hub.
    """

    def __init__(self, detail: str, *, unsent: bool = False) -> None:
        super().__init__(detail)
        self.unsent = unsent


class TimedOut(MeshKoreError, TimeoutError):
    """The time that the caller gave has passed."""


class ProtocolError(MeshKoreError):
    """The hub answered something that this package cannot read, or asked to sign something else."""


class ProblemError(MeshKoreError):
    """The hub refused a request; `type` says which refusal of protocol/problems.yaml it was.

    `type` is the slug, or "about:blank" for an unknown path, a wrong method or a failure of the
    hub. `members` holds what the refusal carries besides title, status and detail. `retry` says
    whether the same request may succeed: "never", "later" or "after-change".
    """

    slug: ClassVar[str | None] = None
    default_retry: ClassVar[Retry | None] = None

    def __init__(
        self,
        type: str,
        status: int,
        title: str,
        detail: str = "",
        members: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        text = f"{title} ({type}, {status})"
        super().__init__(f"{text}: {detail}" if detail else text)
        self.type = type
        self.status = status
        self.title = title
        self.detail = detail
        self.members: dict[str, Any] = dict(members or {})
        self._retry_after = retry_after

    @property
    def retry(self) -> Retry:
        """Whether the same request may succeed another time."""
        if self.default_retry is not None:
            return self.default_retry
        return "later" if self.status == 429 or self.status >= 500 else "after-change"

    @property
    def retry_after(self) -> float | None:
        """The seconds that the hub asks to wait, if it said so."""
        if self._retry_after is not None:
            return self._retry_after
        member = self.members.get("retry_after")
        is_number = isinstance(member, int | float) and not isinstance(member, bool)
        return float(member) if is_number and member is not None else None


Undecrypted = Literal[
    "malformed",
    "not-for-this-key",
    "forged",
    "transplanted",
    "key-changed",
    "unproven-key",
    "sent-by-this-agent",
]
"""Why an encrypted message is given as it came: docs/encryption.md says what each one means."""


class Unreadable(MeshKoreError, ValueError):
    """A wrap that this agent cannot or must not read."""

    def __init__(self, reason: Undecrypted) -> None:
        super().__init__(reason)
        self.reason: Undecrypted = reason


class KeyMissing(MeshKoreError):
    """The agent has bound no key for which something could be encrypted."""

    def __init__(self, peer: str) -> None:
        super().__init__(f"{peer} has bound no secp256k1 key, so nothing can be encrypted for it")
        self.peer = peer


class MandateTooWide(MeshKoreError, ValueError):
    """A mandate is handed on narrower only; `field` says in what it would be wider.

    The hub would refuse it with `DelegationRefusedError`, and the same `field`.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"wider than the mandate in {field}: {reason}")
        self.field = field


class KeyChanged(MeshKoreError):
    """The hub gives another key for a peer than the one that is pinned.

    Either the peer has changed its key, or somebody wants to read along. Ask the peer by another
    way; `accept_key(peer, key)` makes a key the pinned one. `offered` holds what the hub gives,
    newest first; it is empty when the peer has no key any more.
    """

    def __init__(self, peer: str, pinned: str, offered: Sequence[str]) -> None:
        now = " or ".join(offered) or "none"
        super().__init__(f"the key of {peer} was {pinned} and the hub now gives {now}")
        self.peer = peer
        self.pinned = pinned
        self.offered = tuple(offered)
