from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from hub import JAR, BlockingKind, Hub, join_as
from meshkore import MeshKoreRestAgent, MeshKoreWebSocketAgent
from meshkore.blocking import BlockingAgent

_NUMBERS = itertools.count(1)


def _need_jar() -> None:
    """Without a jar only the rules are tested; where all must run, that is a failure."""
    if JAR is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("MESHKORE_JAR does not name the jar of a hub")


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub for all tests that do not disturb it."""
    _need_jar()
    running = Hub(tmp_path_factory.mktemp("hub"), "--open")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def default_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub without settings, which lets nobody in without an invite."""
    _need_jar()
    running = Hub(tmp_path_factory.mktemp("default-hub"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def other_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub that knows none of the agents of the others."""
    _need_jar()
    running = Hub(tmp_path_factory.mktemp("other-hub"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def hub_with(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[dict[str, Any]], Hub]]:
    """Hubs with other settings, one for each set of them, started when first asked for."""
    _need_jar()
    running: dict[tuple[str, ...], Hub] = {}

    def start(settings: dict[str, Any]) -> Hub:
        options = tuple(
            word
            for name, value in sorted(settings.items())
            for word in ("--" + name.replace("_", "-"), str(value))
        )
        if options not in running:
            running[options] = Hub(tmp_path_factory.mktemp("hub-with"), *options)
        return running[options]

    yield start
    for hub in running.values():
        hub.stop()


@pytest.fixture
def own_hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub that a test may kill."""
    _need_jar()
    running = Hub(tmp_path, "--open")
    yield running
    running.stop()


@pytest.fixture
def name() -> Callable[[str], str]:
    """Makes an agent id that no other test has."""
    number = next(_NUMBERS)
    return lambda base: f"{base}-{number}"


@pytest.fixture(params=[MeshKoreRestAgent, MeshKoreWebSocketAgent])
def kind(request: pytest.FixtureRequest) -> BlockingKind:
    """Both kinds of agent that block."""
    found: BlockingKind = request.param
    return found


@pytest.fixture
def joined(
    hub: Hub, name: Callable[[str], str], kind: BlockingKind
) -> Iterator[Callable[..., BlockingAgent]]:
    """Joins an agent of a base name, of the kind under test or another, closed after the test."""
    with ExitStack() as agents:

        def join_one(base: str, of_kind: BlockingKind = kind) -> BlockingAgent:
            return agents.enter_context(join_as(of_kind, hub, name(base)))

        yield join_one
