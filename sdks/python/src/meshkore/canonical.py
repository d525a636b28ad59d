"""JSON in the one form of RFC 8785, in which it is signed and hashed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_EXACT_MAX = 2**53


def text(value: Any) -> str:
    """The canonical form; a ValueError says why a value has none."""
    try:
        return _text(value)
    except (TypeError, OverflowError, RecursionError) as reason:
        raise ValueError(f"not a JSON value: {reason}") from None


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        names = sorted(value, key=_units)
        return "{" + ",".join(f"{_text(name)}:{_text(value[name])}" for name in names) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(int(value)) if abs(value) <= _EXACT_MAX else _number(float(value))
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value, ensure_ascii=False)


def _units(name: Any) -> bytes:
    """The code units of UTF-16, by which members are sorted."""
    if not isinstance(name, str):
        raise TypeError(f"{name!r} is no name of a member")
    return name.encode("utf-16-be", "surrogatepass")


def _number(value: float) -> str:
    """A number as ECMAScript writes it."""
    if value == 0:
        return "0"
    sign, figures, exponent = Decimal(repr(value)).normalize().as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"{value} is no number of JSON")
    digits, point = "".join(map(str, figures)), exponent + len(figures)
    if len(digits) <= point <= 21:
        written = digits + "0" * (point - len(digits))
    elif 0 < point <= 21:
        written = f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        written = f"0.{'0' * -point}{digits}"
    else:
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        written = f"{digits[0]}{fraction}e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return "-" + written if sign else written
