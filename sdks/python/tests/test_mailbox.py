from __future__ import annotations

from meshkore.mailbox import Mailbox
from meshkore.models import Message
from support import message


def taken(mailbox: Mailbox) -> list[int]:
    """What a loop would see, acknowledged as it goes."""
    sequences: list[int] = []
    while True:
        due = mailbox.finish()
        if due is not None:
            mailbox.acknowledged(due)
        found = mailbox.take()
        if found is None:
            return sequences
        sequences.append(found.sequence)


def test_hands_messages_out_once_and_in_order() -> None:
    mailbox = Mailbox()
    for sequence in (1, 2, 2, 1, 3):
        mailbox.accept(message(sequence))
    assert taken(mailbox) == [1, 2, 3]


def test_says_that_a_message_came_before() -> None:
    mailbox = Mailbox()
    assert mailbox.accept(message(1))
    assert not mailbox.accept(message(1))


def test_acknowledges_only_when_the_loop_comes_back() -> None:
    mailbox = Mailbox()
    mailbox.accept(message(1))
    mailbox.accept(message(2))
    mailbox.take()
    assert mailbox.due() is None
    assert mailbox.finish() == 1


def test_acknowledges_what_has_expired_between_two_messages() -> None:
    mailbox = Mailbox()
    mailbox.accept(message(1))
    mailbox.accept(message(5))
    mailbox.take()
    assert mailbox.finish() == 4


def test_begins_a_new_loop_with_the_message_that_was_not_finished() -> None:
    mailbox = Mailbox()
    mailbox.accept(message(1))
    mailbox.accept(message(2))
    mailbox.take()
    mailbox.restart()
    assert taken(mailbox) == [1, 2]


def test_does_not_begin_again_with_what_the_caller_acknowledged() -> None:
    mailbox = Mailbox()
    for sequence in (1, 2, 3):
        mailbox.accept(message(sequence))
    mailbox.take()
    mailbox.acknowledged(2)
    mailbox.restart()
    assert taken(mailbox) == [3]


def test_gives_an_expected_reply_to_whoever_waits_and_the_rest_to_the_loop() -> None:
    mailbox = Mailbox()
    replies: list[Message] = []
    mailbox.expect("k1", replies.append)
    mailbox.accept(message(1))
    mailbox.accept(message(2, reply_to="k1"))
    mailbox.accept(message(3))
    assert [reply.sequence for reply in replies] == [2]
    assert taken(mailbox) == [1, 3]
    assert mailbox.position == 3


def test_a_reply_alone_is_due_at_once() -> None:
    mailbox = Mailbox()
    mailbox.expect("k1", lambda _: None)
    mailbox.accept(message(1, reply_to="k1"))
    assert mailbox.due() == 1


def test_a_reply_behind_unread_mail_is_not_due() -> None:
    mailbox = Mailbox()
    mailbox.expect("k1", lambda _: None)
    mailbox.accept(message(1))
    mailbox.accept(message(2, reply_to="k1"))
    assert mailbox.due() is None
    mailbox.take()
    assert mailbox.finish() == 2


def test_a_reply_that_nobody_waits_for_is_ordinary_mail() -> None:
    mailbox = Mailbox()
    mailbox.expect("k1", lambda _: None)
    mailbox.forget("k1")
    mailbox.accept(message(1, reply_to="k1"))
    assert taken(mailbox) == [1]


def test_a_second_reply_is_ordinary_mail() -> None:
    mailbox = Mailbox()
    mailbox.expect("k1", lambda _: None)
    mailbox.accept(message(1, reply_to="k1"))
    mailbox.accept(message(2, reply_to="k1"))
    assert taken(mailbox) == [2]


def test_a_reply_claimed_outside_the_loop_is_skipped_when_the_loop_meets_it() -> None:
    mailbox = Mailbox()
    mailbox.expect("k1", lambda _: None)
    assert mailbox.claim(message(2, reply_to="k1"))
    mailbox.refill([message(1), message(2, reply_to="k1"), message(3)])
    assert taken(mailbox) == [1, 3]


def test_leaves_on_the_hub_what_has_no_room_and_gets_it_back_in_order() -> None:
    mailbox = Mailbox(capacity=2)
    for sequence in range(1, 7):
        mailbox.accept(message(sequence))
    assert mailbox.is_behind
    assert taken(mailbox) == [1, 2]
    assert mailbox.refill([message(2), message(3), message(4)])
    assert mailbox.is_behind
    mailbox.accept(message(7))
    assert taken(mailbox) == [3, 4]
    mailbox.refill([message(5), message(6), message(7)])
    assert not mailbox.is_behind
    assert taken(mailbox) == [5, 6, 7]
    mailbox.accept(message(8))
    assert taken(mailbox) == [8]


def test_finds_a_reply_even_when_it_has_no_room() -> None:
    mailbox = Mailbox(capacity=1)
    replies: list[Message] = []
    mailbox.expect("k1", replies.append)
    mailbox.accept(message(1))
    mailbox.accept(message(2))
    mailbox.accept(message(3, reply_to="k1"))
    assert [reply.sequence for reply in replies] == [3]
    assert taken(mailbox) == [1]
    mailbox.refill([message(2), message(3, reply_to="k1")])
    assert taken(mailbox) == [2]
    assert mailbox.position == 3


def test_acknowledges_again_what_the_hub_did_not_hear() -> None:
    mailbox = Mailbox()
    mailbox.opened(after=0, acknowledged=0)
    mailbox.accept(message(1))
    assert taken(mailbox) == [1]
    mailbox.opened(after=1, acknowledged=0)
    assert mailbox.due() == 1


def test_goes_on_after_what_was_acknowledged_before_it_began() -> None:
    mailbox = Mailbox()
    mailbox.opened(after=7, acknowledged=7)
    assert mailbox.position == 7
    mailbox.accept(message(7))
    mailbox.accept(message(8))
    assert taken(mailbox) == [8]
