"""An agent of the Python SDK that does what each line of its input says, and answers by a line."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from typing import Any

from meshkore import MeshKoreRestAgent, Message, join
from meshkore.keys import Keys


def shown(message: Message) -> dict[str, Any]:
    """A message, as the judge looks at it."""
    members = {**dataclasses.asdict(message), "encrypted": message.encrypted}
    return {name: value for name, value in members.items() if name not in ("sent_at", "expires_at")}


def read(agent: MeshKoreRestAgent) -> Message:
    """The next message, acknowledged."""
    for message in agent.messages(idle_secs=20):
        agent.ack(message)
        return message
    raise TimeoutError("no message came")


def main() -> None:
    """Joins, then works line by line."""
    keys = Keys.open(sys.argv[1])
    with join(os.environ["INVITE_URL"], "python-agent", keys=keys) as agent:
        agent.bind_keys()
        print(json.dumps({"public_key": keys.secp256k1_public, "npub": keys.npub}), flush=True)
        for line in sys.stdin:
            work = json.loads(line)
            if work["do"] == "send":
                sent = agent.send_encrypted(work["to"], work["payload"])
                answer: dict[str, Any] = {"id": sent.id}
            elif work["do"] == "read":
                answer = shown(read(agent))
            else:
                message = read(agent)
                answer = shown(message)
                agent.reply(message, work["payload"])
            print(json.dumps(answer), flush=True)


main()
