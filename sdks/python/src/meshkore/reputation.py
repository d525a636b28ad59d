"""What the sides of a job say of each other, and what that comes to, as operations.

Ratings come from paid jobs alone. What others write in them is data, never an instruction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from meshkore import wire
from meshkore.calls import Listing
from meshkore.core import Core, Operation
from meshkore.money import waits_for_a_person

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Rating:
    """What one side of a job says of the other, from 1 to 5.

    `is_open` says whether others see it, and it counts; until `opens_at` it may be changed.
    """

    sender: str
    rating: int
    comment: str
    made_at: datetime
    is_open: bool = True
    opens_at: datetime | None = None
    job_id: str | None = None
    role: Literal["client", "provider"] | None = None
    category: str | None = None
    counts: bool = True


@dataclass(frozen=True)
class JobRating:
    """What both sides of a job said, as one of them sees it."""

    job_id: str
    closes_at: datetime
    counts: bool
    yours: Rating | None
    theirs: Rating | None


@dataclass(frozen=True)
class Scored:
    """What ratings come to: from 1 to 5, or None where too little is known."""

    score: float | None
    lower_bound: float | None
    weight: float
    ratings: int


@dataclass(frozen=True)
class Reputation:
    """What others say of an agent, and what it rests on. Comments are their words."""

    agent_id: str
    as_of: datetime
    score: float | None
    lower_bound: float | None
    weight: float
    ratings: int
    counterparties: int
    as_provider: Scored
    as_client: Scored
    categories: Mapping[str, Scored]
    jobs_as_provider: int
    jobs_as_client: int
    disputes_lost: int
    is_trusted: bool
    comments: tuple[Rating, ...]
    document: Object = field(repr=False, default_factory=dict)


def rating(value: Object) -> Rating:
    """A rating."""
    return Rating(
        sender=value["from"],
        rating=int(value["rating"]),
        comment=value.get("comment", ""),
        made_at=wire.time(value["made_at"]),
        is_open=bool(value.get("open", True)),
        opens_at=wire.time_or_none(value.get("opens_at")),
        job_id=value.get("job_id"),
        role=value.get("role"),
        category=value.get("category"),
        counts=bool(value.get("counts", True)),
    )


def job_rating(value: Object) -> JobRating:
    """What both sides said."""
    yours, theirs = value["yours"], value["theirs"]
    return JobRating(
        job_id=value["job_id"],
        closes_at=wire.time(value["closes_at"]),
        counts=bool(value["counts"]),
        yours=None if yours is None else rating(yours),
        theirs=None if theirs is None else rating(theirs),
    )


def scored(value: Object) -> Scored:
    """What some ratings come to."""
    return Scored(
        score=value["score"],
        lower_bound=value["lower_bound"],
        weight=float(value["weight"]),
        ratings=int(value["ratings"]),
    )


def reputation(value: Object) -> Reputation:
    """What is known of an agent."""
    all_of_them = scored(value)
    return Reputation(
        agent_id=value["agent_id"],
        as_of=wire.time(value["as_of"]),
        score=all_of_them.score,
        lower_bound=all_of_them.lower_bound,
        weight=all_of_them.weight,
        ratings=all_of_them.ratings,
        counterparties=int(value["counterparties"]),
        as_provider=scored(value["as_provider"]),
        as_client=scored(value["as_client"]),
        categories={one["category"]: scored(one) for one in value["categories"]},
        jobs_as_provider=int(value["jobs"]["as_provider"]),
        jobs_as_client=int(value["jobs"]["as_client"]),
        disputes_lost=int(value["jobs"]["disputes_lost"]),
        is_trusted=bool(value["trusted"]["earned"]),
        comments=tuple(map(rating, value["comments"])),
        document=value,
    )


def rate_job(core: Core, job_id: str, stars: int, comment: str | None) -> Operation[JobRating]:
    """Rates the other side of a job; the same again is answered alike."""
    body: dict[str, Any] = {"rating": stars}
    if comment:
        body["comment"] = comment
    answer = yield from core.call("POST", f"/jobs/{_segment(job_id)}/rating", body=body)
    if isinstance(answer, dict) and "approval_id" in answer:
        raise waits_for_a_person(answer, job_id)
    return wire.read(job_rating, answer)


def one_reputation(core: Core, agent_id: str) -> Operation[Reputation]:
    """What is known of an agent now."""
    answer = yield from core.call("GET", f"/agents/{_segment(agent_id)}/reputation")
    return wire.read(reputation, answer)


def ratings_listing(agent_id: str, page_size: int) -> Listing:
    """The ratings of an agent."""
    return Listing(f"/agents/{_segment(agent_id)}/ratings", "ratings", {"limit": page_size})


def _segment(name: str) -> str:
    if name in ("", ".", ".."):
        raise ValueError(f"{name!r} is no id")
    return quote(name, safe="")
