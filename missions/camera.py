"""Cameras as planning sees them, and what they see of flat ground.

The pinhole model: the image is `image_width_px` wide with square pixels and a centred principal
point. Sources of each camera's figures stand in `data/cameras.toml`.
"""

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from missions.errors import BadInput, place_of
from missions.heights import HeightAboveGround
from missions.vehicle import first_fault


class CameraModel(BaseModel):
    """A camera: image size, and either sensor with focal length or horizontal field of view."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    source: str = ""
    image_width_px: int = Field(gt=0)
    image_height_px: int = Field(gt=0)
    sensor_width_mm: float | None = Field(default=None, gt=0.0)
    sensor_height_mm: float | None = Field(default=None, gt=0.0)
    focal_length_mm: float | None = Field(default=None, gt=0.0)
    horizontal_field_of_view_deg: float | None = Field(default=None, gt=0.0, lt=180.0)
    min_trigger_interval_s: float = Field(default=0.0, ge=0.0)

    @model_validator(mode="after")
    def _geometry_is_given_once(self) -> Self:
        sensor = (self.sensor_width_mm, self.sensor_height_mm, self.focal_length_mm)
        by_sensor = all(value is not None for value in sensor)
        if by_sensor == (self.horizontal_field_of_view_deg is not None):
            raise ValueError(
                "give either sensor_width_mm, sensor_height_mm and focal_length_mm, "
                "or horizontal_field_of_view_deg"
            )
        return self

    @property
    def horizontal_field_of_view_rad(self) -> float:
        """The angle from the left to the right edge of the image."""
        if self.horizontal_field_of_view_deg is not None:
            return math.radians(self.horizontal_field_of_view_deg)
        assert self.sensor_width_mm is not None
        assert self.focal_length_mm is not None
        return 2.0 * math.atan(self.sensor_width_mm / (2.0 * self.focal_length_mm))

    @property
    def vertical_field_of_view_rad(self) -> float:
        """The angle from the top to the bottom edge of the image."""
        if self.sensor_height_mm is not None and self.focal_length_mm is not None:
            return 2.0 * math.atan(self.sensor_height_mm / (2.0 * self.focal_length_mm))
        aspect = self.image_height_px / self.image_width_px
        return 2.0 * math.atan(math.tan(self.horizontal_field_of_view_rad / 2.0) * aspect)

    @property
    def focal_length_px(self) -> float:
        """The focal length in pixels of the image's width."""
        return self.image_width_px / (2.0 * math.tan(self.horizontal_field_of_view_rad / 2.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """The trapezoid of flat ground in the picture, metres, in the camera's heading.

    `near_m` and `far_m` are ahead of the point below the camera (negative is behind); the widths
    are the whole widths there; `centre_width_m` is the width where the optical axis meets the
    ground and `centre_m` how far ahead that is.
    """

    near_m: float
    far_m: float
    near_width_m: float
    far_width_m: float
    centre_m: float
    centre_width_m: float
    ground_sample_m: float

    @property
    def swath_m(self) -> float:
        """The width that is seen all along the picture: its narrowest, at the near edge."""
        return min(self.near_width_m, self.far_width_m)

    @property
    def depth_m(self) -> float:
        """How much of the track one picture covers."""
        return self.far_m - self.near_m


def footprint(
    camera: CameraModel, *, height: HeightAboveGround, gimbal_pitch_rad: float
) -> Footprint | None:
    """What the camera sees of flat ground; None when its picture reaches the horizon.

    `gimbal_pitch_rad` is 0 at the horizon and -pi/2 straight down. The upper edge of the picture
    must be at least one degree below the horizon, else the ground has no far end.
    """
    half = camera.vertical_field_of_view_rad / 2.0
    top, bottom = gimbal_pitch_rad + half, gimbal_pitch_rad - half
    if height.m <= 0.0 or top > -math.radians(1.0) or gimbal_pitch_rad < -math.pi:
        return None
    width_of_slant = 2.0 * math.tan(camera.horizontal_field_of_view_rad / 2.0)

    def ahead(pitch: float) -> float:
        return height.m / math.tan(-pitch)

    def width(pitch: float) -> float:
        # Distance along the optical axis of the point that the edge's middle sees.
        axial = height.m / math.sin(-pitch) * math.cos(pitch - gimbal_pitch_rad)
        return axial * width_of_slant

    centre_width = width(gimbal_pitch_rad)
    return Footprint(
        near_m=ahead(bottom),
        far_m=ahead(top),
        near_width_m=width(bottom),
        far_width_m=width(top),
        centre_m=ahead(gimbal_pitch_rad),
        centre_width_m=centre_width,
        ground_sample_m=centre_width / camera.image_width_px,
    )


def read_cameras(path: Path) -> dict[str, CameraModel]:
    """The cameras of a TOML file of `[[camera]]` tables, by name.

    Raises:
        BadInput: the file cannot be read, is not TOML, or a camera is not as it should be.
    """
    try:
        return _cameras(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise place_of(error, str(path)) from error


@cache
def known_cameras() -> dict[str, CameraModel]:
    """The cameras that come with the product, by name."""
    return _cameras((files("missions") / "data" / "cameras.toml").read_text("utf-8"), "cameras")


def _cameras(text: str, where: str) -> dict[str, CameraModel]:
    try:
        rows = tomllib.loads(text).get("camera", [])
        return {row.name: row for row in (CameraModel.model_validate(row) for row in rows)}
    except tomllib.TOMLDecodeError as error:
        raise BadInput(where=where, what=str(error)) from error
    except ValidationError as error:
        raise BadInput(where=f"{where}: camera", what=first_fault(error)) from error
