"""Reads Server-Sent Events out of the pieces in which they arrive."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class ServerEvent:
    """One event: its kind, its data, and the id to resume after."""

    event: str
    data: str
    id: str | None


class EventParser:
    """Takes bytes as they come and gives the events that are complete."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._text = ""
        self._event = ""
        self._data: list[str] = []
        self._id: str | None = None

    def feed(self, data: bytes) -> list[ServerEvent]:
        """The events that this piece completes."""
        self._text += self._decoder.decode(data)
        events: list[ServerEvent] = []
        while (end := _LINE_END.search(self._text)) is not None:
            # A carriage return at the very end may be the first half of a line end.
            if end.group() == "\r" and end.end() == len(self._text):
                break
            line = self._text[: end.start()]
            self._text = self._text[end.end() :]
            event = self._take_line(line)
            if event is not None:
                events.append(event)
        return events

    def _take_line(self, line: str) -> ServerEvent | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._event = value
        elif name == "data":
            self._data.append(value)
        elif name == "id":
            self._id = value
        return None

    def _dispatch(self) -> ServerEvent | None:
        event, data = self._event or "message", self._data
        self._event, self._data = "", []
        return ServerEvent(event, "\n".join(data), self._id) if data else None
