"""A district read back from its GeoJSON file, so that the world is what the map says."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from missions.errors import BadInput, place_of
from missions.geodesy import GeoPoint, LocalPlane
from sim.district.features import Array, Building, District, Dock, Name, Place, Road


def read_district(folder: Path) -> District:
    """Read `district.geojson` of a folder.

    Raises:
        BadInput: the file cannot be read, is not JSON, or lacks what a district must have.
    """
    path = folder / "district.geojson"
    try:
        return district_from_geojson(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise place_of(error, str(path)) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInput(where=str(path), what=f"is not JSON: {error}") from error
    except KeyError as error:
        raise BadInput(where=str(path), what=f"has no {error} where one is needed") from error
    except (TypeError, ValueError, IndexError) as error:
        raise BadInput(where=str(path), what=f"is not a district: {error}") from error


def district_from_geojson(collection: dict[str, Any]) -> District:
    """The district of a parsed file; KeyError, TypeError or ValueError where it is not one."""
    head = collection["qyran"]
    longitude_deg, latitude_deg = head["origin"]
    origin = GeoPoint(latitude_deg=latitude_deg, longitude_deg=longitude_deg)
    plane = LocalPlane(origin)
    places: list[Place] = []
    roads: list[Road] = []
    buildings: list[Building] = []
    docks: list[Dock] = []
    for feature in collection["features"]:
        properties, geometry = feature["properties"], feature["geometry"]
        if properties["kind"] == "road":
            roads.append(_road(plane, properties, geometry))
        elif properties["kind"] == "building":
            buildings.append(_building(plane, properties, geometry))
        elif properties["kind"] == "dock":
            docks.append(_dock(plane, properties, geometry))
        else:
            places.append(_place(plane, properties, geometry))
    return District(
        name=Name(**head["names"]),
        seed=head["seed"],
        origin=origin,
        places=tuple(places),
        roads=tuple(roads),
        buildings=tuple(buildings),
        docks=tuple(docks),
    )


def _place(plane: LocalPlane, properties: dict[str, Any], geometry: dict[str, Any]) -> Place:
    return Place(
        id=properties["id"],
        kind=properties["kind"],
        name=Name(**properties["name"]),
        ring=_en(plane, geometry["coordinates"][0][:-1]),
    )


def _road(plane: LocalPlane, properties: dict[str, Any], geometry: dict[str, Any]) -> Road:
    return Road(
        id=properties["id"],
        road_class=properties["road_class"],
        name=Name(**properties["name"]),
        line=_en(plane, geometry["coordinates"]),
        width_m=properties["width_m"],
        lanes_each_way=properties["lanes_each_way"],
    )


def _building(plane: LocalPlane, properties: dict[str, Any], geometry: dict[str, Any]) -> Building:
    return Building(
        id=properties["id"],
        use=properties["use"],
        name=Name(**properties["name"]),
        ring=_en(plane, geometry["coordinates"][0][:-1]),
        height_m=properties["height_m"],
    )


def _dock(plane: LocalPlane, properties: dict[str, Any], geometry: dict[str, Any]) -> Dock:
    east, north = _en(plane, [geometry["coordinates"]])[0]
    return Dock(
        id=properties["id"],
        drone_id=properties["drone_id"],
        name=Name(**properties["name"]),
        east_m=float(east),
        north_m=float(north),
    )


def _en(plane: LocalPlane, lonlat: list[list[float]]) -> Array:
    values = np.array(lonlat, dtype=np.float64)
    return plane.en_from_geo(values[:, 1], values[:, 0])
