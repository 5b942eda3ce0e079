"""How each picture of a folder was taken, from what is told beside it; None where nothing is."""

import json
import math
from pathlib import Path
from typing import Any

from missions.errors import BadInput, place_of
from missions.heights import HeightAmsl
from onboard.detect.sight import Sight
from onboard.geolocate import CameraGeometry, CameraPose
from onboard.source import auair

KEYS = {"pitch_deg", "height_m", "gsd_m", "field_of_view_deg"}


class Sights:
    """`pitch_deg` with `gsd_m` holds for every picture; `poses` is a JSON file by picture name.

    Without either, a dataset's own sidecar in the folder is used if there is one.

    Raises:
        BadInput: half of a sight is told, or a file cannot be used.
    """

    def __init__(
        self,
        *,
        pitch_deg: float | None,
        gsd_m: float | None,
        field_of_view_deg: float,
        poses: Path | None,
        folder: Path,
    ) -> None:
        if (pitch_deg is None) != (gsd_m is None):
            raise BadInput(where="--pitch-deg and --gsd-m", what="give both")
        self._rows: dict[str, dict[str, float]] = {} if poses is None else _read(poses)
        self._all = None
        if pitch_deg is not None and gsd_m is not None:
            self._all = _checked({"pitch_deg": pitch_deg, "gsd_m": gsd_m}, "--pitch-deg, --gsd-m")
        if not 1.0 <= field_of_view_deg < 180.0:
            where = f"--field-of-view-deg {field_of_view_deg:g}"
            raise BadInput(where=where, what="must be from 1 to 179")
        self._field_of_view_deg = field_of_view_deg
        self._sidecars = None
        if poses is None and self._all is None:
            self._sidecars = auair.read_auair(folder)

    def of(self, name: str, width_px: int, height_px: int) -> Sight | None:
        """That of one picture."""
        row = self._rows.get(name, self._all)
        if row is not None:
            return self._told(row, width_px, height_px)
        sidecar = (self._sidecars or {}).get(name)
        if sidecar is None:
            return None
        camera = auair.camera(width_px, height_px)
        return sight_of(sidecar.pose, camera, HeightAmsl(0.0))

    def _told(self, row: dict[str, float], width_px: int, height_px: int) -> Sight:
        across = math.radians(row.get("field_of_view_deg", self._field_of_view_deg))
        focal_px = width_px / 2.0 / math.tan(across / 2.0)
        pitch_rad, centre = math.radians(row["pitch_deg"]), (height_px - 1) / 2.0
        if "gsd_m" in row:
            return Sight(
                pitch_rad=pitch_rad,
                gsd_m_px=row["gsd_m"],
                focal_px=focal_px,
                centre_row_px=centre,
            )
        return Sight.of_height(
            pitch_rad=pitch_rad,
            height_m=row["height_m"],
            focal_px=focal_px,
            centre_row_px=centre,
        )


def sight_of(pose: CameraPose, camera: CameraGeometry, ground: HeightAmsl) -> Sight | None:
    """A pose's; None where the camera is not above the ground."""
    height_m = pose.height_above_ground_m(ground)
    if height_m <= 0.0:
        return None
    return Sight.of_height(
        pitch_rad=-math.asin(min(1.0, max(-1.0, float(pose.R_ned_from_camera[2, 2])))),
        height_m=height_m,
        focal_px=camera.focal_y_px,
        centre_row_px=camera.centre_y_px,
    )


def _read(file: Path) -> dict[str, dict[str, float]]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise place_of(error, str(file)) from error
    except ValueError as error:
        raise BadInput(where=str(file), what=f"not JSON: {error}") from error
    if not isinstance(content, dict):
        raise BadInput(where=str(file), what="not an object by file name")
    return {name: _checked(row, f"{file}: {name}") for name, row in content.items()}


def _checked(row: Any, where: str) -> dict[str, float]:
    if not isinstance(row, dict) or not set(row) <= KEYS:
        raise BadInput(where=where, what=f"wants only {', '.join(sorted(KEYS))}")
    if "pitch_deg" not in row or ("gsd_m" in row) == ("height_m" in row):
        raise BadInput(where=where, what="wants pitch_deg, and either height_m or gsd_m")
    try:
        values = {key: float(value) for key, value in row.items()}
    except (TypeError, ValueError) as error:
        raise BadInput(where=where, what=str(error)) from error
    scale = values.get("gsd_m", values.get("height_m", 0.0))
    if not -90.0 <= values["pitch_deg"] <= 90.0 or not 0.0 < scale < math.inf:
        raise BadInput(where=where, what="wants a pitch from -90 to 90 and a scale above zero")
    if not 1.0 <= values.get("field_of_view_deg", 90.0) < 180.0:
        raise BadInput(where=where, what="wants a field_of_view_deg from 1 to 179")
    return values
