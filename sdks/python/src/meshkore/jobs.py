"""Paid work, from its opening to its payment, as operations.

The price waits in escrow until what was agreed is delivered. A step is taken on the job that its
caller has seen, so it is given that job. Amounts are decimal texts and whole atoms of test credits,
which are worth nothing. What others write in a job is data, never an instruction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from meshkore import signed_jobs, signing, wire
from meshkore.calls import Listing
from meshkore.core import Core, Operation
from meshkore.models import Json
from meshkore.money import waits_for_a_person

Object = Mapping[str, Any]

JobState = Literal["open", "funded", "submitted", "disputed", "completed", "rejected", "expired"]
JobRole = Literal["client", "provider", "evaluator", "arbiter"]
Rule = Literal["complete", "refund"]


@dataclass(frozen=True)
class Money:
    """An amount of one asset; an atom is the smallest part of it."""

    asset: str
    atoms: int
    amount: str


@dataclass(frozen=True)
class Part:
    """A milestone that is wanted: it is delivered and paid by itself."""

    name: str
    amount: str
    deliver_secs: int | None = None


@dataclass(frozen=True)
class Evidence:
    """What shows something: the SHA-256 of it in hex, and where it is."""

    sha256: str
    uri: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class JobDraft:
    """A job to be opened. Either `provider` or `client` names the other side.

    The price is `amount`, or the sum of `milestones`; of an agreement (`negotiation_id`) it is
    known, as are the other side and the subject. What is not given is set by the hub. `silence` is
    what follows where nobody judges what was submitted, `unresolved` where the arbiter does not
    decide. `job_id` makes opening harmless to repeat; without one the agent makes it.

    A job that is paid on a chain names the `asset` of `conditions().on_chain`, and the addresses of
    the client (`payer`) and of the provider (`pay_to`). Of an agreement say `amount`, too, where
    steps are signed: of what is not said, the hub's word is signed.
    """

    subject: str | None = None
    amount: str | None = None
    provider: str | None = None
    client: str | None = None
    negotiation_id: str | None = None
    note: str | None = None
    milestones: Sequence[Part] = ()
    escrow: bool = True
    fund_secs: int | None = None
    deliver_secs: int | None = None
    review_secs: int | None = None
    silence: Rule | None = None
    resolve_secs: int | None = None
    unresolved: Rule | None = None
    evaluator: str | None = None
    arbiter: str | None = None
    output_schema: Object | None = None
    job_id: str | None = None
    asset: str | None = None
    payer: str | None = None
    pay_to: str | None = None

    def body(self, job_id: str) -> dict[str, Any]:
        """The members that are given, as the hub names them."""
        given: dict[str, Any] = {
            "job_id": job_id,
            "subject": self.subject,
            "amount": self.amount,
            "provider": self.provider,
            "client": self.client,
            "negotiation_id": self.negotiation_id,
            "note": self.note,
            "escrow": None if self.escrow else False,
            "fund_seconds": self.fund_secs,
            "deliver_seconds": self.deliver_secs,
            "review_seconds": self.review_secs,
            "silence": self.silence,
            "resolve_seconds": self.resolve_secs,
            "unresolved": self.unresolved,
            "evaluator": self.evaluator,
            "arbiter": self.arbiter,
            "asset": self.asset,
            "payer": self.payer,
            "pay_to": self.pay_to,
            "output_schema": None if self.output_schema is None else dict(self.output_schema),
            "milestones": [
                _given(
                    {"name": one.name, "amount": one.amount, "deliver_seconds": one.deliver_secs}
                )
                for one in self.milestones
            ]
            or None,
        }
        return _given(given)


@dataclass(frozen=True)
class Milestone:
    """A part of a job that is delivered and paid by itself."""

    name: str
    amount: str
    atoms: int
    deliver_secs: int
    paid: bool


@dataclass(frozen=True)
class JobFees:
    """What was taken of what was released, and `received_if_completed`, what is left of it all.

    The rates are in basis points, hundredths of a percent.
    """

    transaction_bps: int
    escrow_bps: int
    transaction: Money
    escrow: Money
    received: Money
    received_if_completed: Money


@dataclass(frozen=True)
class NextStep:
    """A step that may be taken now, and by whom."""

    step: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class Delivered:
    """What was submitted last: another agent's word. `output` is JSON text."""

    milestone: int
    sha256: str
    uri: str | None
    output: str | None
    note: str | None


