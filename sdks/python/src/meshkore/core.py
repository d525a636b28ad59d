"""The conversation with a hub, without a connection.

An operation is a generator: it yields what it wants done (a request, a sleep, a look at the event
stream), is given the outcome, and returns its result. `transport.py` carries operations out, once
blocking and once with asyncio, so that every rule is written once.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from meshkore import proofs, wire
from meshkore.backoff import Backoff, RetryPolicy
from meshkore.environment import Environment
from meshkore.errors import ConnectionLost, MeshKoreError, ProblemError, TimedOut
from meshkore.mailbox import Mailbox
from meshkore.models import Json, Registration
from meshkore.proofs import ProofForm, SignedRequest

if TYPE_CHECKING:
    from meshkore.keys import Keys

T = TypeVar("T")

FOREVER = float("inf")

_WAIT_AND_REPEAT = ("rate-limited", "too-many-open", "busy", "stopping")


@dataclass(frozen=True)
class HttpRequest:
    """Wanted: the answer to one HTTP request. `path` may hold a secret, so it is never shown."""

    method: str
    path: str = field(repr=False)
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    timeout_secs: float = 30.0
    credential: str | None = field(default=None, repr=False)
    is_signed: bool = False


@dataclass(frozen=True)
class HttpResponse:
    """One HTTP answer; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class ReadEvents:
    """Wanted: the first messages of the stream that this request opens."""

    request: HttpRequest


@dataclass(frozen=True)
class Sleep:
    """Wanted: some time to pass."""

    seconds: float


Effect = HttpRequest | ReadEvents | Sleep
Operation = Generator[Effect, Any, T]


