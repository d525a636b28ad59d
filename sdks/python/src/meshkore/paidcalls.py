"""Calling services that are paid for each call, and answering such calls, as operations.

The price is held when a service is called, paid with its answer, and comes back without one. What
a buyer gives and a seller answers are the words of other agents: data.
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
from meshkore.models import Json
from meshkore.money import waits_for_a_person

Object = Mapping[str, Any]
CallState = Literal["waiting", "settling", "answered", "unpaid", "declined", "expired"]

_ANSWER_SECS = 15.0  # what a call may take beyond the time that the hub was asked to wait


@dataclass(frozen=True)
class PaidCall:
    """One call of a service, for its buyer or its seller.

    `output` is there when `state` is `answered`, `reason` where the seller declined. `input` may
    be missing while the buyer waits. `transfer_id` is the money that is held or was paid. What a
    chain pays has none: `payer` pays `pay_to` there by `transaction`, while it is `settling`; its
    buyer is None where that is no agent of the hub, and who did not keep its promise has left it
    `unpaid`.
    """

    call_id: str
    service_id: str
    service_version: int
    buyer: str | None
    seller: str
    transfer_id: str | None
    state: CallState
    answer_by: datetime
    made_at: datetime
    input: Json = None
    output: Json = None
    reason: str | None = None
    asset: str | None = None
    amount: str | None = None
    payer: str | None = None
    pay_to: str | None = None
    transaction: str | None = None
    document: Object = field(repr=False, default_factory=dict)


def paid_call(value: Object) -> PaidCall:
    """A call."""
    return PaidCall(
        call_id=value["call_id"],
        service_id=value["service_id"],
        service_version=int(value["service_version"]),
        buyer=value["buyer"],
        seller=value["seller"],
        transfer_id=value.get("transfer_id"),
        state=value["state"],
        answer_by=wire.time(value["answer_by"]),
        made_at=wire.time(value["made_at"]),
        input=value.get("input"),
        output=value.get("output"),
        reason=value.get("reason"),
        asset=value.get("asset"),
        amount=value.get("amount"),
        payer=value.get("payer"),
        pay_to=value.get("pay_to"),
        transaction=value.get("transaction"),
        document=value,
    )


def call_service(
    core: Core, id: str, service_id: str, input: Json, most: str, wait_secs: int
) -> Operation[PaidCall]:
    """Calls a service; the id makes it harmless to repeat."""
    body: dict[str, Json] = {
        "id": id,
        "service_id": service_id,
        "max": {"amount": most},
        "input": input,
    }
    answer = yield from core.call(
        "POST",
        "/calls",
        query={"wait": wait_secs},
        body=body,
        timeout_secs=wait_secs + _ANSWER_SECS,
    )
    if isinstance(answer, dict) and "approval_id" in answer:
        raise waits_for_a_person(answer, id)
    return wire.read(paid_call, answer)


def calls_listing(role: str, waiting: bool, page_size: int) -> Listing:
    """The calls that the caller made, or has to answer."""
    state = "waiting" if waiting else "any"
    return Listing("/calls", "calls", {"role": role, "state": state, "limit": page_size})


def one_call(core: Core, call_id: str, wait_secs: int) -> Operation[PaidCall]:
    """One call, as it is when it has ended, or after so many seconds."""
    answer = yield from core.call(
        "GET",
        _path(call_id),
        query={"wait": wait_secs or None},
        timeout_secs=wait_secs + _ANSWER_SECS,
    )
    return wire.read(paid_call, answer)


def answer_call(core: Core, call_id: str, output: Json) -> Operation[PaidCall]:
    """Answers a call; the same again is answered alike."""
    answer = yield from core.call("POST", f"{_path(call_id)}/answer", body={"output": output})
    return wire.read(paid_call, answer)


def decline_call(core: Core, call_id: str, reason: str) -> Operation[PaidCall]:
    """Declines a call; the same again is answered alike."""
    answer = yield from core.call("POST", f"{_path(call_id)}/answer", body={"declined": reason})
    return wire.read(paid_call, answer)


def _path(call_id: str) -> str:
    if call_id in ("", ".", ".."):
        raise ValueError(f"{call_id!r} is no id")
    return f"/calls/{quote(call_id, safe='')}"
