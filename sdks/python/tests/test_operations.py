"""Operations against a scripted hub: no connection, no clock but the script's."""

from __future__ import annotations

import pytest

from meshkore import RetryPolicy, calls
from meshkore.calls import Draft
from meshkore.core import Core, HttpRequest
from meshkore.errors import ConnectionLost, ProtocolError, TimedOut
from meshkore.models import Message
from meshkore.problems import (
    BusyError,
    ChannelExistsError,
    InboxFullError,
    InDoubtError,
    RateLimitedError,
    UnauthenticatedError,
    UnknownRecipientError,
)
from support import (
    REGISTERED,
    RENEWED,
    Script,
    Step,
    answer,
    event,
    message_frame,
    refusal,
)

SENT = answer(
    201,
    {
        "id": "id-1",
        "to": "alice",
        "sequence": 4,
        "state": "queued",
        "sent_at": "2026-11-21T12:00:00.000Z",
    },
)
DRAFT = Draft("id-1", {"text": "hi"}, to="alice")
LOST = ConnectionLost("lost")
UNSENT = ConnectionLost("refused", unsent=True)
NEW_INBOX = answer(200, {"acknowledged": 0, "head": 0})


def page(*sequences: int, head: int | None = None, reply_to: dict[int, str] | None = None) -> Step:
    replies = reply_to or {}
    frames = [message_frame(sequence, reply_to=replies.get(sequence)) for sequence in sequences]
    last = sequences[-1] if sequences else 0
    body = {"messages": frames, "after": last, "head": head or last, "more": False}
    return answer(200, body)


def acknowledged(sequence: int) -> Step:
    return answer(200, {"acknowledged": sequence, "head": sequence})


def next_message(script: Script, core: Core, idle_secs: float | None = None) -> Message | None:
    return script.run(calls.next_message(core, idle_secs))


def test_registers_before_the_first_call_and_shows_the_token() -> None:
    script = Script([REGISTERED, SENT])
    sent = script.run(calls.send(script.core(), DRAFT))
    assert script.routes() == ["POST /register", "POST /send"]
    assert script.sent(0) == {"agent_id": "bob", "api_key": "key"}
    assert script.requests[0].credential is None
    assert script.requests[1].credential == "token-1"
    assert (sent.id, sent.state, sent.sequence) == ("id-1", "queued", 4)


def test_sends_what_was_given_and_nothing_else() -> None:
    script = Script([REGISTERED, SENT, SENT])
    core = script.core()
    script.steps = [REGISTERED, SENT]
    script.run(calls.send(core, DRAFT))
    assert script.sent(1) == {"to": "alice", "id": "id-1", "payload": {"text": "hi"}}
    script.steps = [SENT]
    script.run(calls.send(core, Draft("k2", None, None, "team", "t1", "k1", 60)))
    assert script.requests[2].path == "/channels/team/send"
    assert script.sent(2) == {
        "id": "k2",
        "thread": "t1",
        "reply_to": "k1",
        "expires_in": 60,
        "payload": None,
    }


def test_repeats_a_send_whose_answer_was_lost_with_the_same_id() -> None:
    script = Script([REGISTERED, LOST, TimedOut("late"), SENT], chance=1.0)
    script.run(calls.send(script.core(RetryPolicy(first_secs=1)), DRAFT))
    assert script.sent(1) == script.sent(2) == script.sent(3)
    assert script.sleeps == [1, 2]


def test_gets_a_new_token_when_the_old_one_has_expired() -> None:
    script = Script([REGISTERED, refusal("token-expired", 401), RENEWED, SENT])
    script.run(calls.send(script.core(), DRAFT))
    assert script.routes() == ["POST /register", "POST /send"] * 2
    assert script.requests[3].credential == "token-2"
    assert script.sleeps == []


def test_gives_up_when_the_new_token_is_refused_too() -> None:
    refused = refusal("unauthenticated", 401)
    script = Script([REGISTERED, refused, RENEWED, refused])
    with pytest.raises(UnauthenticatedError):
        script.run(calls.send(script.core(), DRAFT))


def test_a_wrong_key_is_said_at_once() -> None:
    script = Script([refusal("unauthenticated", 401)])
    with pytest.raises(UnauthenticatedError):
        script.run(calls.send(script.core(), DRAFT))


def test_waits_as_long_as_the_hub_asks() -> None:
    limited = refusal("rate-limited", 429, retry_after=3)
    script = Script([REGISTERED, limited, SENT], chance=0.5)
    script.run(calls.send(script.core(RetryPolicy(first_secs=1)), DRAFT))
    assert script.sleeps == [3.5]


