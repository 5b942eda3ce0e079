"""Turns of wings that are led out of a fence, every place still visited."""

from dataclasses import replace
from typing import Any

from missions.checks import Px4Profile, check
from missions.plan import Fence
from missions.px4_flight.parameters import Px4Parameters
from missions.vehicle import Vehicle, VehicleKind

RULE = "turn-across-fence"
WING = Vehicle(
    name="wing",
    kind=VehicleKind.FIXED_WING,
    cruise_speed_m_s=16.0,
    min_airspeed_m_s=11.0,
    max_airspeed_m_s=25.0,
    turn_radius_m=60.0,
    endurance_s=7200.0,
)


def cornered(here: Any, bench: Any) -> Any:
    """A wing that turns to the north swings 33 m beyond its corner, into a zone there."""
    zone = bench.box(here, 620, 45, 660, 85, inclusion=False)
    plan = here.flight(here.to(600, 0), here.to(600, 700), here.to(0, 700))
    return replace(plan, fence=Fence(polygons=(zone,)))


def test_a_turn_into_a_zone_is_led_out_of_it_by_waypoints(bench: Any, here: Any) -> None:
    plan = cornered(here, bench)
    assert RULE in {one.rule for one in check(plan, vehicle=WING)}
    back_by_its_mission = Px4Profile(px4=Px4Parameters(rtl_type=2))
    found = bench.mended(plan, vehicle=WING, profile=back_by_its_mission)
    assert RULE not in bench.rules(found)
    assert any("led out of the fence by" in line for line in found.said)
    assert [item for item in found.plan.items if item in plan.items] == list(plan.items)


def test_a_turn_that_nothing_leads_out_of_a_zone_remains_a_finding(bench: Any, here: Any) -> None:
    walls = (
        bench.box(here, 603, 5, 900, 900, inclusion=False),
        bench.box(here, 300, 5, 597, 900, inclusion=False),
    )
    plan = replace(cornered(here, bench), fence=Fence(polygons=walls))
    assert RULE in bench.rules(bench.mended(plan, vehicle=WING))
