"""What an agent's owner allows it, and what is left of that, as operations.

Amounts of an asset are whole atoms, the smallest parts of it: 2,500,000 of CREDIT are 2.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import quote

from meshkore import wire
from meshkore.calls import Listing, list_page
from meshkore.core import Core, Operation

Object = Mapping[str, Any]
Calendar = Literal["hour", "day", "week", "month"]
Standing = Literal["live", "waiting", "expired", "revoked"]
Trust = Literal["new", "verified:social", "verified:domain", "trusted"]

_PAGE_SIZE = 200


@dataclass(frozen=True)
class SpendWindow:
    """So many atoms in any time of so many seconds, or in each of the calendar by UTC."""

    amount: int
    seconds: int | None = None
    calendar: Calendar | None = None


@dataclass(frozen=True)
class SpendLimit:
    """How much of an asset may be spent, in atoms; all that is said holds at once.

    `amount` is the most in all. Without `categories` it is for anything, and without `rails` by
    the hub's own ledger alone.
    """

    asset: str
    amount: int | None = None
    per_payment: int | None = None
    per_counterparty: int | None = None
    first_payment: int | None = None
    require_escrow_over: int | None = None
    windows: tuple[SpendWindow, ...] = ()
    categories: tuple[str, ...] = ()
    rails: tuple[str, ...] = ()


@dataclass(frozen=True)
class MessageWindow:
    """So many messages in any time of so many seconds."""

    seconds: int
    count: int


@dataclass(frozen=True)
class MessageLimits:
    """How many messages may be sent; all that is said holds at once, and nothing is no limit."""

    lifetime: int | None = None
    windows: tuple[MessageWindow, ...] = ()


@dataclass(frozen=True)
class Counterparties:
    """With whom: ids, channels after `#`, or beginnings of them before `*`; and known how far."""

    agents: tuple[str, ...] = ("*",)
    trust: Trust = "new"


@dataclass(frozen=True)
class Remaining:
    """What is left of one limit of a mandate.

    `name` is what the mandate calls it. `limit` and `remaining` are numbers of `unit`, atoms where
    that is an asset, of which one has so many `decimals`. What asks each payment anew, such as
    `per_payment`, is always left whole. `resets_at` is when time alone frees more.
    """

    mandate_id: str
    name: str
    unit: str
    limit: int
    remaining: int
    counterparty: str | None = None
    decimals: int | None = None
    seconds: int | None = None
    calendar: Calendar | None = None
    resets_at: datetime | None = None

    @property
    def left(self) -> str:
        """What is left, as a decimal text."""
        return str(Decimal(self.remaining).scaleb(-(self.decimals or 0)))


@dataclass(frozen=True)
class Mandate:
    """What an agent may do by one mandate.

    Only one that is read by itself has its `token` and what is `remaining` of its limits, and of
    those of the mandates before it. `document` is all that the hub shows of it.
    """

    mandate_id: str
    agent_id: str
    status: Standing
    calls: tuple[str, ...]
    counterparties: Counterparties
    messages: MessageLimits
    delegation_depth: int
    spend: tuple[SpendLimit, ...]
    made_at: datetime
    expires_at: datetime
    parent: str | None = None
    revoked_at: datetime | None = None
    remaining: tuple[Remaining, ...] = ()
    token: str | None = field(repr=False, default=None)
    document: Object = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class Budget:
    """A budget of messages that the operator has set: of the hub, or of this agent."""

    scope: str
    window: str
    seconds: int
    limit: int
    used: int
    remaining: int
    resets_at: datetime | None = None


@dataclass(frozen=True)
class Limits:
    """The mandates that hold, with what is left of their limits; and the operator's budgets."""

    mandates: tuple[Mandate, ...]
    budgets: tuple[Budget, ...]

    @property
    def remaining(self) -> tuple[Remaining, ...]:
        """What is left of every limit; one that two mandates are a part of is here once."""
        return tuple(dict.fromkeys(one for mandate in self.mandates for one in mandate.remaining))


