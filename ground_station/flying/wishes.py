"""What can be asked of a vehicle: one typed body a command, told apart by `command`.

Latitude and longitude are degrees (WGS 84), every other angle is radians, heights name their datum.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
HeightAboveHome = Annotated[float, Field(gt=0, le=1000)]
Speed = Annotated[float, Field(gt=0, le=40)]
Item = Annotated[int, Field(ge=0, le=65534)]
NOBODY = "operator"


class Wish(BaseModel):
    """Common to all: who asks, immutable, and a field that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    operator: Annotated[str, Field(min_length=1, max_length=100)] = NOBODY


class Arm(Wish):
    """Start the motors."""

    command: Literal["arm"] = "arm"


class Disarm(Wish):
    """Stop the motors on the ground; the vehicle refuses it in the air."""

    command: Literal["disarm"] = "disarm"


class TakeOff(Wish):
    """Arm, climb and hover."""

    command: Literal["take_off"] = "take_off"
    height_above_home_m: HeightAboveHome


class Start(Wish):
    """Fly the mission on board from an item (counted from 0); it arms by itself."""

    command: Literal["start"] = "start"
    at_item: Item = 0


class Hold(Wish):
    """Pause: stop and hover."""

    command: Literal["hold"] = "hold"


class Resume(Wish):
    """Go on with the mission on the leg where it was left, with speed and camera as they were."""

    command: Literal["resume"] = "resume"
    return_to_leg: bool = True


class Jump(Wish):
    """Go on with the mission at another item (counted from 0)."""

    command: Literal["jump"] = "jump"
    to_item: Item


class Divert(Wish):
    """Fly to a place and hover there; with `come_back_after_s`, then go back to the leg it left."""

    command: Literal["divert"] = "divert"
    latitude_deg: Latitude
    longitude_deg: Longitude
    height_above_home_m: HeightAboveHome | None = None
    speed_m_s: Speed | None = None
    come_back_after_s: Annotated[float, Field(ge=0, le=3600)] | None = None


class Orbit(Wish):
    """Circle a place, camera to the middle."""

    command: Literal["orbit"] = "orbit"
    latitude_deg: Latitude
    longitude_deg: Longitude
    radius_m: Annotated[float, Field(ge=5, le=1000)] = 30.0
    speed_m_s: Speed = 4.0
    clockwise: bool = True
    height_above_home_m: HeightAboveHome | None = None


class LookAt(Wish):
    """Keep nose and gimbal on a place, whatever is flown; without a height, on home's level."""

    command: Literal["look_at"] = "look_at"
    latitude_deg: Latitude
    longitude_deg: Longitude
    height_amsl_m: Annotated[float, Field(ge=-500, le=9000)] | None = None


class LookAway(Wish):
    """Look no longer at a place."""

    command: Literal["look_away"] = "look_away"


class Follow(Wish):
    """Follow a moving thing: a track of a drone's camera, or a place that further wishes renew."""

    command: Literal["follow"] = "follow"
    latitude_deg: Latitude | None = None
    longitude_deg: Longitude | None = None
    velocity_north_m_s: Annotated[float, Field(ge=-60, le=60)] = 0.0
    velocity_east_m_s: Annotated[float, Field(ge=-60, le=60)] = 0.0
    drone_id: Annotated[str, Field(max_length=64)] | None = None
    track_id: int | None = None


class ChangeSpeed(Wish):
    """Fly at another speed until the mission or a mode sets its own; null: the vehicle's own."""

    command: Literal["speed"] = "speed"
    speed_m_s: Speed | None


class ChangeHeight(Wish):
    """Climb or descend on the spot and hover."""

    command: Literal["height"] = "height"
    height_above_home_m: HeightAboveHome


class Return(Wish):
    """Fly home (or to where its parameters say) and land."""

    command: Literal["return"] = "return"


class Land(Wish):
    """Land right here."""

    command: Literal["land"] = "land"


class Abort(Wish):
    """Stop at once and hover; out of a landing, climb first."""

    command: Literal["abort"] = "abort"


class Kill(Wish):
    """Stop the motors in the air: it falls. The first one is refused and tells `confirmation`."""

    command: Literal["kill"] = "kill"
    confirmation: str = ""


