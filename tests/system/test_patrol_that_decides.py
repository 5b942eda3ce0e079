"""`qyran onboard` with an [executive] table, as real processes over loopback: it sees, decides and
flies by itself. Its decisions are read at the hub; where it was is the simulation's truth."""

import json
import math
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import shapely

from missions.files import write_plan
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.plan import Command, Fence, FencePolygon, Frame, Home, MissionItem, Plan

pytestmark = pytest.mark.system
Start = Callable[..., subprocess.Popen[str]]
HOME = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
PLANE = LocalPlane(HOME)
GROUND_M, HEIGHT_M, PITCH_DEG = 129.0, 40.0, -50.0
# East and north of home, metres.
LEGS = ((0.0, 30.0), (0.0, 230.0), (60.0, 230.0))
FENCE = ((-90.0, -60.0), (-90.0, 290.0), (150.0, 290.0), (150.0, -60.0))
CLOSED = ((-60.0, 90.0), (-60.0, 200.0), (60.0, 200.0), (60.0, 90.0))
WALK = ((-15.0, 130.0), (20.0, 130.0))
LANE = ((-300.0, -200.0), (300.0, -200.0))
PATIENCE_S = 300.0
# Roll and pitch against the horizon, yaw with the nose.
LEVEL_AND_AHEAD = 12.0
EXECUTIVE = """
[executive.reactions.intrusion]
do = "orbit"
seconds = 15.0
radius_m = 25.0
least_certainty = 0.5

[executive.limits]
margin_m = 5.0
"""


def ring(corners: tuple[tuple[float, float], ...]) -> tuple[GeoPoint, ...]:
    return tuple(PLANE.geo(*corner) for corner in corners)


def place(command: Command, en: tuple[float, float]) -> MissionItem:
    point = PLANE.geo(*en)
    level = (point.latitude_deg, point.longitude_deg, HEIGHT_M)
    params = (0.0, 0.0, 0.0, math.nan, *level)
    return MissionItem(command=command, frame=Frame.GLOBAL_RELATIVE_ALT, params=params)


def gimbal(command: Command, *params: float) -> MissionItem:
    a, b, c, d, *flags = params
    filled = (a, b, c, d, *(flags or (0.0,)), 0.0, 0.0)
    return MissionItem(command=command, frame=Frame.MISSION, params=filled)


def patrol() -> Plan:
    """Over a closed field with the camera looking ahead and down, within a fence."""
    control, angles = (-2.0, -2.0, -1.0, -1.0), (PITCH_DEG, 0.0, math.nan, math.nan)
    return Plan(
        items=(
            place(Command.NAV_TAKEOFF, LEGS[0]),
            gimbal(Command.DO_GIMBAL_MANAGER_CONFIGURE, *control),
            gimbal(Command.DO_GIMBAL_MANAGER_PITCHYAW, *angles, LEVEL_AND_AHEAD),
            *(place(Command.NAV_WAYPOINT, leg) for leg in LEGS[1:]),
        ),
        home=Home(position=HOME, height=HeightAmsl(GROUND_M)),
        fence=Fence(polygons=(FencePolygon(ring=ring(FENCE), inclusion=True),)),
    )


def district() -> dict[str, Any]:
    """An invented field that is closed, with a lane far beside it."""
    corners = [[p.longitude_deg, p.latitude_deg] for p in ring((*CLOSED, CLOSED[0]))]
    names = dict.fromkeys(("kk", "ru", "en"), "field")
    field = {
        "type": "Feature",
        "properties": {"id": "field", "kind": "closed_area", "name": names},
        "geometry": {"type": "Polygon", "coordinates": [corners]},
    }
    ends = [[p.longitude_deg, p.latitude_deg] for p in ring(LANE)]
    lane = {
        "type": "Feature",
        "properties": {
            "id": "lane",
            "kind": "road",
            "name": names,
            "road_class": "street",
            "width_m": 5.0,
            "lanes_each_way": 1,
        },
        "geometry": {"type": "LineString", "coordinates": ends},
    }
    head = {"origin": [HOME.longitude_deg, HOME.latitude_deg], "names": names, "seed": 1}
    return {"type": "FeatureCollection", "qyran": head, "features": [field, lane]}


