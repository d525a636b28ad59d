"""What binds an agent in a job, as it is signed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from meshkore import assets, signing
from meshkore.textforms import checksummed

Object = Mapping[str, Any]

# As often a provider may submit a milestone, and so much longer than all of it a hub may hold money
# of a chain: three days, and an hour for clocks.
_SUBMISSIONS = 20
_MARGIN_SECS = 73 * 3600

_RULE = re.compile("complete|refund")
_ADDRESS = re.compile("0x[0-9a-fA-F]{40}")
_BPS_MAX = 10_000


def step(job_id: str, body: Object, shown: Object) -> dict[str, Any]:
    """A step; which one it is says the hash of the one before."""
    text: dict[str, Any] = {
        "type": "meshkore-job",
        "job_id": job_id,
        **signing.said(body, "step", "previous", "sha256", "uri", "note"),
        **signing.number(shown, "sequence", 1),
    }
    if "output" in body:
        output = str(body["output"]).encode()
        text["sha256"] = hashlib.sha256(output).hexdigest()
        text["output_bytes"] = len(output)
    if "evidence" in body:
        text["evidence"] = [signing.said(one, "sha256", "uri", "note") for one in body["evidence"]]
    if "amount" in body:
        text["atoms"] = assets.atoms("CREDIT", body["amount"])
    if "payment" in body:
        text["payment"] = _signed_part(body["payment"])
    return text


def opening(
    agent_id: str, body: Object, agreed: Object, shown: Object, now: float
) -> dict[str, Any]:
    """The opening of a job.

    Fees, and times and rules that were not said, are the hub's; of an agreement what it says
    counts, which is nothing where there is none.
    """
    client = body.get("client", agreed.get("buyer"))
    provider = body.get("provider", agreed.get("seller"))
    return {
        "type": "meshkore-job",
        "job_id": body["job_id"],
        "step": "open",
        "sequence": 0,
        "previous": None,
        "client": agent_id if "provider" in body else client,
        "provider": agent_id if "client" in body else provider,
        "terms": _terms(body, agreed, shown.get("terms"), now),
    }


def _terms(body: Object, agreed: Object, shown: Any, now: float) -> dict[str, Any]:
    subject = signing.line(body.get("subject", agreed.get("subject", "")))
    asset = assets.code(body.get("asset", "CREDIT"))
    milestones = _milestones(body, agreed, subject, asset, signing.part(shown, "milestones"))
    terms: dict[str, Any] = {
        "subject": subject,
        "asset": asset,
        "atoms": sum(one["atoms"] for one in milestones),
        "milestones": milestones,
        "escrow": body.get("escrow", True),
        "arbiter": body.get("arbiter", "hub"),
        **signing.said(body, "note", "evaluator", "output_schema"),
    }
    for name in ("transaction_bps", "escrow_bps"):
        terms |= signing.number(shown, name, 0, _BPS_MAX)
    for name in ("fund_seconds", "review_seconds", "resolve_seconds"):
        terms |= signing.said(body, name) or signing.number(shown, name, 1)
    for name in ("silence", "unresolved"):
        terms |= signing.said(body, name) or signing.word(shown, name, _RULE)
    if "negotiation_id" in body:
        terms["agreement"] = {
            "negotiation_id": body["negotiation_id"],
            "head": agreed.get("head"),
        }
    if "payer" in body:
        terms["on_chain"] = _chain(body, terms, signing.part(shown, "on_chain"), now)
    return terms


def _milestones(
    body: Object, agreed: Object, subject: str, asset: str, shown: Any
) -> list[dict[str, Any]]:
    wanted = body.get("milestones")
    if not wanted:
        one = {"name": subject, **signing.said(body, "deliver_seconds")}
        atoms = assets.atoms(asset, body["amount"]) if "amount" in body else agreed.get("atoms", 0)
        return [_milestone({**one, "atoms": atoms}, body, agreed, shown, 0)]
    parts = [
        {
            "name": signing.line(one["name"]),
            "atoms": assets.atoms(asset, one["amount"]),
            **signing.said(one, "deliver_seconds"),
        }
        for one in wanted
    ]
    return [_milestone(one, body, agreed, shown, place) for place, one in enumerate(parts)]


def _milestone(one: Object, body: Object, agreed: Object, shown: Any, place: int) -> dict[str, Any]:
    """With its own time, or that of the job, or that of the agreement, or else the hub's."""
    is_there = isinstance(shown, list) and place < len(shown)
    of_the_hub = shown[place] if is_there else None
    within = signing.said(one, "deliver_seconds") or signing.said(body, "deliver_seconds")
    if not within and "deliver_within" in agreed:
        within = {"deliver_seconds": agreed["deliver_within"]}
    return {**one, **(within or signing.number(of_the_hub, "deliver_seconds", 1))}


def _chain(body: Object, terms: Object, shown: Any, now: float) -> dict[str, Any]:
    """The hub's contract and keys; the addresses that were said."""
    chain: dict[str, Any] = {"network": assets.network(terms["asset"])}
    for name in ("escrow", "operator", "fee_receiver"):
        chain |= signing.word(shown, name, _ADDRESS)
    for name in ("payer", "pay_to"):
        is_address = _ADDRESS.fullmatch(str(body.get(name)))
        chain[name] = checksummed(body[name]) if is_address else body.get(name)
    return chain | signing.number(shown, "capture_deadline", 1, int(now) + _longest(terms))


def _longest(terms: Object) -> int:
    """For how long the payer may have to wait for its money; later is later than explained."""
    each = _SUBMISSIONS * int(terms.get("review_seconds", 0)) + int(terms.get("resolve_seconds", 0))
    delivered = [int(one.get("deliver_seconds", 0)) + each for one in terms["milestones"]]
    return int(terms.get("fund_seconds", 0)) + sum(delivered) + _MARGIN_SECS


def _signed_part(payment: Object) -> dict[str, Any]:
    """What counts of what a wallet signed."""
    payload = payment["payload"]
    names = ("from", "to", "value", "validAfter", "validBefore", "nonce")
    return {
        "authorization": {name: payload["authorization"][name] for name in names},
        "signature": payload["signature"],
        "salt": payload["salt"],
    }
