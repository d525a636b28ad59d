from __future__ import annotations

import inspect
from typing import Any

import pytest

import meshkore
from meshkore.asynchronous import AsyncChannels
from meshkore.asynchronous_jobs import AsyncJobs
from meshkore.asynchronous_market import AsyncMarket
from meshkore.blocking import BlockingChannels
from meshkore.blocking_jobs import BlockingJobs
from meshkore.blocking_market import BlockingMarket

PAIRS = [
    (meshkore.MeshKoreRestAgent, meshkore.AsyncMeshKoreRestAgent),
    (meshkore.MeshKoreWebSocketAgent, meshkore.AsyncMeshKoreWebSocketAgent),
    (BlockingChannels, AsyncChannels),
    (BlockingMarket, AsyncMarket),
    (BlockingJobs, AsyncJobs),
]


def public_methods(kind: type) -> dict[str, Any]:
    return {
        name: member
        for name, member in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_")
    }


@pytest.mark.parametrize(("blocking", "twin"), PAIRS)
def test_both_twins_have_the_same_methods_and_parameters(blocking: type, twin: type) -> None:
    theirs = public_methods(twin)
    ours = public_methods(blocking)
    assert set(ours) == set(theirs)
    for name, method in ours.items():
        assert _parameters(method) == _parameters(theirs[name]), name
        assert method.__doc__ == theirs[name].__doc__, name


def test_the_web_socket_agent_has_all_methods_of_the_rest_agent() -> None:
    rest = set(public_methods(meshkore.MeshKoreRestAgent))
    assert rest < set(public_methods(meshkore.MeshKoreWebSocketAgent))


def test_join_and_its_twin_take_the_same() -> None:
    assert _parameters(meshkore.join) == _parameters(meshkore.join_async)


def test_everything_exported_exists() -> None:
    assert [name for name in meshkore.__all__ if not hasattr(meshkore, name)] == []


def _parameters(method: Any) -> list[tuple[str, Any, Any]]:
    return [
        (parameter.name, parameter.kind, parameter.default)
        for parameter in inspect.signature(method).parameters.values()
    ]
