"""What an agent can ask of a hub, as operations."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

from meshkore import wire
from meshkore.core import FOREVER, Core, Operation
from meshkore.errors import ConnectionLost, MeshKoreError, TimedOut
from meshkore.models import (
    Acknowledged,
    Agent,
    Channel,
    History,
    Json,
    Message,
    MessageReceipt,
    Page,
    Receipts,
    Sent,
    Stats,
)

T = TypeVar("T")

_POLL_SECS = 30
_ANSWER_SECS = 15.0  # what a poll may take beyond the time that the hub was asked to wait


@dataclass(frozen=True)
class Draft:
    """A message before it is sent; `id` makes it harmless to send it twice."""

    id: str
    payload: Json
    to: str | None = None
    channel: str | None = None
    thread: str | None = None
    reply_to: str | None = None
    expires_in_secs: int | None = None

    def body(self) -> dict[str, Any]:
        """The members that are given, as the hub names them."""
        given = {
            "id": self.id,
            "thread": self.thread,
            "reply_to": self.reply_to,
            "expires_in": self.expires_in_secs,
        }
        body: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        body["payload"] = self.payload
        return body


def reply_draft(message: Message, payload: Json, id: str) -> Draft:
    """The answer to a message: to its sender, or to its channel, in the same thread."""
    to = None if message.channel else message.sender
    return Draft(id, payload, to, message.channel, thread=message.thread, reply_to=message.id)


def join(
    core: Core,
    nonce: str,
    capabilities: Iterable[str],
    description: str | None,
    public_key: str | None,
) -> Operation[None]:
    """Uses an invite: afterwards the core has a key and a token."""
    body: dict[str, Json] = {"agent_id": core.agent_id}
    if capabilities := list(capabilities):
        body["capabilities"] = capabilities
    if description is not None:
        body["description"] = description
    if public_key is not None:
        body["public_key"] = public_key
    answer = yield from core.call_without_credential("POST", f"/join/{quote(nonce, safe='')}", body)
    core.agent_id = wire.read(lambda value: str(value["agent_id"]), answer)
    core.api_key = wire.read(lambda value: str(value["api_key"]), answer)
    core.token = wire.read(lambda value: str(value["token"]), answer)


def split_invite(invite_url: str) -> tuple[str, str]:
    """The hub's URL and the nonce of an invite's URL."""
    hub, separator, nonce = invite_url.strip().rstrip("/").rpartition("/join/")
    if not separator or not nonce:
        raise ValueError("an invite URL ends in /join/ and a code")
    return hub, nonce


def send(core: Core, draft: Draft, give_up_secs: float | None = None) -> Operation[Sent]:
    """Sends a message; repeated until the hub says that it is on its disk."""
    if draft.channel is not None:
        path, body = f"/channels/{_segment(draft.channel)}/send", draft.body()
    else:
        path, body = "/send", {"to": draft.to, **draft.body()}
    answer = yield from core.call("POST", path, body=body, give_up_secs=give_up_secs)
    return wire.read(wire.sent, answer)


def send_and_wait(core: Core, draft: Draft, timeout_secs: float) -> Operation[Message]:
    """Sends a message and gives the one that answers it; other mail stays in the inbox.

    The answer is looked for on the event stream, which acknowledges nothing. It is acknowledged
    if nothing that is unread comes before it, else when the loop passes it.
    """
    clock, mailbox = core.environment.clock, core.mailbox
    end = clock() + timeout_secs
    answers: list[Message] = []
    mailbox.expect(draft.id, answers.append)
    try:
        inbox = yield from acknowledge(core, 0, timeout_secs)
        after, alone = inbox.head, inbox.acknowledged == inbox.head
        yield from send(core, draft, max(0.0, end - clock()))
        while not answers:
            frames = yield from _next_frames(core, after, end)
            for frame in frames:
                message = wire.read(wire.message, frame)
                after = max(after, message.sequence)
                alone = mailbox.claim(message) and alone
    finally:
        mailbox.forget(draft.id)
    if alone:
        # The answer is here; if the hub is not, the loop acknowledges it later.
        with contextlib.suppress(MeshKoreError):
            yield from acknowledge(core, answers[0].sequence, 0.0)
    return answers[0]


def _next_frames(core: Core, after: int, end: float) -> Operation[list[Any]]:
    clock, backoff = core.environment.clock, core.backoff()
    while (remaining := end - clock()) > 0:
        try:
            frames = yield from core.events(after, remaining)
        except TimedOut:
            continue
        except ConnectionLost:
            delay = min(backoff.next_delay(), max(0.0, end - clock()))
            yield from core.sleep(delay)
        else:
            return frames
    raise TimedOut("no reply came in time")


def next_message(core: Core, idle_secs: float | None) -> Operation[Message | None]:
    """What a loop over the inbox does when it comes back: acknowledge, then the next message.

    None when nothing came for `idle_secs`. The message is taken in the last step, so that a loop
    that is interrupted loses none.
    """
    clock, mailbox = core.environment.clock, core.mailbox
    end = FOREVER if idle_secs is None else clock() + idle_secs
    due = mailbox.finish()
    if due is not None and mailbox.has_waiting:
        yield from acknowledge(core, due, FOREVER)
    while (message := mailbox.take()) is None:
        wait = math.ceil(min(_POLL_SECS, max(0.0, end - clock())))
        page = yield from poll(core, mailbox.position or None, 100, wait, FOREVER)
        if not mailbox.refill(page.messages) and clock() >= end:
            return None
    return message


def poll(
    core: Core, after: int | None, limit: int, wait_secs: int, give_up_secs: float | None = None
) -> Operation[Page]:
    """One look into the inbox; `after` acknowledges all up to it."""
    answer = yield from core.call(
        "GET",
        "/messages",
        query={"after": after, "limit": limit, "wait": wait_secs or None},
        give_up_secs=give_up_secs,
        timeout_secs=wait_secs + _ANSWER_SECS,
    )
    if after is not None:
        core.mailbox.acknowledged(after)
    return wire.read(wire.page, answer)


def acknowledge(
    core: Core, sequence: int, give_up_secs: float | None = None
) -> Operation[Acknowledged]:
    """Acknowledges all messages up to a sequence."""
    body = {"sequence": sequence}
    answer = yield from core.call("POST", "/messages/ack", body=body, give_up_secs=give_up_secs)
    core.mailbox.acknowledged(sequence)
    return wire.read(wire.acknowledged, answer)


def history(core: Core, peer: str, limit: int, before: str | None) -> Operation[History]:
    """A page of the conversation with one agent."""
    query = {"limit": limit, "before": before}
    answer = yield from core.call("GET", f"/history/{_segment(peer)}", query=query)
    return wire.read(wire.history, answer)


def receipts(core: Core, after: int) -> Operation[Receipts]:
    """The receipts that moved since a version."""
    answer = yield from core.call("GET", "/receipts", query={"after": after})
    return wire.read(wire.receipts, answer)


def receipt(core: Core, message_id: str) -> Operation[MessageReceipt]:
    """The state of one message for all its recipients."""
    path = f"/receipts/{_segment(message_id)}"
    return wire.read(wire.message_receipt, (yield from core.call("GET", path)))


def profile(core: Core) -> Operation[Agent]:
    """The agent's own profile."""
    return wire.read(wire.agent, (yield from core.call("GET", "/profile")))


