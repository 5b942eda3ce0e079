"""Rows of waypoints at different heights, as flown by PX4 v1.17 (docs/terrain.md)."""

import pytest

from missions.checks import Px4Profile, check
from missions.checks.mend.mend import mend
from missions.checks.mend.situation import Situation
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.plan import Command, Frame, Home, MissionItem, Params, Plan
from missions.vehicle import Vehicle

HOME = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
QUAD = Vehicle(name="quad", cruise_speed_m_s=8.0)


def _item(command: int, params: Params) -> MissionItem:
    return MissionItem(command=command, frame=Frame.GLOBAL_RELATIVE_ALT, params=params)


def _row(apart_m: float, step_m: float, radius_m: float, dwell_s: float = 0.0) -> Plan:
    plane = LocalPlane(HOME)
    items = [_item(Command.NAV_TAKEOFF, (0, 0, 0, 0, HOME.latitude_deg, HOME.longitude_deg, 30))]
    for number in range(12):
        place = plane.geo(0.0, 40.0 + number * apart_m)
        height = 30.0 + number * step_m
        at = (place.latitude_deg, place.longitude_deg, height)
        items.append(_item(Command.NAV_WAYPOINT, (dwell_s, radius_m, 0, 0, *at)))
    items.append(
        MissionItem(command=Command.NAV_RETURN_TO_LAUNCH, frame=Frame.MISSION, params=(0,) * 7)
    )
    return Plan(items=tuple(items), home=Home(position=HOME, height=HeightAmsl(129.0)))


def _passed_by(plan: Plan, vehicle: Vehicle = QUAD) -> list[int]:
    found = check(plan, vehicle=vehicle)
    return sorted(one.item or 0 for one in found if one.rule == "waypoint-passed-by")


@pytest.mark.parametrize(("apart_m", "step_m"), [(30.0, 1.0), (20.0, -1.0), (30.0, -2.0)])
def test_what_px4_flew_past_is_said(apart_m: float, step_m: float) -> None:
    assert _passed_by(_row(apart_m, step_m, 2.0)) == list(range(1, 12))


@pytest.mark.parametrize(
    ("apart_m", "step_m", "radius_m", "speed_m_s"),
    [(30.0, 1.0, 22.7, 8.0), (20.0, -1.0, 22.7, 8.0), (20.0, 1.0, 2.0, 3.0), (30.0, 0.0, 2.0, 8.0)],
)
def test_what_px4_flew_to_the_end_is_not(
    apart_m: float, step_m: float, radius_m: float, speed_m_s: float
) -> None:
    vehicle = QUAD.model_copy(update={"cruise_speed_m_s": speed_m_s})
    assert _passed_by(_row(apart_m, step_m, radius_m), vehicle) == []


def test_who_dwells_there_stops_there() -> None:
    assert _passed_by(_row(30.0, 1.0, 2.0, dwell_s=3.0)) == []


def test_a_wider_radius_mends_it_and_is_said() -> None:
    plan = _row(30.0, 1.0, 2.0)
    mended = mend(
        plan,
        lambda one: check(one, vehicle=QUAD),
        Situation(vehicle=QUAD, profile=Px4Profile()),
    )
    assert "accepted within 23 m" in " ".join(mended.said)
    assert _passed_by(mended.plan) == []
    assert mended.plan.items[5].params[1] == 23.0
    assert mended.plan.items[5].params[4:] == plan.items[5].params[4:]
