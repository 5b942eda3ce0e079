"""How good the link is: what got lost, and how long an answer takes."""

from collections import deque

from onboard.mavlink.codec import Address, Message, Send

WINDOW_MESSAGES = 2000
RESTART_GAP = 100
ASK_EVERY_S = 0.5


class LinkLoss:
    """The share of the autopilot's newest messages that did not arrive, by their numbers.

    A jump of more than `RESTART_GAP` is a restart or another sender, not a loss.
    """

    def __init__(self) -> None:
        self._gaps: deque[int] = deque(maxlen=WINDOW_MESSAGES)
        self._last: int | None = None

    def receive(self, message: Message) -> None:
        """One message of the autopilot."""
        if self._last is not None:
            gap = (message.sequence - self._last - 1) & 0xFF
            self._gaps.append(gap if gap <= RESTART_GAP else 0)
        self._last = message.sequence

    @property
    def share(self) -> float | None:
        """Lost over sent, 0..1; None before enough was heard."""
        if len(self._gaps) < 20:
            return None
        lost = sum(self._gaps)
        return lost / (lost + len(self._gaps))


class RoundTrips:
    """Asks TIMESYNC a few times: `start`, `receive`, `tick` until `outcome` has the seconds.

    `outcome` is the list of round trips that were answered, empty where none was. PX4 echoes our
    `ts1` with its own time in `tc1`, so each answer is told from any other's.
    """

    def __init__(self, *, vehicle: Address, asks: int = 4, wait_s: float = 2.5) -> None:
        self.outcome: list[float] | None = None
        self.clock_offset_s: float | None = None
        self._vehicle = vehicle
        self._asks = asks
        self._wait_s = wait_s
        self._sent: dict[int, float] = {}
        self._trips: list[float] = []
        self._next_s = float("inf")
        self._ends_s = float("inf")

    def start(self, now_s: float) -> list[Send]:
        """Ask for the first time."""
        self._ends_s = now_s + self._wait_s
        return self._ask(now_s)

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Take an answer."""
        if message.name == "TIMESYNC" and message["tc1"] and message.sender == self._vehicle:
            sent_s = self._sent.pop(message["ts1"], None)
            if sent_s is not None:
                self._trips.append(now_s - sent_s)
        return self._settle(now_s)

    def tick(self, now_s: float) -> list[Send]:
        """Ask again, or end."""
        more = self.outcome is None and len(self._sent) + len(self._trips) < self._asks
        if more and now_s >= self._next_s:
            return self._ask(now_s)
        return self._settle(now_s)

    def _settle(self, now_s: float) -> list[Send]:
        if self.outcome is None and (len(self._trips) >= self._asks or now_s >= self._ends_s):
            self.outcome = self._trips
        return []

    def _ask(self, now_s: float) -> list[Send]:
        stamp = round(now_s * 1e9)
        self._sent[stamp] = now_s
        self._next_s = now_s + ASK_EVERY_S
        return [Send("TIMESYNC", {"tc1": 0, "ts1": stamp})]