def update_profile(
    core: Core, description: str | None, capabilities: Iterable[str] | None, status: str | None
) -> Operation[Agent]:
    """Changes what is given."""
    given: dict[str, Json] = {
        "description": description,
        "capabilities": None if capabilities is None else list(capabilities),
        "status": status,
    }
    body = {name: value for name, value in given.items() if value is not None}
    return wire.read(wire.agent, (yield from core.call("PATCH", "/profile", body=body)))


@dataclass(frozen=True)
class Listing:
    """Which items of a paged list are wanted, and how many at a time."""

    path: str
    member: str
    query: dict[str, str | int | None]


def agents_listing(
    capability: str | None, query: str | None, status: str | None, page_size: int
) -> Listing:
    """The agents that fit."""
    wanted = {"capability": capability, "q": query, "status": status, "limit": page_size}
    return Listing("/agents", "agents", wanted)


def search_listing(
    query: str,
    sender: str | None,
    channel: str | None,
    since: datetime | None,
    until: datetime | None,
    newest_first: bool,
    page_size: int,
) -> Listing:
    """The messages that have the words."""
    wanted: dict[str, str | int | None] = {
        "q": query,
        "from": sender,
        "channel": channel,
        "since": wire.time_text(since),
        "until": wire.time_text(until),
        "order": "newest" if newest_first else None,
        "limit": page_size,
    }
    return Listing("/search", "results", wanted)


