"""What the operations centre's tests share: events as an aircraft sends them, and a small map."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from missions.geodesy import GeoPoint, LocalPlane

CENTRE = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

RawEvent = Callable[..., dict[str, Any]]


def raw_event(
    sequence: int = 0,
    *,
    kind: str = "crowd",
    east_m: float = 0.0,
    north_m: float = 0.0,
    after_s: float = 0.0,
    certainty: float = 0.8,
    drone_id: str = "qyran-1",
    boot_id: str = "boot-1",
    picture_sha256: str | None = None,
    semi_major_m: float = 5.0,
    **body: Any,
) -> dict[str, Any]:
    """An envelope with an event, at metres from the centre and seconds after the start."""
    place = LocalPlane(CENTRE).geo(east_m, north_m)
    at = (START + timedelta(seconds=after_s)).isoformat()
    picture = {"sha256": picture_sha256, "width_px": 960, "height_px": 540, "boxes": []}
    return {
        "version": 1,
        "drone_id": drone_id,
        "boot_id": boot_id,
        "sequence": sequence,
        "sent_at": at,
        "body": {
            "kind": "event",
            "event_kind": kind,
            "rule_id": f"{kind}-rule",
            "severity": "warning",
            "certainty": certainty,
            "position": {
                "latitude_deg": place.latitude_deg,
                "longitude_deg": place.longitude_deg,
                "height_amsl_m": 129.0,
                "ellipse": {
                    "semi_major_m": semi_major_m,
                    "semi_minor_m": semi_major_m / 2,
                    "orientation_rad": 0.5,
                    "probability": 0.9,
                },
            },
            "captured_at": at,
            "began_at": at,
            "object_class": "person",
            "object_count": 12,
            "explanation": {"kk": "он екі адам", "ru": "двенадцать человек", "en": "12 people"},
            "picture": None if picture_sha256 is None else picture,
            **body,
        },
    }


def raw_live(kind: str, *, after_s: float = 0.0, drone_id: str = "qyran-1") -> dict[str, Any]:
    """An envelope with a view or an empty list of tracks."""
    view = {
        "latitude_deg": 44.85,
        "longitude_deg": 65.51,
        "height_amsl_m": 189.0,
        "height_above_ground_m": 60.0,
        "optical_axis_bearing_rad": 0.0,
        "optical_axis_elevation_rad": -0.8,
        "footprint": [],
    }
    return {
        "drone_id": drone_id,
        "boot_id": "boot-1",
        "sequence": 0,
        "sent_at": (START + timedelta(seconds=after_s)).isoformat(),
        "body": {"kind": kind, **({"tracks": []} if kind == "tracks" else view)},
    }


@pytest.fixture(scope="session")
def event() -> RawEvent:
    """Makes an event as JSON."""
    return raw_event


@pytest.fixture(scope="session")
def live() -> RawEvent:
    """Makes a live message as JSON."""
    return raw_live


def _ring(plane: LocalPlane, left: float, below: float, right: float, above: float) -> list[Any]:
    corners = ((left, below), (right, below), (right, above), (left, above), (left, below))
    return [_lon_lat(plane, east, north) for east, north in corners]


def _lon_lat(plane: LocalPlane, east_m: float, north_m: float) -> list[float]:
    place = plane.geo(east_m, north_m)
    return [place.longitude_deg, place.latitude_deg]


def _feature(kind: str, name: str, geometry: dict[str, Any], **more: Any) -> dict[str, Any]:
    words = {"kk": f"{name} kk", "ru": f"{name} ru", "en": name}
    properties = {"id": name.lower().replace(" ", "-"), "kind": kind, "name": words, **more}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


@pytest.fixture
def district_folder(tmp_path: Path) -> Path:
    """A park of 400 m about the centre with a square in it, a road 1 km east, a house 60 m north.

    Cameras: `ptz` 100 m east; `north` 150 m south looking north; `away` 50 m east looking east;
    `short` 80 m west that sees 40 m; `hidden` 120 m north behind the house; `far` 180 m east.
    """
    plane = LocalPlane(CENTRE)
    area = {
        name: {"type": "Polygon", "coordinates": [_ring(plane, *sides)]}
        for name, sides in {
            "park": (-200.0, -200.0, 200.0, 200.0),
            "square": (-50.0, -50.0, 50.0, 50.0),
            "house": (-20.0, 60.0, 20.0, 80.0),
        }.items()
    }
    road = [_lon_lat(plane, 1000.0, north) for north in (-500.0, 500.0)]
    features = [
        _feature("park", "Park", area["park"]),
        _feature("square", "Square", area["square"]),
        _feature("building", "House", area["house"], height_m=12.0),
        _feature("road", "Road", {"type": "LineString", "coordinates": road}, width_m=10.0),
    ]
    folder = tmp_path / "district"
    folder.mkdir()
    document = {
        "type": "FeatureCollection",
        "qyran": {"name": "Test", "invented": True, "seed": 1},
        "features": features,
    }
    (folder / "district.geojson").write_text(json.dumps(document), encoding="utf-8")
    cameras = {
        "ptz": (100.0, 0.0, None, 300.0),
        "north": (0.0, -150.0, 0.0, 300.0),
        "away": (50.0, 0.0, 1.5708, 300.0),
        "short": (-80.0, 0.0, None, 40.0),
        "hidden": (0.0, 120.0, None, 300.0),
        "far": (180.0, 0.0, None, 300.0),
    }
    document["features"] = [
        _feature(
            "camera",
            name,
            {"type": "Point", "coordinates": _lon_lat(plane, east, north)},
            height_m=8.0,
            bearing_rad=bearing,
            field_of_view_rad=1.0,
            range_m=range_m,
            violations=[],
            invented=True,
        )
        for name, (east, north, bearing, range_m) in cameras.items()
    ]
    (folder / "cameras.geojson").write_text(json.dumps(document), encoding="utf-8")
    return folder