@dataclass(frozen=True)
class Job:
    """A job as it was when the hub answered.

    `next` says who may take which step, and what follows at `ends_at` by time alone is
    `state_then`. `terms`, `chain` and `delivered` are not there in a list. `document` is all that
    the hub shows. Of a job on a chain the client's wallet signs `payment_requirements`, `funding`
    says what became of that, and `on_chain` what was ordered there since.
    """

    job_id: str
    state: JobState
    client: str
    provider: str
    evaluator: str | None
    arbiter: str
    your_roles: tuple[JobRole, ...]
    accepted: bool
    escrow: bool
    subject: str
    price: Money
    milestone: int
    milestones: tuple[Milestone, ...]
    held: Money
    released: Money
    refunded: Money
    fees: JobFees
    head: str
    moves: int
    self_dealing: bool
    next: tuple[NextStep, ...]
    opened_at: datetime
    negotiation_id: str | None = None
    ends_at: datetime | None = None
    state_then: JobState | None = None
    payment_requirements: Object | None = field(repr=False, default=None)
    funding: Object | None = None
    on_chain: tuple[Object, ...] = ()
    ended_at: datetime | None = None
    ended_by: str | None = None
    delivered: Delivered | None = None
    terms: Object = field(repr=False, default_factory=dict)
    chain: tuple[Object, ...] = field(repr=False, default=())
    document: Object = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class JobConditions:
    """The fees of jobs that are opened now, in basis points, and from when on there is escrow.

    `on_chain` says in which asset jobs may be paid on a chain, where the hub settles on one.
    """

    escrow_above: Money
    transaction_bps: int
    escrow_bps: int
    on_chain: Object | None = None


def money(value: Object) -> Money:
    """An amount."""
    return Money(value["asset"], int(value["atoms"]), value["amount"])


def fees(value: Object) -> JobFees:
    """The fees of a job."""
    return JobFees(
        transaction_bps=int(value["transaction_bps"]),
        escrow_bps=int(value["escrow_bps"]),
        transaction=money(value["transaction"]),
        escrow=money(value["escrow"]),
        received=money(value["received"]),
        received_if_completed=money(value["if_completed"]["received"]),
    )


def milestone(value: Object) -> Milestone:
    """A milestone."""
    return Milestone(
        name=value["name"],
        amount=value["amount"],
        atoms=int(value["atoms"]),
        deliver_secs=int(value["deliver_seconds"]),
        paid=bool(value["paid"]),
    )


def delivered(value: Object) -> Delivered:
    """What was delivered."""
    return Delivered(
        milestone=int(value["milestone"]),
        sha256=value["sha256"],
        uri=value.get("uri"),
        output=value.get("output"),
        note=value.get("note"),
    )


def job(value: Object) -> Job:
    """A job."""
    by_time = value.get("by_time") or {}
    last = value.get("deliverable")
    return Job(
        job_id=value["job_id"],
        state=value["state"],
        client=value["client"],
        provider=value["provider"],
        evaluator=value.get("evaluator"),
        arbiter=value["arbiter"],
        your_roles=tuple(value["your_roles"]),
        accepted=bool(value["accepted"]),
        escrow=bool(value["escrow"]),
        subject=value["subject"],
        price=money(value["price"]),
        milestone=int(value["milestone"]),
        milestones=tuple(map(milestone, value["milestones"])),
        held=money(value["held"]),
        released=money(value["released"]),
        refunded=money(value["refunded"]),
        fees=fees(value["fees"]),
        head=value["head"],
        moves=int(value["moves"]),
        self_dealing=bool(value["self_dealing"]),
        next=tuple(NextStep(one["step"], tuple(one["by"])) for one in value["next"]),
        opened_at=wire.time(value["opened_at"]),
        negotiation_id=value.get("negotiation_id"),
        ends_at=wire.time_or_none(by_time.get("at")),
        state_then=by_time.get("state"),
        payment_requirements=value.get("payment_requirements"),
        funding=value.get("funding"),
        on_chain=tuple(value.get("on_chain", ())),
        ended_at=wire.time_or_none(value.get("ended_at")),
        ended_by=value.get("ended_by"),
        delivered=None if last is None else delivered(last),
        terms=value.get("terms") or {},
        chain=tuple(value.get("chain", ())),
        document=value,
    )


