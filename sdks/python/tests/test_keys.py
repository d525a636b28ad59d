from __future__ import annotations

import csv
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from letters import VECTORS, vectors
from meshkore import curves
from meshkore.keys import Keys
from meshkore.pins import Pins

SEED = bytes(range(32))
ALICE, BOB = "a" * 64, "b" * 64


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_faces_are_those_of_the_vector_that_all_sdks_share() -> None:
    shared, keys = vectors("keys.json"), Keys(SEED)
    assert shared["seed"] == SEED.hex()
    assert keys.ed25519_public == shared["ed25519_public"]
    assert keys.secp256k1_public == shared["secp256k1_public"]
    assert keys.did_key == shared["did_key"]
    assert keys.npub == shared["npub"]
    assert keys.evm_address == shared["evm_address"]
    assert keys.solana_address == shared["solana_address"]
    assert curves.ed25519_public(bytes.fromhex(shared["ed25519_private"])).hex() == (
        keys.ed25519_public
    )
    assert curves.point(bytes.fromhex(shared["secp256k1_private"]))[:32].hex() == (
        keys.secp256k1_public
    )


def test_a_new_file_holds_a_seed_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keys = Keys.open(tmp_path / "new" / "agent.key")
    finally:
        os.umask(before)
    file = tmp_path / "new" / "agent.key"
    text = file.read_text(encoding="ascii")
    assert (len(text), text[-1], mode_of(file)) == (65, "\n", 0o600)
    assert Keys(bytes.fromhex(text)).did_key == keys.did_key
    assert [path.name for path in file.parent.iterdir()] == ["agent.key"]


def test_the_same_file_gives_the_same_keys(tmp_path: Path) -> None:
    file = tmp_path / "agent.key"
    assert repr(Keys.open(file)) == repr(Keys.open(str(file)))


def test_of_many_that_make_the_file_at_once_all_have_the_same_keys(tmp_path: Path) -> None:
    file, start = tmp_path / "agent.key", threading.Barrier(8)
    found: list[str] = []

    def open_it() -> None:
        start.wait(30)
        found.append(Keys.open(file).npub)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(found), len(set(found))) == (8, 1)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o606, 0o644])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "agent.key"
    file.write_text(SEED.hex() + "\n", encoding="ascii")
    file.chmod(mode)
    with pytest.raises(PermissionError, match="chmod 600"):
        Keys.open(file)


@pytest.mark.parametrize(
    "text", ["", "00", "z" * 64, SEED.hex() + "00", SEED.hex()[:-1], " " + SEED.hex()]
)
def test_a_file_without_a_seed_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    file = tmp_path / "agent.key"
    file.write_text(text, encoding="ascii")
    file.chmod(0o600)
    with pytest.raises(ValueError, match="does not hold a seed") as failure:
        Keys.open(file)
    assert text == "" or text not in str(failure.value)


def test_no_text_of_keys_shows_a_secret() -> None:
    shared, keys = vectors("keys.json"), Keys(SEED)
    for secret in (shared["seed"], shared["ed25519_private"], shared["secp256k1_private"]):
        assert secret not in repr(keys) + repr(keys._nostr)


def bip340() -> list[dict[str, str]]:
    with (VECTORS / "bip340.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if len(row["message"]) == 64]


@pytest.mark.parametrize("case", bip340(), ids=lambda case: case["index"])
def test_bip_340(case: dict[str, Any]) -> None:
    public, message, signature = (
        bytes.fromhex(case[name]) for name in ("public key", "message", "signature")
    )
    expected = case["verification result"] == "TRUE"
    assert curves.schnorr_is_signed(public, message, signature) == expected
    if case["secret key"]:
        secret, chance = bytes.fromhex(case["secret key"]), bytes.fromhex(case["aux_rand"])
        assert curves.schnorr_sign(secret, message, chance) == signature


def test_the_first_key_stays_pinned(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "pins")
    assert pins.get("http://hub", "alice") is None
    assert pins.pin("http://hub", "alice", ALICE) == ALICE
    assert pins.pin("http://hub", "alice", BOB) == ALICE
    assert Pins(tmp_path / "pins").get("http://hub", "alice") == ALICE
    assert pins.get("http://other", "alice") is None
    pins.replace("http://hub", "alice", BOB)
    assert Pins(tmp_path / "pins").get("http://hub", "alice") == BOB
    assert mode_of(tmp_path / "pins") == 0o600


def test_pins_of_many_at_once_are_all_kept(tmp_path: Path) -> None:
    start = threading.Barrier(4)

    def pin_some(worker: int) -> None:
        start.wait(30)
        for number in range(10):
            Pins(tmp_path / "pins").pin("http://hub", f"agent-{worker}-{number}", ALICE)

    threads = [threading.Thread(target=pin_some, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    pins = Pins(tmp_path / "pins")
    names = [f"agent-{worker}-{number}" for worker in range(4) for number in range(10)]
    assert [name for name in names if pins.get("http://hub", name) != ALICE] == []


def test_processes_that_pin_at_once_keep_each_others_pins(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from meshkore.pins import Pins
print("ready", flush=True)
sys.stdin.readline()
for number in range(30):
    Pins(Path(sys.argv[1])).pin("http://hub", f"agent-{sys.argv[2]}-{number}", "a" * 64)
"""
    pipe = subprocess.PIPE
    found = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "pins"), str(worker)],
            stdin=pipe,
            stdout=pipe,
            text=True,
        )
        for worker in range(3)
    ]
    for process in found:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in found:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in found:
        process.communicate(timeout=60)
    assert [process.returncode for process in found] == [0, 0, 0]
    pins = Pins(tmp_path / "pins")
    names = [f"agent-{worker}-{number}" for worker in range(3) for number in range(30)]
    assert [name for name in names if pins.get("http://hub", name) != ALICE] == []


def test_a_file_of_pins_that_cannot_be_read_is_no_reason_to_pin_anew(tmp_path: Path) -> None:
    (tmp_path / "pins").write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match="does not hold pinned keys"):
        Pins(tmp_path / "pins").pin("http://hub", "alice", ALICE)


def test_without_the_extra_all_else_works_and_the_error_says_what_is_missing() -> None:
    program = """
import sys
sys.modules["btclib_libsecp256k1"] = None
import meshkore
try:
    import meshkore.keys
except ImportError as missing:
    print(missing)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "keys and encryption need: pip install 'meshkore[keys]'\n"
