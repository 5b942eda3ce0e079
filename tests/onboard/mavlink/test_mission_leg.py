"""What a mission's items say of the leg that is flown: whether PX4 holds by itself after it."""

from collections.abc import Callable

import pytest

from missions.plan import Command, Frame, MissionItem, Plan
from onboard.mavlink.mission_leg import ends_in_hold

C = Command
Made = Callable[..., Plan]


@pytest.fixture
def plan_of() -> Made:
    """Makes a plan of these commands."""

    def make(*commands: Command) -> Plan:
        items = (
            MissionItem(command=command, frame=Frame.GLOBAL_RELATIVE_ALT, params=(0.0,) * 7)
            for command in commands
        )
        return Plan(items=tuple(items))

    return make


@pytest.mark.parametrize(
    "after",
    [
        (),
        (C.DO_SET_CAM_TRIGG_DIST, C.DO_SET_ROI_NONE),
        (C.NAV_ROI,),
        (C.DO_JUMP,),
    ],
)
def test_mission_ends_in_hold_after_its_last_place_whatever_is_done_there(
    plan_of: Made, after: tuple[Command, ...]
) -> None:
    plan = plan_of(C.NAV_TAKEOFF, C.NAV_WAYPOINT, C.NAV_WAYPOINT, *after)
    assert [ends_in_hold(plan, item) for item in (0, 1, 2)] == [False, False, True]


@pytest.mark.parametrize(
    "last",
    [C.NAV_RETURN_TO_LAUNCH, C.NAV_LAND, C.NAV_VTOL_LAND, C.NAV_LOITER_UNLIM],
)
def test_mission_that_lands_or_circles_for_ever_does_not_end_in_hold(
    plan_of: Made, last: Command
) -> None:
    plan = plan_of(C.NAV_TAKEOFF, C.NAV_WAYPOINT, last)
    assert [ends_in_hold(plan, item) for item in (0, 1, 2)] == [False, False, False]


@pytest.mark.parametrize("waits", [C.NAV_DELAY, C.NAV_LOITER_TIME, C.CONDITION_GATE])
def test_what_is_waited_for_after_the_last_place_comes_before_the_end(
    plan_of: Made, waits: Command
) -> None:
    plan = plan_of(C.NAV_TAKEOFF, C.NAV_WAYPOINT, waits)
    assert [ends_in_hold(plan, item) for item in (1, 2)] == [False, True]


def test_item_that_the_plan_does_not_have_ends_nothing(plan_of: Made) -> None:
    assert not ends_in_hold(plan_of(C.NAV_TAKEOFF), 1)