def spend_limit(value: Object) -> SpendLimit:
    """How much of one asset."""
    return SpendLimit(
        asset=value["asset"],
        amount=value.get("amount"),
        per_payment=value.get("per_payment"),
        per_counterparty=value.get("per_counterparty"),
        first_payment=value.get("first_payment"),
        require_escrow_over=value.get("require_escrow_over"),
        windows=tuple(
            SpendWindow(int(one["amount"]), one.get("seconds"), one.get("calendar"))
            for one in value.get("windows", ())
        ),
        categories=tuple(value.get("categories", ())),
        rails=tuple(value.get("rails", ())),
    )


def message_limits(value: Object) -> MessageLimits:
    """How many messages."""
    windows = value.get("windows", ())
    return MessageLimits(
        value.get("lifetime"),
        tuple(MessageWindow(int(one["seconds"]), int(one["count"])) for one in windows),
    )


def counterparties(value: Object) -> Counterparties:
    """With whom."""
    return Counterparties(tuple(value.get("agents", ("*",))), value.get("trust", "new"))


def remaining(value: Object) -> Remaining:
    """What is left of one limit."""
    return Remaining(
        mandate_id=value["mandate_id"],
        name=value["name"],
        unit=value["unit"],
        limit=int(value["limit"]),
        remaining=int(value["remaining"]),
        counterparty=value.get("counterparty"),
        decimals=value.get("decimals"),
        seconds=value.get("seconds"),
        calendar=value.get("calendar"),
        resets_at=wire.time_or_none(value.get("resets_at")),
    )


def mandate(value: Object) -> Mandate:
    """A mandate, from a list or by itself."""
    return Mandate(
        mandate_id=value["mandate_id"],
        agent_id=value["agent_id"],
        status=value["status"],
        calls=tuple(value["calls"]),
        counterparties=counterparties(value["counterparties"]),
        messages=message_limits(value["messages"]),
        delegation_depth=int(value["delegation_depth"]),
        spend=tuple(map(spend_limit, value.get("spend", ()))),
        made_at=wire.time(value["made_at"]),
        expires_at=wire.time(value["expires_at"]),
        parent=value["parent"],
        revoked_at=wire.time_or_none(value["revoked_at"]),
        remaining=tuple(map(remaining, value.get("remaining", ()))),
        token=value.get("token"),
        document=value,
    )


def budget(value: Object) -> Budget:
    """A budget of messages."""
    return Budget(
        scope=value["scope"],
        window=value["window"],
        seconds=int(value["window_seconds"]),
        limit=int(value["limit"]),
        used=int(value["used"]),
        remaining=int(value["remaining"]),
        resets_at=wire.time_or_none(value.get("resets_at")),
    )


def mandates_listing(page_size: int) -> Listing:
    """The caller's mandates."""
    return Listing("/mandates", "mandates", {"limit": page_size})


def one_mandate(core: Core, mandate_id: str) -> Operation[Mandate]:
    """One mandate, with what is left of it."""
    answer = yield from core.call("GET", path(mandate_id))
    return wire.read(mandate, answer)


def limits(core: Core) -> Operation[Limits]:
    """All that limits the caller now."""
    live: list[Mandate] = []
    cursor: str | None = None
    while True:
        page, cursor = yield from list_page(core, mandates_listing(_PAGE_SIZE), cursor, mandate)
        for one in page:
            if one.status == "live":
                live.append((yield from one_mandate(core, one.mandate_id)))
        if cursor is None:
            break
    answer = yield from core.call("GET", "/limits")
    budgets = wire.read(lambda value: tuple(map(budget, value["limits"])), answer)
    return Limits(tuple(live), budgets)


def path(mandate_id: str) -> str:
    """Where one mandate is read and ended."""
    if mandate_id in ("", ".", ".."):
        raise ValueError(f"{mandate_id!r} is no id")
    return f"/mandates/{quote(mandate_id, safe='')}"
