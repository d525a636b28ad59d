from __future__ import annotations

import hashlib

import pytest

from meshkore.textforms import base58, bech32, evm_address, keccak256

GENERATOR = bytes.fromhex(
    "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"\0\0\x28\x7f\xb4\xcd", "11233QC4"),
        (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
        (
            b"The quick brown fox jumps over the lazy dog.",
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
        ),
    ],
)
def test_base58_as_its_draft_has_it(data: bytes, text: str) -> None:
    assert base58(data) == text


def test_bech32_as_nip_19_has_it() -> None:
    key = bytes.fromhex("7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e")
    assert bech32("npub", key) == "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg"


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
    ],
)
def test_keccak_as_ethereum_has_it(data: bytes, digest: str) -> None:
    assert keccak256(data).hex() == digest


@pytest.mark.parametrize("length", [0, 1, 134, 135, 136, 137, 271, 272, 273, 1000])
def test_the_permutation_and_the_blocks_are_those_of_sha_3(
    length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # SHA-3 differs in one bit of padding: with that bit, hashlib is the judge for every length.
    data = bytes(range(256)) * 4
    monkeypatch.setattr("meshkore.textforms._KECCAK_SUFFIX", 0x06)
    assert keccak256(data[:length]) == hashlib.sha3_256(data[:length]).digest()


def test_the_address_of_the_key_1() -> None:
    assert evm_address(GENERATOR) == "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
