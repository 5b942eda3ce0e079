"""Where the camera was in each frame: poses, or homographies, from a file."""

import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from missions.errors import BadInput, place_of
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveGround, HeightAmsl
from onboard.geolocate import CameraPose, PoseErrors
from onboard.geolocate.rotation import Quaternion, normalised, quaternion_from_euler
from onboard.track.track import Array

# A plane without a place on the earth is laid where a degree is as long east as north.
NOWHERE = GeoPoint(latitude_deg=0.0, longitude_deg=0.0)
AFFINE_CELLS, HOMOGRAPHY_CELLS = 6, 9


class _PoseRow(BaseModel):
    """A row of a poses file; the field names are the columns."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    frame: int
    t_s: float | None = None
    latitude_deg: float | None = Field(default=None, ge=-90, le=90)
    longitude_deg: float | None = Field(default=None, ge=-180, le=180)
    east_m: float | None = None
    north_m: float | None = None
    height_above_ground_m: float | None = None
    height_amsl_m: float | None = None
    yaw_rad: float | None = None
    pitch_rad: float | None = None
    roll_rad: float | None = None
    yaw_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    q_w: float | None = None
    q_x: float = 0.0
    q_y: float = 0.0
    q_z: float = 0.0
    focal_px: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _whole(self) -> "_PoseRow":
        if (self.latitude_deg is None or self.longitude_deg is None) and (
            self.east_m is None or self.north_m is None
        ):
            raise ValueError("give latitude_deg and longitude_deg, or east_m and north_m")
        if self.height_above_ground_m is None and self.height_amsl_m is None:
            raise ValueError("give height_above_ground_m or height_amsl_m")
        if self.q_w is None and self.pitch_rad is None and self.pitch_deg is None:
            raise ValueError("give yaw, pitch and roll (_rad or _deg), or q_w, q_x, q_y and q_z")
        if self.q_w is not None and not math.hypot(self.q_w, self.q_x, self.q_y, self.q_z):
            raise ValueError("the quaternion is zero")
        return self

    def angle(self, name: str) -> float:
        radians, degrees = getattr(self, f"{name}_rad"), getattr(self, f"{name}_deg")
        if radians is not None:
            return float(radians)
        return 0.0 if degrees is None else math.radians(degrees)

    def attitude(self) -> Quaternion:
        if self.q_w is not None:
            return normalised((self.q_w, self.q_x, self.q_y, self.q_z))
        return quaternion_from_euler(
            roll_rad=self.angle("roll"), pitch_rad=self.angle("pitch"), yaw_rad=self.angle("yaw")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedPose:
    """A frame's pose; `t_s` and `focal_px` where the file tells them."""

    pose: CameraPose
    t_s: float | None
    focal_px: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poses:
    """Poses by frame. `origin` is None where the file knows no place on the earth."""

    by_frame: dict[int, TimedPose]
    plane: LocalPlane
    origin: GeoPoint | None


def read_poses(path: Path, *, errors: PoseErrors) -> Poses:
    """Poses from CSV with a header, or JSON lines.

    Raises:
        BadInput: the file cannot be read, or a row, which is named, is no pose.
    """
    rows = [_pose_row(path, number, told) for number, told in _told_rows(path)]
    if not rows:
        raise BadInput(where=str(path), what="no pose in it")
    first = rows[0]
    on_earth = first.latitude_deg is not None and first.longitude_deg is not None
    origin = (
        GeoPoint(latitude_deg=first.latitude_deg, longitude_deg=first.longitude_deg)
        if first.latitude_deg is not None and first.longitude_deg is not None
        else NOWHERE
    )
    plane = LocalPlane(origin)
    by_frame = {row.frame: _timed(row, plane, errors) for row in rows}
    return Poses(by_frame=by_frame, plane=plane, origin=origin if on_earth else None)


def read_homographies(path: Path, *, from_previous: bool) -> dict[int, Array]:
    """Homographies (3, 3) from each frame's pixels to the reference, by frame.

    Lines `frame, nine numbers` or `frame, six numbers` (the upper rows of an affine map). With
    `from_previous` a line maps pixels of the frame before to this frame's (as camera-motion files
    of BoT-SORT's kind do); the first frame is then the reference.

    Raises:
        BadInput: the file cannot be read, or a line, which is named, is no invertible map.
    """
    found: dict[int, Array] = {}
    reference_from_frame: Array = np.eye(3)
    for number, line in enumerate(_text(path).splitlines(), 1):
        cells = line.replace(",", " ").split()
        if not cells or cells[0].startswith("#") or cells[0].lower() == "frame":
            continue
        frame, matrix = _matrix(cells, f"{path}:{number}")
        if from_previous:
            if found:
                reference_from_frame = reference_from_frame @ np.linalg.inv(matrix)
            matrix = reference_from_frame / reference_from_frame[2, 2]
        found[frame] = matrix
    if not found:
        raise BadInput(where=str(path), what="no line of it is a map")
    return found


def _matrix(cells: list[str], where: str) -> tuple[int, Array]:
    try:
        frame, numbers = int(float(cells[0])), [float(cell) for cell in cells[1:]]
    except (ValueError, OverflowError) as error:
        raise BadInput(where=where, what=str(error)) from error
    if len(numbers) == AFFINE_CELLS:
        numbers += [0.0, 0.0, 1.0]
    matrix = np.array(numbers)
    if len(numbers) != HOMOGRAPHY_CELLS or not np.isfinite(matrix).all():
        raise BadInput(where=where, what="not a frame number and six or nine finite numbers")
    matrix = matrix.reshape(3, 3)
    if abs(np.linalg.det(matrix)) < 1e-12 or abs(matrix[2, 2]) < 1e-12:
        raise BadInput(where=where, what="this map cannot be turned round")
    return frame, matrix / matrix[2, 2]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise place_of(error, str(path)) from error
    except UnicodeDecodeError as error:
        raise BadInput(where=str(path), what="not UTF-8 text") from error


def _told_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    text = _text(path)
    if not text.lstrip().startswith("{"):
        for number, row in enumerate(csv.DictReader(io.StringIO(text)), 2):
            yield (
                number,
                {
                    str(key).strip(): cell.strip()
                    for key, cell in row.items()
                    if isinstance(cell, str) and cell.strip()
                },
            )
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                told = json.loads(line)
            except json.JSONDecodeError as error:
                raise BadInput(where=f"{path}:{number}", what=f"not JSON: {error.msg}") from error
            yield number, told


def _pose_row(path: Path, number: int, told: dict[str, Any]) -> _PoseRow:
    try:
        return _PoseRow.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        where = f"{path}:{number}" + (f" {field}" if field else "")
        raise BadInput(where=where, what=first["msg"].removeprefix("Value error, ")) from error


def _timed(row: _PoseRow, plane: LocalPlane, errors: PoseErrors) -> TimedPose:
    if row.latitude_deg is not None and row.longitude_deg is not None:
        position = GeoPoint(latitude_deg=row.latitude_deg, longitude_deg=row.longitude_deg)
    else:
        latitude, longitude = plane.geo_from_en([row.east_m or 0.0, row.north_m or 0.0]).tolist()
        position = GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
    height = (
        HeightAmsl(row.height_amsl_m or 0.0)
        if row.height_above_ground_m is None
        else HeightAboveGround(row.height_above_ground_m)
    )
    pose = CameraPose(
        position=position, height=height, q_ned_from_gimbal=row.attitude(), errors=errors
    )
    return TimedPose(pose=pose, t_s=row.t_s, focal_px=row.focal_px)
