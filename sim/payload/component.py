"""The whole payload: four devices on two links, pure and cheap while nothing happens.

`receive` and `tick` return what to transmit; `next_s` says when `tick` next has something to do, so
that a fleet of a hundred pays nothing for payloads at rest.
"""

from collections.abc import Callable

from onboard.mavlink.codec import Address, Message
from sim.payload.autopilot import AutopilotView
from sim.payload.camera import CameraDevice, Keeper
from sim.payload.config import PayloadConfig
from sim.payload.device import EVERYBODY, Device, PayloadSend, request_of
from sim.payload.faults import PayloadFaults
from sim.payload.gimbal import GimbalDevice, Pointing
from sim.payload.light import LightDevice
from sim.payload.loudspeaker import LoudspeakerDevice
from sim.payload.sound import Listener
from sim.payload.voice import Voice
from sim.vehicle.pose import Quaternion

__all__ = ["PayloadComponent", "PayloadSend"]
AUTOPILOT = 1


class PayloadComponent:
    """Gimbal device 154 on link "gimbal"; camera 100, loudspeaker 158, light 243 on "payload".

    It knows the vehicle only by MAVLink. Counts in `ignored` what it heard and had no use for.
    """

    def __init__(
        self,
        config: PayloadConfig | None = None,
        *,
        began_s: float = 0.0,
        voice: Voice | None = None,
        listener: Listener | None = None,
        keep_picture: Keeper | None = None,
    ) -> None:
        self.config = config or PayloadConfig()
        self.faults = PayloadFaults()
        self.ignored = 0
        system = self.config.system_id
        self.autopilot = AutopilotView(began_s=began_s)
        self.gimbal = GimbalDevice(
            self.config.gimbal,
            view=self.autopilot,
            faults=self.faults,
            system_id=system,
            began_s=began_s,
        )
        self.camera = CameraDevice(
            self.config.camera,
            view=self.autopilot,
            gimbal=self.gimbal,
            faults=self.faults,
            system_id=system,
            keep=keep_picture,
        )
        self.light = LightDevice(
            self.config.light, view=self.autopilot, system_id=system, began_s=began_s
        )
        self.loudspeaker = LoudspeakerDevice(
            self.config.loudspeaker,
            view=self.autopilot,
            system_id=system,
            voice=voice,
            listener=listener,
        )
        self.devices: tuple[Device, ...] = (
            self.gimbal,
            self.camera,
            self.light,
            self.loudspeaker,
        )
        self._now_s = began_s
        self._next_s = began_s
        self._handlers: dict[str, Callable[[str, Message, float], list[PayloadSend]]] = {
            "AUTOPILOT_STATE_FOR_GIMBAL_DEVICE": self._hear_state,
            "ATTITUDE_QUATERNION": self._hear_attitude,
            "GLOBAL_POSITION_INT": self._hear_position,
            "SYSTEM_TIME": self._hear_time,
            "GIMBAL_DEVICE_SET_ATTITUDE": self._set_attitude,
            "COMMAND_LONG": self._command,
            "COMMAND_INT": self._command,
            "TUNNEL": self._tunnel,
            "FILE_TRANSFER_PROTOCOL": self._transfer,
        }

    @property
    def next_s(self) -> float:
        """When `tick` next has something to do."""
        return self._next_s

    @property
    def gimbal_quaternion(self) -> Quaternion:
        """Rotation (w, x, y, z) from the gimbal's axes to north-east-down, at the last instant."""
        return self.gimbal.quaternion_at(self._now_s)

    @property
    def pointing(self) -> Pointing:
        """Where the gimbal looks, radians, at the last instant."""
        return self.gimbal.pointing_at(self._now_s)

    def receive(self, link: str, message: Message, now_s: float) -> list[PayloadSend]:
        """Take in what arrived on a link ("gimbal" or "payload")."""
        self._now_s = max(self._now_s, now_s)
        handler = self._handlers.get(message.name)
        if handler is None or self.faults.silent or message.system_id == 0:
            self.ignored += 1
            return []
        return handler(link, message, now_s)

    def tick(self, now_s: float) -> list[PayloadSend]:
        """All that is due by now."""
        self._now_s = max(self._now_s, now_s)
        if now_s < self._next_s:
            return []
        out: list[PayloadSend] = []
        for device in self.devices:
            if device.next_s <= now_s:
                out += device.tick(now_s)
        self._next_s = min(device.next_s for device in self.devices)
        return [] if self.faults.silent else out

    def _hear_state(self, link: str, message: Message, now_s: float) -> list[PayloadSend]:
        if self._is_autopilot(message):
            self.autopilot.hear_state(message, now_s)
        return []

    def _hear_attitude(self, link: str, message: Message, now_s: float) -> list[PayloadSend]:
        if self._is_autopilot(message):
            self.autopilot.hear_attitude(message, now_s)
        return []

    def _hear_time(self, link: str, message: Message, now_s: float) -> list[PayloadSend]:
        if self._is_autopilot(message):
            self.autopilot.hear_time(message, now_s)
        return []

    def _hear_position(self, link: str, message: Message, now_s: float) -> list[PayloadSend]:
        if not self._is_autopilot(message):
            return []
        self.autopilot.hear_position(message, now_s)
        if not self.camera.trigger.distance_m:
            return []
        return self._after(self.camera.heard_position(now_s))

    def look_at(self, now_s: float) -> None:
        """Be asked about this instant from now on."""
        self._now_s = max(self._now_s, now_s)

    def _set_attitude(self, link: str, message: Message, now_s: float) -> list[PayloadSend]:
        if message.target_system not in (EVERYBODY, self.config.system_id):
            return []
        return self.gimbal.set_attitude(message, now_s)

    def _command(self, link: str, message: Message, now_s: float) -> list[PayloadSend]:
        if message.target_system not in (EVERYBODY, self.config.system_id):
            return []
        request, target = request_of(message), message.target_component
        out: list[PayloadSend] = []
        for device in self.devices:
            if device.link == link and target in (EVERYBODY, device.component_id):
                out += device.command(request, target == EVERYBODY, now_s)
        return self._after(out)

    def _tunnel(self, link: str, message: Message, now_s: float) -> list[PayloadSend]:
        if not self._is_for(self.loudspeaker, message):
            return []
        return self._after(self.loudspeaker.order(message, now_s))

    def _transfer(self, link: str, message: Message, now_s: float) -> list[PayloadSend]:
        if not self._is_for(self.loudspeaker, message):
            return []
        return self._after(self.loudspeaker.transfer(message, now_s))

    def _after(self, out: list[PayloadSend]) -> list[PayloadSend]:
        """Something was begun: it may be due earlier than what was due before."""
        self._next_s = min(device.next_s for device in self.devices)
        return out

    def _is_autopilot(self, message: Message) -> bool:
        return message.system_id == self.config.system_id and message.component_id == AUTOPILOT

    def _is_for(self, device: Device, message: Message) -> bool:
        target = Address(message.target_system, message.target_component)
        return target == Address(self.config.system_id, device.component_id)
