from __future__ import annotations

import json
from typing import Any

import pytest

from meshkore.errors import ConnectionLost, ProblemError, ProtocolError
from meshkore.mailbox import Mailbox
from meshkore.models import Presence, Receipt
from meshkore.problems import UnknownRecipientError
from meshkore.session import WebSocketSession
from support import message_frame

WELCOME = {"type": "welcome", "agent_id": "bob", "head": 0, "acknowledged": 0, "after": 0}


def opened_session() -> tuple[WebSocketSession, Mailbox]:
    mailbox = Mailbox()
    session = WebSocketSession(mailbox)
    session.opened(WELCOME)
    return session, mailbox


def unsent(session: WebSocketSession) -> list[Any]:
    return [json.loads(text) for text in session.take_unsent()]


def receive(session: WebSocketSession, frame: dict[str, Any]) -> Any:
    return session.receive(json.dumps(frame))


def test_gives_an_answer_to_the_request_with_its_ref() -> None:
    session, _ = opened_session()
    answers: list[Any] = []
    first = session.request({"type": "send", "to": "a"}, lambda value: answers.append((1, value)))
    second = session.request({"type": "send", "to": "b"}, lambda value: answers.append((2, value)))
    assert [frame["ref"] for frame in unsent(session)] == [first, second]
    receive(session, {"type": "receipt", "ref": second, "state": "queued", "id": "k2"})
    receive(session, {"type": "receipt", "ref": first, "state": "queued", "id": "k1"})
    assert [(number, answer["id"]) for number, answer in answers] == [(2, "k2"), (1, "k1")]


def test_a_refused_send_is_an_error() -> None:
    session, _ = opened_session()
    answers: list[Any] = []
    ref = session.request({"type": "send"}, answers.append)
    problem = {"type": "/problems/unknown-recipient", "title": "None", "status": 404}
    receive(session, {"type": "receipt", "ref": ref, "state": "refused", "problem": problem})
    assert isinstance(answers[0], UnknownRecipientError)


def test_sends_again_on_a_new_connection_what_has_no_answer_and_nothing_else() -> None:
    session, _ = opened_session()
    first = session.request({"type": "send", "id": "k1"}, lambda _: None)
    second = session.request({"type": "send", "id": "k2"}, lambda _: None)
    third = session.request({"type": "send", "id": "k3"}, lambda _: None)
    unsent(session)
    assert unsent(session) == []
    receive(session, {"type": "receipt", "ref": first, "state": "queued"})
    session.withdraw(second)
    session.opened(WELCOME)
    assert unsent(session) == [{"type": "send", "id": "k3", "ref": third}]


def test_watches_again_on_a_new_connection() -> None:
    session, _ = opened_session()
    session.watch(["alice"])
    assert unsent(session) == [{"type": "watch", "agents": ["alice"]}]
    session.opened(WELCOME)
    assert unsent(session) == [{"type": "watch", "agents": ["alice"]}]
    session.watch(iter([]))
    assert unsent(session) == [{"type": "watch", "agents": []}]


def test_acknowledges_what_the_loop_has_done_once() -> None:
    session, mailbox = opened_session()
    receive(session, message_frame(1))
    mailbox.take()
    assert unsent(session) == []
    mailbox.finish()
    assert unsent(session) == [{"type": "ack", "sequence": 1}]
    assert unsent(session) == []


def test_acknowledges_again_when_the_hub_did_not_hear_it() -> None:
    session, mailbox = opened_session()
    receive(session, message_frame(1))
    mailbox.take()
    mailbox.finish()
    unsent(session)
    session.opened({**WELCOME, "head": 1, "after": 1})
    assert unsent(session) == [{"type": "ack", "sequence": 1}]


def test_tells_of_receipts_and_presence() -> None:
    session, _ = opened_session()
    read = receive(
        session, {"type": "receipt", "to": "a", "state": "read", "sequence": 3, "id": "k"}
    )
    here = receive(session, {"type": "presence", "agent_id": "a", "online": True, "status": "busy"})
    assert isinstance(read, Receipt)
    assert (read.to, read.state, read.sequence) == ("a", "read", 3)
    assert here == Presence("a", True, "busy")


def test_an_answer_that_nobody_waits_for_is_no_news_but_a_receipt() -> None:
    session, _ = opened_session()
    assert receive(session, {"type": "pong", "ref": "9"}) is None
    assert receive(session, {"type": "from-the-future", "x": 1}) is None


def test_tells_of_a_problem_without_a_ref() -> None:
    session, _ = opened_session()
    problem = {"type": "/problems/malformed-json", "title": "Bad", "status": 400}
    assert isinstance(receive(session, {"type": "problem", "problem": problem}), ProblemError)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}", '{"type":"message"}'])
def test_says_that_a_frame_cannot_be_read(text: str) -> None:
    session, _ = opened_session()
    with pytest.raises(ProtocolError):
        session.receive(text)


def test_refuses_the_largest_frame_that_was_sent() -> None:
    session, _ = opened_session()
    answers: list[str] = []
    session.request({"type": "send", "payload": "small"}, lambda _: answers.append("small"))
    session.request({"type": "send", "payload": "x" * 99}, lambda _: answers.append("large"))
    unsent(session)
    session.request({"type": "send", "payload": "x" * 999}, lambda _: answers.append("unsent"))
    session.refuse_largest(ProblemError("message-too-large", 413, "Too large"))
    assert answers == ["large"]


def test_gives_a_frame_up_with_which_every_connection_ended() -> None:
    session, _ = opened_session()
    answers: list[Any] = []
    session.request({"type": "send"}, answers.append)
    for _ in range(5):
        assert len(unsent(session)) == 1
        assert answers == []
        session.opened(WELCOME)
    assert isinstance(answers[0], ConnectionLost)
    assert unsent(session) == []


def test_fails_every_request_at_the_end() -> None:
    session, _ = opened_session()
    answers: list[Any] = []
    session.request({"type": "send"}, answers.append)
    session.fail(ConnectionLost("closed"))
    assert isinstance(answers[0], ConnectionLost)
    assert unsent(session) == []
