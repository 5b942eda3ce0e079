"""A payload in the vehicle's own process: it hears the two payload links and speaks on them.

All passes as MAVLink frames, as it would by UDP; only what the payload listens to is made.
"""

import math
from collections import deque
from typing import TYPE_CHECKING

from onboard.mavlink.codec import Decoder, Encoder, Message, Send
from sim.payload.component import PayloadComponent, PayloadSend
from sim.payload.config import GimbalSettings, PayloadConfig
from sim.vehicle.wire.outgoing import Outgoing
from sim.vehicle.wire.ports import GIMBAL, PAYLOAD

if TYPE_CHECKING:
    from sim.vehicle.vehicle import Vehicle

LISTENS_TO = frozenset(
    (
        "AUTOPILOT_STATE_FOR_GIMBAL_DEVICE",
        "ATTITUDE_QUATERNION",
        "GLOBAL_POSITION_INT",
        "SYSTEM_TIME",
        "GIMBAL_DEVICE_SET_ATTITUDE",
        "COMMAND_LONG",
        "COMMAND_INT",
        "TUNNEL",
        "FILE_TRANSFER_PROTOCOL",
    )
)
# Two components that answer each other must come to an end within one step.
ROUNDS_AT_MOST = 200


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
        self._encoders: dict[tuple[str, int], Encoder] = {}
        self._decoder = Decoder()
        vehicle.aircraft.gimbal.reported = lambda: self.component.gimbal_quaternion

    @property
    def next_s(self) -> float:
        """The boot second at which the payload does something by itself."""
        vehicle = self._vehicle
        return self.component.next_s - vehicle.booted_at_s - vehicle.dropped_s

    def step(self, out: list[Outgoing], first: int) -> None:
        """Let the payload hear what is new in `out` and add what comes of it."""
        now_s = self._vehicle.now_s
        faults = self._vehicle.aircraft.faults
        if self.component.faults.silent is not faults.payload_silent:
            self.component.faults.silent = faults.payload_silent
        said = self.component.tick(now_s) if self.component.next_s <= now_s else []
        self._carry(said, out, first)

    def exchange(self, out: list[Outgoing]) -> None:
        """The same for answers, with nothing that is due by itself."""
        self._carry([], out, 0)

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
            out += self._vehicle.receive_from_payload(send.link, self._spoken(send), now_s)
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
