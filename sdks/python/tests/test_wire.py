from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from meshkore import wire
from meshkore.errors import ProblemError, ProtocolError
from meshkore.problems import InvalidFieldError, RateLimitedError
from support import NOON, message_frame


def test_reads_a_message_with_all_its_members() -> None:
    frame = {
        **message_frame(17, reply_to="k0"),
        "thread": "t1",
        "expires_at": "2026-11-21T15:30:00.250Z",
        "unknown": "ignored",
    }
    found = wire.message(frame)
    assert (found.sequence, found.id, found.sender, found.to) == (17, "bob:17", "alice", "bob")
    assert (found.thread, found.reply_to, found.channel) == ("t1", "k0", None)
    assert found.sent_at == datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
    assert found.expires_at == datetime(2026, 11, 21, 15, 30, 0, 250_000, tzinfo=timezone.utc)
    assert found.payload == {"number": 17}


def test_a_message_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        wire.message(message_frame(1)).sender = "mallory"  # type: ignore[misc]


@pytest.mark.parametrize("value", [None, [], "x", {}, {**message_frame(1), "sent_at": "never"}])
def test_says_that_an_answer_cannot_be_read(value: Any) -> None:
    with pytest.raises(ProtocolError):
        wire.read(wire.message, value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), "\ud800", {1, 2}])
def test_refuses_what_is_no_json(value: Any) -> None:
    with pytest.raises(ValueError, match="not a JSON value"):
        wire.encode(value)


def test_a_value_that_holds_itself_is_no_json() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(ValueError, match="not a JSON value"):
        wire.encode(value)


def test_text_is_written_as_utf_8() -> None:
    assert wire.encode({"text": "grüße"}) == '{"text":"grüße"}'.encode()


def test_a_refusal_is_the_exception_of_its_slug() -> None:
    body = {
        "type": "/problems/invalid-field",
        "title": "A field has a value that is not accepted",
        "status": 400,
        "detail": "limit: expected a number",
        "field": "limit",
    }
    problem = wire.problem(body)
    assert isinstance(problem, InvalidFieldError)
    assert (problem.type, problem.status, problem.retry) == ("invalid-field", 400, "after-change")
    assert problem.title == "A field has a value that is not accepted"
    assert problem.detail == "limit: expected a number"
    assert problem.members == {"field": "limit"}
    assert "limit: expected a number" in str(problem)


def test_a_type_may_be_a_whole_url() -> None:
    problem = wire.problem({"type": "https://hub.example/problems/rate-limited", "status": 429})
    assert isinstance(problem, RateLimitedError)


def test_a_slug_of_a_newer_hub_keeps_its_name() -> None:
    problem = wire.problem({"type": "/problems/too-loud", "title": "Too loud", "status": 429})
    assert type(problem) is ProblemError
    assert (problem.type, problem.retry) == ("too-loud", "later")


def test_a_failure_of_the_hub_has_no_slug() -> None:
    problem = wire.problem({"type": "about:blank", "status": 500, "reference": "r1"})
    assert (problem.type, problem.retry, problem.members) == (
        "about:blank",
        "later",
        {"reference": "r1"},
    )


def test_what_to_wait_is_taken_from_the_header_or_the_body() -> None:
    body = b'{"type":"/problems/busy","title":"Busy","status":503,"retry_after":3}'
    assert wire.problem_of_answer(503, {}, body).retry_after == 3
    assert wire.problem_of_answer(503, {"retry-after": "5"}, body).retry_after == 5
    assert wire.problem_of_answer(503, {"retry-after": "soon"}, b"{}").retry_after is None


@pytest.mark.parametrize("body", [b"", b"<html>Bad Gateway</html>", b"[1]", b"\xff"])
def test_an_answer_of_a_stranger_is_still_a_problem(body: bytes) -> None:
    problem = wire.problem_of_answer(502, {}, body)
    assert (problem.type, problem.status, problem.retry) == ("about:blank", 502, "later")


def test_reads_a_receipt_of_a_channel() -> None:
    receipt = wire.receipt(
        {
            "type": "receipt",
            "channel": "team",
            "id": "team::9",
            "state": "read",
            "agents": ["bob", "carol"],
            "at": NOON,
        }
    )
    assert (receipt.channel, receipt.agents, receipt.sequence) == ("team", ("bob", "carol"), None)