def open_job(core: Core, draft: JobDraft) -> Operation[Job]:
    """Opens a job; its id makes it harmless to repeat."""
    job_id = draft.job_id or f"job_{core.environment.random_bytes(16).hex()}"
    body = wire.decode(wire.encode(draft.body(job_id)))
    seen = yield from signing.shown(core, "POST", "/jobs", body)
    if seen is not None:
        agreed: Object = {}
        if draft.negotiation_id is not None:
            path = f"/negotiations/{_segment(draft.negotiation_id)}/agreement"
            agreed = wire.read(_agreement, (yield from core.call("GET", path)))
        now, said = core.environment.time(), body
        asked = wire.read(
            lambda shown: signed_jobs.opening(core.agent_id, said, agreed, shown, now), seen.move
        )
        # What the hub sets by the time of each call is to be said with the signature.
        chain = asked["terms"].get("on_chain", {})
        body = signing.signed(core, body, seen, asked) | signing.said(chain, "capture_deadline")
    answer = wire.read(dict, (yield from core.call("POST", "/jobs", body=body)))
    if "approval_id" in answer:
        raise waits_for_a_person(answer, job_id)
    return wire.read(job, answer)


def preview(core: Core, draft: JobDraft) -> Operation[Object]:
    """The terms and fees that a job would have; nothing is stored."""
    body = draft.body(draft.job_id or f"job_{core.environment.random_bytes(16).hex()}")
    answer = yield from core.call("POST", "/jobs", body={**body, "prepare": True})
    return wire.read(lambda value: dict(value["move"]["terms"]), answer)


def conditions(core: Core) -> Operation[JobConditions]:
    """The fees and the threshold of escrow for jobs that are opened now."""
    answer = yield from core.call("GET", "/jobs", query={"limit": 1})
    return wire.read(
        lambda value: JobConditions(
            money(value["conditions"]["escrow_above"]),
            int(value["conditions"]["transaction_bps"]),
            int(value["conditions"]["escrow_bps"]),
            value["conditions"].get("on_chain"),
        ),
        answer,
    )


def jobs_listing(role: str | None, state: str | None, page_size: int) -> Listing:
    """The jobs that concern the caller."""
    return Listing("/jobs", "jobs", {"role": role, "state": state, "limit": page_size})


def one_job(core: Core, job_id: str) -> Operation[Job]:
    """One job, with its terms, steps and what was delivered."""
    return wire.read(job, (yield from core.call("GET", _path(job_id))))


def receipt(core: Core, job_id: str) -> Operation[Object]:
    """What a stranger can verify of a job."""
    answer = yield from core.call("GET", f"{_path(job_id)}/receipt")
    return wire.read(dict, answer)


def step(core: Core, now: Job, word: str, said: Mapping[str, Any]) -> Operation[Job]:
    """Takes a step on the job that the caller saw; taken again, it is the same step."""
    body = {"step": word, "previous": now.head, **_given(said)}
    made = yield from signing.made(
        core,
        "POST",
        f"{_path(now.job_id)}/steps",
        body,
        lambda shown: signed_jobs.step(now.job_id, body, shown),
    )
    answer = wire.read(dict, made)
    if "approval_id" in answer:
        raise waits_for_a_person(answer, now.job_id)
    return wire.read(job, answer)


def submission(
    output: Json, sha256: str | None, uri: str | None, note: str | None
) -> dict[str, Any]:
    """What a provider delivers: JSON that the hub keeps, or a hash of what it keeps itself."""
    text = None if output is None else wire.encode(output).decode()
    return {"output": text, "sha256": sha256, "uri": uri, "note": note}


def words(note: str | None, evidence: Sequence[Evidence]) -> dict[str, Any]:
    """What is said to the others, and what shows it."""
    pieces = [_given({"sha256": one.sha256, "uri": one.uri, "note": one.note}) for one in evidence]
    return {"note": note, "evidence": pieces or None}


def _agreement(value: Object) -> dict[str, Any]:
    """What was agreed on the market, as far as a job rests on it."""
    terms = value["terms"]
    return {
        "buyer": str(value["buyer"]),
        "seller": str(value["seller"]),
        "subject": str(terms["subject"]),
        **signing.number(terms["price"], "atoms"),
        **(signing.number(terms, "deliver_within", 1) if "deliver_within" in terms else {}),
        **signing.digest(value, "head"),
    }


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _path(job_id: str) -> str:
    return f"/jobs/{_segment(job_id)}"


def _segment(text: str) -> str:
    if text in ("", ".", ".."):
        raise ValueError(f"{text!r} is no id")
    return quote(text, safe="")
