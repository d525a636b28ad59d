"""A real hub in a process of its own, started from the jar of the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Any

import httpx

from meshkore import (
    AsyncMeshKoreRestAgent,
    AsyncMeshKoreWebSocketAgent,
    MeshKoreRestAgent,
    MeshKoreWebSocketAgent,
    RetryPolicy,
    join,
)

BlockingKind = type[MeshKoreRestAgent] | type[MeshKoreWebSocketAgent]
AsyncKind = type[AsyncMeshKoreRestAgent] | type[AsyncMeshKoreWebSocketAgent]

JAR = os.environ.get("MESHKORE_JAR")
JAVA = os.environ.get("MESHKORE_JAVA", "java")
LONGEST_SECS = 60.0


class Hub:
    """One hub with a directory of its own; it can be killed and started again."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        assert JAR is not None
        self._command = [JAVA, "-jar", JAR, "up", "--data", str(directory / "data"), "--json"]
        # By words alone, so that nothing is found for its likeness in meaning.
        self._command.append("--meaning=false")
        self._arguments = list(arguments)
        self._log = directory / "hub.log"
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self._lines: Queue[str] = Queue()
        self.about: dict[str, Any] = {}
        self.start()

    @property
    def url(self) -> str:
        return str(self.about["url"]).rstrip("/")

    @property
    def admin_key(self) -> str:
        return (Path(self.about["data"]) / "admin.key").read_text(encoding="utf-8").strip()

    def start(self) -> None:
        """Starts it, after the first time on the same port, and waits until it listens."""
        with self._log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [*self._command, "--port", str(self._port), *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._lines = Queue()
        self._reader = threading.Thread(
            target=_read_lines, args=(self._process.stdout, self._lines), daemon=True
        )
        self._reader.start()
        try:
            line = self._lines.get(timeout=LONGEST_SECS)
        except Empty:
            raise self._stuck("did not say where it listens") from None
        if not line:
            self._process.wait(LONGEST_SECS)
            raise RuntimeError(f"the hub did not start: {self._log.read_text(encoding='utf-8')}")
        self.about = json.loads(line)
        self._port = httpx.URL(self.url).port or 80
        self.http = httpx.Client()

    def kill(self) -> None:
        """As a power cut would: no time to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As an operator would."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Kills it and starts it again with the same data."""
        self.kill()
        self.start()

    def invite(self, uses: int = 1) -> str:
        """A new invite's URL."""
        response = self.http.post(
            f"{self.url}/invites",
            json={"max_uses": uses},
            headers={"Authorization": f"Bearer {self.admin_key}"},
        )
        response.raise_for_status()
        return str(response.json()["url"])

    def _end(self, signal_number: int) -> None:
        process = self._process
        if process is None:
            return
        self._process = None
        self.http.close()
        process.send_signal(signal_number)
        try:
            process.wait(LONGEST_SECS)
        except subprocess.TimeoutExpired:
            self._process = process
            raise self._stuck(f"did not end after signal {signal_number}") from None
        self._reader.join(LONGEST_SECS)

    def _stuck(self, what: str) -> RuntimeError:
        """Ends it after all; the error says what its threads did."""
        process, self._process = self._process, None
        assert process is not None
        process.send_signal(signal.SIGQUIT)
        threads = ""
        with suppress(Empty):
            while line := self._lines.get(timeout=5):
                threads += line
        process.kill()
        process.wait()
        log = self._log.read_text(encoding="utf-8")
        return RuntimeError(f"the hub {what} within {LONGEST_SECS} s: {log}\n{threads}")


def _read_lines(output: IO[str], to: Queue[str]) -> None:
    """Passes on each line, and at the end an empty one."""
    with output:
        for line in output:
            to.put(line)
    to.put("")


QUICK = RetryPolicy(first_secs=0.05, longest_secs=0.5)


def credentials(hub: Hub, agent_id: str) -> tuple[str, str, str]:
    """Joins a hub; gives what an agent of any kind is made from."""
    with join(hub.invite(), agent_id) as agent:
        return hub.url, agent.agent_id, agent.api_key


def join_as(
    kind: BlockingKind, hub: Hub, agent_id: str
) -> MeshKoreRestAgent | MeshKoreWebSocketAgent:
    """Joins a hub as an agent of one kind."""
    return kind(*credentials(hub, agent_id), retry=QUICK)


def join_async_as(
    kind: AsyncKind, hub: Hub, agent_id: str
) -> AsyncMeshKoreRestAgent | AsyncMeshKoreWebSocketAgent:
    """Joins a hub as an agent of one kind for asyncio."""
    return kind(*credentials(hub, agent_id), retry=QUICK)
