"""A camera by name, or a calibrated one from a TOML file."""

import math
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from missions.camera import known_cameras
from missions.errors import BadInput
from missions.toml_file import read_table
from missions.vehicle import first_fault
from onboard.geolocate import CameraGeometry


class CameraFile(BaseModel):
    """A calibrated camera. Focal lengths and principal point are pixels of its picture size.

    `distortion` is k1, k2, p1, p2, k3 (and on to k6 and beyond), as OpenCV's `calibrateCamera`
    tells it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    width_px: int = Field(gt=0)
    height_px: int = Field(gt=0)
    horizontal_field_of_view_deg: float | None = Field(default=None, gt=0, lt=178)
    focal_x_px: float | None = Field(default=None, gt=0)
    focal_y_px: float | None = Field(default=None, gt=0)
    centre_x_px: float | None = None
    centre_y_px: float | None = None
    distortion: tuple[float, ...] = ()

    def geometry(self, where: str) -> CameraGeometry:
        """The camera.

        Raises:
            BadInput: neither or both of focal length and field of view are given.
        """
        if (self.focal_x_px is None) == (self.horizontal_field_of_view_deg is None):
            what = "give either focal_x_px or horizontal_field_of_view_deg"
            raise BadInput(where=where, what=what)
        if len(self.distortion) not in (0, 4, 5, 8, 12):
            raise BadInput(where=f"{where}: distortion", what="not 4, 5, 8 or 12 numbers")
        focal = self.focal_x_px
        if focal is None and self.horizontal_field_of_view_deg is not None:
            half = math.radians(self.horizontal_field_of_view_deg) / 2.0
            focal = self.width_px / (2.0 * math.tan(half))
        assert focal is not None
        middle = (self.width_px - 1) / 2.0, (self.height_px - 1) / 2.0
        return CameraGeometry(
            width_px=self.width_px,
            height_px=self.height_px,
            focal_x_px=focal,
            focal_y_px=focal if self.focal_y_px is None else self.focal_y_px,
            centre_x_px=middle[0] if self.centre_x_px is None else self.centre_x_px,
            centre_y_px=middle[1] if self.centre_y_px is None else self.centre_y_px,
            distortion=self.distortion,
        )


def camera_of(named: str) -> CameraGeometry:
    """The camera of a name that planning knows, or of a TOML file.

    Raises:
        BadInput: there is no such name, or the file is not as `CameraFile` says.
    """
    if not named.lower().endswith(".toml"):
        known = known_cameras().get(named)
        if known is None:
            names = ", ".join(sorted(known_cameras()))
            raise BadInput(where=f"--camera {named}", what=f"not a .toml file, nor one of {names}")
        return CameraGeometry.of_field_of_view(
            width_px=known.image_width_px,
            height_px=known.image_height_px,
            horizontal_field_of_view_rad=known.horizontal_field_of_view_rad,
        )
    table = read_table(Path(named))
    try:
        return CameraFile.model_validate(table).geometry(named)
    except ValidationError as error:
        raise BadInput(where=named, what=first_fault(error)) from error


def picture_camera(camera: CameraGeometry, size: str | None) -> CameraGeometry:
    """The camera for pictures of a size, `WIDTHxHEIGHT`; another aspect is cut out of the middle.

    Raises:
        BadInput: the size is none.
    """
    if size is None:
        return camera
    width, _, height = size.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) and int(height)):
        raise BadInput(where=f"--picture-size {size}", what="not WIDTHxHEIGHT, such as 3840x2160")
    return camera.cropped_to(int(width), int(height))
