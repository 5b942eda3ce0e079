"""One MAVLink link of a drone as bytes: both directions, with whatever is wrong with them."""

from collections.abc import Callable, Iterable

from onboard.mavlink.codec import Decoder, Encoder, Message, Send
from sim.faults import FaultyLink, LinkFaults
from sim.vehicle.together import Said
from sim.vehicle.vehicle import Vehicle
from sim.vehicle.wire.outgoing import AUTOPILOT, Outgoing

Heard = Callable[[Message, float], None]
Log = Callable[[float, bytes], None]
ONE_MESSAGE = 1


class Wire:
    """`up` is toward the vehicle, `down` away from it; `step` delivers what has arrived."""

    def __init__(self, vehicle: Vehicle, link: str, *, seed: str, log: Log | None = None) -> None:
        self.link = link
        self.up = FaultyLink(seed=f"{seed}/up")
        self.down = FaultyLink(seed=f"{seed}/down")
        self.listeners: list[Heard] = []
        self.on_answers: Callable[[list[Outgoing]], None] | None = None
        self._vehicle = vehicle
        self._log = log
        self._encoders: dict[int, Encoder] = {}
        self._to_ground = Decoder()
        self._to_vehicle = Decoder()

    def set_faults(self, faults: LinkFaults, *, up: bool = True, down: bool = True) -> None:
        """Replace what is wrong with either direction or both."""
        if up:
            self.up.faults = faults
        if down:
            self.down.faults = faults

    def transmit(self, said: Said, now_s: float) -> None:
        """The vehicle says something on this link: every message is a datagram of its own."""
        if isinstance(said, Outgoing):
            frame = said.forwarded.frame if said.forwarded else None
            self.down.push(frame or self._encoder(said.component_id).encode_send(said.send), now_s)
            return
        encoder = self._encoder(AUTOPILOT)
        encoder.sequence, frames = said.stamped(encoder.sequence, most=ONE_MESSAGE)
        for frame in frames:
            self.down.push(frame, now_s)

    def send(self, sends: Iterable[Send], encoder: Encoder, now_s: float) -> None:
        """Someone at the other end says something to the vehicle."""
        for send in sends:
            self.up.push(encoder.encode_send(send), now_s)

    def deliver_up(self, now_s: float) -> list[Outgoing]:
        """What the vehicle answers to all that has reached it by now."""
        out: list[Outgoing] = []
        for data in self.up.due(now_s):
            self._note(now_s, data)
            for message in self._to_vehicle.feed(data):
                out += self._vehicle.receive(self.link, message, now_s)
        return out

    def deliver_down(self, now_s: float) -> None:
        """Let everyone at the other end hear what has reached it by now."""
        for data in self.down.due(now_s):
            self._note(now_s, data)
            for message in self._to_ground.feed(data):
                for hear in self.listeners:
                    hear(message, now_s)

    def _encoder(self, component_id: int) -> Encoder:
        encoder = self._encoders.get(component_id)
        if encoder is None:
            encoder = self._encoders[component_id] = Encoder(
                system_id=self._vehicle.config.system_id, component_id=component_id
            )
        return encoder

    def _note(self, now_s: float, data: bytes) -> None:
        if self._log is not None:
            self._log(now_s, data)
