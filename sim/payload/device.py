"""What every device of the payload does: heartbeat, streams, and an ACK to each command.

A command to the device's own component is always acknowledged. One to component 0 (everybody) is
acknowledged by those who can do it and passed over in silence by the rest, as PX4's retries want.
https://mavlink.io/en/services/command.html
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.codec.dialect import LAYOUT_BY_ID
from sim.payload.autopilot import AutopilotView

ACCEPTED, TEMPORARILY_REJECTED, DENIED, UNSUPPORTED, FAILED, IN_PROGRESS, CANCELLED = range(7)
NO_ANSWER = -1
REQUEST_MESSAGE, SET_MESSAGE_INTERVAL, GET_MESSAGE_INTERVAL = 512, 511, 510
NOT_AN_AUTOPILOT, ACTIVE, MAVLINK_2 = 8, 4, 3
HEARTBEAT_S = 1.0
EVERYBODY = 0


@dataclass(frozen=True, slots=True)
class PayloadSend:
    """A message to transmit on one of the payload's links, and the component it comes from."""

    link: str
    component_id: int
    send: Send


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command, whichever message brought it. `params` are seven, NaN where not given."""

    command: int
    params: tuple[float, ...]
    sender: Address
    confirmation: int = 0


Command = Callable[[Request, float], int]
Builder = Callable[[float, float], list[Mapping[str, Any]]]


class Device:
    """One component on one link. Counts what it could not do in `refused`.

    Subclasses fill `_commands` (command number to handler, which returns MAV_RESULT) and
    `_builders` (message name to a function of now and the request's second parameter that gives the
    fields of all messages to send; none where there is nothing to say).
    """

    def __init__(
        self, *, view: AutopilotView, system_id: int, component_id: int, link: str, kind: int
    ) -> None:
        self.component_id = component_id
        self.link = link
        self.refused = 0
        self._view = view
        self._system = system_id
        self._kind = kind
        self._out: list[PayloadSend] = []
        self._heartbeat_s = -math.inf
        self._every_s: dict[str, float] = {}
        self._due_s: dict[str, float] = {}
        self._default_every_s: dict[str, float] = {}
        self._builders: dict[str, Builder] = {}
        self._commands: dict[int, Command] = {
            REQUEST_MESSAGE: self._request_message,
            SET_MESSAGE_INTERVAL: self._set_interval,
            GET_MESSAGE_INTERVAL: self._get_interval,
        }

    @property
    def next_s(self) -> float:
        """When `tick` next has something to do."""
        return min(self._heartbeat_s, self.work_s, *self._due_s.values())

    @property
    def work_s(self) -> float:
        """When the device's own work is next due; infinite where there is none."""
        return math.inf

    def command(self, request: Request, to_all: bool, now_s: float) -> list[PayloadSend]:
        """Do a command and acknowledge it."""
        handler = self._commands.get(request.command)
        if handler is None:
            result = NO_ANSWER if to_all else UNSUPPORTED
        else:
            result = handler(request, now_s)
            # A wish to everybody for a message that this device does not have is not for it.
            if to_all and result == UNSUPPORTED:
                result = NO_ANSWER
        if result != NO_ANSWER:
            self.refused += result not in (ACCEPTED, IN_PROGRESS)
            self._acknowledge(request, result)
        return self._said()

    def tick(self, now_s: float) -> list[PayloadSend]:
        """What is due by now."""
        if now_s >= self._heartbeat_s:
            self._heartbeat_s = now_s + HEARTBEAT_S
            self._say("HEARTBEAT", **self._alive())
        for name, due_s in self._due_s.items():
            if now_s >= due_s:
                self._due_s[name] = _next(due_s, self._every_s[name], now_s)
                self._send_all(name, now_s, 0.0)
        if now_s >= self.work_s:
            self._work(now_s)
        return self._said()

    def _work(self, now_s: float) -> None:
        """Do what `work_s` promised."""

    def pace(self, name: str, rate_hz: float) -> None:
        """Say a streamed message at another rate from now on, also by default."""
        self._stream(name, rate_hz)

    def _stream(self, name: str, rate_hz: float) -> None:
        self._default_every_s[name] = self._every_s[name] = 1.0 / rate_hz
        self._due_s[name] = -math.inf

    def _say(self, name: str, /, **fields: Any) -> None:
        self._out.append(PayloadSend(self.link, self.component_id, Send(name, fields)))

    def _said(self) -> list[PayloadSend]:
        out, self._out = self._out, []
        return out

    def _alive(self) -> dict[str, int]:
        return {
            "type": self._kind,
            "autopilot": NOT_AN_AUTOPILOT,
            "system_status": ACTIVE,
            "mavlink_version": MAVLINK_2,
        }

    def _acknowledge(self, request: Request, result: int, progress: int = 0) -> None:
        self._say(
            "COMMAND_ACK",
            command=request.command,
            result=result,
            progress=progress,
            target_system=request.sender.system_id,
            target_component=request.sender.component_id,
        )

    def _send_all(self, name: str, now_s: float, which: float) -> bool:
        all_fields = self._builders[name](now_s, which)
        for fields in all_fields:
            self._say(name, **fields)
        return bool(all_fields)

    def _request_message(self, request: Request, now_s: float) -> int:
        name = _message_name(request.params[0])
        if name not in self._builders:
            return UNSUPPORTED
        return ACCEPTED if self._send_all(name, now_s, request.params[1]) else DENIED

    def _set_interval(self, request: Request, now_s: float) -> int:
        name, microseconds = _message_name(request.params[0]), request.params[1]
        if name not in self._builders or not math.isfinite(microseconds):
            return UNSUPPORTED
        every_s = microseconds * 1e-6
        if microseconds == 0:
            every_s = self._default_every_s.get(name, 0.0)
        if every_s <= 0.0:
            self._every_s.pop(name, None)
            self._due_s.pop(name, None)
            return ACCEPTED
        self._every_s[name] = every_s
        self._due_s[name] = now_s + every_s
        return ACCEPTED

    def _get_interval(self, request: Request, now_s: float) -> int:
        name = _message_name(request.params[0])
        if name not in self._builders:
            return UNSUPPORTED
        every_s = self._every_s.get(name)
        interval_us = -1 if every_s is None else round(every_s * 1e6)
        self._say("MESSAGE_INTERVAL", message_id=int(request.params[0]), interval_us=interval_us)
        return ACCEPTED


def request_of(message: Message) -> Request:
    """The command within COMMAND_LONG or COMMAND_INT (whose degrees are not scaled back)."""
    if message.name == "COMMAND_LONG":
        params = tuple(message[f"param{number}"] for number in range(1, 8))
        confirmation: int = message.confirmation
    else:
        params = (
            *(message[f"param{number}"] for number in range(1, 5)),
            float(message.x),
            float(message.y),
            message.z,
        )
        confirmation = 0
    return Request(
        command=message.command,
        params=params,
        sender=message.sender,
        confirmation=confirmation,
    )


def _message_name(number: float) -> str:
    layout = LAYOUT_BY_ID.get(int(number)) if math.isfinite(number) else None
    return "" if layout is None else layout.name


def _next(due_s: float, every_s: float, now_s: float) -> float:
    """The next beat of a stream: on its grid, unless it has fallen behind."""
    following_s = due_s + every_s
    return following_s if following_s > now_s else now_s + every_s
