"""The camera module's port: what the hub asks of whoever knows the city's cameras."""

from enum import StrEnum
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from missions.geodesy import GeoPoint


class CameraKind(StrEnum):
    """What stands there. A roadside complex judges traffic by itself, and can also be looked at."""

    CAMERA = "camera"
    SPEED_CAMERA = "speed_camera"
    ROADSIDE_COMPLEX = "roadside_complex"


class CameraSighting(BaseModel):
    """A camera that can look at a place. The bearing is from the camera to the place."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    kind: CameraKind
    distance_m: float
    bearing_rad: float
    latitude_deg: float
    longitude_deg: float


class CameraModule(Protocol):
    """Knows every camera of a district. Answers at once, from memory."""

    def geojson(self) -> dict[str, Any]:
        """Every camera as a GeoJSON FeatureCollection."""
        ...

    def cameras_that_see(self, place: GeoPoint, *, most: int) -> tuple[CameraSighting, ...]:
        """The nearest cameras that can see a place on the ground, nearest first."""
        ...
