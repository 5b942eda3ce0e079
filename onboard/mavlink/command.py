"""Asking a vehicle to do one thing: a command, sent again until it is answered.

A command about a place travels as COMMAND_INT, whose latitude and longitude are whole numbers of
1e-7 degrees: COMMAND_LONG's floats are a metre wrong.

https://mavlink.io/en/services/command.html. A command that runs long answers IN_PROGRESS, which
ends the repeating and starts a longer wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from onboard.mavlink.codec import Address, Message, Send

_ACCEPTED = 0
_IN_PROGRESS = 5
_PROGRESS_UNKNOWN = 255
# MAV_RESULT in words that a person at the operator's page can act on.
RESULT_WORDS = {
    0: "accepted",
    1: "refused for now: the vehicle is not in a state to do it",
    2: "denied: the vehicle will not do it as asked",
    3: "the vehicle does not know this command",
    4: "the vehicle tried and failed",
    5: "in progress",
    6: "cancelled",
    7: "the vehicle wants it as COMMAND_LONG",
    8: "the vehicle wants it as COMMAND_INT",
    9: "the vehicle does not support the frame",
    10: "another system has control",
}
_PARAMETERS = 7
_MAV_FRAME_GLOBAL = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPlace:
    """Where a command is about: degrees (WGS 84) and metres above mean sea level."""

    latitude_deg: float
    longitude_deg: float
    height_amsl_m: float


class CommandEnd(StrEnum):
    """How a command ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOutcome:
    """The end of a command: MAV_RESULT where the vehicle gave one, and plain words."""

    end: CommandEnd
    result: int | None
    words: str

    @property
    def accepted(self) -> bool:
        """Whether the vehicle accepted, or has done, what was asked."""
        return self.end is CommandEnd.ACCEPTED


class CommandSender:
    """One command to one vehicle: `start`, then `receive` and `tick` until `outcome` is there.

    With a `place` it is sent as COMMAND_INT and only the first four of `params` count.

    Waits `answer_timeout_s` for each of `attempts`, and after IN_PROGRESS `progress_timeout_s` from
    the last sign of life. `progress` is 0..1 while a long command tells it.
    """

    def __init__(
        self,
        *,
        own: Address,
        vehicle: Address,
        command: int,
        params: Sequence[float] = (),
        place: CommandPlace | None = None,
        answer_timeout_s: float = 1.0,
        attempts: int = 4,
        progress_timeout_s: float = 10.0,
    ) -> None:
        self.command = int(command)
        self.outcome: CommandOutcome | None = None
        self.progress: float | None = None
        self._own = own
        self._vehicle = vehicle
        self._params = (*params, *(0.0,) * (_PARAMETERS - len(params)))
        self._place = place
        self._answer_timeout_s = answer_timeout_s
        self._attempts = attempts
        self._progress_timeout_s = progress_timeout_s
        self._sent = 0
        self._in_progress = False
        self._deadline_s = float("inf")

    def start(self, now_s: float) -> list[Send]:
        """Send the command for the first time."""
        return self._send(now_s)

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Take in a message; anything but this command's answer is passed over."""
        if self.outcome is None and self._is_answer(message):
            self._answered(message, now_s)
        return []

    def tick(self, now_s: float) -> list[Send]:
        """Send again, or give up, where the wait is over."""
        if self.outcome is not None or now_s < self._deadline_s:
            return []
        if self._in_progress or self._sent >= self._attempts:
            self.outcome = CommandOutcome(
                end=CommandEnd.NO_ANSWER, result=None, words=self._silence()
            )
            return []
        return self._send(now_s)

    def _is_answer(self, message: Message) -> bool:
        return (
            message.name == "COMMAND_ACK"
            and message.sender == self._vehicle
            and message.command == self.command
            # PX4 answers some commands (INJECT_FAILURE) to 0/0, and MAVLink 1 names no target.
            and message.target_system in (0, self._own.system_id)
            and message.target_component in (0, self._own.component_id)
        )

    def _answered(self, message: Message, now_s: float) -> None:
        result: int = message.result
        if result == _IN_PROGRESS:
            self._in_progress = True
            self._deadline_s = now_s + self._progress_timeout_s
            if message["progress"] != _PROGRESS_UNKNOWN:
                self.progress = message["progress"] / 100.0
            return
        end = CommandEnd.ACCEPTED if result == _ACCEPTED else CommandEnd.REFUSED
        words = RESULT_WORDS.get(result, f"the vehicle answered {result}")
        self.outcome = CommandOutcome(end=end, result=result, words=words)

    def _silence(self) -> str:
        if self._in_progress:
            return f"the vehicle began, then said nothing for {self._progress_timeout_s:g} s"
        return f"the vehicle did not answer {self._sent} requests"

    def _send(self, now_s: float) -> list[Send]:
        fields: dict[str, float] = {
            "command": self.command,
            "target_system": self._vehicle.system_id,
            "target_component": self._vehicle.component_id,
        }
        name = "COMMAND_LONG" if self._place is None else "COMMAND_INT"
        fields |= self._long() if self._place is None else self._int(self._place)
        self._sent += 1
        self._deadline_s = now_s + self._answer_timeout_s
        return [Send(name, fields)]

    def _long(self) -> dict[str, float]:
        # `confirmation` counts the repeats, so that the vehicle can tell them from a new wish.
        fields: dict[str, float] = {f"param{n}": p for n, p in enumerate(self._params, start=1)}
        return fields | {"confirmation": self._sent}

    def _int(self, place: CommandPlace) -> dict[str, float]:
        fields: dict[str, float] = {f"param{n}": p for n, p in enumerate(self._params[:4], start=1)}
        return fields | {
            "frame": _MAV_FRAME_GLOBAL,
            "x": round(place.latitude_deg * 1e7),
            "y": round(place.longitude_deg * 1e7),
            "z": place.height_amsl_m,
        }
