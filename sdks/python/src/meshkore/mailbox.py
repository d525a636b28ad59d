"""What of an inbox has been seen, handed to the loop, and may be acknowledged.

The hub keeps the mail; this keeps the place in it. Nothing here reads or writes a connection.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable

from meshkore.models import Message


class Mailbox:
    """The messages between the hub and the loop that reads them.

    A message is handed out once and in order. Up to `capacity` messages wait here; those that
    come when it is full are left on the hub (`is_behind`) and come back by `refill`. A message
    that answers an expected request is taken by whoever waits for it and not by the loop. All
    methods may be called from several threads.
    """

    def __init__(self, capacity: int = 1000) -> None:
        self._capacity = capacity
        self._lock = threading.RLock()
        self._waiting: deque[Message] = deque()
        self._in_hand: Message | None = None
        self._accounted = 0  # every message up to here waits, is in hand, was taken or is done
        self._highest = 0
        self._behind = False
        self._acknowledged = 0
        self._taken: set[int] = set()
        self._expected: dict[str, Callable[[Message], None]] = {}

    @property
    def position(self) -> int:
        """The sequence after which a stream has to go on."""
        with self._lock:
            return self._accounted

    @property
    def has_waiting(self) -> bool:
        """Whether the next message is here already."""
        with self._lock:
            return bool(self._waiting)

    @property
    def is_behind(self) -> bool:
        """Whether messages were left on the hub because too many waited here."""
        with self._lock:
            return self._behind

    def opened(self, after: int, acknowledged: int) -> None:
        """A stream begins after a sequence; the hub says what it knows as acknowledged."""
        with self._lock:
            self._accounted = max(self._accounted, after)
            self._highest = self._accounted
            self._behind = False
            self._acknowledged = acknowledged

    def expect(self, message_id: str, notify: Callable[[Message], None]) -> None:
        """From now on the answer to this message goes to `notify` instead of the loop."""
        with self._lock:
            self._expected[message_id] = notify

    def forget(self, message_id: str) -> None:
        """Nobody waits for an answer to this message any longer; the loop gets it."""
        with self._lock:
            self._expected.pop(message_id, None)

    def claim(self, message: Message) -> bool:
        """Whether this message is an answer that somebody waited for; tells them if so."""
        with self._lock:
            notify = self._expected.pop(message.reply_to, None) if message.reply_to else None
            if notify is None:
                return message.sequence in self._taken
            if message.sequence > self._acknowledged:
                self._taken.add(message.sequence)
        notify(message)
        return True

    def accept(self, message: Message) -> bool:
        """A message came from a stream; false if it is a duplicate or has no room."""
        with self._lock:
            self._highest = max(self._highest, message.sequence)
            if message.sequence <= self._accounted:
                return False
            claimed = self.claim(message)
            # Once one message is left on the hub, all after it are, so that order is kept.
            if self._behind:
                return claimed
            if not claimed:
                if len(self._waiting) >= self._capacity:
                    self._behind = True
                    return False
                self._waiting.append(message)
            self._accounted = message.sequence
            return True

    def refill(self, messages: Iterable[Message]) -> bool:
        """A poll brought what follows; false if it held nothing that is new here."""
        with self._lock:
            before = self._accounted
            for message in messages:
                if message.sequence > self._accounted:
                    if not self.claim(message):
                        self._waiting.append(message)
                    self._accounted = message.sequence
            self._highest = max(self._highest, self._accounted)
            self._behind = self._behind and self._highest > self._accounted
            return self._accounted > before

    def restart(self) -> None:
        """A new loop begins: what the former one did not finish comes first."""
        with self._lock:
            if self._in_hand is not None:
                self._waiting.appendleft(self._in_hand)
                self._in_hand = None

    def take(self) -> Message | None:
        """The next message for the loop; it stays in hand until `finish`."""
        with self._lock:
            if self._waiting:
                self._in_hand = self._waiting.popleft()
                return self._in_hand
            return None

    def finish(self) -> int | None:
        """The loop has come back: what to acknowledge now, if anything is new."""
        with self._lock:
            self._in_hand = None
            return self.due()

    def due(self) -> int | None:
        """The sequence up to which all is done, if the hub has not been told of it."""
        with self._lock:
            done = self._done()
            return done if done > self._acknowledged else None

    def acknowledged(self, sequence: int) -> None:
        """The hub has been told, by the loop or by the caller, that all up to here is done."""
        with self._lock:
            self._acknowledged = max(self._acknowledged, sequence)
            self._accounted = max(self._accounted, sequence)
            self._highest = max(self._highest, sequence)
            self._taken = {taken for taken in self._taken if taken > sequence}
            while self._waiting and self._waiting[0].sequence <= sequence:
                self._waiting.popleft()
            if self._in_hand is not None and self._in_hand.sequence <= sequence:
                self._in_hand = None

    def _done(self) -> int:
        if self._in_hand is not None:
            return self._in_hand.sequence - 1
        if self._waiting:
            return self._waiting[0].sequence - 1
        return self._accounted
