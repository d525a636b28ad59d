from __future__ import annotations

import base64
import hashlib
import json
import re

import httpx
import pytest

from letters import NOW, keys_of
from meshkore import AsyncMeshKoreRestAgent, Environment, MeshKoreRestAgent, curves, proofs
from meshkore.nostr import is_signed, read_event
from meshkore.proofs import SignedRequest

NONCE = bytes(range(16))
BODY = b'{"a":1}'


def base_of(headers: dict[str, str], covered: dict[str, str]) -> bytes:
    """The signature base, built once more from the headers (RFC 9421 §2.5)."""
    parameters = headers["Signature-Input"].removeprefix("sig1=")
    names = re.findall(r'"([^"]+)"', parameters[: parameters.index(")")])
    lines = [f'"{name}": {covered[name]}' for name in names]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


@pytest.mark.parametrize(
    ("url", "authority", "path", "query"),
    [
        ("http://127.0.0.1:4770/send", "127.0.0.1:4770", "/send", "?"),
        (
            "https://Hub.Example:443/a/b%20c?x=1&y=%C3%BC",
            "hub.example",
            "/a/b%20c",
            "?x=1&y=%C3%BC",
        ),
        ("http://hub.example:80", "hub.example", "/", "?"),
        ("https://[::1]:80/x", "[::1]:80", "/x", "?"),
    ],
)
def test_an_http_signature_covers_method_url_and_body(
    url: str, authority: str, path: str, query: str
) -> None:
    keys = keys_of("alice")
    made = proofs.headers(keys, "http-signature", SignedRequest("POST", url, BODY), NOW, NONCE)
    digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    assert made["Content-Digest"] == f"sha-256=:{digest}:"
    covered = {
        "@method": "POST",
        "@authority": authority,
        "@path": path,
        "@query": query,
        "content-digest": made["Content-Digest"],
    }
    assert made["Signature-Input"] == (
        'sig1=("@method" "@authority" "@path" "@query" "content-digest")'
        f';created={NOW};expires={NOW + 300};nonce="{NONCE.hex()}"'
        f';keyid="{keys.did_key}";alg="ed25519"'
    )
    signature = base64.b64decode(made["Signature"].removeprefix("sig1=:").removesuffix(":"))
    public = bytes.fromhex(keys.ed25519_public)
    assert curves.ed25519_is_signed(public, base_of(made, covered), signature)
    other = base_of(made, {**covered, "@path": "/other"})
    assert not curves.ed25519_is_signed(public, other, signature)


def test_without_a_body_there_is_no_digest() -> None:
    request = SignedRequest("GET", "http://hub/messages?limit=1")
    made = proofs.headers(keys_of("alice"), "http-signature", request, NOW, NONCE)
    assert "Content-Digest" not in made
    assert "content-digest" not in made["Signature-Input"]


def test_nip_98_is_an_event_over_method_url_and_body() -> None:
    request = SignedRequest("POST", "http://hub/send?x=1", BODY)
    made = proofs.headers(keys_of("alice"), "nip98", request, NOW, NONCE)
    scheme, _, text = made["Authorization"].partition(" ")
    event = json.loads(base64.b64decode(text))
    assert (scheme, event["kind"], event["content"], event["created_at"]) == (
        "Nostr",
        27235,
        "",
        NOW,
    )
    tags = dict(event["tags"])
    assert (tags["u"], tags["method"]) == ("http://hub/send?x=1", "POST")
    assert tags["payload"] == hashlib.sha256(BODY).hexdigest()
    assert event["pubkey"] == keys_of("alice").secp256k1_public
    assert is_signed(read_event(event), event["sig"])


def test_two_equal_requests_within_a_second_are_two_events() -> None:
    request = SignedRequest("GET", "http://hub/messages")
    first, second = (
        proofs.headers(keys_of("alice"), "nip98", request, NOW, nonce)
        for nonce in (bytes(16), NONCE)
    )
    assert first != second


def handler_of(seen: list[httpx.Request]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        status = 503 if len(seen) == 1 else 200
        return httpx.Response(status, json={"acknowledged": 0, "head": 0})

    return httpx.MockTransport(answer)


def test_what_goes_out_is_what_was_signed_and_a_repetition_is_signed_anew() -> None:
    seen: list[httpx.Request] = []
    environment = Environment(time=lambda: NOW, sleep=lambda _: None)
    with MeshKoreRestAgent(
        "http://hub:80/", "alice", keys=keys_of("alice"), environment=environment
    ) as agent:
        agent._transport._client = httpx.Client(
            base_url="http://hub:80/", transport=handler_of(seen)
        )
        agent.ack(0)
    assert len(seen) == 2
    inputs = [request.headers["Signature-Input"] for request in seen]
    assert inputs[0] != inputs[1]
    for request in seen:
        covered = {
            "@method": request.method,
            "@authority": request.headers["Host"],
            "@path": request.url.path,
            "@query": "?",
            "content-digest": request.headers["Content-Digest"],
        }
        names = ("Signature-Input", "Signature")
        base = base_of({name: request.headers[name] for name in names}, covered)
        signature = base64.b64decode(request.headers["Signature"][6:-1])
        public = bytes.fromhex(keys_of("alice").ed25519_public)
        assert curves.ed25519_is_signed(public, base, signature)
        assert "Authorization" not in request.headers


@pytest.mark.parametrize("kind", [MeshKoreRestAgent, AsyncMeshKoreRestAgent])
def test_an_agent_needs_something_to_prove_itself_by(
    kind: type[MeshKoreRestAgent] | type[AsyncMeshKoreRestAgent],
) -> None:
    with pytest.raises(ValueError, match="needs an API key or keys"):
        kind("http://hub", "alice")