class Core:
    """One agent's identity, its place in its inbox, and how its requests are repeated.

    An agent with an API key gets tokens for it; one with nothing but keys signs each request.
    """

    def __init__(
        self,
        url: str,
        agent_id: str,
        api_key: str | None,
        *,
        keys: Keys | None = None,
        proof: ProofForm = "http-signature",
        environment: Environment | None = None,
        retry: RetryPolicy | None = None,
        timeout_secs: float = 30.0,
    ) -> None:
        if api_key is None and keys is None:
            raise ValueError("an agent needs an API key or keys")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("the hub's URL has to begin with http:// or https:// and name a host")
        self.url = url.rstrip("/")
        self.agent_id = agent_id
        self.api_key = api_key or ""
        self.keys = keys
        self.proof: ProofForm = proof
        self.environment = environment or Environment()
        self.retry = retry or RetryPolicy()
        self.timeout_secs = timeout_secs
        self.mailbox = Mailbox()
        self.token: str | None = None
        self.known_by: str | None = None  # the Ed25519 key by which the hub knows this agent
        self.looked_at: dict[str, float] = {}  # when a peer's key was last compared with the hub's

    @property
    def signs(self) -> bool:
        """Whether requests are signed, for want of an API key."""
        return self.keys is not None and not self.api_key

    def prove(self, method: str, url: str, body: bytes = b"") -> dict[str, str]:
        """The headers that prove who sends this request; good once, and not for long."""
        assert self.keys is not None
        now, nonce = int(self.environment.time()), self.environment.random_bytes(16)
        return proofs.headers(self.keys, self.proof, SignedRequest(method, url, body), now, nonce)

    def backoff(self) -> Backoff:
        """A fresh count of failures."""
        return Backoff(self.retry, self.environment.random)

    def register(self, give_up_secs: float | None = None) -> Operation[Registration]:
        """Gets a token for the API key."""
        body = {"agent_id": self.agent_id, "api_key": self.api_key}
        request = HttpRequest("POST", "/register", body=wire.encode(body))
        response = yield from self._repeat(request, True, give_up_secs, authorized=False)
        registration = wire.read(wire.registration, wire.decode(response.body))
        self.token = registration.token
        return registration

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int | None] | None = None,
        body: Json = None,
        repeatable: bool = True,
        give_up_secs: float | None = None,
        timeout_secs: float | None = None,
        secret: str | None = None,
    ) -> Operation[Any]:
        """One authorized request; gives the JSON of the answer, or None if it has no body.

        A request that may have reached the hub is repeated only if it is `repeatable`. `secret` is
        what proves the caller instead of a token, where a token is not enough.
        """
        request = HttpRequest(
            method,
            path,
            {name: value for name, value in (query or {}).items() if value is not None},
            None if body is None else wire.encode(body),
            self.timeout_secs if timeout_secs is None else timeout_secs,
        )
        if secret is not None:
            request = replace(request, credential=secret)
        authorized = secret is None
        response = yield from self._repeat(request, repeatable, give_up_secs, authorized)
        return wire.decode(response.body) if response.body else None

    def call_without_credential(self, method: str, path: str, body: Json) -> Operation[Any]:
        """One request by a caller that is no agent yet; not repeated once it was sent."""
        request = HttpRequest(method, path, body=wire.encode(body), timeout_secs=self.timeout_secs)
        response = yield from self._repeat(request, False, None, authorized=False)
        return wire.decode(response.body)

    def events(self, after: int, timeout_secs: float) -> Operation[list[Any]]:
        """The messages that follow a sequence, as soon as there is one.

        A lost connection and a passed time are raised: the caller knows what time is left.
        """
        request = HttpRequest("GET", "/events", {"after": after}, None, timeout_secs)
        found = yield from self._repeat_effect(
            request, False, timeout_secs, authorized=True, stream=True
        )
        return [wire.decode(event.data) for event in found]

    def _repeat(
        self, request: HttpRequest, repeatable: bool, give_up_secs: float | None, authorized: bool
    ) -> Operation[HttpResponse]:
        response = yield from self._repeat_effect(request, repeatable, give_up_secs, authorized)
        assert isinstance(response, HttpResponse)
        return response

    def _repeat_effect(
        self,
        request: HttpRequest,
        repeatable: bool,
        give_up_secs: float | None,
        authorized: bool,
        stream: bool = False,
    ) -> Operation[Any]:
        clock = self.environment.clock
        patience = self.retry.give_up_secs if give_up_secs is None else give_up_secs
        give_up_at = clock() + patience
        backoff = self.backoff()
        renewed = False
        signs = authorized and self.signs
        while True:
            if authorized and not signs and self.token is None:
                yield from self.register(give_up_secs)
            token = self.token if authorized and not signs else None
            failure: MeshKoreError
            try:
                response = yield _effect(
                    replace(request, credential=token or request.credential, is_signed=signs),
                    stream,
                )
                if not isinstance(response, HttpResponse) or response.status < 300:
                    return response
                failure = wire.problem_of_answer(response.status, response.headers, response.body)
            except (ConnectionLost, TimedOut) as lost:
                failure = lost
            if token is not None and not renewed and is_token_refused(failure):
                renewed = True
                self.forget_token(token)
                continue
            was_cut = stream and not isinstance(failure, ProblemError)
            if was_cut or not _may_repeat(failure, repeatable, patience == FOREVER):
                raise failure
            delay = backoff.next_delay(_retry_after(failure))
            if clock() + delay > give_up_at or patience <= 0:
                raise failure
            yield Sleep(delay)

    def sleep(self, seconds: float) -> Operation[None]:
        """Lets time pass."""
        yield Sleep(seconds)

    def forget_token(self, token: str | None) -> None:
        """A token was refused; the next request gets a new one, unless there is one already."""
        if self.token == token:
            self.token = None


def is_token_refused(failure: MeshKoreError) -> bool:
    """Whether a new token may help."""
    return isinstance(failure, ProblemError) and failure.type in (
        "token-expired",
        "unauthenticated",
    )


def is_worth_waiting(problem: ProblemError) -> bool:
    """Whether the hub refused for a reason that passes by itself, and stored nothing."""
    return problem.type in _WAIT_AND_REPEAT


def _effect(request: HttpRequest, stream: bool) -> Effect:
    return ReadEvents(request) if stream else request


def _may_repeat(failure: MeshKoreError, repeatable: bool, forever: bool) -> bool:
    if isinstance(failure, ConnectionLost):
        return repeatable or failure.unsent
    if not isinstance(failure, ProblemError):
        return repeatable
    if is_worth_waiting(failure):
        return True
    if failure.type == "in-doubt":
        return repeatable
    if forever:
        return failure.retry == "later"
    return repeatable and failure.status in (502, 503, 504)


def _retry_after(failure: MeshKoreError) -> float | None:
    return failure.retry_after if isinstance(failure, ProblemError) else None