@dataclass
class Patrol:
    """The processes of one drone and its hub."""

    qyran: Start
    folder: Path
    others: tuple[subprocess.Popen[str], ...]
    aircraft: subprocess.Popen[str]

    def ended(self) -> list[str]:
        """What the processes that run no more have said."""
        return [
            each.communicate()[1]
            for each in (*self.others, self.aircraft)
            if each.poll() is not None
        ]

    def restart(self) -> None:
        """The aircraft's process is killed where it is, and started again."""
        self.aircraft.send_signal(signal.SIGKILL)
        self.aircraft.wait()
        self.aircraft = self.qyran("onboard", f"--config={self.folder / 'onboard.toml'}")

    def decisions(self) -> list[dict[str, Any]]:
        """What the hub was told, in the order of the aircraft's time."""
        file = self.folder / "hub" / "hub.sqlite"
        with closing(sqlite3.connect(file)) as store:
            rows = store.execute("SELECT body FROM messages WHERE kind = 'decision'").fetchall()
        told = [json.loads(row[0])["body"] for row in rows]
        return sorted(told, key=lambda each: str(each["decided_at"]))

    def reasons(self) -> list[str]:
        return [each["reason"] for each in self.decisions()]

    def until(self, holds: Callable[[], Any], what: str) -> Any:
        end_s = time.monotonic() + PATIENCE_S
        while not (found := holds()):
            assert not self.ended(), f"{what}: {self.ended()}"
            assert time.monotonic() < end_s, f"{what}"
            time.sleep(0.3)
        return found

    def until_told(self, *reasons: str) -> dict[str, Any]:
        """The newest decision with one of these reasons."""

        def told() -> list[dict[str, Any]]:
            return [each for each in self.decisions() if each["reason"] in reasons]

        decision: dict[str, Any] = self.until(told, " or ".join(reasons))[-1]
        return decision

    def flown(self) -> list[tuple[float, float]]:
        """East and north of home, twice a second, by the simulation's truth."""
        file = self.folder / "run" / "truth" / "flown.qyran-1.jsonl"
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        return [
            PLANE.en(GeoPoint(latitude_deg=r["latitude_deg"], longitude_deg=r["longitude_deg"]))
            for r in rows
        ]


@pytest.fixture
def flying(qyran: Start, tmp_path: Path, port_offset: int, hub_port: int) -> Patrol:
    """A patrol that has taken off, watched by its hub."""
    folder = tmp_path
    (folder / "district").mkdir()
    (folder / "district" / "district.geojson").write_text(json.dumps(district()), encoding="utf-8")
    write_plan(patrol(), folder / "patrol.plan")
    (folder / "scenario.toml").write_text(scenario(), encoding="utf-8")
    (folder / "sim.toml").write_text(sim_toml(port_offset), encoding="utf-8")
    (folder / "hub.toml").write_text(hub_toml(port_offset, hub_port), encoding="utf-8")
    hub_url = f"http://127.0.0.1:{hub_port}"
    (folder / "onboard.toml").write_text(onboard_toml(port_offset, hub_url), encoding="utf-8")
    others = tuple(qyran(each, f"--config={folder / each}.toml") for each in ("hub", "sim"))
    made = Patrol(qyran, folder, others, qyran("onboard", f"--config={folder / 'onboard.toml'}"))
    made.until(lambda: asked(f"{hub_url}/api/v1/vehicles", "home"), "no vehicle at the hub")
    plan = (folder / "patrol.plan").read_text(encoding="utf-8")
    vehicle = f"{hub_url}/api/v1/vehicles/1"
    proof = httpx.post(f"{vehicle}/plan", content=plan, timeout=120.0, trust_env=False).json()
    assert proof["outcome"] == "proven", proof
    started = {"command": "start"}
    done = httpx.post(f"{vehicle}/commands", json=started, timeout=120.0, trust_env=False).json()
    assert done["outcome"] == "done", done
    return made