def test_gives_up_when_the_wait_would_be_too_long() -> None:
    script = Script([REGISTERED, refusal("rate-limited", 429, retry_after=30)])
    with pytest.raises(RateLimitedError) as caught:
        script.run(calls.send(script.core(RetryPolicy(give_up_secs=20)), DRAFT))
    assert caught.value.retry_after == 30
    assert script.sleeps == []


def test_never_repeats_when_told_so() -> None:
    script = Script([REGISTERED, refusal("busy", 503)], chance=0.0)
    with pytest.raises(BusyError):
        script.run(calls.send(script.core(RetryPolicy(give_up_secs=0)), DRAFT))


@pytest.mark.parametrize(
    ("refused", "kind"),
    [
        (refusal("unknown-recipient", 404), UnknownRecipientError),
        (refusal("inbox-full", 429, retry_after=1), InboxFullError),
    ],
)
def test_says_at_once_what_waiting_does_not_help(refused: Step, kind: type[Exception]) -> None:
    script = Script([REGISTERED, refused])
    with pytest.raises(kind):
        script.run(calls.send(script.core(), DRAFT))


def test_does_not_repeat_what_may_have_been_done() -> None:
    script = Script([REGISTERED, LOST])
    with pytest.raises(ConnectionLost):
        script.run(calls.create_channel(script.core(), "team", None, None, []))


def test_a_doubt_is_settled_by_the_same_id() -> None:
    script = Script([REGISTERED, refusal("in-doubt", 504), SENT], chance=0.0)
    script.run(calls.send(script.core(), DRAFT))
    assert script.requests[1].body == script.requests[2].body


def test_does_not_repeat_what_is_in_doubt() -> None:
    script = Script([REGISTERED, refusal("in-doubt", 504)])
    with pytest.raises(InDoubtError):
        script.run(calls.create_channel(script.core(), "team", None, None, []))


def test_repeats_what_surely_did_not_reach_the_hub() -> None:
    script = Script([REGISTERED, UNSENT, refusal("channel-exists", 409)])
    with pytest.raises(ChannelExistsError):
        script.run(calls.create_channel(script.core(), "team", None, None, []))
    assert len(script.sleeps) == 1


def test_says_when_an_answer_cannot_be_read() -> None:
    script = Script([REGISTERED, answer(200, {"surprise": True})])
    with pytest.raises(ProtocolError):
        script.run(calls.stats(script.core()))


def test_the_loop_acknowledges_a_message_when_it_comes_back() -> None:
    script = Script([REGISTERED, page(1, 2)])
    core = script.core()
    first = next_message(script, core)
    assert first is not None
    assert first.sequence == 1
    assert "after" not in script.requests[1].query
    script.steps = [acknowledged(1)]
    second = next_message(script, core)
    assert second is not None
    assert second.sequence == 2
    assert script.sent(2) == {"sequence": 1}
    script.steps = [page(3)]
    next_message(script, core)
    assert script.requests[3].query["after"] == 2


def test_the_loop_survives_a_hub_that_is_away_for_hours() -> None:
    steps: list[Step] = [REGISTERED, *[UNSENT] * 900, refusal("stopping", 503), answer(500, {})]
    script = Script([*steps, page(1)], chance=1.0)
    found = next_message(script, script.core(RetryPolicy(longest_secs=15)))
    assert found is not None
    assert found.sequence == 1
    assert script.now > 3 * 3600
    assert max(script.sleeps) == 15


def test_the_loop_drops_what_comes_twice() -> None:
    script = Script([REGISTERED, page(1)])
    core = script.core()
    next_message(script, core)
    script.steps = [page(1, 2)]
    found = next_message(script, core)
    assert found is not None
    assert found.sequence == 2


def test_the_loop_ends_when_nothing_came() -> None:
    script = Script([REGISTERED, page()])

    def pass_time(request: HttpRequest) -> None:
        script.now += float(request.query.get("wait", 0))

    script.before_each = pass_time
    assert next_message(script, script.core(), idle_secs=2.5) is None
    assert script.requests[1].query["wait"] == 3


def test_looks_once_even_without_patience() -> None:
    script = Script([REGISTERED, page(1)])
    assert next_message(script, script.core(), idle_secs=0) is not None


