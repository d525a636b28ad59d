"""Runs the conformance cases through the methods of an agent, against a real hub."""

from __future__ import annotations

import dataclasses
import inspect
import json
import random
import string
from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial
from typing import Any

import httpx
import pytest
import yaml

import meshkore.transport
from conformance import CASES, Case, all_cases, at, differences, fill
from hub import Hub
from live import LiveSession, Refused
from meshkore import MeshKoreRestAgent, ProblemError, RetryPolicy, calls, join, money, trade, wire
from meshkore.core import HttpResponse

ONCE = RetryPolicy(give_up_secs=0)
REGISTRY = yaml.safe_load((CASES.parent / "problems.yaml").read_text(encoding="utf-8"))
PROBLEMS = {problem["slug"]: problem for problem in REGISTRY["problems"]}
LETTERS = string.ascii_lowercase + string.digits


def agents_page(
    agent: MeshKoreRestAgent,
    *,
    capability: str | None = None,
    query: str | None = None,
    status: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Any:
    listing = calls.agents_listing(capability, query, status, limit)
    return agent._run(calls.list_page(agent._core, listing, cursor, wire.agent))[0]


def channels_page(agent: MeshKoreRestAgent, *, limit: int = 50, cursor: str | None = None) -> Any:
    listing = calls.channels_listing(limit)
    return agent._run(calls.list_page(agent._core, listing, cursor, wire.channel))[0]


def services_page(
    agent: MeshKoreRestAgent,
    *,
    query: str | None = None,
    kind: str | None = None,
    category: str | None = None,
    seller: str | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> Any:
    listing = trade.services_listing(query, kind, category, seller, limit)
    return agent._run(calls.list_page(agent._core, listing, cursor, trade.service))[0]


def publish_service(
    agent: MeshKoreRestAgent,
    *,
    name: str,
    description: str,
    price: dict[str, Any],
    category: str | None = None,
    tags: tuple[str, ...] = (),
) -> Any:
    return agent.market.publish_service(
        name, description, trade.Price(**price), category=category, tags=tags
    )


def transfers_page(agent: MeshKoreRestAgent, *, limit: int = 20, cursor: str | None = None) -> Any:
    listing = money.transfers_listing(limit)
    return agent._run(calls.list_page(agent._core, listing, cursor, money.transfer))[0]


def statement_page(agent: MeshKoreRestAgent, *, limit: int = 20, cursor: str | None = None) -> Any:
    listing = money.statement_listing(None, None, limit)
    return agent._run(calls.list_page(agent._core, listing, cursor, money.movement))[0]


def make_feed(
    agent: MeshKoreRestAgent,
    *,
    query: str | None = None,
    of: Any = None,
    category: str | None = None,
    name: str | None = None,
    asset: str | None = None,
    max_price: str | None = None,
) -> Any:
    most = None
    if asset is not None and max_price is not None:
        most = trade.Price(asset, max_price)
    return agent.market.subscribe(query, of=of, category=category, name=name, max_price=most)


def methods_of(agent: MeshKoreRestAgent) -> dict[str, Callable[..., Any]]:
    """The method for each operation of the protocol."""
    channels = agent.channels
    return {
        "send": agent.send,
        "messages": agent.poll,
        "ack": agent.ack,
        "history": agent.history,
        "receipts": agent.receipts,
        "receipt": agent.receipt,
        "agents": partial(agents_page, agent),
        "agent": agent.agent,
        "profile": agent.profile,
        "update_profile": agent.update_profile,
        "create_channel": channels.create,
        "channels": partial(channels_page, agent),
        "channel": channels.get,
        "join_channel": channels.join,
        "leave_channel": channels.leave,
        "add_member": channels.add,
        "remove_member": channels.remove,
        "set_role": channels.set_role,
        "channel_send": channels.send,
        "channel_history": channels.history,
        "discover": agent.discover,
        "publish_service": partial(publish_service, agent),
        "services": partial(services_page, agent),
        "service": agent.market.service,
        "withdraw_service": agent.market.withdraw_service,
        "wallet": agent.wallet,
        "pay": agent.pay,
        "transfers": partial(transfers_page, agent),
        "statement": partial(statement_page, agent),
        "transfer": agent.transfer,
        "post_transfer": agent.post_transfer,
        "release_transfer": agent.release_transfer,
        "refund_transfer": agent.refund_transfer,
        "make_feed": partial(make_feed, agent),
        "feeds": agent.market.feeds,
        "change_feed": agent.market.change_feed,
        "delete_feed": agent.market.unsubscribe,
    }


SIGNATURES = {
    **{
        name: inspect.signature(method)
        for name, method in methods_of(MeshKoreRestAgent("http://hub", "nobody", "")).items()
    },
    "join": inspect.signature(join),
}

PARAMETERS = {
    "expires_in": "expires_in_secs",
    "hold_seconds": "hold_secs",
    "wait": "wait_secs",
    "q": "query",
    "sequence": "message",
    "url": "invite_url",
}
NUMBERS = {"limit", "after", "wait", "sequence", "expires_in", "hold_seconds"}
BY_ADMIN = {"create_invite": "/invites", "deposit": "/deposits"}
LISTS = {"capabilities", "members", "tags", "of"}
# Where null says something else than not to name a member.
TAKES_NULL = {"change_feed"}


def parameters(operation: str, arguments: Any) -> dict[str, Any]:
    """The arguments as a method takes them; skips the case if its types cannot hold them."""
    if not isinstance(arguments, dict):
        pytest.skip(f"{operation} takes named arguments")
    for name, value in arguments.items():
        if value is None and operation in TAKES_NULL:
            continue
        if name != "payload" and not isinstance(value, _type_of(name)):
            pytest.skip(f"{name} of {operation} cannot be {value!r}")
        if isinstance(value, bool) and name in NUMBERS:
            pytest.skip(f"{name} of {operation} cannot be {value!r}")
    given = {PARAMETERS.get(str(name), str(name)): value for name, value in arguments.items()}
    try:
        SIGNATURES[operation].bind(**given)
    except TypeError as reason:
        pytest.skip(f"{operation}: {reason}")
    return given


def _type_of(name: str) -> type:
    if name in NUMBERS:
        return int
    if name == "price":
        return dict
    return list if name in LISTS else str


class Conversation:
    """One case on its way: who is known, what was saved, what was answered last."""

    def __init__(
        self, hub: Hub, other_hub: Hub | None, case: Case, answers: list[HttpResponse]
    ) -> None:
        self._hub = hub
        self._sessions: dict[str, LiveSession] = {}
        self._answers = answers
        self._agents: dict[str, MeshKoreRestAgent] = {}
        self._ids: dict[str, str] = {}
        run = "".join(random.choices(LETTERS, k=8))
        self.values: dict[str, Any] = {"run": run}
        self.values.update({f"each.{name}": value for name, value in case.each.items()})
        for name in case.content.get("agents", []) + case.content.get("ids", []):
            self._ids[name] = self.values[name] = f"{name}-{run}"
        for name in case.content.get("agents", []):
            agent = join(hub.invite(), self._ids[name], retry=ONCE)
            self._agents[name] = agent
            self._know_token(name, str(agent._core.token))
            self.values[f"{name}.api_key"] = agent.api_key
        for name in case.content.get("elsewhere", []):
            assert other_hub is not None
            with join(other_hub.invite(), self._ids[name], retry=ONCE) as agent:
                self._know_token(f"elsewhere.{name}", str(agent._core.token))
                self.values[f"elsewhere.{name}.api_key"] = agent.api_key

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()
        for agent in self._agents.values():
            agent.close()

    def take(self, step: dict[str, Any]) -> None:
        """Does one step and compares what came."""
        if "session" in step:
            self._take_on_session(step)
            return
        arguments = fill(step.get("args", {}), self.values)
        expected = fill(step["expect"], self.values)
        for _ in range(int(step.get("times", 1))):
            self._answers.clear()
            caller, operation = step.get("as"), step["op"]
            if caller == "admin":
                answer = self._as_admin(operation, arguments)
            else:
                answer = self._as_agent(caller, operation, arguments, expected)
            self._compare(answer, expected)
            for name, pointer in step.get("save", {}).items():
                self._save(name, at(pointer, json.loads(answer.body)))

    def _take_on_session(self, step: dict[str, Any]) -> None:
        expected = fill(step.get("expect", {}), self.values)
        name = step["session"]
        if "open" in step:
            headers = fill(step.get("headers", {}), self.values)
            if step["as"] is not None:
                headers["Authorization"] = f"Bearer {self.values[step['as'] + '.token']}"
            kind = fill(step["open"], self.values)
            arguments = fill(step.get("args", {}), self.values)
            try:
                opened = LiveSession.open(kind, self._hub.url, arguments, headers)
            except Refused as refused:
                self._compare_refusal(refused.answer, expected)
                return
            self._sessions[name] = opened
            assert not expected.keys() & {"status", "problem"}
        session = self._sessions[name]
        if "frame" in step:
            session.send(json.dumps(fill(step["frame"], self.values)))
        elif "text" in step:
            session.send(fill(step["text"], self.values))
        elif "close" in step:
            session.close()
        if "frame" in expected:
            assert differences(expected["frame"], session.next(expected["frame"])) == []
        if "closed" in expected:
            assert session.closed() == expected["closed"]

    def _compare_refusal(self, answer: HttpResponse, expected: dict[str, Any]) -> None:
        assert "status" in expected or "problem" in expected, answer
        problem = json.loads(answer.body)
        if "problem" in expected:
            assert problem["type"] == f"/problems/{expected['problem']}"
            known = PROBLEMS[expected["problem"]]
            assert (problem["status"], problem["title"]) == (known["status"], known["title"])
        self._compare(answer, expected)

    def _as_admin(self, operation: str, arguments: Any) -> HttpResponse:
        if operation not in BY_ADMIN:
            pytest.skip("an agent is no admin")
        authorization = {"Authorization": f"Bearer {self._hub.admin_key}"}
        answer = self._hub.http.post(
            f"{self._hub.url}{BY_ADMIN[operation]}", json=arguments, headers=authorization
        )
        return HttpResponse(answer.status_code, dict(answer.headers), answer.content)

    def _as_agent(
        self, caller: str | None, operation: str, arguments: Any, expected: Any
    ) -> HttpResponse:
        result: Any = None
        problem: ProblemError | None = None
        call = self._call(caller, operation, arguments)
        try:
            result = call()
        except ProblemError as refused:
            problem = refused
        answer = self._answers[-1]
        assert (problem is not None) == (answer.status >= 400)
        if problem is not None:
            _check_problem(problem, expected)
        elif dataclasses.is_dataclass(result) and operation != "register":
            assert disagreements(result, json.loads(answer.body)) == []
        if operation in ("send", "channel_send") and "id" not in arguments:
            # The SDK gives every message an id, so the hub need not make one.
            expected.get("body", {}).pop("id", None)
        return answer

    def _call(self, caller: str | None, operation: str, arguments: Any) -> Callable[[], Any]:
        if operation == "join" and caller is None:
            given = parameters(operation, arguments)
            return lambda: join(**given, retry=ONCE).close()
        if operation == "register" and caller is None:
            return self._registration(arguments)
        if caller is None or operation not in SIGNATURES:
            pytest.skip(f"an agent cannot call {operation} as {caller}")
        given = parameters(operation, arguments)
        method = methods_of(self._agents[caller])[operation]
        return lambda: method(**given)

    def _registration(self, arguments: Any) -> Callable[[], Any]:
        texts = isinstance(arguments, dict) and all(
            isinstance(value, str) for value in arguments.values()
        )
        if not texts or set(arguments) != {"agent_id", "api_key"}:
            pytest.skip("an agent registers with an id and a key")
        agent = MeshKoreRestAgent(self._hub.url, **arguments, retry=ONCE)
        self._agents[f"registering {arguments['agent_id']} {len(self._agents)}"] = agent
        return agent.register

    def _compare(self, answer: HttpResponse, expected: dict[str, Any]) -> None:
        text = answer.body.decode()
        status = expected.get("status", answer.status)
        assert answer.status in (status if isinstance(status, list) else [status]), text
        if "body" in expected:
            assert differences(expected["body"], json.loads(text)) == []
        for name, value in expected.get("headers", {}).items():
            assert differences(value, answer.headers.get(name.lower())) == []
        for required in expected.get("require", []):
            assert required in text
        for forbidden in expected.get("forbid", []):
            assert forbidden not in text

    def _save(self, name: str, value: Any) -> None:
        self.values[name] = value
        known, dot, what = name.rpartition(".")
        if dot and what == "token":
            self._know_token(known, value)
            agent = MeshKoreRestAgent(self._hub.url, self._ids.get(known, known), "", retry=ONCE)
            agent._core.token = value
            self._agents[known] = agent

    def _know_token(self, name: str, token: str) -> None:
        self.values[f"{name}.token"] = token
        for part, value in zip(("header", "payload", "signature"), token.split("."), strict=True):
            self.values[f"{name}.token.{part}"] = value


def _check_problem(problem: ProblemError, expected: dict[str, Any]) -> None:
    assert problem.type == expected.get("problem", problem.type)
    known = PROBLEMS.get(problem.type)
    if known is not None:
        assert (problem.status, problem.title) == (known["status"], known["title"])
        assert problem.retry == known["retry"]
        assert set(known.get("members", [])) <= set(problem.members)


def disagreements(record: Any, raw: Any, path: str = "") -> list[str]:
    """Where a record of the SDK does not say what the hub said."""
    if dataclasses.is_dataclass(record):
        lines: list[str] = []
        for field in dataclasses.fields(record):
            name = "from" if field.name == "sender" else field.name
            said = raw if name == "document" else raw.get(name)
            if name in ("seller", "buyer") and isinstance(said, dict):
                said = said["agent_id"]
            lines += disagreements(getattr(record, field.name), said, f"{path}/{name}")
        return lines
    if isinstance(record, tuple):
        if raw is None and not record:
            return []
        pairs = zip(record, raw, strict=True)
        return [line for item, other in pairs for line in disagreements(item, other, path)]
    if isinstance(record, datetime):
        milliseconds = record.astimezone(timezone.utc).isoformat(timespec="milliseconds")
        record = milliseconds.replace("+00:00", "Z")
    return [] if record == raw else [f"{path}: {record!r} is not {raw!r}"]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[HttpResponse]:
    """Every HTTP answer that an agent gets, as it came."""
    found: list[HttpResponse] = []
    read = meshkore.transport._response

    def note(response: httpx.Response) -> HttpResponse:
        found.append(read(response))
        return found[-1]

    monkeypatch.setattr(meshkore.transport, "_response", note)
    return found


_CASES = list(all_cases())
_PLAYED_LEAST = 384
_begun: list[str] = []
_played: list[str] = []


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_case(case: Case, request: pytest.FixtureRequest, answers: list[HttpResponse]) -> None:
    _begun.append(case.name)
    steps = case.content["steps"]
    if any("op" not in step and "session" not in step for step in steps):
        pytest.skip("a step is plain HTTP or moves the clock")
    other_hub: Hub | None = None
    if "elsewhere" in case.content:
        other_hub = request.getfixturevalue("other_hub")
    settings = case.content.get("hub", {})
    if settings in ({}, {"open": True}):
        hub: Hub = request.getfixturevalue("hub" if settings else "default_hub")
    else:
        hub = request.getfixturevalue("hub_with")(settings)
    conversation = Conversation(hub, other_hub, case, answers)
    try:
        for step in steps:
            conversation.take(step)
    finally:
        conversation.close()
    _played.append(case.name)


def test_most_cases_that_an_sdk_can_play_were_played() -> None:
    if len(_begun) < len(_CASES):
        pytest.skip("only some of the cases were run")
    assert len(_played) >= _PLAYED_LEAST
