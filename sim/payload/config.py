"""What a person may set for a payload; read from TOML or from the command line."""

import math

from pydantic import BaseModel, ConfigDict, Field

HALF_TURN = math.pi


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class GimbalSettings(_Settings):
    """How far and how quickly the gimbal turns; angles in radians, pitch up positive."""

    pitch_min: float = Field(default=-HALF_TURN / 2, ge=-HALF_TURN, le=0.0)
    pitch_max: float = Field(default=0.5, ge=0.0, le=HALF_TURN)
    roll_max: float = Field(default=0.5, ge=0.0, le=HALF_TURN)
    rate_max: float = Field(default=math.radians(120.0), gt=0.0)
    acceleration_max: float = Field(default=math.radians(600.0), gt=0.0)
    initial_pitch: float = 0.0
    attitude_rate_hz: float = Field(default=10.0, gt=0.0, le=50.0)


class CameraSettings(_Settings):
    """Optics, picture and storage. Field of view in radians at no zoom; sizes in MiB."""

    width_px: int = Field(default=960, ge=64, le=3840)
    height_px: int = Field(default=540, ge=64, le=2160)
    horizontal_field_of_view_rad: float = Field(default=math.radians(70.0), gt=0.05, lt=2.6)
    sensor_width_mm: float = Field(default=6.3, gt=0.0)
    zoom_max: float = Field(default=8.0, ge=1.0)
    photo_time_s: float = Field(default=0.3, gt=0.0, le=10.0)
    photo_mib: float = Field(default=4.0, gt=0.0)
    video_mib_s: float = Field(default=1.5, gt=0.0)
    storage_mib: float = Field(default=32768.0, gt=0.0)
    frame_rate_hz: float = Field(default=2.5, gt=0.0)
    video_uri: str = Field(default="", max_length=159)


class LightSettings(_Settings):
    """The light's strobe limits, seconds."""

    strobe_period_min_s: float = Field(default=0.05, gt=0.0)
    strobe_period_max_s: float = Field(default=10.0, gt=0.0)


class LoudspeakerSettings(_Settings):
    """The loudspeaker: volume after power-up, how long a text is prepared, room for recordings."""

    volume_percent: int = Field(default=80, ge=0, le=100)
    preparation_s: float = Field(default=0.5, ge=0.0, le=10.0)
    storage_bytes: int = Field(default=16 * 1024 * 1024, gt=0)


class PayloadConfig(_Settings):
    """One payload on one vehicle; `system_id` is the vehicle's."""

    system_id: int = Field(default=1, ge=1, le=255)
    gimbal: GimbalSettings = GimbalSettings()
    camera: CameraSettings = CameraSettings()
    light: LightSettings = LightSettings()
    loudspeaker: LoudspeakerSettings = LoudspeakerSettings()
