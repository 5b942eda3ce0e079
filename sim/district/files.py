"""District files: what the hub, the aircraft and the simulated world read.

`district.geojson`, `cameras.geojson`, `areas/<name>.geojson`, `patrols.toml`, `scenario.toml`.
GeoJSON per RFC 7946 with seven decimals (a centimetre); rings are counter-clockwise and closed.
"""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from missions.errors import place_of
from missions.geodesy import LocalPlane
from sim.district.features import Array, Camera, District, Name
from sim.district.generate import generate
from sim.district.patrols import PatrolBrief

DECIMALS = 7
Json = dict[str, Any]


def write_district(folder: Path, seed: int) -> District:
    """Generate the district of a seed and write all its files into a folder, made if need be.

    Raises:
        BadInput: the folder cannot be written.
    """
    generated = generate(seed)
    district, patrols = generated.district, generated.patrols
    files = {
        "district.geojson": _compact(district_geojson(district)),
        "cameras.geojson": _compact(cameras_geojson(district, generated.cameras)),
        "patrols.toml": patrols_toml(district, patrols),
        "scenario.toml": generated.scenario_toml,
    }
    for brief in patrols:
        files[f"areas/{brief.name}.geojson"] = _compact(area_geojson(district, brief))
    try:
        (folder / "areas").mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise place_of(error, str(folder)) from error
    return district


def district_geojson(district: District) -> Json:
    """The map: river, places, roads, buildings and docks."""
    return {
        "type": "FeatureCollection",
        "qyran": {
            "name": district.name.en,
            "names": district.name._asdict(),
            "invented": True,
            "seed": district.seed,
            "origin": [district.origin.longitude_deg, district.origin.latitude_deg],
        },
        "features": list(_features(district)),
    }


def _features(district: District) -> Iterator[Json]:
    plane = district.plane
    for place in district.places:
        yield _feature(_polygon(plane, place.ring), place.id, place.kind, place.name)
    for road in district.roads:
        extra: Json = {
            "width_m": road.width_m,
            "road_class": road.road_class,
            "lanes_each_way": road.lanes_each_way,
            "bridge": road.road_class == "bridge",
        }
        line = {"type": "LineString", "coordinates": _lonlat(plane, road.line)}
        yield _feature(line, road.id, "road", road.name, extra)
    for building in district.buildings:
        extra = {"use": building.use, "height_m": round(building.height_m, 2)}
        ring = _polygon(plane, building.ring)
        yield _feature(ring, building.id, "building", building.name, extra)
    for dock in district.docks:
        at = _point(plane, dock.east_m, dock.north_m)
        yield _feature(at, dock.id, "dock", dock.name, {"drone_id": dock.drone_id})


def cameras_geojson(district: District, cameras: tuple[Camera, ...]) -> Json:
    """Every camera as a point."""
    return {
        "type": "FeatureCollection",
        "qyran": {"name": district.name.en, "invented": True, "seed": district.seed},
        "features": [_camera(district.plane, camera) for camera in cameras],
    }


def _camera(plane: LocalPlane, camera: Camera) -> Json:
    bearing = None if camera.bearing_rad is None else round(camera.bearing_rad, 5)
    extra = {
        "height_m": camera.height_m,
        "bearing_rad": bearing,
        "field_of_view_rad": round(camera.field_of_view_rad, 5),
        "range_m": camera.range_m,
        "violations": list(camera.violations),
    }
    at = _point(plane, camera.east_m, camera.north_m)
    return _feature(at, camera.id, camera.kind, camera.name, extra)


def area_geojson(district: District, brief: PatrolBrief) -> Json:
    """The shape that one patrol is planned over, as a single feature."""
    plane = district.plane
    extra = {"pattern": brief.pattern, "drone_id": brief.drone_id}
    if brief.pattern == "round":
        geometry: Json = {"type": "MultiPoint", "coordinates": _lonlat(plane, brief.shape)}
    elif brief.pattern == "corridor":
        geometry = {"type": "LineString", "coordinates": _lonlat(plane, brief.shape)}
    else:
        geometry = _polygon(plane, brief.shape)
    feature = _feature(geometry, brief.name, "patrol", Name(*([brief.name] * 3)), extra)
    return {"type": "FeatureCollection", "features": [feature]}


def patrols_toml(district: District, patrols: tuple[PatrolBrief, ...]) -> str:
    """How each drone is to fly over its area, as TOML."""
    docks = {dock.drone_id: dock for dock in district.docks}
    tables = []
    for brief in patrols:
        dock = docks[brief.drone_id]
        home = district.plane.geo(dock.east_m, dock.north_m)
        entries: Mapping[str, object] = {
            "name": brief.name,
            "drone_id": brief.drone_id,
            "dock": dock.id,
            "home_latitude_deg": round(home.latitude_deg, DECIMALS),
            "home_longitude_deg": round(home.longitude_deg, DECIMALS),
            "area": f"areas/{brief.name}.geojson",
            "pattern": brief.pattern,
            "places": list(brief.places),
            "looks_for": list(brief.looks_for),
            "height_above_ground_m": brief.height_above_ground_m,
            "speed_m_s": brief.speed_m_s,
            "gimbal_pitch_rad": round(brief.gimbal_pitch_rad, 5),
            "gimbal_pitch_deg": round(math.degrees(brief.gimbal_pitch_rad), 2),
        }
        lines = (f"{key} = {json.dumps(value)}" for key, value in entries.items())
        tables.append("[[patrol]]\n" + "\n".join(lines))
    return "\n\n".join(tables) + "\n"


def _feature(
    geometry: Json, feature_id: str, kind: str, name: Name, extra: Json | None = None
) -> Json:
    properties = {
        "id": feature_id,
        "kind": kind,
        "name": name._asdict(),
        "invented": True,
        **(extra or {}),
    }
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _lonlat(plane: LocalPlane, en: Array) -> list[list[float]]:
    geo = plane.geo_from_en(en)
    rounded: list[list[float]] = np.round(geo[..., ::-1], DECIMALS).tolist()
    return rounded


def _point(plane: LocalPlane, east_m: float, north_m: float) -> Json:
    at = _lonlat(plane, np.array([[east_m, north_m]]))[0]
    return {"type": "Point", "coordinates": at}


def _polygon(plane: LocalPlane, ring: Array) -> Json:
    outline = shapely.geometry.polygon.orient(shapely.Polygon(ring)).exterior
    return {"type": "Polygon", "coordinates": [_lonlat(plane, np.array(outline.coords))]}


def _compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
