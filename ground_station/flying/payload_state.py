"""What a vehicle's payload last said of itself: gimbal, camera, light, loudspeaker. Pure.

A payload component is known by the type in its heartbeat, and a camera also by its messages: it is
told by what it says, not by the component id that it happens to have.
"""

import math
from dataclasses import dataclass, field

from ground_station.hub.payload_view import PayloadView
from ground_station.vehicles.machine import GROUND_STATION
from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.loudspeaker import COMPONENT as LOUDSPEAKER
from onboard.mavlink.loudspeaker import SpeakerState, SpeakerStatus, packet_of

TYPE_CAMERA, TYPE_GIMBAL, TYPE_ILLUMINATOR = 30, 26, 44
CAPTURE_STATUS, CAMERA_SETTINGS, REQUEST_MESSAGE = 262, 260, 512
ASK_EVERY_S = 5.0
YAW_IN_EARTH_FRAME = 64
SILENT_S = 5.0
SPEAKER_SILENT_S = 15.0
GIMBAL_DEVICES = range(1, 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class GimbalPose:
    """Radians; pitch up positive; yaw clockwise from north where `from_north`, else from nose."""

    pitch: float
    yaw: float
    from_north: bool
    at_s: float


@dataclass(slots=True)
class PayloadState:
    """The newest of each fact; None: not said. `components` are addresses by MAV_TYPE."""

    components: dict[int, Address] = field(default_factory=dict)
    heard_at_s: dict[int, float] = field(default_factory=dict)
    gimbal: GimbalPose | None = None
    gimbal_control: Address | None = None
    gimbal_manager_seen: bool = False
    pictures: int | None = None
    interval_active: bool | None = None
    picture_interval_s: float | None = None
    recording: bool | None = None
    zoom_share: float | None = None
    camera_mode: int | None = None
    free_mib: float | None = None
    total_mib: float | None = None
    last_picture: int | None = None
    light_on: bool | None = None
    light_brightness: float | None = None
    speaker_s: float = -math.inf
    speaking: str = ""
    asked_s: float = -math.inf

    def receive(self, message: Message, now_s: float) -> None:
        """Fold one message of any component of the vehicle in."""
        if message.name == "HEARTBEAT" and message.component_id != 1:
            self.components[message["type"]] = message.sender
            self.heard_at_s[message["type"]] = now_s
            if message.component_id == LOUDSPEAKER:
                self.speaker_s = now_s
        fold = FOLDS.get(message.name)
        if fold is not None:
            fold(self, message, now_s)

    def questions(self, now_s: float) -> list[Send]:
        """What a camera is to be asked that has not said by itself how it stands."""
        camera = self.component(TYPE_CAMERA, now_s)
        known = self.recording is not None and self.zoom_share is not None
        if camera is None or known or now_s - self.asked_s < ASK_EVERY_S:
            return []
        self.asked_s = now_s
        return [
            Send(
                "COMMAND_LONG",
                {
                    "target_system": camera.system_id,
                    "target_component": camera.component_id,
                    "command": REQUEST_MESSAGE,
                    "param1": float(wanted),
                },
            )
            for wanted in (CAPTURE_STATUS, CAMERA_SETTINGS)
        ]

    def view(self, now_s: float) -> PayloadView:
        """The payload as the hub tells it."""
        pose = self.gimbal
        fresh = pose is not None and now_s - pose.at_s <= SILENT_S
        return PayloadView(
            gimbal=fresh,
            gimbal_pitch_rad=pose.pitch if pose is not None and fresh else None,
            gimbal_held_by_us=self.gimbal_control == GROUND_STATION,
            camera=self.component(TYPE_CAMERA, now_s) is not None,
            recording=self.recording,
            taking_series=self.interval_active,
            pictures=self.pictures,
            zoom_share=self.zoom_share,
            free_mib=self.free_mib,
            light=self.component(TYPE_ILLUMINATOR, now_s) is not None,
            light_on=self.light_on,
            light_brightness=self.light_brightness,
            loudspeaker=now_s - self.speaker_s <= SPEAKER_SILENT_S,
            speaking=self.speaking,
        )

    def component(self, kind: int, now_s: float) -> Address | None:
        """Where the component of a MAV_TYPE is, if it was heard lately."""
        if now_s - self.heard_at_s.get(kind, -math.inf) > SILENT_S:
            return None
        return self.components.get(kind)


def _gimbal(state: PayloadState, message: Message, now_s: float) -> None:
    w, x, y, z = message["q"]
    state.gimbal = GimbalPose(
        pitch=math.asin(max(-1.0, min(1.0, 2.0 * (w * y - z * x)))),
        yaw=math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z)),
        from_north=bool(message["flags"] & YAW_IN_EARTH_FRAME),
        at_s=now_s,
    )


def _manager(state: PayloadState, message: Message, now_s: float) -> None:
    state.gimbal_manager_seen = True
    state.gimbal_control = Address(
        message["primary_control_sysid"], message["primary_control_compid"]
    )


def _manager_there(state: PayloadState, message: Message, now_s: float) -> None:
    state.gimbal_manager_seen = True


def _capture(state: PayloadState, message: Message, now_s: float) -> None:
    state.pictures = message["image_count"]
    state.interval_active = message["image_status"] in (2, 3)
    state.picture_interval_s = message["image_interval"]
    state.recording = message["video_status"] != 0
    state.free_mib = message["available_capacity"]


def _picture(state: PayloadState, message: Message, now_s: float) -> None:
    if message["capture_result"] == 1:
        state.last_picture = message["image_index"]


def _settings(state: PayloadState, message: Message, now_s: float) -> None:
    state.camera_mode = message["mode_id"]
    if math.isfinite(message["zoomLevel"]):
        state.zoom_share = message["zoomLevel"] / 100.0


def _light(state: PayloadState, message: Message, now_s: float) -> None:
    state.light_on = bool(message["enable"])
    state.light_brightness = min(1.0, max(0.0, message["brightness"] / 100.0))


def _speaker(state: PayloadState, message: Message, now_s: float) -> None:
    packet = packet_of(message)
    if packet is not None:
        state.speaker_s = now_s
    if isinstance(packet, SpeakerStatus):
        state.speaking = "" if packet.state is SpeakerState.SILENT else packet.title or "…"


def _storage(state: PayloadState, message: Message, now_s: float) -> None:
    state.free_mib = message["available_capacity"]
    state.total_mib = message["total_capacity"]


FOLDS = {
    "GIMBAL_DEVICE_ATTITUDE_STATUS": _gimbal,
    "GIMBAL_MANAGER_STATUS": _manager,
    "GIMBAL_MANAGER_INFORMATION": _manager_there,
    "CAMERA_CAPTURE_STATUS": _capture,
    "CAMERA_IMAGE_CAPTURED": _picture,
    "CAMERA_SETTINGS": _settings,
    "STORAGE_INFORMATION": _storage,
    "ILLUMINATOR_STATUS": _light,
    "TUNNEL": _speaker,
}