def channels_listing(page_size: int) -> Listing:
    """The channels that the caller can see."""
    return Listing("/channels", "channels", {"limit": page_size})


def list_page(
    core: Core, listing: Listing, cursor: str | None, reader: Callable[[wire.Object], T]
) -> Operation[tuple[list[T], str | None]]:
    """One page of a list, and the cursor of the next."""
    answer = yield from core.call("GET", listing.path, query={**listing.query, "cursor": cursor})
    items = wire.read(lambda value: [reader(item) for item in value[listing.member]], answer)
    return items, answer.get("next")


def agent(core: Core, agent_id: str) -> Operation[Agent]:
    """One agent."""
    path = f"/agents/{_segment(agent_id)}"
    return wire.read(wire.agent, (yield from core.call("GET", path)))


def stats(core: Core) -> Operation[Stats]:
    """How much there is on the hub."""
    return wire.read(wire.stats, (yield from core.call("GET", "/stats")))


def create_channel(
    core: Core,
    channel_id: str,
    description: str | None,
    visibility: str | None,
    members: Iterable[str],
) -> Operation[Channel]:
    """Makes a channel. Not repeated once it was sent: the second would be refused."""
    body: dict[str, Json] = {"channel_id": channel_id}
    if description is not None:
        body["description"] = description
    if visibility is not None:
        body["visibility"] = visibility
    if members := list(members):
        body["members"] = members
    answer = yield from core.call("POST", "/channels", body=body, repeatable=False)
    return wire.read(wire.channel, answer)


def channel(core: Core, channel_id: str) -> Operation[Channel]:
    """One channel."""
    answer = yield from core.call("GET", f"/channels/{_segment(channel_id)}")
    return wire.read(wire.channel, answer)


def join_channel(core: Core, channel_id: str) -> Operation[Channel]:
    """Joins an open channel."""
    answer = yield from core.call("POST", f"/channels/{_segment(channel_id)}/join")
    return wire.read(wire.channel, answer)


def leave_channel(core: Core, channel_id: str) -> Operation[None]:
    """Leaves a channel."""
    yield from core.call("POST", f"/channels/{_segment(channel_id)}/leave", repeatable=False)


def add_member(core: Core, channel_id: str, agent_id: str, role: str | None) -> Operation[Channel]:
    """Adds a member to a channel."""
    body: dict[str, Json] = {"agent_id": agent_id}
    if role is not None:
        body["role"] = role
    answer = yield from core.call("POST", f"/channels/{_segment(channel_id)}/members", body=body)
    return wire.read(wire.channel, answer)


def remove_member(core: Core, channel_id: str, agent_id: str) -> Operation[None]:
    """Removes a member from a channel."""
    path = f"/channels/{_segment(channel_id)}/members/{_segment(agent_id)}"
    yield from core.call("DELETE", path, repeatable=False)


def set_role(core: Core, channel_id: str, agent_id: str, role: str) -> Operation[Channel]:
    """Gives a member a role."""
    path = f"/channels/{_segment(channel_id)}/members/{_segment(agent_id)}"
    answer = yield from core.call("PUT", path, body={"role": role})
    return wire.read(wire.channel, answer)


def channel_history(
    core: Core, channel_id: str, limit: int, before: str | None
) -> Operation[History]:
    """A page of a channel's messages."""
    path = f"/channels/{_segment(channel_id)}/history"
    answer = yield from core.call("GET", path, query={"limit": limit, "before": before})
    return wire.read(wire.history, answer)


def _segment(text: str) -> str:
    if text in ("", ".", ".."):
        raise ValueError(f"{text!r} is no id")
    return quote(text, safe="")
