"""One order carried out: commands one after another, then what must be seen of the vehicle."""

from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum, auto

from onboard.mavlink.codec import Message, Send
from onboard.mavlink.command import CommandEnd, CommandSender


class End(Enum):
    """How an errand stands."""

    UNDER_WAY = auto()
    DONE = auto()
    FAILED = auto()


class Errand:
    """Sends commands in order, each once the one before was accepted; done when `seen` holds.

    `limit_s` is for each of `rounds`: what was accepted and not seen, or never answered, is asked
    for anew. A command that nobody answered counts as done where it is seen, unless what is seen
    was so before (`answered`). `words` tells what went wrong.
    """

    def __init__(
        self,
        commands: Callable[[], Sequence[CommandSender]],
        seen: Callable[[], bool],
        *,
        limit_s: float,
        rounds: int = 1,
        answered: bool = False,
    ) -> None:
        self.end = End.UNDER_WAY
        self.words = ""
        self._commands = commands
        self._left: deque[CommandSender] = deque()
        self._seen = seen
        self._limit_s = limit_s
        self._rounds = rounds
        self._answered = answered
        self._until_s = 0.0

    def start(self, now_s: float) -> list[Send]:
        """Send the first command."""
        self._rounds -= 1
        self._until_s = now_s + self._limit_s
        self._left = deque(self._commands())
        return self._left[0].start(now_s) if self._left else []

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Take in an answer."""
        if self.end is not End.UNDER_WAY or not self._left:
            return []
        self._left[0].receive(message, now_s)
        return self._go_on(now_s)

    def tick(self, now_s: float) -> list[Send]:
        """Repeat, go on, or give up."""
        if self.end is not End.UNDER_WAY:
            return []
        if self._left:
            sends = self._left[0].tick(now_s)
            return sends + self._go_on(now_s)
        if self._seen():
            self.end = End.DONE
        elif now_s >= self._until_s:
            return self._once_more(f"accepted, and not seen within {self._limit_s:.0f} s", now_s)
        return []

    def _go_on(self, now_s: float) -> list[Send]:
        outcome = self._left[0].outcome
        if outcome is None:
            return []
        unheard = outcome.end is CommandEnd.NO_ANSWER and not self._answered
        if unheard and len(self._left) == 1 and self._seen():
            self.end = End.DONE
            return []
        if not outcome.accepted:
            return self._once_more(outcome.words, now_s)
        self._left.popleft()
        return self._left[0].start(now_s) if self._left else []

    def _once_more(self, words: str, now_s: float) -> list[Send]:
        if self._rounds > 0:
            return self.start(now_s)
        self.end = End.FAILED
        self.words = words
        return []
