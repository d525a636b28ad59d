"""A hub that shows what it likes to be signed: a real server, with nothing behind it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from meshkore import canonical
from support import NOON


class Liar:
    """Knows one agent by a key; `shown` is what it shows next, and `signed` what came of it.

    `answers` are those to GET by path. What is signed is refused, so that its caller notices.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.shown = ""
        self.answers: dict[str, Any] = {}
        self.signed: list[dict[str, Any]] = []
        self.changes: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def show(self, move: Mapping[str, Any]) -> None:
        self.shown = canonical.text(move)

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if path == "/register":
            return 200, {"agent_id": body["agent_id"], "token": "t", "expires_at": NOON}
        if path == "/keys":
            bound = {"type": "ed25519", "public_key": self.key, "bound_at": NOON}
            return 200, {"keys": [bound] if self.key else []}
        if method == "GET":
            return 200, self.answers[path]
        if body.get("prepare") is True:
            return 200, {"move": {}, "canonical": self.shown, "hash": "0" * 64}
        self.changes.append(path)
        if "signature" in body:
            self.signed.append(body)
        return 409, {"type": "/problems/out-of-turn", "title": "Out of turn", "status": 409}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(30)


def _handler(hub: Liar) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = json.loads(self.rfile.read(length)) if length else None
            status, answer = hub.answer(self.command, self.path, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
