"""Where a camera was and how it was turned when it took a frame, and how well that is known."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround, HeightAmsl
from onboard.geolocate.rotation import Array, R_ned_from_camera


class PoseErrors(BaseModel):
    """Standard deviations of what a position rests on; metres, radians, pixels.

    `gimbal_rad` is about the camera's own axes, `tilt_rad` and `heading_rad` about the earth's.
    `pixel_px` is that of a box's middle, and `object_height_share` that of an object's assumed
    height, as a share of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    horizontal_m: float = Field(default=0.8, ge=0)
    vertical_m: float = Field(default=0.6, ge=0)
    tilt_rad: float = Field(default=0.006, ge=0)
    heading_rad: float = Field(default=0.02, ge=0)
    gimbal_rad: float = Field(default=0.006, ge=0)
    ground_height_m: float = Field(default=0.5, ge=0)
    pixel_px: float = Field(default=2.0, gt=0)
    object_height_share: float = Field(default=0.25, ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPose:
    """A camera's place, height and attitude at one instant.

    `errors` is set where the source knows its own errors better than the configuration does, and
    `view_covariance` (7, 7), in the order of `error_budget.STATE`, where a calibration does.
    """

    position: GeoPoint
    height: HeightAmsl | HeightAboveGround
    q_ned_from_gimbal: tuple[float, float, float, float]
    errors: PoseErrors | None = None
    view_covariance: Array | None = None

    @property
    def R_ned_from_camera(self) -> Array:
        """The camera's attitude: columns are its axes in north, east, down."""
        return R_ned_from_camera(self.q_ned_from_gimbal)

    def height_above_ground_m(self, ground: HeightAmsl) -> float:
        """How far the ground plane lies below the camera."""
        if isinstance(self.height, HeightAboveGround):
            return self.height.m
        return self.height.m - ground.m

    def height_amsl_m(self, ground: HeightAmsl) -> float:
        """Height above mean sea level."""
        if isinstance(self.height, HeightAboveGround):
            return self.height.amsl(ground=ground).m
        return self.height.m
