"""How keys are written: base58, bech32, and the Keccak digest of EVM addresses."""

from __future__ import annotations

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)

_MASK = (1 << 64) - 1
_KECCAK_RATE = 136
_KECCAK_SUFFIX = 0x01


def base58(data: bytes) -> str:
    """Base58 with Bitcoin's alphabet; each leading zero byte is a 1."""
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def bech32(prefix: str, data: bytes) -> str:
    """Bech32 (BIP-173) as NIP-19 uses it."""
    bits, count, words = 0, 0, []
    for byte in data:
        bits, count = bits << 8 | byte, count + 8
        while count >= 5:
            count -= 5
            words.append(bits >> count & 31)
        bits &= (1 << count) - 1
    if count:
        words.append(bits << (5 - count) & 31)
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _polymod([*spread, *words, 0, 0, 0, 0, 0, 0]) ^ 1
    words += [check >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + "1" + "".join(_BECH32[word] for word in words)


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_BECH32_GENERATORS):
            check ^= generator if top >> i & 1 else 0
    return check


def evm_address(point: bytes) -> str:
    """The address of a secp256k1 point (64 bytes), with the capitals of EIP-55."""
    return checksummed(keccak256(point)[12:].hex())


def checksummed(address: str) -> str:
    """An address of forty hex digits, with the capitals of EIP-55."""
    address = address.removeprefix("0x").lower()
    digest = keccak256(address.encode()).hex()
    pairs = zip(address, digest, strict=False)
    return "0x" + "".join(c.upper() if int(h, 16) >= 8 else c for c, h in pairs)


def keccak256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum uses it: SHA-3 before its padding was changed."""
    padded = bytearray(data) + bytes(_KECCAK_RATE - len(data) % _KECCAK_RATE)
    padded[len(data)] ^= _KECCAK_SUFFIX
    padded[-1] ^= 0x80
    lanes = [0] * 25
    for start in range(0, len(padded), _KECCAK_RATE):
        for i in range(_KECCAK_RATE // 8):
            lanes[i] ^= int.from_bytes(padded[start + 8 * i : start + 8 * i + 8], "little")
        lanes = _keccak_f(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _keccak_f(lanes: list[int]) -> list[int]:
    """The permutation of 25 lanes; lane x + 5y."""
    register = 1
    for _ in range(24):
        columns = [
            lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]
            for x in range(5)
        ]
        for x in range(5):
            mixed = columns[(x + 4) % 5] ^ _rotate(columns[(x + 1) % 5], 1)
            for y in range(0, 25, 5):
                lanes[x + y] ^= mixed
        x, y, current = 1, 0, lanes[1]
        for turn in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            rotated = _rotate(current, (turn + 1) * (turn + 2) // 2 % 64)
            current, lanes[x + 5 * y] = lanes[x + 5 * y], rotated
        for row in range(0, 25, 5):
            old = lanes[row : row + 5]
            for x in range(5):
                lanes[row + x] = old[x] ^ ~old[(x + 1) % 5] & old[(x + 2) % 5] & _MASK
        for i in range(7):
            register = (register << 1 ^ (register >> 7) * 0x71) & 0xFF
            if register & 2:
                lanes[0] ^= 1 << ((1 << i) - 1)
    return lanes


def _rotate(lane: int, bits: int) -> int:
    return (lane << bits | lane >> (64 - bits)) & _MASK if bits else lane
