"""One MAVLink link of a vehicle: its streams, its transfers, its answers.

What is sent is `Outgoing`: a message with the component that says it. The autopilot is component 1,
the gimbal component 154.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from missions.plan import RELATIVE_FRAMES, Frame
from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.mission_transfer import PlanEndpoint
from onboard.mavlink.plan_items import INT32_MAX, INT32_MIN
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.commands import ACCEPTED, DENIED, FAILED, Request, handle, set_mission_item
from sim.vehicle.gimbal import DEVICE_ID
from sim.vehicle.information import INFORMATION, message_name
from sim.vehicle.parameters import ParameterEndpoint
from sim.vehicle.raw_telemetry import AIRBORNE_ONLY, ALL_BUILDERS
from sim.vehicle.streams import Rates, StreamSchedule
from sim.vehicle.telemetry import component_of

AUTOPILOT = 1
GROUND_STATION = 6
CRITICAL = 2
REQUEST_MESSAGE, SET_MESSAGE_INTERVAL, GET_MESSAGE_INTERVAL = 512, 511, 510
DEGREES_PER_UNIT = 1e-7
EVERYBODY = 0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to transmit on one link, and the component it comes from."""

    link: str
    component_id: int
    send: Send


class VehicleLink:
    """The vehicle's end of one link. Counts what it did not understand in `ignored`."""

    def __init__(self, name: str, aircraft: Aircraft, rates: Rates) -> None:
        self.name = name
        self.ignored = 0
        self._aircraft = aircraft
        self._system = aircraft.config.system_id
        own = Address(self._system, AUTOPILOT)
        self._plans = PlanEndpoint(aircraft.plans, own=own)
        self._parameters = ParameterEndpoint(aircraft.parameters, own=own)
        self._streams = StreamSchedule(rates, began_s=aircraft.boot_s)
        self._handlers: dict[str, Callable[[Message], list[Outgoing]]] = {
            "HEARTBEAT": self._heartbeat,
            "COMMAND_LONG": self._command_long,
            "COMMAND_INT": self._command_int,
            "SET_MODE": self._set_mode,
            "MISSION_SET_CURRENT": self._set_current,
            "PING": self._ping,
            "TIMESYNC": self._timesync,
            "GIMBAL_MANAGER_SET_PITCHYAW": self._gimbal_pitch_yaw,
        }

    def receive(self, message: Message, now_s: float) -> list[Outgoing]:
        """Answer a message; `now_s` is seconds since boot."""
        handler = self._handlers.get(message.name)
        if handler is not None:
            return handler(message)
        if message.name.startswith("PARAM_"):
            return self._mine(self._parameters.receive(message, now_s))
        if message.name.startswith("MISSION_"):
            return self._mine(self._plans.receive(message, now_s))
        self.ignored += 1
        return []

    def tick(self, now_s: float) -> list[Outgoing]:
        """What is due by now: streams, repeats, the next stretch of a list."""
        out: list[Outgoing] = []
        if self._streams.next_s <= now_s and self._aircraft.commander.alive:
            self._stream(now_s, out)
        if self._plans.busy:
            out += self._mine(self._plans.tick(now_s))
        if self._parameters.busy:
            out += self._mine(self._parameters.tick(now_s))
        return out

    def _stream(self, now_s: float, out: list[Outgoing]) -> None:
        aircraft = self._aircraft
        for name, at_s in self._streams.due(now_s):
            if name == "HOME_POSITION" and not aircraft.commander.has_home:
                continue
            if name in AIRBORNE_ONLY and aircraft.landed:
                continue
            send = Send(name, ALL_BUILDERS[name](aircraft, at_s))
            out.append(Outgoing(self.name, component_of(name), send))
            if name == "HEARTBEAT":
                out.append(Outgoing(self.name, DEVICE_ID, Send("HEARTBEAT", _GIMBAL_HEARTBEAT)))

    def _mine(self, sends: list[Send]) -> list[Outgoing]:
        return [Outgoing(self.name, AUTOPILOT, send) for send in sends]

    def _one(self, name: str, fields: dict[str, Any]) -> list[Outgoing]:
        return [Outgoing(self.name, AUTOPILOT, Send(name, fields))]

    def _heartbeat(self, message: Message) -> list[Outgoing]:
        if message.type == GROUND_STATION:
            self._aircraft.commander.heard_ground()
        return []

    def _command_long(self, message: Message) -> list[Outgoing]:
        params = tuple(message[f"param{index}"] for index in range(1, 8))
        return self._command(
            message,
            Request(
                command=message.command,
                params=params,
                sender=message.sender,
            ),
        )

    def _command_int(self, message: Message) -> list[Outgoing]:
        frame = message.frame
        scale = 1.0 if frame == Frame.MISSION else DEGREES_PER_UNIT
        params = (
            *(message[f"param{index}"] for index in range(1, 5)),
            _unpacked(message.x, scale),
            _unpacked(message.y, scale),
            message.z,
        )
        relative = frame in RELATIVE_FRAMES
        request = Request(
            command=message.command, params=params, sender=message.sender, relative=relative
        )
        return self._command(message, request)

    def _command(self, message: Message, request: Request) -> list[Outgoing]:
        for_all = message.target_system == EVERYBODY and request.command == REQUEST_MESSAGE
        if message.target_system != self._system and not for_all:
            return []
        if message.target_component == DEVICE_ID:
            return self._gimbal_command(request)
        if message.target_component not in (AUTOPILOT, EVERYBODY):
            return []
        if request.command == REQUEST_MESSAGE:
            return self._request_message(request)
        if request.command == SET_MESSAGE_INTERVAL:
            return self._ack(request, self._set_interval(request))
        if request.command == GET_MESSAGE_INTERVAL:
            return self._get_interval(request) + self._ack(request, ACCEPTED)
        result = handle(self._aircraft, request)
        return [] if result is None else self._ack(request, result)

    def _ack(self, request: Request, result: int, *, component: int = AUTOPILOT) -> list[Outgoing]:
        sender = request.sender or Address(0, 0)
        fields = {
            "command": request.command,
            "result": result,
            "target_system": sender.system_id,
            "target_component": sender.component_id,
        }
        return [Outgoing(self.name, component, Send("COMMAND_ACK", fields))]

    def _request_message(self, request: Request) -> list[Outgoing]:
        name = message_name(request.params[0])
        answers = INFORMATION.get(name or "")
        if answers is None:
            return self._ack(request, DENIED)
        sends = [
            Outgoing(self.name, component_of(send.name), send)
            for send in answers(self._aircraft, request.params[1])
        ]
        return [*sends, *self._ack(request, ACCEPTED)]

    def _gimbal_command(self, request: Request) -> list[Outgoing]:
        name = message_name(request.params[0]) if request.command == REQUEST_MESSAGE else None
        if name not in ("GIMBAL_DEVICE_INFORMATION", "GIMBAL_DEVICE_ATTITUDE_STATUS"):
            return self._ack(request, 3, component=DEVICE_ID)
        sends = INFORMATION[name](self._aircraft, request.params[1])
        out = [Outgoing(self.name, DEVICE_ID, send) for send in sends]
        return [*out, *self._ack(request, ACCEPTED, component=DEVICE_ID)]

    def _set_interval(self, request: Request) -> int:
        name = message_name(request.params[0])
        if name not in ALL_BUILDERS:
            return FAILED
        interval = request.params[1]
        us = int(interval) if math.isfinite(interval) else 0
        self._streams.set_interval(name, us, self._aircraft.boot_s)
        return ACCEPTED

    def _get_interval(self, request: Request) -> list[Outgoing]:
        name = message_name(request.params[0])
        interval = self._streams.interval_us(name) if name in ALL_BUILDERS else 0
        number = int(request.params[0]) if math.isfinite(request.params[0]) else 0
        fields = {"message_id": number & 0xFFFF, "interval_us": interval}
        return self._one("MESSAGE_INTERVAL", fields)

    def _set_mode(self, message: Message) -> list[Outgoing]:
        if message.target_system == self._system:
            custom = message.custom_mode
            params = (float(message.base_mode), float(custom >> 16 & 0xFF), float(custom >> 24))
            request = Request(command=176, params=(*params, 0.0, 0.0, 0.0, 0.0))
            handle(self._aircraft, request)
        return []

    def _set_current(self, message: Message) -> list[Outgoing]:
        if message.target_system != self._system:
            return []
        if not set_mission_item(self._aircraft, message.seq):
            self._aircraft.say(CRITICAL, "WPM: WP CURR CMD: Not in list\t")
        return []

    def _ping(self, message: Message) -> list[Outgoing]:
        if message.target_system != EVERYBODY:
            return []
        fields = {
            "time_usec": message.time_usec,
            "seq": message["seq"],
            "target_system": message.system_id,
            "target_component": message.component_id,
        }
        return self._one("PING", fields)

    def _timesync(self, message: Message) -> list[Outgoing]:
        if message.tc1 != 0:
            return []
        now_ns = int(self._aircraft.boot_s * 1e9)
        return self._one("TIMESYNC", {"tc1": now_ns, "ts1": message.ts1})

    def _gimbal_pitch_yaw(self, message: Message) -> list[Outgoing]:
        if message.target_system == self._system:
            self._aircraft.gimbal.command(
                message.sender,
                pitch=_finite(message.pitch),
                yaw=_finite(message.yaw),
                pitch_rate=_finite(message.pitch_rate),
                yaw_rate=_finite(message.yaw_rate),
                lock=bool(message.flags & 16),
            )
        return []


_GIMBAL_HEARTBEAT = {"type": 26, "autopilot": 8, "system_status": 4, "mavlink_version": 3}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _unpacked(value: int, scale: float) -> float:
    return math.nan if value in (INT32_MAX, INT32_MIN) else value * scale
