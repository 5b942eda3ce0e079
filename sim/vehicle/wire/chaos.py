"""Protocol chaos on the vehicle's side: answers that are wrong, late, missing or said twice.

Each family of messages has its own `Mischief`; all are off until set, by a test or a scenario:
`vehicle.chaos.mission.refuse[3] = 13`. Items and commands are refused by number.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from onboard.mavlink.codec import Send
from sim.vehicle.wire.outgoing import Outgoing

_NUMBERED = ("MISSION_REQUEST_INT", "MISSION_ITEM_INT")
# A parameter that was written is acknowledged by its value.
_ACKS = ("COMMAND_ACK", "MISSION_ACK", "PARAM_VALUE")


@dataclass(slots=True, kw_only=True)
class Mischief:
    """What goes wrong with one family of messages.

    `refuse` maps an item's number (missions) or a command's (commands) to the result that is told.
    `stop_after` ends the answers for good once that many were given: half a list. `wrong_number`
    is added to the seq of what the vehicle asks for or gives. `copies` of an ACK go out as well.
    """

    refuse: dict[int, int] = field(default_factory=dict)
    no_ack: bool = False
    late_ack_s: float = 0.0
    copies: int = 0
    wrong_number: int = 0
    stop_after: float = math.inf
    given: int = 0

    @property
    def on(self) -> bool:
        """Whether anything is set."""
        still = not (self.refuse or self.no_ack or self.late_ack_s or self.copies)
        return not (still and not self.wrong_number and self.stop_after == math.inf)


class ProtocolChaos:
    """The mischief of a vehicle; `done` counts by kind what it has done."""

    def __init__(self) -> None:
        self.mission = Mischief()
        self.command = Mischief()
        self.parameter = Mischief()
        self.done: Counter[str] = Counter()

    def reset(self) -> None:
        """All answers are right again."""
        self.mission, self.command, self.parameter = Mischief(), Mischief(), Mischief()

    @property
    def on(self) -> bool:
        """Whether any answer may go wrong."""
        return self.mission.on or self.command.on or self.parameter.on

    def refused(self, mischief: Mischief, number: int) -> int | None:
        """The result with which an item or a command is refused; None where it is not."""
        result = mischief.refuse.get(number)
        if result is not None:
            self.done["refused"] += 1
        return result

    def spoil(self, outgoing: Sequence[Outgoing]) -> list[tuple[float, Outgoing]]:
        """What truly goes out, each with how many seconds late."""
        spoilt: list[tuple[float, Outgoing]] = []
        for out in outgoing:
            mischief = self._family(out.send.name)
            spoilt += [(0.0, out)] if mischief is None else self._spoil(mischief, out)
        return spoilt

    def _family(self, name: str) -> Mischief | None:
        if name == "COMMAND_ACK":
            return self.command
        if name.startswith("PARAM_"):
            return self.parameter
        if name in _NUMBERED or name in ("MISSION_ACK", "MISSION_COUNT"):
            return self.mission
        return None

    def _spoil(self, mischief: Mischief, out: Outgoing) -> list[tuple[float, Outgoing]]:
        if not mischief.on:
            return [(0.0, out)]
        ack = out.send.name in _ACKS
        mischief.given += 1
        if mischief.given > mischief.stop_after or (ack and mischief.no_ack):
            self.done["withheld"] += 1
            return []
        if mischief.wrong_number and out.send.name in _NUMBERED:
            self.done["misnumbered"] += 1
            seq = max(out.send.fields["seq"] + mischief.wrong_number, 0)
            out = replace(out, send=_with(out.send, seq=seq))
        copies = mischief.copies if ack else 0
        late_s = mischief.late_ack_s if ack else 0.0
        self.done["duplicated"] += copies
        self.done["delayed"] += late_s > 0.0
        return [(late_s, out)] * (1 + copies)


def _with(send: Send, **fields: Any) -> Send:
    return Send(send.name, {**send.fields, **fields})
