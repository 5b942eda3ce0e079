"""Plans over ravines and ridges, home on the rim: `qyran plan` leaves no place to be flown past."""

import json
from pathlib import Path

import numpy as np
import pytest

import qyran
from missions.files import read_plan
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.plan import Command, Frame, Home, MissionItem, Plan
from missions.plan_time import predict_flight
from missions.vehicle import known_vehicles

LAT, LON = 44.85, 65.5
HOME = f"{LAT},{LON},300"
EDGE = [[LON, LAT], [LON + 0.003, LAT], [LON + 0.003, LAT + 0.002], [LON, LAT + 0.002], [LON, LAT]]
SHAPES = {
    "sweep": {"type": "Polygon", "coordinates": [EDGE]},
    "perimeter": {"type": "Polygon", "coordinates": [EDGE]},
    "corridor": {"type": "LineString", "coordinates": EDGE[:3]},
}


def broken_ground(folder: Path, seed: int) -> str:
    """A tile of one arc second: terraces some 100 m wide, by chance 25 m (sigma) up or down."""
    terraces = np.random.default_rng(seed).normal(250.0, 25.0, (902, 902))
    heights = np.repeat(np.repeat(terraces, 4, 0), 4, 1)[:3601, :3601]
    (folder / "N44E065.hgt").write_bytes(np.round(heights).astype(">i2").tobytes())
    return str(folder / "N44E065.hgt")


@pytest.mark.parametrize("seed", [1, 3, 15])
@pytest.mark.parametrize("pattern", SHAPES)
def test_places_on_broken_ground_are_reached(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], pattern: str, seed: int
) -> None:
    area, out = tmp_path / "area.geojson", tmp_path / "a.plan"
    area.write_text(json.dumps(SHAPES[pattern]))
    ground = ["--terrain", broken_ground(tmp_path, seed), "--above-ground"]
    speed = ["--height-m", "60", "--speed-m-s", "8"]
    sight = [] if pattern == "perimeter" else ["--swath-m", "40"]
    asked = [str(area), "--pattern", pattern, "--home", HOME, *ground, *speed, *sight, "--json"]
    qyran.main(["plan", *asked, "--out", str(out)])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert not [one for one in findings if one["rule"] == "waypoint-passed-by"]
    flight = predict_flight(read_plan(out), known_vehicles()["multirotor"])
    assert flight is not None
    assert np.isfinite(flight.landed_s)
    heights = [item.params[6] for item in read_plan(out).items if item.command == 16]
    assert np.ptp(heights) > 10.0


def test_way_up_out_of_a_ravine_below_home_is_no_flight_into_the_ground() -> None:
    def item(command: Command, north: float, height: float) -> MissionItem:
        at = (LAT + north / 111_150.0, LON, height)
        params = (0.0, 10.0, 0.0, float("nan"), *at)
        return MissionItem(command=command, frame=Frame.GLOBAL_RELATIVE_ALT, params=params)

    heights = (20.0, -40.0, -10.0, 20.0)
    ways = (item(Command.NAV_WAYPOINT, 150.0 * n, h) for n, h in enumerate(heights, 1))
    plan = Plan(
        items=(item(Command.NAV_TAKEOFF, 0.0, 20.0), *ways),
        home=Home(position=GeoPoint(latitude_deg=LAT, longitude_deg=LON), height=HeightAmsl(300.0)),
    )
    flight = predict_flight(plan, known_vehicles()["px4-sih-quadx"])
    assert flight is not None
    assert flight.unreached == ()
