"""A payload in the vehicle's own process: it hears the two payload links and speaks on them.

What is said passes as MAVLink frames, as it would by UDP. What PX4 would only repeat is not sent:
the payload asks for attitude, place and time when it wants them, and hears of a setpoint for its
gimbal when there is a new one. So a payload that nobody looks at costs next to nothing.
"""

import math
from collections import deque
from typing import TYPE_CHECKING

from onboard.mavlink.codec import Decoder, Encoder, Message, Send
from sim.payload.autopilot import Place
from sim.payload.component import PayloadComponent, PayloadSend
from sim.payload.config import GimbalSettings, PayloadConfig
from sim.vehicle.gimbal import Setpoint
from sim.vehicle.pose import Quaternion
from sim.vehicle.wire.outgoing import AUTOPILOT, Outgoing
from sim.vehicle.wire.ports import GIMBAL, PAYLOAD
from sim.vehicle.wire.status_telemetry import gimbal_set_attitude

if TYPE_CHECKING:
    from sim.vehicle.vehicle import Vehicle

LISTENS_TO = frozenset(("COMMAND_LONG", "COMMAND_INT", "TUNNEL", "FILE_TRANSFER_PROTOCOL"))
# What concerns the gimbal's manager at most, and no decision of the vehicle's.
IDLE_TALK = frozenset(
    (
        "HEARTBEAT",
        "GIMBAL_DEVICE_ATTITUDE_STATUS",
        "GIMBAL_DEVICE_INFORMATION",
        "CAMERA_CAPTURE_STATUS",
        "CAMERA_IMAGE_CAPTURED",
        "ILLUMINATOR_STATUS",
        "COMMAND_ACK",
        "TUNNEL",
    )
)
STATUS = "GIMBAL_DEVICE_ATTITUDE_STATUS"
# Two components that answer each other must come to an end within one step.
ROUNDS_AT_MOST = 200
# PX4's manager tells the device its setpoint as often; a gimbal that follows a place hears it so.
TOLD_EVERY_S = 0.05
# In the lean profile the vehicle tells of the gimbal by itself.
LEAN_STATUS_HZ = 1.0


class LiveVehicle:
    """The vehicle as its payload sees it: see `sim.payload.autopilot.Live`."""

    def __init__(self, vehicle: "Vehicle") -> None:
        self._vehicle = vehicle

    def heading(self) -> float | None:
        """Its yaw as it believes."""
        aircraft = self._vehicle.aircraft
        return float(aircraft.flight.belief.yaw) if aircraft.commander.alive else None

    def place(self) -> Place | None:
        """Where it believes to be."""
        aircraft = self._vehicle.aircraft
        if not aircraft.commander.alive:
            return None
        geo = aircraft.geo()
        return Place(
            latitude_deg=geo.latitude_deg,
            longitude_deg=geo.longitude_deg,
            height_amsl_m=geo.height_amsl_m,
            height_above_home_m=aircraft.state.home.d - aircraft.flight.belief.position.d,
        )

    def boot_s(self) -> float:
        """Seconds since boot."""
        return self._vehicle.aircraft.boot_s

    def unix_s(self) -> float:
        """UTC as it has it."""
        return self._vehicle.unix_s()


