"""The AU-AIR dataset's `annotations.json`: where and how its drone frames were taken.

Source: Bozcan and Kayacan, "AU-AIR", ICRA 2020; github.com/bozcani/auairdataset. What its fields
mean, as far as the frames themselves show:

- `altitude` is millimetres above the take-off point; `longtitude` is spelt so.
- `angle_psi` is the heading in radians clockwise from true north: from the south of its roundabout
  the frames look at 0.3 rad, from the north of it at 2.5 rad.
- `angle_phi` and `angle_theta` are the airframe's roll and pitch. The Bebop 2 steadies its picture
  electronically: the horizon is level and at the same row whatever they say, so they do not turn
  the picture and are not used.
- The camera's own tilt was set by hand and is not recorded. It is told here for each recording,
  measured by where the horizon lies in its frames, with a wide error; another recording gets a
  guess with a wider one.
- `time` is the start of the recording, and its `ms` what has passed since; taken as UTC.
"""

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround
from onboard.geolocate import CameraGeometry, CameraPose, PoseErrors
from onboard.geolocate.rotation import quaternion_from_euler

SIDECAR = "annotations.json"
WIDTH_PX, HEIGHT_PX = 1920, 1080
# ROS calibrations of the Bebop 2's steadied stream have about 537 px of focal length at 856 px.
HORIZONTAL_FIELD_OF_VIEW_RAD = 2.0 * math.atan(428.0 / 537.0)


@dataclass(frozen=True, slots=True)
class Tilt:
    """A camera's elevation, radians below zero being down, and its standard deviation."""

    elevation_rad: float
    sigma_rad: float


TILT_OF_RECORDING = {
    "20190829091111": Tilt(math.radians(-88.0), 0.05),
    "20190905091750": Tilt(math.radians(-19.5), 0.03),
    "20190905103112": Tilt(math.radians(-25.0), 0.06),
    "20190906150731": Tilt(math.radians(-28.0), 0.15),
}
UNKNOWN_TILT = Tilt(math.radians(-35.0), 0.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """When and whence one picture file was taken."""

    file_name: str
    captured_at: datetime
    pose: CameraPose


def is_auair(content: Any) -> bool:
    """Whether parsed JSON is an AU-AIR sidecar, by its content."""
    if not isinstance(content, dict) or not isinstance(content.get("annotations"), list):
        return False
    rows = content["annotations"]
    wanted = {"image_name", "longtitude", "latitude", "altitude", "angle_psi", "time"}
    return bool(rows) and all(isinstance(row, dict) and wanted <= row.keys() for row in rows)


def read_auair(folder: Path) -> dict[str, Sidecar] | None:
    """By file name, what the folder's sidecar tells of each picture; None where it has none.

    Raises:
        BadInput: the sidecar cannot be read, or a row of it holds no usable value.
    """
    file = folder / SIDECAR
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(where=str(file), what=f"cannot be read: {error}") from error
    if not is_auair(content):
        return None
    sidecars = {}
    for index, row in enumerate(content["annotations"]):
        try:
            sidecars[str(row["image_name"])] = _sidecar(row)
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(where=f"{file}: annotations[{index}]", what=str(error)) from error
    return sidecars


def camera(width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> CameraGeometry:
    """The Bebop 2's camera for pictures of a size."""
    return CameraGeometry.of_field_of_view(
        width_px=width_px,
        height_px=height_px,
        horizontal_field_of_view_rad=HORIZONTAL_FIELD_OF_VIEW_RAD,
    )


def _sidecar(row: dict[str, Any]) -> Sidecar:
    name = str(row["image_name"])
    tilt = TILT_OF_RECORDING.get(name.removeprefix("frame_").partition("_")[0], UNKNOWN_TILT)
    attitude = quaternion_from_euler(
        roll_rad=0.0, pitch_rad=tilt.elevation_rad, yaw_rad=float(row["angle_psi"])
    )
    pose = CameraPose(
        position=GeoPoint(
            latitude_deg=float(row["latitude"]), longitude_deg=float(row["longtitude"])
        ),
        height=HeightAboveGround(float(row["altitude"]) / 1000.0),
        q_ned_from_gimbal=attitude,
        errors=PoseErrors(
            horizontal_m=2.5,
            vertical_m=1.5,
            tilt_rad=0.01,
            heading_rad=0.06,
            gimbal_rad=tilt.sigma_rad,
            ground_height_m=0.5,
            pixel_px=6.0,
        ),
    )
    return Sidecar(file_name=name, captured_at=_captured_at(row["time"]), pose=pose)


def _captured_at(time: dict[str, Any]) -> datetime:
    began = datetime(
        int(time["year"]),
        int(time["month"]),
        int(time["day"]),
        int(time["hour"]),
        int(time["min"]),
        int(time["sec"]),
        tzinfo=UTC,
    )
    return began + timedelta(milliseconds=float(time["ms"]))
