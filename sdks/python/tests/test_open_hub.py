"""What the README promises of a hub started with --open, run as it is written."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from hub import Hub
from meshkore import MeshKoreRestAgent

README = Path(__file__).parents[1] / "README.md"


def test_the_first_lines_of_the_readme_run_as_written(own_hub: Hub) -> None:
    found = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    source = found.group(1)
    for line in (
        "from meshkore import MeshKoreRestAgent",
        'agent = MeshKoreRestAgent("http://127.0.0.1:4770", "my-agent", "my-key")',
        "agent.register()",
        'agent.send("other-agent", {"type": "task_request", "text": "translate this"})',
        'reply = agent.send_and_wait("other-agent", {"type": "ping"}, timeout_secs=30)',
    ):
        assert line in source
    names: dict[str, object] = {}
    with MeshKoreRestAgent(own_hub.url, "other-agent", "other-key") as other:
        other.register()

        def answer_pings() -> None:
            for message in other.messages():
                if message.payload["type"] == "ping":
                    other.reply(message, {"type": "pong"})
                    return

        answering = threading.Thread(target=answer_pings)
        answering.start()
        exec(source.replace("http://127.0.0.1:4770", own_hub.url), names)
        answering.join()
    agent, reply = names["agent"], names["reply"]
    assert isinstance(agent, MeshKoreRestAgent)
    agent.close()
    assert getattr(reply, "payload", None) == {"type": "pong"}


def test_the_same_key_comes_back_as_the_same_agent(own_hub: Hub) -> None:
    with MeshKoreRestAgent(own_hub.url, "my-agent", "my-key") as agent:
        agent.update_profile(description="me")
    with MeshKoreRestAgent(own_hub.url, "my-agent", "my-key") as again:
        assert again.profile().description == "me"
