from __future__ import annotations

from typing import Any

import pytest

from conformance import at, differences, fill


def test_fills_values_in() -> None:
    values = {"bob": "bob-1", "count": 3, "each.slug": "busy"}
    filled = fill({"${bob}": ["x-${bob}-${count}", "${count}", "${each.slug}"], "n": 1}, values)
    assert filled == {"bob-1": ["x-bob-1-3", 3, "busy"], "n": 1}
    assert fill({"$repeat": "ab", "times": 3}, {}) == "ababab"


def test_fills_the_entries_of_each_in_too() -> None:
    values = {"bob": "bob-1", "each.args": {"to": "${bob}", "id": {"$repeat": "i", "times": 3}}}
    assert fill("${each.args}", values) == {"to": "bob-1", "id": "iii"}


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("*", None),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": {"$absent": True}}, {}),
        ({"$length": 2}, [1, 2]),
        ({"$pattern": "^a.c"}, "abcd"),
        ({"$contains": [{"a": 1}]}, [{"a": 2}, {"a": 1}]),
        ([1, {"a": "*"}], [1.0, {"a": []}]),
    ],
)
def test_sees_what_matches(expected: Any, found: Any) -> None:
    assert differences(expected, found) == []


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({"a": 1}, {"b": 1}),
        ({"a": {"$absent": True}}, {"a": None}),
        ({"$length": 2}, [1]),
        ({"$pattern": "^b"}, "ab"),
        ({"$contains": [3]}, [1, 2]),
        ([1], [1, 2]),
        (1, True),
        ("1", 1),
        ({"a": 1}, None),
    ],
)
def test_sees_what_does_not_match(expected: Any, found: Any) -> None:
    assert differences(expected, found) != []


def test_follows_a_pointer() -> None:
    assert at("/messages/1/a~1b", {"messages": [0, {"a/b": "here"}]}) == "here"