class AimGimbal(Wish):
    """Turn the gimbal: pitch up positive; yaw clockwise, from the nose or from north."""

    command: Literal["gimbal_aim"] = "gimbal_aim"
    pitch_rad: Annotated[float, Field(ge=-3.1416, le=3.1416)]
    yaw_rad: Annotated[float, Field(ge=-6.2832, le=6.2832)] = 0.0
    yaw_from: Literal["nose", "north"] = "nose"


class TurnGimbal(Wish):
    """Turn the gimbal at a rate until the next wish; 0 stops it."""

    command: Literal["gimbal_rate"] = "gimbal_rate"
    pitch_rate_rad_s: Annotated[float, Field(ge=-3, le=3)] = 0.0
    yaw_rate_rad_s: Annotated[float, Field(ge=-3, le=3)] = 0.0


class ReleaseGimbal(Wish):
    """Give the gimbal back to the mission and to others."""

    command: Literal["gimbal_release"] = "gimbal_release"


class TakePhoto(Wish):
    """One picture now."""

    command: Literal["photo"] = "photo"


class TakePhotos(Wish):
    """A picture every so often, until stopped."""

    command: Literal["photo_interval"] = "photo_interval"
    interval_s: Annotated[float, Field(ge=0.5, le=3600)]


class StopPhotos(Wish):
    """No more pictures."""

    command: Literal["photo_stop"] = "photo_stop"


class StartVideo(Wish):
    """Record."""

    command: Literal["video_start"] = "video_start"


class StopVideo(Wish):
    """Stop recording."""

    command: Literal["video_stop"] = "video_stop"


class Zoom(Wish):
    """Zoom to a share of the camera's range: 0 is widest, 1 is nearest."""

    command: Literal["zoom"] = "zoom"
    share: Annotated[float, Field(ge=0, le=1)]


class SetCameraMode(Wish):
    """For pictures or for video."""

    command: Literal["camera_mode"] = "camera_mode"
    mode: Literal["photo", "video"]


class Light(Wish):
    """Light on or off, as bright as asked (a share of its most)."""

    command: Literal["light"] = "light"
    on: bool
    brightness: Annotated[float, Field(ge=0, le=1)] | None = None


class Say(Wish):
    """Speak through the loudspeaker."""

    command: Literal["say"] = "say"
    text: Annotated[str, Field(min_length=1, max_length=400)]
    language: Literal["kk", "ru", "en"] = "ru"


class Play(Wish):
    """Play a recorded message of the loudspeaker by its name."""

    command: Literal["play"] = "play"
    name: Annotated[str, Field(min_length=1, max_length=60)]


class Silence(Wish):
    """Stop speaking."""

    command: Literal["silence"] = "silence"


FlightWish = (
    Arm
    | Disarm
    | TakeOff
    | Start
    | Hold
    | Resume
    | Jump
    | Divert
    | Orbit
    | LookAt
    | LookAway
    | Follow
    | ChangeSpeed
    | ChangeHeight
    | Return
    | Land
    | Abort
    | Kill
)
PayloadWish = (
    AimGimbal
    | TurnGimbal
    | ReleaseGimbal
    | TakePhoto
    | TakePhotos
    | StopPhotos
    | StartVideo
    | StopVideo
    | Zoom
    | SetCameraMode
    | Light
    | Say
    | Play
    | Silence
)
AnyWish = FlightWish | PayloadWish
AskedWish = Annotated[AnyWish, Field(discriminator="command")]

# The newer of these ends whatever is under way; nothing else ends one of these.
SAFETY = (Hold, Return, Land, Abort, Kill)


def channel(wish: AnyWish) -> str:
    """What of the vehicle a wish is about: one wish at a time is carried out on each."""
    if isinstance(wish, (AimGimbal, TurnGimbal, ReleaseGimbal, LookAt, LookAway)):
        return "gimbal"
    if isinstance(wish, Light):
        return "light"
    if isinstance(wish, (Say, Play, Silence)):
        return "speaker"
    if isinstance(wish, (TakePhoto, TakePhotos, StopPhotos, StartVideo, StopVideo)):
        return "camera"
    if isinstance(wish, (Zoom, SetCameraMode)):
        return "lens"
    return "speed" if isinstance(wish, ChangeSpeed) else "flight"
