"""A worker of the demo over the Python SDK: describes the parts of a document that it is given.

DEMO_INVITE is the invite URL, DEMO_AGENT its agent id.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import meshkore

WORDS_PER_MINUTE = 230
COMMON_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        """that this with from have which what when then they them there their will into than
        your more only each every also after before where""",
    )
)


def headings(text: str) -> list[str]:
    """The headings of a Markdown text, without those that are code."""
    found = []
    is_code = False
    for line in text.splitlines():
        if line.startswith(("```", "~~~")):
            is_code = not is_code
        match = re.match(r"#+ +(.*)", line)
        if match and not is_code:
            found.append(match[1])
    return found


def key_terms(text: str) -> list[str]:
    """The five most frequent longer words."""
    words = (word.lower() for word in re.findall("[A-Za-z]+", text))
    counts = Counter(word for word in words if len(word) > 3 and word not in COMMON_WORDS)
    return sorted(counts, key=lambda word: (-counts[word], word))[:5]


def relative_links(text: str) -> list[str]:
    """The links to files beside the document."""
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    return [
        link.split("#")[0] for link in links if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|#", link)
    ]


def describe(part: dict[str, Any]) -> dict[str, Any]:
    """All that is worth knowing about one part."""
    text = part["text"]
    words = len(text.split())
    links = relative_links(text)
    folder = Path(part["folder"])
    return {
        "part": part["part"],
        "words": words,
        "reading_seconds": words * 60 // WORDS_PER_MINUTE,
        "links": len(links),
        "broken": [link for link in links if not (folder / link).exists()],
        "headings": headings(text),
        "terms": key_terms(text),
    }


def say(line: str) -> None:
    """Tells whoever watches, at once."""
    print(line, flush=True)


def main() -> None:
    """Joins, and works until there is nothing more to do."""
    invite = os.environ["DEMO_INVITE"]
    with meshkore.join(invite, os.environ["DEMO_AGENT"], capabilities=["describe"]) as agent:
        say("joined with the Python SDK")
        for message in agent.messages():
            part = message.payload
            if part["task"] == "done":
                agent.ack(message)
                say("has nothing more to do")
                return
            say(f"took part {part['part']}: {part['title']}")
            # The id makes a repeated answer harmless: the hub keeps the first.
            agent.reply(message, describe(part), id=f"result-{part['part']}")


if __name__ == "__main__":
    main()
