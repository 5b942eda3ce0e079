"""The scripted hours' district: roads, crossings, areas and pastures, turned by the seed."""

import json
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from missions.geodesy import GeoPoint, LocalPlane
from onboard.rules import Zones, read_district

Array = npt.NDArray[np.float64]
ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)

LINES: dict[str, dict[str, Any]] = {
    "avenue": {"width_m": 14.0, "limit_km_h": 60},
    "side-street": {"width_m": 8.0, "limit_km_h": 40},
    "one-way": {"width_m": 8.0, "limit_km_h": 40, "one_way": True},
    "rural": {"width_m": 9.0, "limit_km_h": 90},
    "service": {"width_m": 6.0},
    "bridge": {"width_m": 8.0},
    "steppe-track": {"width_m": 8.0},
}
BOXES: dict[str, tuple[str, tuple[float, float, float, float]]] = {
    "closed-field": ("closed_area", (-600.0, -520.0, -350.0, -250.0)),
    "closed-yard": ("closed_area", (150.0, -520.0, 330.0, -380.0)),
    "school-yard": ("watched_area", (-100.0, 100.0, -40.0, 150.0)),
    "substation": ("watched_area", (300.0, 300.0, 350.0, 350.0)),
    "reach": ("closed_water", (-1900.0, -300.0, -1500.0, 300.0)),
    "pasture-south": ("pasture", (1300.0, -500.0, 1800.0, 400.0)),
    "pasture-north": ("pasture", (1300.0, 600.0, 1800.0, 1400.0)),
    "lake": ("water", (-1900.0, 600.0, -1600.0, 900.0)),
    "pond": ("water", (-1500.0, 600.0, -1300.0, 800.0)),
    "dark-steppe": ("dark_area", (2200.0, -3300.0, 3200.0, -2300.0)),
    "pasture-west": ("pasture", (-3200.0, -600.0, -2600.0, 0.0)),
    "still-fields": ("still_area", (-3200.0, -600.0, -2600.0, 0.0)),
    "crossing-west": ("crossing", (-402.0, -7.0, -398.0, 7.0)),
    "crossing-east": ("crossing", (398.0, -7.0, 402.0, 7.0)),
}
ICE = {"ice": ["11-20/03-25"], "utc_offset_h": 5}
MORE: dict[str, dict[str, Any]] = {
    "closed-yard": {"hours": ["22:00-06:00"], "utc_offset_h": 5},
    "lake": ICE,
    "pond": {**ICE, "safe_ice": ["12-20/02-28"]},
}


@dataclass(frozen=True)
class Town:
    """The zones as the rules read them, and scripts' places brought onto their plane."""

    zones: Zones
    lines: dict[str, shapely.LineString]
    turn_rad: float
    plane: LocalPlane

    def placed(self, en_m: Array) -> Array:
        """Scripted places (n, 2), brought onto the plane of the zones."""
        geo = LocalPlane(ORIGIN).geo_from_en(_turned(en_m, self.turn_rad))
        return self.plane.en_from_geo(geo[:, 0], geo[:, 1])

    def beside(self, road: str, along_m: Array, right_m: Array) -> Array:
        """Scripted places (n, 2) along a road's line and to the right of it."""
        line = self.lines[road]
        here = _on(line, along_m)
        chord = _on(line, along_m + 1.0) - _on(line, along_m - 1.0)
        chord /= np.hypot(*chord.T)[:, None]
        return here + right_m[:, None] * np.stack((chord[:, 1], -chord[:, 0]), axis=-1)


def town(seed: int) -> Town:
    """A district that is written as GeoJSON and read as any other is."""
    turn_rad = float(np.random.default_rng(seed).uniform(0.0, math.tau))
    lines = {name: shapely.LineString(points) for name, points in _lines().items()}
    features = [
        _feature(name, "road", "LineString", shapely.get_coordinates(line), turn_rad, LINES[name])
        for name, line in lines.items()
    ]
    for name, (kind, bounds) in BOXES.items():
        ring = shapely.get_coordinates(shapely.box(*bounds))
        more = MORE.get(name, {})
        features.append(_feature(name, kind, "Polygon", ring, turn_rad, more))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "district.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        plane, zones = read_district(file)
    return Town(zones=zones, lines=lines, turn_rad=turn_rad, plane=plane)


def _lines() -> dict[str, Array]:
    east = np.arange(-900.0, 901.0, 20.0)
    bend = np.where(np.abs(east) > 450.0, 25.0 * (1.0 - np.cos((np.abs(east) - 450.0) / 120.0)), 0)
    north = np.arange(-1600.0, 1601.0, 40.0)
    return {
        "avenue": np.stack((east, bend), axis=-1),
        "side-street": np.array([[0.0, -240.0], [0.0, 400.0]]),
        "one-way": np.array([[-900.0, 300.0], [-500.0, 310.0], [-150.0, 380.0]]),
        "rural": np.stack((1150.0 + 30.0 * np.sin(north / 400.0), north), axis=-1),
        "service": np.array([[-475.0, -700.0], [-475.0, -150.0]]),
        "bridge": np.array([[-2000.0, 750.0], [-1550.0, 750.0]]),
        "steppe-track": np.array([[2700.0, -3400.0], [2700.0, -2200.0]]),
    }


def _feature(
    name: str, kind: str, shape: str, en_m: Array, turn_rad: float, more: dict[str, Any]
) -> dict[str, Any]:
    geo = LocalPlane(ORIGIN).geo_from_en(_turned(en_m, turn_rad))
    lonlat = geo[:, ::-1].tolist()
    return {
        "type": "Feature",
        "properties": {"id": name, "kind": kind, **more},
        "geometry": {"type": shape, "coordinates": [lonlat] if shape == "Polygon" else lonlat},
    }


def _turned(en_m: Array, turn_rad: float) -> Array:
    cos, sin = math.cos(turn_rad), math.sin(turn_rad)
    turned: Array = en_m @ np.array([[cos, sin], [-sin, cos]])
    return turned


def _on(line: shapely.LineString, along_m: Array) -> Array:
    return shapely.get_coordinates(shapely.line_interpolate_point(line, along_m))