def asked(url: str, key: str) -> bool:
    """Whether the first of a list has a value for a key."""
    try:
        rows = httpx.get(url, timeout=5.0, trust_env=False).json()
    except httpx.TransportError:
        return False
    return bool(rows) and rows[0].get(key) is not None


def scenario() -> str:
    """A person walks to and fro in the field."""
    path = [[p.latitude_deg, p.longitude_deg] for p in ring(WALK)]
    return (
        "[ambient]\nwalkers_a_place = 0\nwalkers_on_pavements = 0\nvehicles = 0\n"
        f"[[stroll]]\npath = {path}\nspeed_m_s = 1.0\n"
    )


def sim_toml(port_offset: int) -> str:
    return (
        f"speed = 2.0\nport_offset = {port_offset}\nground_height_amsl_m = {GROUND_M}\n"
        'district_folder = "district"\nscenario_file = "scenario.toml"\nrun_folder = "run"\n'
        "[camera]\nclock_waits = true\n"
        '[[vehicles]]\ninstance = 0\ndrone_id = "qyran-1"\n'
        f"home_latitude_deg = {HOME.latitude_deg}\nhome_longitude_deg = {HOME.longitude_deg}\n"
        "parameters = { SIM_BAT_DRAIN = 1800.0, SIM_BAT_MIN_PCT = 5.0 }\n"
    )


def hub_toml(port_offset: int, hub_port: int) -> str:
    return (
        f'listen_port = {hub_port}\ndata_folder = "hub"\n'
        f'links = ["udpin:127.0.0.1:{14550 + port_offset}"]\n'
        '[drones.1]\ndrone_id = "qyran-1"\nname = "Qyran 1"\n'
    )


def onboard_toml(port_offset: int, hub_url: str) -> str:
    return (
        'drone_id = "qyran-1"\nmodel = "simulated-world"\n'
        f'source = "paced+http://127.0.0.1:{14800 + port_offset}/next"\n'
        f'link = "udpin:127.0.0.1:{14540 + port_offset}"\nhub = "{hub_url}"\n'
        'district = "district/district.geojson"\noutbox = "outbox"\n'
        f"ground_height_amsl_m = {GROUND_M}\n{EXECUTIVE}"
    )


def item_of(decision: dict[str, Any]) -> int:
    """The mission item that a decision names."""
    return int(decision["words"]["en"].rsplit(" ", 1)[1])


def assert_within_the_fence(flight: Patrol) -> None:
    fence = shapely.Polygon(FENCE)
    flown = flight.flown()
    assert len(flown) > 60
    assert all(fence.contains(shapely.Point(each)) for each in flown)


def test_a_patrol_looks_closer_at_what_it_saw_and_comes_back_to_its_leg(flying: Patrol) -> None:
    flying.until_told("orbiting", "following")
    rejoined = flying.until_told("rejoined")
    told = flying.decisions()
    reasons = [each["reason"] for each in told]
    assert reasons.index("patrolling") < reasons.index("stopping") < reasons.index("circling")
    assert "time_up+coming_back" in reasons
    stopped = told[reasons.index("stopping")]
    assert "closed" in stopped["words"]["en"] or "field" in stopped["words"]["en"]
    there, back = (
        PLANE.en(GeoPoint(latitude_deg=each["latitude_deg"], longitude_deg=each["longitude_deg"]))
        for each in (stopped, rejoined)
    )
    assert math.dist(there, back) < 15.0
    assert item_of(rejoined) == 3
    circled = [math.dist(each, (2.5, 130.0)) for each in flying.flown()]
    assert min(circled) < 45.0
    assert_within_the_fence(flying)


def test_a_process_that_is_killed_while_it_looks_comes_back_to_the_leg_and_says_so(
    flying: Patrol,
) -> None:
    flying.until_told("orbiting", "following")
    flying.restart()
    anew = flying.until_told("left_behind+coming_back")
    rejoined = flying.until_told("rejoined")
    assert "started anew" in anew["words"]["en"]
    assert item_of(rejoined) == 3
    assert_within_the_fence(flying)
