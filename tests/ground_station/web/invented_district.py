"""A small invented district for the fake hub: places, roads, docks and 759 cameras, by seed."""

import math
import random
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
LATITUDE_DEG, LONGITUDE_DEG = 44.85, 65.51
METRES_A_DEGREE = 111_195.0
CAMERA_COUNTS = {"camera": 616, "speed_camera": 133, "roadside_complex": 10}

# Kind, names in Kazakh, Russian and English, centre east and north, width and height; metres.
PLACES = (
    ("river", "Сырдария", "Сырдарья", "Syr Darya", 0, -950, 5200, 260),
    ("embankment", "Жағалау", "Набережная", "Embankment", 0, -780, 3000, 60),
    ("park", "Тәуелсіздік саябағы", "Парк Независимости", "Independence Park", -700, 350, 420, 300),
    ("square", "Орталық алаң", "Центральная площадь", "Central Square", 0, 0, 190, 150),
    ("bazaar", "Сыр базары", "Сыр базар", "Syr Bazaar", 650, 300, 300, 220),
    ("pasture", "Жайылым", "Пастбище", "Pasture", 900, -1600, 900, 600),
    ("hemp_field", "Қарасора алқабы", "Поле конопли", "Wild hemp field", -900, -1500, 420, 300),
    ("closed_area", "Жабық аймақ", "Закрытая зона", "Closed area", -900, -1500, 300, 200),
)


def lon_lat(east_m: float, north_m: float) -> list[float]:
    """GeoJSON's order, degrees."""
    shrink = math.cos(math.radians(LATITUDE_DEG))
    return [
        LONGITUDE_DEG + east_m / METRES_A_DEGREE / shrink,
        LATITUDE_DEG + north_m / METRES_A_DEGREE,
    ]


def words(kk: str, ru: str, en: str) -> Json:
    """One text in three languages."""
    return {"kk": kk, "ru": ru, "en": en}


def district() -> Json:
    """The map's layers, as the hub gives them."""
    name = {"name": "Kyzylorda", "names": words("Қызылорда", "Кызылорда", "Kyzylorda")}
    features = [*_places(), *_roads(), *_docks()]
    return {
        "type": "FeatureCollection",
        "qyran": {**name, "invented": True, "seed": 0},
        "features": features,
    }


def cameras(seed: int) -> Json:
    """Every camera as a point; some turn all round and have no bearing."""
    chance = random.Random(seed)
    features = [
        _camera(kind, number, chance)
        for kind, count in CAMERA_COUNTS.items()
        for number in range(1, count + 1)
    ]
    return {"type": "FeatureCollection", "features": features}


def _places() -> Iterator[Json]:
    for kind, kk, ru, en, east, north, width, height in PLACES:
        across, up = width / 2, height / 2
        corners = ((-across, -up), (across, -up), (across, up), (-across, up), (-across, -up))
        ring = [lon_lat(east + x, north + y) for x, y in corners]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        yield _feature(geometry, id=f"{kind}-1", kind=kind, name=words(kk, ru, en))


def _roads() -> Iterator[Json]:
    for number in range(-4, 5):
        offset = number * 260.0
        for along, line in (
            ("ns", (lon_lat(offset, -700), lon_lat(offset, 1300))),
            ("we", (lon_lat(-1300, offset + 300), lon_lat(1300, offset + 300))),
        ):
            wide = 20.0 if number % 2 == 0 else 8.0
            name = words(f"{number + 5}-көше", f"{number + 5}-я улица", f"Street {number + 5}")
            geometry = {"type": "LineString", "coordinates": list(line)}
            road_id = f"road-{along}-{number + 5}"
            yield _feature(geometry, id=road_id, kind="road", name=name, width_m=wide)


def _docks() -> Iterator[Json]:
    for number in range(1, 6):
        geometry = {"type": "Point", "coordinates": lon_lat((number - 3) * 420, -420)}
        name = words(f"Тұрақ {number}", f"Док {number}", f"Dock {number}")
        yield _feature(geometry, id=f"dock-{number}", kind="dock", name=name)


def _camera(kind: str, number: int, chance: random.Random) -> Json:
    at = lon_lat(chance.uniform(-1300, 1300), chance.uniform(-800, 1300))
    turns = kind == "camera" and number % 3 == 0
    name = f"{kind}-{number:03d}"
    return _feature(
        {"type": "Point", "coordinates": at},
        id=name,
        kind=kind,
        name=words(name, name, name),
        height_m=8.0,
        bearing_rad=None if turns else round(chance.uniform(0, 2 * math.pi), 4),
        field_of_view_rad=2 * math.pi if turns else 1.2217,
        range_m=120.0,
        violations=["speeding"] if kind == "roadside_complex" else [],
    )


def _feature(geometry: Json, **properties: object) -> Json:
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {**properties, "invented": True},
    }
