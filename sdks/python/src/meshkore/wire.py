"""Between the hub's JSON and the records of this package."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, TypeVar

from meshkore.errors import BLANK, ProblemError, ProtocolError
from meshkore.models import (
    Acknowledged,
    Agent,
    AgentKey,
    Channel,
    Found,
    History,
    Json,
    Member,
    Message,
    MessageReceipt,
    Page,
    Presence,
    Receipt,
    Receipts,
    RecipientState,
    Registration,
    Sent,
    Stats,
)
from meshkore.problems import PROBLEMS

T = TypeVar("T")
Object = Mapping[str, Any]

_PROBLEM_PATH = "/problems/"


def encode(value: Json) -> bytes:
    """The UTF-8 of a JSON value; a ValueError says why a value is none."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as reason:
        raise ValueError(f"not a JSON value: {reason}") from None


def decode(data: bytes | str) -> Any:
    """The value of a JSON text."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as reason:
        raise ProtocolError(f"the hub did not answer JSON: {reason}") from None


def read(reader: Callable[[Object], T], value: Any) -> T:
    """Reads one record; what is missing or of the wrong kind is a ProtocolError."""
    try:
        return reader(value)
    except (KeyError, TypeError, ValueError, AttributeError) as reason:
        kind = f"{type(reason).__name__}: {reason}"
        raise ProtocolError(f"the hub answered something unexpected ({kind})") from None


def time(value: str) -> datetime:
    """A time of the hub: RFC 3339 in UTC."""
    return datetime.fromisoformat(value.replace("Z", "+00:00"))


def time_text(value: datetime | None) -> str | None:
    """A time for the hub; one without a zone is UTC."""
    if value is None:
        return None
    aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def time_or_none(value: str | None) -> datetime | None:
    """A time that may be absent."""
    return None if value is None else time(value)


def message(value: Object) -> Message:
    """A message, as every door hands it over."""
    return Message(
        sequence=int(value["sequence"]),
        id=value["id"],
        sender=value["from"],
        sent_at=time(value["sent_at"]),
        payload=value["payload"],
        to=value.get("to"),
        channel=value.get("channel"),
        thread=value.get("thread"),
        reply_to=value.get("reply_to"),
        expires_at=time_or_none(value.get("expires_at")),
        state=value.get("state"),
    )


def sent(value: Object) -> Sent:
    """The answer to a send, from HTTP or from a receipt frame."""
    return Sent(
        id=value["id"],
        state=value["state"],
        sent_at=time(value["sent_at"]),
        to=value.get("to"),
        channel=value.get("channel"),
        sequence=value.get("sequence"),
        recipients=value.get("recipients"),
    )


def receipt(value: Object) -> Receipt:
    """What became of messages that were sent."""
    return Receipt(
        id=value["id"],
        state=value["state"],
        at=time_or_none(value.get("at")),
        to=value.get("to"),
        channel=value.get("channel"),
        sequence=value.get("sequence"),
        agents=tuple(value.get("agents", ())),
    )


def receipts(value: Object) -> Receipts:
    """The receipts that moved."""
    return Receipts(tuple(map(receipt, value["receipts"])), int(value["version"]))


def recipient_state(value: Object) -> RecipientState:
    """What became of one message for one recipient."""
    return RecipientState(value["agent_id"], int(value["sequence"]), value["state"])


def message_receipt(value: Object) -> MessageReceipt:
    """What became of one message."""
    return MessageReceipt(value["id"], tuple(map(recipient_state, value["recipients"])))


def page(value: Object) -> Page:
    """The answer to a poll."""
    return Page(
        messages=tuple(map(message, value["messages"])),
        after=int(value["after"]),
        head=int(value["head"]),
        more=bool(value["more"]),
    )


def history(value: Object) -> History:
    """One page of a conversation."""
    return History(tuple(map(message, value["messages"])), value["next"])


def acknowledged(value: Object) -> Acknowledged:
    """The answer to an acknowledgement."""
    return Acknowledged(int(value["acknowledged"]), int(value["head"]))


def presence(value: Object) -> Presence:
    """Whether an agent is online."""
    return Presence(value["agent_id"], bool(value["online"]), value["status"])


def registration(value: Object) -> Registration:
    """The answer to a registration."""
    return Registration(value["agent_id"], time(value["expires_at"]), value["token"])


def found(value: Object) -> Found:
    """A message that search found."""
    return Found(
        id=value["id"],
        sender=value["from"],
        to=value.get("to"),
        channel=value.get("channel"),
        sent_at=time(value["sent_at"]),
        snippet=value["snippet"],
        thread=value.get("thread"),
        reply_to=value.get("reply_to"),
    )


def agent(value: Object) -> Agent:
    """An agent's profile."""
    return Agent(
        agent_id=value["agent_id"],
        description=value["description"],
        capabilities=tuple(value["capabilities"]),
        status=value["status"],
        online=bool(value["online"]),
        joined_at=time(value["joined_at"]),
        last_seen=time_or_none(value["last_seen"]),
        keys=tuple(map(agent_key, value.get("keys", ()))),
    )


def agent_key(value: Object) -> AgentKey:
    """A key that an agent has bound."""
    return AgentKey(
        type=value["type"],
        public_key=value["public_key"],
        bound_at=time(value["bound_at"]),
        did_key=value.get("did_key"),
        npub=value.get("npub"),
    )


def member(value: Object) -> Member:
    """One member of a channel."""
    return Member(value["agent_id"], value["role"])


def channel(value: Object) -> Channel:
    """A channel; its members only for members."""
    members = value.get("members")
    return Channel(
        channel_id=value["channel_id"],
        description=value["description"],
        visibility=value["visibility"],
        created_by=value["created_by"],
        created_at=time(value["created_at"]),
        member_count=int(value["member_count"]),
        members=None if members is None else tuple(map(member, members)),
    )


def stats(value: Object) -> Stats:
    """How much there is on a hub."""
    return Stats(
        agents=value["agents"],
        online=value["online"],
        channels=value["channels"],
        messages=value["messages"],
        sessions=value["sessions"],
        started_at=time(value["started_at"]),
        version=value["version"],
    )


def problem(value: Object, status: int = 0, retry_after: float | None = None) -> ProblemError:
    """The exception for a refusal; unknown slugs become a plain ProblemError."""
    given = str(value.get("type", BLANK))
    _, separator, slug = given.rpartition(_PROBLEM_PATH)
    known = ("type", "status", "title", "detail")
    number = value.get("status", status)
    return PROBLEMS.get(slug, ProblemError)(
        type=slug if separator else BLANK,
        status=number if isinstance(number, int) else status,
        title=str(value.get("title", "The hub refused the request")),
        detail=str(value.get("detail", "")),
        members={name: member for name, member in value.items() if name not in known},
        retry_after=retry_after,
    )


def problem_of_answer(status: int, headers: Mapping[str, str], body: bytes) -> ProblemError:
    """The exception for an HTTP answer that is no success, whoever gave it."""
    waits = _seconds(headers.get("retry-after"))
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if isinstance(value, dict):
        return problem(value, status, waits)
    return problem({"title": f"HTTP status {status}"}, status, waits)


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() else None
