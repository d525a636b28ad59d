"""Reads and compares the cases of protocol/conformance; its README says what they mean."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CASES = Path(__file__).resolve().parents[3] / "protocol" / "conformance"

_REFERENCE = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True)
class Case:
    """One conversation with a hub; `each` is one entry of the list of that name."""

    name: str
    content: dict[str, Any]
    each: dict[str, Any]


def all_cases() -> Iterator[Case]:
    """Every case of every file, once for each of its entries."""
    for file in sorted(CASES.glob("*.json")):
        for content in json.loads(file.read_text(encoding="utf-8")):
            entries = content.get("each", [{}])
            for number, entry in enumerate(entries, start=1):
                suffix = f" ({number})" if "each" in content else ""
                yield Case(f"{file.stem}: {content['name']}{suffix}", content, entry)


def fill(value: Any, values: Mapping[str, Any]) -> Any:
    """The value with every `${name}` replaced and every `$repeat` written out."""
    if isinstance(value, str):
        whole = _REFERENCE.fullmatch(value)
        if whole:
            return _value(whole.group(1), values)
        return _REFERENCE.sub(lambda found: _text(_value(found.group(1), values)), value)
    if isinstance(value, list):
        return [fill(item, values) for item in value]
    if isinstance(value, dict):
        if "$repeat" in value:
            return fill(value["$repeat"], values) * int(fill(value["times"], values))
        return {fill(name, values): fill(item, values) for name, item in value.items()}
    return value


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Where what was found does not match; empty if it does."""
    if expected == "*":
        return []
    if isinstance(expected, dict):
        pattern = _pattern(expected, found, path)
        return _members(expected, found, path) if pattern is None else pattern
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return [f"{path or '/'}: expected a list of {len(expected)}, found {found!r}"]
        return [
            line
            for number, (item, other) in enumerate(zip(expected, found, strict=True))
            for line in differences(item, other, f"{path}/{number}")
        ]
    same = expected == found and isinstance(expected, bool) == isinstance(found, bool)
    return [] if same else [f"{path or '/'}: expected {expected!r}, found {found!r}"]


def at(pointer: str, value: Any) -> Any:
    """The value at a JSON pointer."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def _value(name: str, values: Mapping[str, Any]) -> Any:
    # An entry of `each` is part of the case, so it may hold references itself.
    return fill(values[name], values) if name.startswith("each.") else values[name]


def _pattern(expected: dict[str, Any], found: Any, path: str) -> list[str] | None:
    if "$length" in expected:
        fits = isinstance(found, list) and len(found) == expected["$length"]
    elif "$pattern" in expected:
        fits = isinstance(found, str) and re.search(expected["$pattern"], found) is not None
    elif "$contains" in expected:
        wanted = expected["$contains"]
        fits = isinstance(found, list) and all(
            any(not differences(item, other) for other in found) for item in wanted
        )
    else:
        return None
    return [] if fits else [f"{path or '/'}: expected {expected!r}, found {found!r}"]


def _members(expected: dict[str, Any], found: Any, path: str) -> list[str]:
    if not isinstance(found, dict):
        return [f"{path or '/'}: expected an object, found {found!r}"]
    lines: list[str] = []
    for name, item in expected.items():
        place = f"{path}/{name}"
        if item == {"$absent": True}:
            lines += [f"{place}: expected nothing"] if name in found else []
        elif name not in found:
            lines.append(f"{place}: is missing")
        else:
            lines += differences(item, found[name], place)
    return lines


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
