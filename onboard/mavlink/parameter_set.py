"""Reading many parameters of a PX4 vehicle over a link that loses messages.

Each name is asked for by itself, some at a time, and asked again until it is answered: a list of
953 values would be longer than the dozens that are wanted, and a gap in it is found only at its
end. Names are answered in any order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.parameters import ParameterRead

OUTSTANDING = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ParametersRead:
    """What was read; `unread` names that were refused (the vehicle has none) or never answered."""

    values: dict[str, int | float]
    unread: tuple[str, ...]
    answered: bool


class ParameterSetRead:
    """Reads names: `start`, then `receive` and `tick` until `outcome` is there.

    `progress` is 0..1. Ends as unanswered when the first names stay without any answer.
    """

    def __init__(
        self,
        *,
        own: Address,
        vehicle: Address,
        names: Sequence[str],
        answer_timeout_s: float = 0.6,
        attempts: int = 8,
    ) -> None:
        self.outcome: ParametersRead | None = None
        self._waiting = [
            ParameterRead(
                own=own,
                vehicle=vehicle,
                name=name,
                answer_timeout_s=answer_timeout_s,
                attempts=attempts,
            )
            for name in dict.fromkeys(names)
        ]
        self._all = len(self._waiting)
        self._asked: list[ParameterRead] = []
        self._values: dict[str, int | float] = {}
        self._unread: list[str] = []
        self._answered = False

    @property
    def progress(self) -> float:
        """The share of names that is settled."""
        settled = len(self._values) + len(self._unread)
        return settled / self._all if self._all else 1.0

    def start(self, now_s: float) -> list[Send]:
        """Ask for the first names."""
        return self._ask_more(now_s)

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Take in a message; what is not about these parameters is passed over."""
        if message.name not in ("PARAM_VALUE", "PARAM_ERROR"):
            return []
        for read in self._asked:
            read.receive(message, now_s)
        return self._settle(now_s)

    def tick(self, now_s: float) -> list[Send]:
        """Ask again, or give names up, where the wait is over."""
        sends = [send for read in self._asked for send in read.tick(now_s)]
        return sends + self._settle(now_s)

    def _settle(self, now_s: float) -> list[Send]:
        for read in tuple(self._asked):
            outcome = read.outcome
            if outcome is None:
                continue
            self._asked.remove(read)
            if outcome.value is None:
                self._unread.append(read.name)
            else:
                self._values[read.name] = outcome.value
            self._answered |= outcome.end.value != "no_answer"
        if not self._answered and len(self._unread) >= OUTSTANDING:
            # Nobody is there: the rest would be asked in vain.
            self._unread += [read.name for read in (*self._asked, *self._waiting)]
            self._asked, self._waiting = [], []
        return self._ask_more(now_s)

    def _ask_more(self, now_s: float) -> list[Send]:
        sends: list[Send] = []
        while self._waiting and len(self._asked) < OUTSTANDING:
            read = self._waiting.pop(0)
            self._asked.append(read)
            sends += read.start(now_s)
        if not self._waiting and not self._asked and self.outcome is None:
            self.outcome = ParametersRead(
                values=self._values, unread=tuple(self._unread), answered=self._answered
            )
        return sends
