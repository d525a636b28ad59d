"""What binds an agent is signed by its own key, and says what was asked for and nothing else.

The hub shows the text. It is signed if it is, byte for byte, what this package writes itself; the
few members that only the hub can know are taken from what it shows where their form is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from meshkore import canonical, wire
from meshkore.core import Core, Operation
from meshkore.errors import ProtocolError
from meshkore.models import Json

Object = Mapping[str, Any]

_BLANK = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a"
    "\u2028\u2029\u205f\u3000"
)
_NUMBER_MAX = 2**53 - 1
_HASH = re.compile("[0-9a-f]{64}")


class SomethingElse(ProtocolError):
    """The hub shows something else than was asked for. Nothing was signed."""

    def __init__(self, names: str) -> None:
        super().__init__(f"the hub asked to sign something else: {names}")


@dataclass(frozen=True)
class Shown:
    """What the hub shows to be signed."""

    text: str
    move: Object


def shown(core: Core, method: str, path: str, body: Mapping[str, Json]) -> Operation[Shown | None]:
    """What is to be signed for a call; None of an agent for which the hub has to vouch."""
    if not (yield from _is_known(core)):
        return None
    answer = yield from core.call(method, path, body={**body, "prepare": True})
    text = wire.read(lambda value: _text(value["canonical"]), answer)
    move = wire.decode(text)
    if not isinstance(move, dict):
        raise SomethingElse("it is no object")
    return Shown(text, move)


def signed(
    core: Core, body: Mapping[str, Json], seen: Shown, asked: Mapping[str, Any]
) -> dict[str, Json]:
    """The body of a call with its signature; nothing is signed but what was asked for.

    `asked` is all that the text says besides its version, the hub and the agent.
    """
    assert core.keys is not None
    expected = {"v": 1, "hub": core.url, "from": core.agent_id, **asked}
    if canonical.text(expected) != seen.text:
        raise _something_else(core, expected, seen.move)
    try:
        text = seen.text.encode()
    except UnicodeEncodeError:
        raise SomethingElse("it is no UTF-8") from None
    return {**body, "signature": core.keys.sign(text).hex()}


def made(
    core: Core,
    method: str,
    path: str,
    body: Mapping[str, Json],
    asked: Callable[[Object], Mapping[str, Any]],
    *,
    also: Mapping[str, Json] | None = None,
    repeatable: bool = True,
) -> Operation[Any]:
    """Makes a call that binds the agent, with a signature where it has a key.

    `asked` gives what was asked for, of what is shown; `also` is said where it is signed.
    """
    whole = {**body, **(also or {})}
    seen = yield from shown(core, method, path, whole)
    if seen is not None:
        body = signed(core, whole, seen, wire.read(asked, seen.move))
    return (yield from core.call(method, path, body=dict(body), repeatable=repeatable))


def number(shown: Any, name: str, least: int = 0, most: int = _NUMBER_MAX) -> dict[str, int]:
    """A whole number of the hub's, which must be there and within bounds."""
    value = part(shown, name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise SomethingElse(name)
    return {name: value}


def word(shown: Any, name: str, form: re.Pattern[str]) -> dict[str, str]:
    """A word of the hub's, which must be there and of a form."""
    value = part(shown, name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise SomethingElse(name)
    return {name: value}


def digest(shown: Any, name: str) -> dict[str, str]:
    """A hash of the hub's."""
    return word(shown, name, _HASH)


def said(given: Object, *names: str) -> dict[str, Any]:
    """The members that are given; a text that is empty says nothing."""
    return {name: given[name] for name in names if given.get(name) not in (None, "")}


def part(shown: Any, name: str) -> Any:
    """A member, where it is there."""
    return shown.get(name) if isinstance(shown, Mapping) else None


def line(text: str) -> str:
    """A line as the hub keeps it, without the blanks around it."""
    return text.strip(_BLANK)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("canonical is no text")
    return value


def _is_known(core: Core) -> Operation[bool]:
    """Whether the hub knows the agent by its key; so the keys of others are asked for once."""
    if core.keys is None:
        return False
    own = core.keys.ed25519_public
    if core.known_by != own:
        answer = yield from core.call("GET", "/keys")
        keys = wire.read(lambda value: [wire.agent_key(one) for one in value["keys"]], answer)
        if own not in [one.public_key for one in keys if one.type == "ed25519"]:
            return False
        core.known_by = own
    return True


def _something_else(core: Core, expected: Object, move: Object) -> SomethingElse:
    hub = move.get("hub")
    if isinstance(hub, str) and hub != core.url:
        return SomethingElse(
            f"hub. It names itself {hub[:200]!r}, and not {core.url!r}; "
            "use the URL that the hub has for itself"
        )
    return SomethingElse(", ".join(_differences("", expected, move)) or "its form")


def _differences(path: str, asked: Object, shown: Object) -> list[str]:
    names: list[str] = []
    for name in [*asked, *(name for name in shown if name not in asked)]:
        one, other = asked.get(name), shown.get(name)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            names += _differences(f"{path}{name}.", one, other)
        elif name not in asked or name not in shown or one != other:
            # What the hub calls it may be anything.
            names.append(path + (name if name in asked else repr(name[:60])))
    return names
