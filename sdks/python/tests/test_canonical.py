"""The form in which JSON is signed, and amounts as atoms."""

from __future__ import annotations

import json
from typing import Any

import pytest

from meshkore import assets, canonical
from meshkore.errors import ProtocolError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, False, None, {}, []]}, '{"a":[true,false,null,{},[]],"b":1}'),
        # By code units of UTF-16: the pair of the face is before the ligature.
        ({"ﬁ": 1, "😀": 2, "é": 3, "": 4, "a": 5}, '{"":4,"a":5,"é":3,"😀":2,"ﬁ":1}'),
        ('€"\\/\b\f\n\r\t\x0f\x7f\u2028', '"€\\"\\\\/\\b\\f\\n\\r\\t\\u000f\x7f\u2028"'),
        (
            [2**53, -(2**53), 0, -0.0, 1.0, 10**21],
            "[9007199254740992,-9007199254740992,0,0,1,1e+21]",
        ),
        (
            [4.5, 2e-3, 1e-6, 1e-7, 1e30, 1e20],
            "[4.5,0.002,0.000001,1e-7,1e+30,100000000000000000000]",
        ),
        (
            [333333333.33333329, -1.5e-9, 123e20, 1234.5],
            "[333333333.3333333,-1.5e-9,1.23e+22,1234.5]",
        ),
        ([5e-324, 1.7976931348623157e308], "[5e-324,1.7976931348623157e+308]"),
    ],
)
def test_each_value_has_one_form(value: Any, text: str) -> None:
    assert canonical.text(value) == text
    assert json.loads(text) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: 2}, object(), 10**400])
def test_what_is_no_json_has_none(value: Any) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical.text(value)


@pytest.mark.parametrize(
    ("asset", "amount", "atoms"),
    [
        ("CREDIT", "1.5", 1_500_000),
        ("EUR", "10.5", 1050),
        ("EUR", "0", 0),
        ("JPY", "300", 300),
        ("KWD", "0.125", 125),
        ("BTC", "0.00000001", 1),
        (f"eip155:8453/erc20:0x{'aB' * 20}", "2", 2_000_000),
    ],
)
def test_an_amount_is_so_many_atoms(asset: str, amount: str, atoms: int) -> None:
    assert assets.atoms(asset, amount) == atoms


@pytest.mark.parametrize(
    ("asset", "amount"),
    [
        ("EUR", "1.005"),
        ("JPY", "1.0"),
        ("EUR", "-1"),
        ("EUR", "1e3"),
        ("EUR", "01"),
        ("EUR", "\u0661"),
        ("EUR", "1\n"),
        ("eur", "1"),
    ],
)
def test_what_is_no_amount_has_none(asset: str, amount: str) -> None:
    with pytest.raises(ProtocolError, match="is none"):
        assets.atoms(asset, amount)


def test_the_digits_of_an_address_make_no_second_asset() -> None:
    token = f"eip155:8453/erc20:0x{'aB' * 20}"
    assert assets.code(token) == token.lower()
    assert assets.network(token) == "eip155:8453"
    assert (assets.code("EUR"), assets.network("EUR")) == ("EUR", "")