def test_waits_for_the_reply_from_the_end_of_the_inbox() -> None:
    reply = message_frame(8, reply_to="id-1")
    inbox = answer(200, {"acknowledged": 7, "head": 7})
    script = Script([REGISTERED, inbox, SENT, [event(reply)], acknowledged(8)])
    found = script.run(calls.send_and_wait(script.core(), DRAFT, 30))
    assert found.sequence == 8
    assert script.routes()[1:] == [
        "POST /messages/ack",
        "POST /send",
        "GET /events",
        "POST /messages/ack",
    ]
    assert script.requests[3].query == {"after": 7}
    assert script.sent(4) == {"sequence": 8}


def test_a_reply_behind_other_mail_is_left_for_the_loop_which_skips_it() -> None:
    frames = [event(message_frame(1)), event(message_frame(2, reply_to="id-1"))]
    script = Script([REGISTERED, NEW_INBOX, SENT, frames])
    core = script.core()
    assert script.run(calls.send_and_wait(core, DRAFT, 30)).sequence == 2
    script.steps = [page(1, 2, 3, reply_to={2: "id-1"})]
    first = next_message(script, core)
    script.steps = [acknowledged(2)]
    third = next_message(script, core)
    assert first is not None
    assert third is not None
    assert (first.sequence, third.sequence) == (1, 3)
    assert script.sent(-1) == {"sequence": 2}


def test_goes_on_waiting_when_the_stream_breaks() -> None:
    other, reply = event(message_frame(1)), event(message_frame(2, reply_to="id-1"))
    script = Script([REGISTERED, NEW_INBOX, SENT, [other], LOST, LOST, [reply]])
    assert script.run(calls.send_and_wait(script.core(), DRAFT, 30)).sequence == 2
    assert [request.query.get("after") for request in script.requests[3:]] == [0, 1, 1, 1]


def test_says_that_no_reply_came_and_leaves_a_late_one_to_the_loop() -> None:
    script = Script([REGISTERED, NEW_INBOX, SENT, TimedOut("late")])

    def pass_time(request: HttpRequest) -> None:
        script.now += request.timeout_secs if request.path == "/events" else 0

    script.before_each = pass_time
    core = script.core()
    with pytest.raises(TimedOut):
        script.run(calls.send_and_wait(core, DRAFT, 30))
    assert script.now == 30
    script.steps = [page(1, reply_to={1: "id-1"})]
    late = next_message(script, core)
    assert late is not None
    assert late.reply_to == "id-1"


def test_a_reply_is_not_lost_with_the_acknowledgement() -> None:
    reply = event(message_frame(1, reply_to="id-1"))
    script = Script([REGISTERED, NEW_INBOX, SENT, [reply], LOST])
    assert script.run(calls.send_and_wait(script.core(), DRAFT, 30)).sequence == 1


def test_reads_the_state_for_every_recipient() -> None:
    states = [
        {"agent_id": "alice", "sequence": 1, "state": "read"},
        {"agent_id": "carol", "sequence": 4, "state": "queued"},
    ]
    script = Script([REGISTERED, answer(200, {"id": "team::9", "recipients": states})])
    receipt = script.run(calls.receipt(script.core(), "team::9"))
    assert [state.agent_id for state in receipt.recipients] == ["alice", "carol"]
    assert script.requests[1].path == "/receipts/team%3A%3A9"


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_would_change_the_path_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        Script([]).run(calls.agent(Script([]).core(), name))


def test_a_name_cannot_leave_its_place_in_the_path() -> None:
    script = Script([REGISTERED, refusal("unknown-agent", 404)])
    with pytest.raises(Exception, match="unknown-agent"):
        script.run(calls.agent(script.core(), "../admin?x#y"))
    assert script.requests[1].path == "/agents/..%2Fadmin%3Fx%23y"


@pytest.mark.parametrize("url", ["", "hub", "ftp://hub", "http://", "127.0.0.1:4770"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        Core(url, "bob", "key")


@pytest.mark.parametrize(
    ("invite", "hub", "nonce"),
    [
        ("http://hub:1/join/abc", "http://hub:1", "abc"),
        (" https://example/meshkore/join/abc/\n", "https://example/meshkore", "abc"),
    ],
)
def test_splits_an_invite(invite: str, hub: str, nonce: str) -> None:
    assert calls.split_invite(invite) == (hub, nonce)


@pytest.mark.parametrize("invite", ["", "http://hub", "http://hub/join/", "abc"])
def test_refuses_what_is_no_invite(invite: str) -> None:
    with pytest.raises(ValueError, match="/join/"):
        calls.split_invite(invite)


def test_shows_no_secret() -> None:
    request = HttpRequest("POST", "/join/secret", body=b"secret", credential="secret")
    assert "secret" not in repr(request)
    assert "secret" not in repr(SENT.__class__(200, {}, b"secret"))