class AttachedPayload:
    """Carries messages between a vehicle and the payload in it."""

    def __init__(self, vehicle: "Vehicle", component: PayloadComponent | None) -> None:
        self._vehicle = vehicle
        config = vehicle.config
        self.component = component or PayloadComponent(
            PayloadConfig(
                system_id=config.system_id,
                gimbal=GimbalSettings(initial_pitch=math.radians(config.gimbal_pitch_deg)),
            ),
            began_s=vehicle.booted_at_s,
        )
        self.component.autopilot.live = LiveVehicle(vehicle)
        if config.streams == "lean":
            self.component.gimbal.pace(STATUS, LEAN_STATUS_HZ)
        self._given: Setpoint | None = None
        self._looked_s = vehicle.booted_at_s
        self._encoders: dict[tuple[str, int], Encoder] = {}
        self._decoder = Decoder()
        vehicle.aircraft.gimbal.reported = self._reported
        vehicle.aircraft.gimbal.renew = self._renew

    @property
    def next_s(self) -> float:
        """The boot second at which the payload does something by itself."""
        vehicle = self._vehicle
        return self.component.next_s - vehicle.booted_at_s - vehicle.dropped_s

    def step(self, out: list[Outgoing], first: int) -> None:
        """Let the payload hear what is new in `out` and add what comes of it."""
        now_s = self._vehicle.now_s
        self._look(now_s)
        said = self.component.tick(now_s) if self.component.next_s <= now_s else []
        self._carry(said, out, first)

    def exchange(self, out: list[Outgoing]) -> None:
        """The same for answers, with nothing that is due by itself."""
        self._look(self._vehicle.now_s)
        self._carry([], out, 0)

    def _look(self, now_s: float) -> None:
        """Come to the present: faults, and what the gimbal's manager wants."""
        aircraft = self._vehicle.aircraft
        silent = aircraft.faults.payload_silent
        if self.component.faults.silent is not silent:
            self.component.faults.silent = silent
        self.component.look_at(now_s)
        manager = aircraft.gimbal
        manager.mute = silent
        if silent or not (manager.enabled and aircraft.commander.alive and manager.device_id):
            self._given = None
        else:
            setpoint = manager.setpoint(aircraft.flight.body.position)
            if setpoint is not self._given:
                self._give(setpoint, now_s)
            self.component.gimbal.heard_manager(now_s)
        self._looked_s = now_s

    def _give(self, setpoint: Setpoint, now_s: float) -> None:
        """Tell the device; what it follows was told all the while that nobody looked."""
        told_s = now_s
        if self._vehicle.aircraft.gimbal.region_of_interest is not None and self._given is not None:
            told_s = min(now_s, self._looked_s + TOLD_EVERY_S)
        self._given = setpoint
        fields = gimbal_set_attitude(self._vehicle.aircraft, self._vehicle.aircraft.boot_s)
        message = self._framed(GIMBAL, AUTOPILOT, Send("GIMBAL_DEVICE_SET_ATTITUDE", fields))
        self.component.receive(GIMBAL, message, told_s)

    def _reported(self) -> Quaternion:
        self._look(self._vehicle.now_s)
        return self.component.gimbal_quaternion

    def _renew(self) -> None:
        """Make the manager hear where the gimbal looks now."""
        now_s = self._vehicle.now_s
        self._look(now_s)
        if not self.component.faults.silent:
            fields = self.component.gimbal.status_at(now_s)
            message = self._framed(GIMBAL, self.component.gimbal.component_id, Send(STATUS, fields))
            self._vehicle.aircraft.gimbal.hear_device(message)

    def _carry(self, said: list[PayloadSend], out: list[Outgoing], first: int) -> None:
        waiting = deque(said)
        now_s = self._vehicle.now_s
        at = first
        for _ in range(ROUNDS_AT_MOST):
            while at < len(out):
                told = out[at]
                at += 1
                if told.link in (GIMBAL, PAYLOAD) and told.send.name in LISTENS_TO:
                    waiting += self.component.receive(told.link, self._heard(told), now_s)
            if not waiting:
                break
            send = waiting.popleft()
            hear = self._vehicle.receive_from_payload
            if send.send.name in IDLE_TALK:
                hear = self._vehicle.hear_payload
            out += hear(send.link, self._spoken(send), now_s)
        # Nobody else is on these links.
        out[first:] = [told for told in out[first:] if told.link not in (GIMBAL, PAYLOAD)]

    def _heard(self, told: Outgoing) -> Message:
        if told.forwarded is not None:
            return told.forwarded
        return self._framed(told.link, told.component_id, told.send)

    def _spoken(self, said: PayloadSend) -> Message:
        return self._framed(said.link, said.component_id, said.send)

    def _framed(self, link: str, component_id: int, send: Send) -> Message:
        key = (link, component_id)
        encoder = self._encoders.get(key)
        if encoder is None:
            system = self._vehicle.config.system_id
            encoder = self._encoders[key] = Encoder(system_id=system, component_id=component_id)
        (message,) = self._decoder.feed(encoder.encode_send(send))
        return message
