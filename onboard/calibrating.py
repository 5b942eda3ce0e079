"""What the calibration in flight lives on: followed objects, and landmarks of the district."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from missions.errors import BadInput, place_of
from missions.geodesy import GeoPoint
from missions.vehicle import first_fault
from onboard.geolocate import CameraGeometry, PoseErrors
from onboard.geolocate.standing import Followed, KnownLandmark
from onboard.messages import ObjectClass
from onboard.track import Track
from onboard.track.kinds import HEIGHT_M, KIND, VEHICLE
from onboard.track.placing import cut

# A box's middle is as far off its object's as this share of its size.
BOX_SHARE = 0.03


def followed(tracks: Sequence[Track], camera: CameraGeometry, errors: PoseErrors) -> list[Followed]:
    """The objects that are whole in the frame."""
    boxed = [(each, each.box) for each in tracks if each.box is not None]
    boxes = np.array([box for _, box in boxed]).reshape(-1, 4)
    is_cut = cut(boxes, camera.width_px, camera.height_px).tolist()
    told = []
    for (track, (left, top, right, bottom)), part in zip(boxed, is_cut, strict=True):
        if part:
            continue
        (east, _), (_, north) = track.velocity_m2_s2.tolist()
        told.append(
            Followed(
                track=track.track_id,
                object_class=track.object_class.value,
                pixel=((left + right) / 2.0, (top + bottom) / 2.0),
                sigma_px=math.hypot(errors.pixel_px, BOX_SHARE * max(right - left, bottom - top)),
                lift_m=HEIGHT_M[track.object_class] / 2.0,
                speed_m_s=track.speed_m_s,
                speed_sigma_m_s=math.sqrt((east + north) / 2.0),
                seen_for_s=track.last_seen_s - track.first_seen_s,
                may_park=KIND[track.object_class] is VEHICLE,
            )
        )
    return told


class _LandmarkProperties(BaseModel):
    """A landmark's properties in a district; what else stands there is of no account."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    object_class: ObjectClass = Field(alias="class")
    height_amsl_m: float | None = None
    sigma_m: float = Field(default=0.5, gt=0)


def read_landmarks(district: Path) -> list[KnownLandmark]:
    """The features of kind `landmark` in a district: points with a name and an object's class.

    Raises:
        BadInput: the file cannot be read, or a landmark is not whole; it is named.
    """
    try:
        content = json.loads(district.read_text(encoding="utf-8"))
    except OSError as error:
        raise place_of(error, str(district)) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(where=str(district), what=f"not JSON: {error}") from error
    features = content.get("features", []) if isinstance(content, dict) else []
    return [
        _landmark(feature, f"{district}: feature {index}")
        for index, feature in enumerate(features)
        if _kind(feature) == "landmark"
    ]


def _kind(feature: Any) -> Any:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties.get("kind") if isinstance(properties, dict) else None


def _landmark(feature: dict[str, Any], where: str) -> KnownLandmark:
    try:
        told = _LandmarkProperties.model_validate(feature["properties"])
        if feature["geometry"]["type"] != "Point":
            raise ValueError("not a point")
        longitude, latitude = feature["geometry"]["coordinates"][:2]
        place = GeoPoint(latitude_deg=float(latitude), longitude_deg=float(longitude))
    except ValidationError as error:
        raise BadInput(where=where, what=f"landmark: {first_fault(error)}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(where=where, what=f"landmark: {error}") from error
    return KnownLandmark(
        name=told.name,
        object_class=told.object_class.value,
        place=place,
        height_amsl_m=told.height_amsl_m,
        sigma_m=told.sigma_m,
    )
