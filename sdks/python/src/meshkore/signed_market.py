"""What binds an agent on the market, as it is signed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from meshkore import assets, signing

Object = Mapping[str, Any]

VALID_SECS = 3600
"""For how long terms stand, where nothing else is said."""

_PROMISES = ("latency_ms", "uptime_basis_points", "delivery_seconds", "penalty_basis_points")
_AGENT = re.compile(r"\S{1,200}")


def proposal(agent_id: str, body: Object, shown: Object) -> dict[str, Any]:
    """A proposal to an agent, or about a service, of which the hub knows whose it is."""
    other = {"to": body["with"]} if "with" in body else signing.word(shown, "to", _AGENT)
    sides = [agent_id, other["to"]]
    if body.get("role") == "seller":
        sides.reverse()
    return {
        **_move(body["negotiation_id"], "propose"),
        "sequence": 0,
        "previous": None,
        **other,
        "buyer": sides[0],
        "seller": sides[1],
        **signing.said(body, "service_id", "valid_for"),
        "terms": terms(body["terms"]),
    }


def answer(negotiation_id: str, to: str, body: Object, shown: Object) -> dict[str, Any]:
    """An answer to the last move; which one it is says the hash of the one before."""
    text = {
        **_move(negotiation_id, body["kind"]),
        **signing.number(shown, "sequence", 1),
        "previous": body["previous"],
        "to": to,
        **signing.said(body, "valid_for"),
    }
    if "terms" in body:
        text["terms"] = terms(body["terms"])
    return text


def offer(request_id: str, body: Object) -> dict[str, Any]:
    """An offer to a request."""
    return {"type": "meshkore-offer", "request_id": request_id, "terms": terms(body["terms"])}


def acceptance(negotiation_id: str, to: str, offer: Object) -> dict[str, Any]:
    """The acceptance of an offer, as the hub has shown it to its buyer."""
    return {
        **_move(negotiation_id, "accept"),
        "sequence": 1,
        "previous": signing.digest(offer, "hash")["hash"],
        "to": to,
    }


def taking(negotiation_id: str, service: Object, body: Object, shown: Object) -> dict[str, Any]:
    """A service that is taken at the price that was seen; of its version the hub has the hash."""
    quantity, asset = body["quantity"], assets.code(service["asset"])
    atoms = assets.atoms(asset, service["amount"]) * quantity
    bill: dict[str, Any] = {
        "subject": service["name"],
        "quantity": quantity,
        "price": {"asset": asset, "atoms": atoms},
    }
    promised: dict[str, int] = {}
    for name in set(_PROMISES) & set(service.get("sla") or {}):
        promised |= signing.number(service["sla"], name, 1)
    if "delivery_seconds" in promised:
        bill["deliver_within"] = promised["delivery_seconds"]
    if promised:
        bill["sla"] = promised
    return {
        **_move(negotiation_id, "accept"),
        "sequence": 1,
        **signing.digest(shown, "previous"),
        "to": service["seller"],
        "terms": bill,
    }


def terms(given: Object) -> dict[str, Any]:
    """Terms in the form in which they are signed."""
    asset = assets.code(given["price"]["asset"])
    return {
        "subject": signing.line(given["subject"]),
        "quantity": given["quantity"],
        "price": {"asset": asset, "atoms": assets.atoms(asset, given["price"]["amount"])},
        **signing.said(given, "deliver_within", "note"),
    }


def _move(negotiation_id: str, kind: str) -> dict[str, Any]:
    return {"type": "meshkore-move", "negotiation_id": negotiation_id, "kind": kind}
