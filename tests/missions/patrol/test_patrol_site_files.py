"""Places, docks and batteries from TOML and from drawings."""

import json
from pathlib import Path

import numpy as np
import pytest

from missions.area import Area
from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.patrol.site_file import read_patrol_file, site_from
from missions.vehicle import default_vehicle

TOML = """
[[place]]
name = "gate"
latitude_deg = 44.84
longitude_deg = 65.49
weight = 3.0
revisit_s = 600.0

[[place]]
name = "depot"
latitude_deg = 44.84
longitude_deg = 65.50
dwell_s = 20.0

[[dock]]
name = "hangar"
latitude_deg = 44.845
longitude_deg = 65.495

[battery]
endurance_s = 1500.0
swap_s = 120.0
"""


def test_a_toml_file_gives_places_docks_and_the_battery(tmp_path: Path) -> None:
    path = tmp_path / "patrol.toml"
    path.write_text(TOML)
    file = read_patrol_file(path)
    site = site_from(file, vehicle=default_vehicle())
    assert site.names == ("gate", "depot")
    assert site.docks == ("hangar",)
    assert site.weights.tolist() == [3.0, 1.0]
    assert site.revisit_s.tolist() == [600.0, np.inf]
    # 791 m at 10 m/s, and 10 / 3 s more to gain and lose speed.
    assert site.way_s[0, 1] == pytest.approx(79.1 + 10.0 / 3.0, abs=0.1)
    battery = file.battery_or_none()
    assert battery is not None
    assert battery.swap_s == 120.0


def test_a_drawing_gives_the_same_by_properties(tmp_path: Path) -> None:
    def point(longitude: float, **properties: object) -> dict[str, object]:
        geometry = {"type": "Point", "coordinates": [longitude, 44.84]}
        return {"type": "Feature", "geometry": geometry, "properties": properties}

    features = [point(65.49, name="gate", weight=3), point(65.5, name="hangar", kind="dock")]
    path = tmp_path / "patrol.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    site = site_from(read_patrol_file(path), vehicle=default_vehicle())
    assert site.names == ("gate",)
    assert site.docks == ("hangar",)
    assert site.weights.tolist() == [3.0]


def test_a_wrong_key_or_value_is_named(tmp_path: Path) -> None:
    path = tmp_path / "patrol.toml"
    path.write_text(TOML.replace("weight = 3.0", "weight = -3.0"))
    with pytest.raises(BadInput, match=r"place\.0\.weight"):
        read_patrol_file(path)


def test_a_drawing_without_points_is_refused(tmp_path: Path) -> None:
    ring = [[65.49, 44.84], [65.5, 44.84], [65.5, 44.85], [65.49, 44.84]]
    path = tmp_path / "pasture.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    with pytest.raises(BadInput, match=r"pasture\.geojson: 0 points found, one is needed"):
        read_patrol_file(path)


def test_a_file_without_a_place_to_visit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "patrol.toml"
    path.write_text("place = []\n")
    with pytest.raises(BadInput, match=r"place: 0 places to be visited, 1 to \d+ can be$"):
        read_patrol_file(path)


def test_ways_go_round_where_nobody_may_fly(tmp_path: Path) -> None:
    path = tmp_path / "patrol.toml"
    path.write_text(TOML)
    file = read_patrol_file(path)
    corners = ((44.83, 65.494), (44.83, 65.496), (44.842, 65.496), (44.842, 65.494))
    wall = Area(outer=tuple(GeoPoint(latitude_deg=lat, longitude_deg=lon) for lat, lon in corners))
    free = site_from(file, vehicle=default_vehicle())
    round_it = site_from(file, vehicle=default_vehicle(), no_fly=(wall,))
    assert round_it.way_s[0, 1] > 1.05 * free.way_s[0, 1]
    assert round_it.way_s[0, 2] == pytest.approx(free.way_s[0, 2])


def test_a_place_where_nobody_may_fly_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "patrol.toml"
    path.write_text(TOML)
    corners = ((44.83, 65.489), (44.83, 65.491), (44.85, 65.491), (44.85, 65.489))
    wall = Area(outer=tuple(GeoPoint(latitude_deg=lat, longitude_deg=lon) for lat, lon in corners))
    with pytest.raises(BadInput, match="gate: lies where nobody may fly"):
        site_from(read_patrol_file(path), vehicle=default_vehicle(), no_fly=(wall,))
