"""What the sides of a job say of each other, against a real hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from hub import Hub
from meshkore import AsyncMeshKoreRestAgent, MeshKoreRestAgent
from meshkore.problems import InvalidFieldError, RatingClosedError, UnknownAgentError
from test_jobs import funded
from test_money import give

Join = Callable[..., MeshKoreRestAgent]


def done(hub: Hub, client: MeshKoreRestAgent, provider: MeshKoreRestAgent) -> str:
    """A job that was done and paid."""
    give(hub, client, "30")
    now = provider.jobs.submit(funded(client, provider, "30"), {"pages": 12})
    return client.jobs.complete(now).job_id


def test_ratings_are_blind_and_make_a_reputation(joined: Join, hub: Hub) -> None:
    client, other, provider = joined("client"), joined("other"), joined("provider")
    unknown = client.reputation(provider.agent_id)
    assert (unknown.score, unknown.ratings, unknown.comments) == (None, 0, ())
    job_id = done(hub, client, provider)
    first = client.rate_job(job_id, 3)
    assert first.yours is not None
    assert (first.yours.rating, first.yours.is_open, first.theirs) == (3, False, None)
    changed = client.rate_job(job_id, 4, "Neat")
    assert changed == client.rate_job(job_id, 4, "Neat")
    assert list(client.ratings(provider.agent_id)) == []
    second = provider.rate_job(job_id, 5)
    assert second.theirs is not None
    assert (second.theirs.rating, second.theirs.comment) == (4, "Neat")
    with pytest.raises(RatingClosedError):
        client.rate_job(job_id, 1)
    again = done(hub, other, provider)
    other.rate_job(again, 5)
    provider.rate_job(again, 5)
    known = client.reputation(provider.agent_id)
    assert known.score is not None
    assert known.lower_bound is not None
    assert 4 < known.score < 5
    assert 1 <= known.lower_bound < known.score
    assert (known.ratings, known.counterparties, known.jobs_as_provider) == (2, 2, 2)
    assert known.as_client.score is None
    assert [one.comment for one in known.comments] == ["Neat"]
    (newest, oldest) = client.ratings(provider.agent_id, page_size=1)
    assert (newest.sender, oldest.sender) == (other.agent_id, client.agent_id)
    assert (oldest.role, oldest.job_id) == ("client", job_id)
    with pytest.raises(InvalidFieldError):
        client.rate_job(job_id, 6)
    with pytest.raises(UnknownAgentError):
        client.reputation("nobody-at-all")
    with pytest.raises(ValueError, match="no id"):
        client.reputation("..")


def test_the_twin_rates_alike(joined: Join, hub: Hub) -> None:
    client, provider = joined("client"), joined("provider")
    job_id = done(hub, client, provider)

    async def play() -> None:
        async with AsyncMeshKoreRestAgent(hub.url, client.agent_id, client.api_key) as twin:
            rated = await twin.rate_job(job_id, 4)
            assert rated.yours is not None
            provider.rate_job(job_id, 5)
            known = await twin.reputation(provider.agent_id)
            assert known.jobs_as_provider == 1
            assert [one.rating async for one in twin.ratings(provider.agent_id)] == [4]

    asyncio.run(play())
