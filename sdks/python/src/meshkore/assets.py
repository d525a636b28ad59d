"""What amounts are of, and how many atoms they have, as the hub reckons them."""

from __future__ import annotations

import re

from meshkore.errors import ProtocolError

_OTHERS = {"CREDIT": 6, "USDC": 6, "USDT": 6, "EURC": 6, "BTC": 8, "SAT": 0, "MSAT": 0}
# Of ISO 4217 what does not have two digits after the point.
_WITHOUT_DIGITS = (
    "ADP BEF BIF BYB BYR CLP DJF ESP GNF GRD ISK ITL JPY KMF KRW LUF MGF PTE PYG ROL RWF TPE TRL "
    "UGX UYI VND VUV XAF XOF XPF"
)
_WITH_THREE = "BHD IQD JOD KWD LYD OMR TND"
_DIGITS = {
    **dict.fromkeys(_WITHOUT_DIGITS.split(), 0),
    **dict.fromkeys(_WITH_THREE.split(), 3),
    "CLF": 4,
    **_OTHERS,
}
_CURRENCY = re.compile("[A-Z]{3}")
_TOKEN = re.compile("(eip155:[1-9][0-9]{0,15})/erc20:0x[0-9a-fA-F]{40}")
_TOKEN_DIGITS = 6
_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,18}))?")


def code(asset: str) -> str:
    """The one code of an asset: the digits of an address may be written large or small."""
    return asset.lower() if _TOKEN.fullmatch(asset) else asset


def network(asset: str) -> str:
    """The network of a token (CAIP-2), or nothing."""
    token = _TOKEN.fullmatch(asset)
    return token[1] if token else ""


def atoms(asset: str, amount: str) -> int:
    """So many atoms a decimal text is; a hub that takes what is none is not followed."""
    digits = _DIGITS.get(asset)
    if digits is None and _TOKEN.fullmatch(asset):
        digits = _TOKEN_DIGITS
    elif digits is None and _CURRENCY.fullmatch(asset):
        digits = 2
    decimal = _DECIMAL.fullmatch(amount)
    if digits is None or decimal is None or len(decimal[2] or "") > digits:
        raise ProtocolError(f"the hub takes {amount!r} for an amount of {asset!r}, and it is none")
    return int(decimal[1] + (decimal[2] or "").ljust(digits, "0"))
