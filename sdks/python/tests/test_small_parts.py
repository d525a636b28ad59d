from __future__ import annotations

from uuid import UUID

import pytest

from meshkore.backoff import Backoff, RetryPolicy
from meshkore.identifiers import uuid7
from meshkore.sse import EventParser, ServerEvent
from support import pieces

STREAM = (
    ": a comment\r\n\r\n"
    'event: message\r\nid: 17\r\ndata: {"text":"grüße"}\r\n\r\n'
    "event: presence\ndata: one\ndata: two\n\n"
    "event: empty\n\n"
    "data:no space\r\r"
).encode()

EVENTS = [
    ServerEvent("message", '{"text":"grüße"}', "17"),
    ServerEvent("presence", "one\ntwo", "17"),
    ServerEvent("message", "no space", "17"),
]


@pytest.mark.parametrize("size", range(1, 12))
def test_reads_events_however_they_are_cut(size: int) -> None:
    parser = EventParser()
    found = [event for piece in pieces(STREAM + b"\n", size) for event in parser.feed(piece)]
    assert found == EVENTS


def test_waits_for_the_end_of_an_event() -> None:
    parser = EventParser()
    assert parser.feed(b"data: x\n") == []
    assert parser.feed(b"\n") == [ServerEvent("message", "x", None)]


def test_the_ceiling_doubles_up_to_the_longest_wait() -> None:
    backoff = Backoff(RetryPolicy(first_secs=1, longest_secs=5), lambda: 1.0)
    assert [backoff.next_delay() for _ in range(5)] == [1, 2, 4, 5, 5]


def test_the_whole_wait_is_up_to_chance() -> None:
    backoff = Backoff(RetryPolicy(first_secs=8, longest_secs=8), iter([0.0, 0.25, 1.0]).__next__)
    assert [backoff.next_delay() for _ in range(3)] == [0, 2, 8]


def test_waits_at_least_as_long_as_the_hub_asks() -> None:
    backoff = Backoff(RetryPolicy(first_secs=1), lambda: 0.5)
    assert backoff.next_delay(retry_after=7) == 7.5


def test_begins_again_after_a_success() -> None:
    backoff = Backoff(RetryPolicy(first_secs=1, longest_secs=9), lambda: 1.0)
    backoff.next_delay()
    backoff.next_delay()
    backoff.reset()
    assert backoff.next_delay() == 1


def test_waits_long_after_thousands_of_failures() -> None:
    backoff = Backoff(RetryPolicy(first_secs=1, longest_secs=9), lambda: 1.0)
    assert max(backoff.next_delay() for _ in range(5000)) == 9


def test_makes_the_example_of_rfc_9562() -> None:
    random = 0x0CC3 << 64 | 0x18C4DC0C0C07398F
    assert uuid7(0x017F22E279B0, random.to_bytes(10, "big")) == (
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
    )


def test_marks_version_and_variant_whatever_the_chance() -> None:
    for filler in (b"\x00" * 10, b"\xff" * 10):
        made = UUID(uuid7(1, filler))
        assert made.version == 7
        assert made.variant == "specified in RFC 4122"


def test_ids_sort_by_time() -> None:
    assert uuid7(1, b"\xff" * 10) < uuid7(2, b"\x00" * 10)


@pytest.mark.parametrize(("milliseconds", "size"), [(-1, 10), (1 << 48, 10), (1, 9)])
def test_refuses_what_does_not_fit(milliseconds: int, size: int) -> None:
    with pytest.raises(ValueError, match="UUIDv7"):
        uuid7(milliseconds, b"x" * size)
