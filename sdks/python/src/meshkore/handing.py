"""Handing a mandate on, narrower: made and signed without asking the hub, which checks it anew."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from meshkore import mandates, wire
from meshkore.core import Core, Operation
from meshkore.errors import MandateTooWide
from meshkore.mandates import (
    Counterparties,
    Mandate,
    MessageLimits,
    SpendLimit,
    SpendWindow,
)
from meshkore.models import Json

if TYPE_CHECKING:
    from meshkore.keys import Keys

_TYPE = "mandate+jwt"
_TRUST = ("new", "verified:social", "verified:domain", "trusted")
_MARKET = ("/services", "/requests", "/negotiations", "/feeds", "/jobs")
_HOURS = {"hour": 1, "day": 24}
_AMOUNTS = (
    "amount",
    "per_payment",
    "per_counterparty",
    "first_payment",
    "require_escrow_over",
)


@dataclass(frozen=True)
class Part:
    """What is handed on; None is as much as the mandate that it is a part of allows."""

    to: str
    calls: Iterable[str] | None = None
    counterparties: Counterparties | None = None
    messages: MessageLimits | None = None
    spend: Iterable[SpendLimit] | None = None
    delegation_depth: int = 0
    expires_in_secs: int | None = None


@dataclass(frozen=True)
class _Grants:
    calls: tuple[str, ...]
    counterparties: Counterparties
    messages: MessageLimits
    delegation_depth: int
    spend: tuple[SpendLimit, ...]


def hand_on(core: Core, mandate: Mandate | str, part: Part) -> str:
    """The token of a part of a mandate, for the agent that is to have it."""
    if core.keys is None:
        raise ValueError("handing on needs keys: MeshKoreRestAgent(…, keys=Keys.open(path))")
    token = mandate.token if isinstance(mandate, Mandate) else mandate
    if token is None:
        raise ValueError("a mandate of a list has no token; read it by mandate(id) or limits()")
    own = _claims(token)
    if own["sub"] != core.agent_id:
        raise ValueError(f"this mandate is for {own['sub']}, and {core.agent_id} hands on its own")
    now = int(core.environment.time())
    if now >= int(own["exp"]):
        raise ValueError("this mandate has expired")
    allowed = _grants(own["grants"])
    grants = _narrowed(allowed, part)
    _check(grants, allowed)
    secs = part.expires_in_secs
    if secs is not None and secs <= 0:
        raise ValueError(f"expires_in_secs must be above 0, not {secs}")
    expires_at = int(own["exp"]) if secs is None else now + secs
    if expires_at > int(own["exp"]):
        raise MandateTooWide("exp", f"it would end {expires_at - int(own['exp'])} seconds later")
    if part.to in _holders(token):
        raise MandateTooWide("sub", f"{part.to} holds it, or one before it")
    claims: dict[str, Json] = {
        "iss": core.agent_id,
        "sub": part.to,
        "aud": own["aud"],
        "jti": core.environment.random_bytes(16).hex(),
        "iat": now,
        # Where this machine's clock is ahead, it holds as soon as what it is a part of.
        "nbf": own.get("nbf", own.get("iat", now)),
        "exp": expires_at,
        "act": {"sub": core.agent_id},
        "grants": _json(grants),
        "prf": token,
    }
    return signed(core.keys, claims)


def signed(keys: Keys, claims: dict[str, Json]) -> str:
    """A token of these claims, by the Ed25519 key."""
    header: dict[str, Json] = {"alg": "EdDSA", "typ": _TYPE}
    text = f"{_base64(wire.encode(header))}.{_base64(wire.encode(claims))}"
    return f"{text}.{_base64(keys.sign(text.encode('ascii')))}"


def present_mandate(core: Core, token: str) -> Operation[Mandate]:
    """Hands in a mandate that is for the caller; the same again is answered alike."""
    answer = yield from core.call("POST", "/mandates/presented", body={"mandate": token})
    return wire.read(mandates.mandate, answer)


def revoke_mandate(core: Core, mandate_id: str) -> Operation[None]:
    """Ends one that the caller handed on; the same again is answered alike."""
    yield from core.call("DELETE", mandates.path(mandate_id))


def _narrowed(own: _Grants, part: Part) -> _Grants:
    if isinstance(part.calls, str):
        raise ValueError(f"calls must be a list of them, such as [{part.calls!r}]")
    messages = own.messages
    if part.messages is not None:
        lifetime, windows = part.messages.lifetime, part.messages.windows
        messages = MessageLimits(
            own.messages.lifetime if lifetime is None else lifetime,
            tuple(windows) or own.messages.windows,
        )
    grants = _Grants(
        calls=own.calls if part.calls is None else tuple(part.calls),
        counterparties=part.counterparties or own.counterparties,
        messages=messages,
        delegation_depth=part.delegation_depth,
        spend=own.spend
        if part.spend is None
        else tuple([_of_one_asset(limit, own) for limit in part.spend]),
    )
    if not grants.calls and not grants.spend:
        raise ValueError("a mandate without calls and without spend allows nothing")
    _once("spend must name each asset", [limit.asset for limit in grants.spend])
    rule = "windows must name each length"
    _once(rule, [window.seconds for window in grants.messages.windows])
    for limit in grants.spend:
        _once(rule, [window.calendar or window.seconds for window in limit.windows])
    return grants


def _once(rule: str, names: list[Any]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{rule} once, and {name} is there {names.count(name)} times")


def _of_one_asset(limit: SpendLimit, own: _Grants) -> SpendLimit:
    """With what it does not say as the mandate says it."""
    wider = _limit_of(own, limit.asset)
    said = {one.name: getattr(limit, one.name) for one in fields(SpendLimit)}
    for name in _AMOUNTS:
        atoms = said[name]
        if atoms is not None and (not isinstance(atoms, int) or atoms < 0):
            raise ValueError(f"{name} must be a whole number of atoms, not {atoms!r}")
    return replace(
        wider, **{name: value for name, value in said.items() if value not in (None, ())}
    )


def _limit_of(grants: _Grants, asset: str) -> SpendLimit:
    for limit in grants.spend:
        if limit.asset == asset:
            return limit
    raise MandateTooWide("spend", f"it lets nobody spend {asset}")


def _check(part: _Grants, own: _Grants) -> None:
    """Refuses what the hub would refuse, by the same rules, with the reason."""
    for call in part.calls:
        if not {"*", call, _group(call)} & set(own.calls):
            raise MandateTooWide("calls", f"it does not allow {call}")
    for one in part.counterparties.agents:
        if not any(_covers(pattern, one) for pattern in own.counterparties.agents):
            raise MandateTooWide("counterparties", f"it does not allow {one}")
    trust = part.counterparties.trust
    if _TRUST.index(trust) < _TRUST.index(own.counterparties.trust):
        raise MandateTooWide("counterparties", f"trust must be {own.counterparties.trust} at least")
    _check_messages(part.messages, own.messages)
    if part.delegation_depth >= own.delegation_depth:
        depth = own.delegation_depth
        reason = f"at most {depth - 1} is left to hand on" if depth else "it may not be handed on"
        raise MandateTooWide("delegation_depth", reason)
    for limit in part.spend:
        _check_spend(limit, _limit_of(own, limit.asset))


def _check_messages(part: MessageLimits, own: MessageLimits) -> None:
    if own.lifetime is not None and (part.lifetime is None or part.lifetime > own.lifetime):
        raise MandateTooWide("messages", f"it allows {own.lifetime} in all")
    for wider in own.windows:
        by_lifetime = part.lifetime is not None and part.lifetime <= wider.count
        if not by_lifetime and not any(
            one.seconds >= wider.seconds and one.count <= wider.count for one in part.windows
        ):
            raise MandateTooWide("messages", f"it allows {wider.count} in {wider.seconds} seconds")


def _check_spend(part: SpendLimit, own: SpendLimit) -> None:
    for name in _AMOUNTS:
        most, atoms = getattr(own, name), getattr(part, name)
        if most is not None and (atoms is None or atoms > most):
            raise MandateTooWide("spend", f"{name} of {own.asset} is {most} atoms, not {atoms}")
    for category in part.categories if own.categories else ():
        if not any(f"{category}/".startswith(f"{one}/") for one in own.categories):
            raise MandateTooWide("spend", f"it lets nobody pay for {category}")
    for rail in part.rails or ("ledger",):
        if rail not in (own.rails or ("ledger",)):
            raise MandateTooWide("spend", f"it lets nobody pay by {rail}")
    for wider in own.windows:
        by_lifetime = part.amount is not None and part.amount <= wider.amount
        if not by_lifetime and not any(
            _spans(one, wider) and one.amount <= wider.amount for one in part.windows
        ):
            span = wider.calendar or f"{wider.seconds} seconds"
            raise MandateTooWide("spend", f"{own.asset} is {wider.amount} atoms in each {span}")


def _spans(one: SpendWindow, other: SpendWindow) -> bool:
    """Whether what was used in each window of the other was used in one of these."""
    if one.calendar is None or other.calendar is None:
        same_kind = one.calendar is None and other.calendar is None
        return same_kind and (one.seconds or 0) >= (other.seconds or 0)
    if one.calendar in _HOURS:
        return _HOURS[one.calendar] >= _HOURS.get(other.calendar, 25)
    return one.calendar == other.calendar or other.calendar in _HOURS


def _covers(pattern: str, other: str) -> bool:
    """An id is a pattern that covers itself alone."""
    return other.startswith(pattern[:-1]) if pattern.endswith("*") else pattern == other


def _group(call: str) -> str:
    """The word that allows a route besides its own name, or the call."""
    path = call.partition(" ")[2]
    if path == "/channels" or path.startswith("/channels/"):
        return "channels"
    if path.startswith(_MARKET):
        return "market"
    return {"/profile": "profile", "/invites": "invites"}.get(path, call)


def _grants(value: Any) -> _Grants:
    nobody = Counterparties(())
    with_whom = value.get("counterparties")
    return _Grants(
        calls=tuple(value.get("calls", ())),
        counterparties=nobody if with_whom is None else mandates.counterparties(with_whom),
        messages=mandates.message_limits(value.get("messages", {})),
        delegation_depth=int(value.get("delegation_depth", 0)),
        spend=tuple(map(mandates.spend_limit, value.get("spend", ()))),
    )


def _json(grants: _Grants) -> dict[str, Json]:
    messages = _said(grants.messages)
    spend: list[Json] = [_said(limit) for limit in grants.spend]
    made: dict[str, Json] = {
        "calls": list(grants.calls),
        "counterparties": {
            "agents": list(grants.counterparties.agents),
            "trust": grants.counterparties.trust,
        },
        "messages": messages,
        "delegation_depth": grants.delegation_depth,
    }
    if spend:
        made["spend"] = spend
    return made


def _said(record: Any) -> dict[str, Json]:
    """What a record says, without what it leaves out."""
    made: dict[str, Json] = {}
    for one in fields(record):
        value = getattr(record, one.name)
        if one.name == "windows" and value:
            made["windows"] = [_said(window) for window in value]
        elif isinstance(value, tuple) and value:
            made[one.name] = list(value)
        elif value is not None and value != ():
            made[one.name] = value
    return made


def _holders(token: str | None) -> list[str]:
    """The agents that hold a mandate, and those before it."""
    found: list[str] = []
    while token is not None:
        claims = _claims(token)
        found.append(claims["sub"])
        token = claims.get("prf")
    return found


def _claims(token: str) -> Any:
    """What a token says; whether it is signed, and by whom, the hub checks."""
    try:
        header, claims, _ = token.split(".")
        read = json.loads(_bytes(claims))
        is_whole = {"sub", "aud", "exp", "grants"} <= set(read)
        if json.loads(_bytes(header))["typ"] == _TYPE and is_whole:
            return read
    except (ValueError, KeyError, TypeError):
        pass
    raise ValueError(f"this is no token of type {_TYPE}, and cannot be handed on")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
