"""A district's cameras from a GeoJSON file (the contract's cameras.geojson)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from shapely.geometry import Point

from ground_station.errors import BadDistrict
from ground_station.geojson import features, read_collection
from ground_station.modules.camera.port import CameraKind
from ground_station.words import Words

Finite = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """One camera. `bearing_rad` is clockwise from true north; None turns all round (PTZ)."""

    camera_id: str
    name: str
    kind: CameraKind
    latitude_deg: float
    longitude_deg: float
    height_m: float
    bearing_rad: float | None
    field_of_view_rad: float
    range_m: float


class _Properties(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    name: str | Words
    kind: CameraKind
    height_m: Finite = Field(ge=0)
    bearing_rad: Finite | None
    field_of_view_rad: Finite = Field(gt=0)
    range_m: Finite = Field(gt=0)


def read_cameras(file: Path) -> tuple[tuple[Camera, ...], dict[str, Any]]:
    """The cameras of a file, and the file's FeatureCollection as it was.

    Raises:
        BadDistrict: naming the file, the feature and the property that is wrong.
    """
    document = read_collection(file)
    rows = features(document, where=str(file))
    return tuple(_camera(where, row, point) for where, row, point in rows), document


def _camera(where: str, row: dict[str, Any], point: Any) -> Camera:
    if not isinstance(point, Point):
        raise BadDistrict(where=where, what="a camera stands at a Point")
    try:
        said = _Properties.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BadDistrict(where=where, what=f"{key}: {first['msg']}") from error
    return Camera(
        camera_id=said.id,
        name=said.name if isinstance(said.name, str) else said.name.ru,
        kind=said.kind,
        latitude_deg=float(point.y),
        longitude_deg=float(point.x),
        height_m=said.height_m,
        bearing_rad=said.bearing_rad,
        field_of_view_rad=said.field_of_view_rad,
        range_m=said.range_m,
    )
