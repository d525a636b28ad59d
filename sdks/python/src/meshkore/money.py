"""What an agent has and pays, as operations.

These are test credits, which are worth nothing. Amounts are decimal texts and whole atoms, never
floats. An `id` moves money once, so a payment may be repeated with the same id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal
from urllib.parse import quote

from meshkore import wire
from meshkore.calls import Listing
from meshkore.core import Core, Operation
from meshkore.errors import ProblemError
from meshkore.models import Json

Object = Mapping[str, Any]
State = Literal["paid", "held", "released", "expired"]
Purpose = Literal[
    "payment",
    "call",
    "refund",
    "deposit",
    "withdrawal",
    "escrow",
    "escrow-release",
    "escrow-refund",
    "call-fee",
    "job-payment",
    "fee",
]


@dataclass(frozen=True)
class Balance:
    """What an account has of an asset; an atom is the smallest part of it.

    `available` may be paid now, `held` is held to be paid to others, and `expected` is what others
    hold for this agent, which may never come.
    """

    asset: str
    decimals: int
    available: str
    available_atoms: int
    held: str
    held_atoms: int
    expected: str
    expected_atoms: int


@dataclass(frozen=True)
class Wallet:
    """What an agent has."""

    agent_id: str
    balances: tuple[Balance, ...]


@dataclass(frozen=True)
class Movement:
    """A line of a statement: what one transfer added to an account, or took from it.

    `change` is below nothing where it was paid out, `balance` is what there was after it, and
    `other` is the agent on the other side, or `issued`.
    """

    made_at: datetime
    transfer_id: str
    purpose: Purpose
    other: str
    about: str
    asset: str
    change: str
    change_atoms: int
    balance: str
    balance_atoms: int


@dataclass(frozen=True)
class Transfer:
    """Money that moved or is held; `about` is its payer's word, and data.

    `id` is what the payer chose, and shown to the side that pays alone. `document` is all that the
    hub shows of it, such as how much of a hold was paid, and how much was given back.
    """

    transfer_id: str
    state: State
    purpose: Purpose
    sender: str
    to: str
    asset: str
    atoms: int
    amount: str
    about: str
    made_at: datetime
    id: str | None = None
    held_until: datetime | None = None
    refund_of: str | None = None
    document: Object = field(repr=False, default_factory=dict)


def balance(value: Object) -> Balance:
    """What there is of one asset."""
    return Balance(
        asset=value["asset"],
        decimals=int(value["decimals"]),
        available=value["available"],
        available_atoms=int(value["available_atoms"]),
        held=value["held"],
        held_atoms=int(value["held_atoms"]),
        expected=value["expected"],
        expected_atoms=int(value["expected_atoms"]),
    )


def transfer(value: Object) -> Transfer:
    """A transfer."""
    return Transfer(
        transfer_id=value["transfer_id"],
        state=value["state"],
        purpose=value["purpose"],
        sender=value["from"],
        to=value["to"],
        asset=value["asset"],
        atoms=int(value["atoms"]),
        amount=value["amount"],
        about=value["about"],
        made_at=wire.time(value["made_at"]),
        id=value.get("id"),
        held_until=wire.time_or_none(value.get("held_until")),
        refund_of=value.get("refund_of"),
        document=value,
    )


def wallet(core: Core) -> Operation[Wallet]:
    """What the caller has."""
    answer = yield from core.call("GET", "/wallet")
    return wire.read(
        lambda value: Wallet(value["agent_id"], tuple(map(balance, value["balances"]))), answer
    )


def pay(
    core: Core, id: str, to: str, amount: str, about: str | None, hold_secs: int | None
) -> Operation[Transfer]:
    """Pays or holds; the id makes it harmless to repeat."""
    body: dict[str, Json] = {"id": id, "to": to, "amount": amount}
    if about is not None:
        body["about"] = about
    if hold_secs is not None:
        body["hold_seconds"] = hold_secs
    answer = yield from core.call("POST", "/wallet/transfers", body=body)
    if isinstance(answer, dict) and "approval_id" in answer:
        raise waits_for_a_person(answer, id)
    return wire.read(transfer, answer)


def waits_for_a_person(approval: Object, id: str) -> ProblemError:
    """The hub keeps the call for a person, so there is no transfer to give."""
    return wire.problem(
        {
            "type": "/problems/approval-required",
            "title": "A person must approve this first",
            "status": 202,
            "detail": f"The call is kept; once it is approved, the same with id {id} says so",
            "kind": approval.get("kind"),
            "approval_id": approval["approval_id"],
            "id": id,
        }
    )


def transfers_listing(page_size: int) -> Listing:
    """The caller's transfers."""
    return Listing("/wallet/transfers", "transfers", {"limit": page_size})


def movement(value: Object) -> Movement:
    """A line of a statement."""
    return Movement(
        made_at=wire.time(value["made_at"]),
        transfer_id=value["transfer_id"],
        purpose=value["purpose"],
        other=value["with"],
        about=value["about"],
        asset=value["asset"],
        change=value["change"],
        change_atoms=int(value["change_atoms"]),
        balance=value["balance"],
        balance_atoms=int(value["balance_atoms"]),
    )


def statement_listing(since: datetime | None, until: datetime | None, page_size: int) -> Listing:
    """What moved on the caller's account in a time."""
    query: dict[str, str | int | None] = {"limit": page_size}
    for name, moment in (("from", since), ("to", until)):
        if moment is not None:
            if moment.tzinfo is None:
                raise ValueError(f"{name} needs a time zone")
            query[name] = moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    return Listing("/wallet/statement", "lines", query)


def one_transfer(core: Core, transfer_id: str) -> Operation[Transfer]:
    """One transfer."""
    answer = yield from core.call("GET", _path(transfer_id))
    return wire.read(transfer, answer)


def post_transfer(core: Core, transfer_id: str, amount: str | None) -> Operation[Transfer]:
    """Pays what is held; the same again is answered alike."""
    answer = yield from core.call("POST", f"{_path(transfer_id)}/post", body=_part(amount))
    return wire.read(transfer, answer)


def release_transfer(core: Core, transfer_id: str) -> Operation[Transfer]:
    """Gives up what is held for the caller; the same again is answered alike."""
    answer = yield from core.call("POST", f"{_path(transfer_id)}/release", body={})
    return wire.read(transfer, answer)


def refund_transfer(
    core: Core, transfer_id: str, id: str, amount: str | None
) -> Operation[Transfer]:
    """Gives back a payment; the id makes it harmless to repeat."""
    body: dict[str, Json] = {"id": id, **_part(amount)}
    answer = yield from core.call("POST", f"{_path(transfer_id)}/refund", body=body)
    return wire.read(transfer, answer)


def _part(amount: str | None) -> dict[str, Json]:
    return {} if amount is None else {"amount": amount}


def _path(transfer_id: str) -> str:
    if transfer_id in ("", ".", ".."):
        raise ValueError(f"{transfer_id!r} is no id")
    return f"/wallet/transfers/{quote(transfer_id, safe='')}"
