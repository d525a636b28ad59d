"""Blocking agents of both kinds against a real hub."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Queue

import pytest

from hub import QUICK, BlockingKind, Hub, credentials
from meshkore import (
    ConnectionLost,
    Member,
    MeshKoreRestAgent,
    MeshKoreWebSocketAgent,
    Message,
    Presence,
    Receipt,
    RetryPolicy,
    TimedOut,
    join,
)
from meshkore.blocking import BlockingAgent
from meshkore.problems import (
    AgentExistsError,
    InvalidFieldError,
    LastOwnerError,
    MessageTooLargeError,
    NotAllowedError,
    UnauthenticatedError,
    UnknownAgentError,
    UnknownChannelError,
    UnknownInviteError,
    UnknownMessageError,
    UnknownRecipientError,
)

Join = Callable[..., BlockingAgent]

LONG = 30.0


@pytest.fixture
def workers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def read(agent: BlockingAgent, count: int) -> list[Message]:
    """So many messages, of which all but the last are acknowledged."""
    found: list[Message] = []
    for message in agent.messages():
        found.append(message)
        if len(found) == count:
            break
    return found


def serve(agent: BlockingAgent, count: int) -> None:
    """Answers so many messages."""
    for message in read_one_by_one(agent, count):
        agent.reply(message, {"answer": message.payload})
        agent.ack(message)


def read_one_by_one(agent: BlockingAgent, count: int) -> Iterator[Message]:
    messages = agent.messages()
    for _ in range(count):
        yield next(messages)


def test_a_message_arrives_with_all_that_was_given(joined: Join) -> None:
    alice, bob = joined("alice"), joined("bob")
    sent = alice.send(
        bob.agent_id, {"text": "grüße"}, id="k1", thread="t1", reply_to="k0", expires_in_secs=3600
    )
    assert (sent.id, sent.to, sent.sequence, sent.state) == ("k1", bob.agent_id, 1, "queued")
    (message,) = read(bob, 1)
    assert (message.sequence, message.id, message.sender) == (1, "k1", alice.agent_id)
    assert (message.to, message.thread, message.reply_to) == (bob.agent_id, "t1", "k0")
    assert message.payload == {"text": "grüße"}
    assert message.sent_at == sent.sent_at
    assert message.expires_at is not None
    assert (message.expires_at - message.sent_at).total_seconds() == 3600


def test_a_message_sent_twice_is_there_once(joined: Join) -> None:
    alice, bob = joined("alice"), joined("bob")
    first = alice.send(bob.agent_id, 1, id="k1")
    again = alice.send(bob.agent_id, 2, id="k1")
    assert (again.sequence, again.sent_at) == (first.sequence, first.sent_at)
    assert [message.payload for message in bob.messages(idle_secs=0)] == [1]


def test_every_message_gets_an_id_of_its_own(joined: Join) -> None:
    alice, bob = joined("alice"), joined("bob")
    ids = {alice.send(bob.agent_id, 1).id for _ in range(3)}
    assert len(ids) == 3
    assert all(made[14] == "7" for made in ids)


def test_the_loop_acknowledges_what_it_has_done(joined: Join) -> None:
    alice, bob = joined("alice"), joined("bob")
    for number in range(3):
        alice.send(bob.agent_id, number)
    assert [message.payload for message in read(bob, 2)] == [0, 1]
    # The second was still in hand.
    assert [message.payload for message in bob.messages(idle_secs=0)] == [1, 2]
    assert bob.ack(0).acknowledged == 3
    assert bob.inbox() == ()


def test_what_was_in_hand_comes_again_after_a_crash(
    hub: Hub, name: Callable[[str], str], kind: BlockingKind, joined: Join
) -> None:
    alice = joined("alice")
    known = credentials(hub, name("bob"))
    for number in range(3):
        alice.send(known[1], number)
    with kind(*known) as before:
        assert [message.payload for message in read(before, 2)] == [0, 1]
    with kind(*known) as after:
        assert [message.payload for message in after.messages(idle_secs=0)] == [1, 2]


def test_what_the_caller_acknowledged_does_not_come_again(joined: Join) -> None:
    alice, bob = joined("alice"), joined("bob")
    for number in range(2):
        alice.send(bob.agent_id, number)
    (first,) = read(bob, 1)
    bob.ack(first)
    assert [message.payload for message in bob.messages(idle_secs=0)] == [1]


def test_a_loop_that_waits_gets_what_comes_later(joined: Join, workers: ThreadPoolExecutor) -> None:
    alice, bob = joined("alice"), joined("bob")
    waiting = workers.submit(read, bob, 2)
    alice.send(bob.agent_id, 1)
    alice.send(bob.agent_id, 2)
    assert [message.payload for message in waiting.result(LONG)] == [1, 2]


def test_the_reply_is_the_answer_to_the_request(joined: Join, workers: ThreadPoolExecutor) -> None:
    alice, bob = joined("alice"), joined("bob")
    serving = workers.submit(serve, bob, 2)
    for number in range(2):
        reply = alice.send_and_wait(bob.agent_id, number, timeout_secs=LONG, thread="t")
        assert reply.payload == {"answer": number}
        assert (reply.sender, reply.thread) == (bob.agent_id, "t")
    serving.result(LONG)
    assert list(alice.messages(idle_secs=0)) == []
    assert alice.inbox() == ()


def test_other_mail_that_comes_before_the_reply_is_kept_in_order(
    joined: Join, workers: ThreadPoolExecutor
) -> None:
    alice, bob = joined("alice"), joined("bob")
    bob.send(alice.agent_id, "first")

    def disturb_and_answer() -> None:
        (request,) = read(bob, 1)
        bob.send(alice.agent_id, "second")
        bob.reply(request, "reply")
        bob.send(alice.agent_id, "third")

    serving = workers.submit(disturb_and_answer)
    assert alice.send_and_wait(bob.agent_id, "?", timeout_secs=LONG).payload == "reply"
    serving.result(LONG)
    found = [message.payload for message in alice.messages(idle_secs=0)]
    assert found == ["first", "second", "third"]
    assert alice.ack(0).acknowledged == 4


def test_replies_reach_those_who_wait_while_a_loop_reads_the_rest(
    joined: Join, workers: ThreadPoolExecutor
) -> None:
    alice, bob = joined("alice"), joined("bob")

    def answer_backwards() -> None:
        requests = read(bob, 2)
        bob.send(alice.agent_id, "mail")
        for request in reversed(requests):
            bob.reply(request, request.payload)

    reading = workers.submit(read, alice, 1)
    asking = [
        workers.submit(alice.send_and_wait, bob.agent_id, number, timeout_secs=LONG)
        for number in (1, 2)
    ]
    answer_backwards()
    assert [asked.result(LONG).payload for asked in asking] == [1, 2]
    assert [message.payload for message in reading.result(LONG)] == ["mail"]
    assert [message.payload for message in alice.messages(idle_secs=0)] == ["mail"]


def test_no_reply_in_time_is_an_error_and_a_late_one_is_mail(joined: Join) -> None:
    alice, bob = joined("alice"), joined("bob")
    with pytest.raises(TimedOut):
        alice.send_and_wait(bob.agent_id, "?", timeout_secs=0.3)
    (request,) = read(bob, 1)
    bob.reply(request, "late")
    assert [message.payload for message in alice.messages(idle_secs=0)] == ["late"]


def test_agents_of_both_kinds_talk_to_each_other(joined: Join, workers: ThreadPoolExecutor) -> None:
    over_http = joined("http", MeshKoreRestAgent)
    over_socket = joined("socket", MeshKoreWebSocketAgent)
    for asking, serving in ((over_http, over_socket), (over_socket, over_http)):
        done = workers.submit(serve, serving, 1)
        reply = asking.send_and_wait(serving.agent_id, "ping", timeout_secs=LONG)
        assert reply.payload == {"answer": "ping"}
        done.result(LONG)


def test_a_refused_token_is_renewed(joined: Join) -> None:
    alice, bob = joined("alice"), joined("bob")
    alice.register()
    token = str(alice._core.token)
    alice._core.token = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    assert alice.send(bob.agent_id, 1).state == "queued"
    assert alice._core.token != token


def test_a_wrong_key_is_said_at_once(hub: Hub, kind: BlockingKind, joined: Join) -> None:
    alice = joined("alice")
    wrong = "mk_" + "A" * 43
    with kind(hub.url, alice.agent_id, wrong) as stranger:
        with pytest.raises(UnauthenticatedError):
            stranger.send(alice.agent_id, 1)
        with pytest.raises(UnauthenticatedError):
            next(iter(stranger.messages()))
        with pytest.raises(UnauthenticatedError):
            stranger.send_and_wait(alice.agent_id, 1)


def test_refusals_are_exceptions_of_their_slug(joined: Join) -> None:
    alice, bob = joined("alice"), joined("bob")
    with pytest.raises(UnknownRecipientError) as caught:
        alice.send("nobody-at-all", 1)
    assert (caught.value.type, caught.value.status) == ("unknown-recipient", 404)
    with pytest.raises(InvalidFieldError) as invalid:
        alice.send(bob.agent_id, 1, id="not an id")
    assert invalid.value.members["field"] == "id"
    with pytest.raises(MessageTooLargeError) as large:
        alice.send(bob.agent_id, "x" * 300_000)
    assert large.value.status == 413
    with pytest.raises(UnknownAgentError):
        alice.agent("nobody-at-all")
    with pytest.raises(UnknownMessageError):
        alice.receipt("nothing")
    with pytest.raises(UnknownChannelError):
        alice.channels.get("nowhere")
    assert bob.inbox() == ()


def test_what_is_no_json_is_refused_before_it_is_sent(joined: Join) -> None:
    alice = joined("alice")
    with pytest.raises(ValueError, match="not a JSON value"):
        alice.send(alice.agent_id, float("nan"))


def test_says_that_there_is_no_hub(kind: BlockingKind) -> None:
    with (
        kind(
            "http://127.0.0.1:9", "a", "b", retry=RetryPolicy(give_up_secs=0), timeout_secs=1
        ) as x,
        pytest.raises(ConnectionLost),
    ):
        x.send("bob", 1)


def test_says_that_it_was_closed(joined: Join) -> None:
    alice = joined("alice", MeshKoreWebSocketAgent)
    alice.close()
    with pytest.raises(ConnectionLost):
        alice.send("bob", 1)


def test_profiles_and_lists_of_agents(joined: Join, name: Callable[[str], str]) -> None:
    alice, bob = joined("alice"), joined("bob")
    skill = name("skill")
    alice.update_profile(description="Reviews.", capabilities=[skill, "java"], status="busy")
    bob.update_profile(capabilities=[skill])
    profile = alice.profile()
    assert (profile.description, profile.capabilities) == ("Reviews.", (skill, "java"))
    assert (profile.status, bob.agent(alice.agent_id).status) == ("busy", "busy")
    found = alice.agents(capability=skill, status="all", page_size=1)
    assert [agent.agent_id for agent in found] == [alice.agent_id, bob.agent_id]
    assert alice.stats().agents >= 2


def test_history_and_receipts(joined: Join) -> None:
    alice, bob = joined("alice"), joined("bob")
    for number in range(3):
        alice.send(bob.agent_id, number, id=f"k{number}")
    assert alice.receipt("k0").recipients[0].state == "queued"
    assert len(list(bob.messages(idle_secs=0))) == 3
    newest = alice.history(bob.agent_id, limit=2)
    assert [message.payload for message in newest.messages] == [1, 2]
    assert [message.state for message in newest.messages] == ["read", "read"]
    older = alice.history(bob.agent_id, limit=2, before=newest.next)
    assert [message.payload for message in older.messages] == [0]
    assert alice.receipt("k2").recipients[0].state == "read"
    moved = alice.receipts()
    (read_up_to,) = [receipt for receipt in moved.receipts if receipt.state == "read"]
    assert (read_up_to.to, read_up_to.sequence, read_up_to.id) == (bob.agent_id, 3, "k2")
    assert alice.receipts(moved.version).receipts == ()


def test_search(joined: Join) -> None:
    alice, bob = joined("alice"), joined("bob")
    alice.send(bob.agent_id, "the red lantern", id="k0")
    alice.send(bob.agent_id, {"text": "a lantern, red"}, id="k1", thread="t")
    bob.send(alice.agent_id, "no lantern", id="k2")
    deadline = time.monotonic() + 20
    while len(list(bob.search("lantern"))) < 3:
        assert time.monotonic() < deadline
    assert [found.id for found in bob.search('"red lantern"')] == ["k0"]
    newest = list(bob.search("lantern", newest_first=True, page_size=1))
    assert [found.id for found in newest] == ["k2", "k1", "k0"]
    assert (newest[1].sender, newest[1].to, newest[1].thread) == (
        alice.agent_id,
        bob.agent_id,
        "t",
    )
    assert newest[1].snippet == "a lantern, red"
    since = newest[0].sent_at
    assert [found.id for found in alice.search("lantern", since=since, sender=bob.agent_id)] == [
        "k2"
    ]


def test_channels(joined: Join, name: Callable[[str], str]) -> None:
    alice, bob, carol = joined("alice"), joined("bob"), joined("carol")
    team = name("team")
    made = alice.channels.create(
        team, description="Ours.", visibility="open", members=[bob.agent_id]
    )
    assert (made.channel_id, made.member_count, made.visibility) == (team, 2, "open")
    assert carol.channels.join(team).member_count == 3
    sent = alice.channels.send(team, {"text": "hi"}, id="k1")
    assert (sent.id, sent.channel, sent.recipients) == ("k1", team, 2)
    (message,) = read(bob, 1)
    assert (message.channel, message.to, message.payload) == (team, None, {"text": "hi"})
    bob.reply(message, "to all")
    assert [message.payload for message in alice.messages(idle_secs=0)] == ["to all"]
    assert [message.payload for message in alice.channels.history(team).messages] == [
        {"text": "hi"},
        "to all",
    ]
    changed = alice.channels.set_role(team, bob.agent_id, "moderator")
    assert Member(bob.agent_id, "moderator") in (changed.members or ())
    with pytest.raises(NotAllowedError):
        carol.channels.set_role(team, bob.agent_id, "member")
    bob.channels.remove(team, carol.agent_id)
    grown = alice.channels.add(team, carol.agent_id)
    assert Member(carol.agent_id, "member") in (grown.members or ())
    carol.channels.leave(team)
    with pytest.raises(LastOwnerError):
        alice.channels.leave(team)
    assert team in [channel.channel_id for channel in carol.channels.list(page_size=1)]
    assert carol.channels.get(team).members is None


def test_an_invite_makes_an_agent_once(hub: Hub, name: Callable[[str], str]) -> None:
    invite = hub.invite(uses=2)
    with join(invite, name("dora"), ["tests"], "Tests things.") as dora:
        assert dora.profile().capabilities == ("tests",)
        assert dora.api_key.startswith("mk_")
        assert dora.api_key not in repr(dora)
        assert dora.api_key not in repr(dora.register())
        with MeshKoreRestAgent(hub.url, dora.agent_id, dora.api_key) as again:
            assert again.profile().description == "Tests things."
        with pytest.raises(AgentExistsError):
            join(invite, dora.agent_id)
    with pytest.raises(UnknownInviteError):
        join(f"{hub.url}/join/nothing", name("erik"))


def test_logs_no_secret(
    hub: Hub, name: Callable[[str], str], kind: BlockingKind, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    invite = hub.invite()
    with join(invite, name("alice")) as joined, kind(hub.url, joined.agent_id, joined.api_key) as a:
        token = a.register().token
        a.send(a.agent_id, "a private word")
        assert [message.payload for message in a.messages(idle_secs=0)] == ["a private word"]
        secrets = [a.api_key, token, invite.rpartition("/")[2], "a private word"]
    assert "HTTP Request" in caplog.text
    assert [secret for secret in secrets if secret in caplog.text] == []


def test_receipts_and_presence_arrive_as_they_happen(joined: Join) -> None:
    alice = joined("alice", MeshKoreWebSocketAgent)
    bob = joined("bob", MeshKoreWebSocketAgent)
    assert isinstance(alice, MeshKoreWebSocketAgent)
    assert isinstance(bob, MeshKoreWebSocketAgent)
    receipts: Queue[Receipt] = Queue()
    presence: Queue[Presence] = Queue()

    @alice.on_receipt
    def fail(_: Receipt) -> None:
        raise RuntimeError("a callback that fails disturbs nobody")

    alice.on_receipt(receipts.put)
    alice.on_presence(presence.put)
    alice.watch([bob.agent_id])

    def wait_until(state: Presence) -> None:
        # How it is may be told twice: bob has just joined, which is a change of his profile, too.
        while presence.get(timeout=LONG) != state:
            pass

    wait_until(Presence(bob.agent_id, False, "available"))
    bob.connect()
    wait_until(Presence(bob.agent_id, True, "available"))
    bob.update_profile(status="busy")
    wait_until(Presence(bob.agent_id, True, "busy"))
    alice.send(bob.agent_id, 1, id="k1")
    assert len(list(bob.messages(idle_secs=0))) == 1
    while (receipt := receipts.get(timeout=LONG)).state != "read":
        assert receipt.state in ("queued", "delivered")
    assert (receipt.to, receipt.id, receipt.sequence) == (bob.agent_id, "k1", 1)


def test_a_loop_that_is_far_behind_gets_everything_in_order(
    hub: Hub, joined: Join, name: Callable[[str], str]
) -> None:
    alice = joined("alice", MeshKoreWebSocketAgent)
    bob = MeshKoreWebSocketAgent(*credentials(hub, name("bob")), retry=QUICK)
    bob._core.mailbox._capacity = 3
    with bob:
        bob.connect()
        for number in range(20):
            alice.send(bob.agent_id, number)
        found = [message.payload for message in bob.messages(idle_secs=0)]
    assert found == list(range(20))


def test_several_threads_may_send(joined: Join, workers: ThreadPoolExecutor) -> None:
    alice, bob = joined("alice"), joined("bob")
    start = threading.Barrier(4)

    def send_some(worker: int) -> None:
        start.wait(LONG)
        for number in range(5):
            alice.send(bob.agent_id, [worker, number])

    for done in [workers.submit(send_some, worker) for worker in range(4)]:
        done.result(LONG)
    found = [message.payload for message in bob.messages(idle_secs=0)]
    assert sorted(found) == [[worker, number] for worker in range(4) for number in range(5)]
    for worker in range(4):
        assert [number for who, number in found if who == worker] == list(range(5))
