"""The order that jumps make, held against a plain walk of PX4's loop; pictures too fast for a
camera; what a landing of wings must be like."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.camera import CameraModel
from missions.checks import Px4Profile, Severity, check, predict
from missions.checks.flown_order import MAX_JUMP_ITERATION, Ending, flown_order
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.plan import ComplexItem, Home, MissionItem, Plan

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
PLANE = LocalPlane(ORIGIN)
HOME = Home(position=ORIGIN, height=HeightAmsl(129.0))
CAMERA = CameraModel(
    name="slow",
    image_width_px=4000,
    image_height_px=3000,
    horizontal_field_of_view_deg=70.0,
    min_trigger_interval_s=2.0,
)


def at(east: float, command: int = 16, height: float = 30.0, two: float = 0.0) -> MissionItem:
    place = PLANE.geo(east, 0.0)
    params = (0.0, two, 0.0, 0.0, place.latitude_deg, place.longitude_deg, height)
    return MissionItem(command=command, frame=3, params=params)


def plain(command: int, *params: float) -> MissionItem:
    one, two, three = (*params, *([0.0] * (3 - len(params))))
    return MissionItem(command=command, frame=2, params=(one, two, three, 0.0, 0.0, 0.0, 0.0))


def mission(*items: MissionItem) -> Plan:
    return Plan(items=items, home=HOME)


def rules(plan: Plan, **known: object) -> list[str]:
    return [one.rule for one in check(plan, **known)]  # type: ignore[arg-type]


def order(*items: MissionItem) -> list[int]:
    return [step.item for step in flown_order(mission(*items)).steps]


def test_a_jump_is_taken_as_often_as_it_says_and_the_list_goes_on() -> None:
    assert order(at(0), at(10), plain(177, 0, 2), at(20)) == [0, 1, 0, 1, 0, 1, 3]


def test_an_inner_jump_counts_for_the_whole_mission() -> None:
    items = (at(0), at(10), plain(177, 1, 2), at(20), plain(177, 0, 1), at(30))
    assert order(*items) == [0, 1, 1, 1, 3, 0, 1, 3, 5]
    assert "jump-not-repeated" in rules(mission(*items))
    assert "jump-not-repeated" not in rules(mission(*items[:4], at(30)))


def test_eleven_jumps_on_end_are_one_too_many() -> None:
    chain = [plain(177, index + 2, 1) for index in range(MAX_JUMP_ITERATION)]
    walked = flown_order(mission(at(0), *chain, at(10)))
    assert walked.ending is Ending.BROKEN
    assert flown_order(mission(at(0), *chain[:-1], at(10))).ending is Ending.LIST
    assert "jump-broken" in rules(mission(at(0), *chain, at(10)))


@pytest.mark.parametrize("count", [-1.0, math.nan, math.inf, 70_000.0])
def test_a_count_that_px4_does_not_hold_is_an_error(count: float) -> None:
    found = check(mission(at(0), at(10), plain(177, 0, count), at(20)))
    assert [one.severity for one in found if one.rule == "jump-count"] == [Severity.ERROR]


def test_a_jump_that_hardly_ends_is_said() -> None:
    assert "jump-endless" in rules(mission(at(0), at(10), plain(177, 0, 65_000), at(20)))


def test_waypoints_behind_what_never_ends_are_said() -> None:
    stays = mission(at(0, 22), at(10), at(20, 17), at(30), at(40))
    (found,) = [one for one in check(stays) if one.rule == "never-reached"]
    assert found.item == 3
    assert "never-reached" in rules(mission(at(0, 22), at(10), plain(20), at(30)))
    waits = mission(at(0, 22), replace(at(10), autocontinue=False), at(30))
    assert "never-reached" in rules(waits)
    pattern = mission(at(0, 22), at(10), plain(20), plain(189), at(30), at(40, 21, 0.0))
    assert "never-reached" not in rules(pattern)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_order_is_that_of_a_plain_walk(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.booleans(), min_size=1, max_size=8))
    jumps = st.tuples(st.integers(0, len(kinds) - 1), st.integers(0, 3))
    drawn = [data.draw(jumps) if jump else None for jump in kinds]
    items = [at(10.0 * i) if one is None else plain(177, *one) for i, one in enumerate(drawn)]
    left = [0 if one is None else one[1] for one in drawn]
    expected, index, chained = [], 0, 0
    while index < len(drawn) and chained < MAX_JUMP_ITERATION:
        one = drawn[index]
        if one is None:
            expected.append(index)
            index, chained = index + 1, 0
        elif left[index]:
            left[index] -= 1
            index, chained = one[0], chained + 1
        else:
            index, chained = index + 1, chained + 1
    assert order(*items) == expected


def test_pictures_by_the_way_follow_the_speed() -> None:
    slow = mission(at(0, 22), plain(178, 1, 5), plain(206, 10), at(300), plain(20))
    fast = mission(at(0, 22), plain(178, 1, 8), plain(206, 10), at(300), plain(20))
    later = mission(at(0, 22), plain(178, 1, 4), plain(206, 10), plain(178, 1, 9), at(300))
    assert "trigger-too-fast" not in rules(slow, camera=CAMERA)
    assert "trigger-too-fast" not in rules(fast)
    (found,) = [one for one in check(fast, camera=CAMERA) if one.rule == "trigger-too-fast"]
    assert (found.item, found.severity) == (2, Severity.ERROR)
    assert "5.0 m/s" in found.proposal
    assert [one.item for one in check(later, camera=CAMERA) if "trigger" in one.rule] == [3]


def test_pictures_by_the_clock_and_by_a_capture() -> None:
    timer = mission(at(0, 22), plain(214, 1500), at(300), plain(20))
    capture = mission(at(0, 22), plain(2000, 0, 1, 0), at(300), plain(2001), plain(20))
    single = mission(at(0, 22), plain(2000, 0, 1, 1), at(300), plain(20))
    assert "trigger-too-fast" in rules(timer, camera=CAMERA)
    assert "trigger-too-fast" in rules(capture, camera=CAMERA)
    assert "trigger-too-fast" not in rules(single, camera=CAMERA)


def test_a_survey_names_its_own_camera() -> None:
    plan = mission(at(0, 22), plain(206, 10), at(300), plain(206, 0), plain(20))
    calc = {"CameraCalc": {"MinTriggerInterval": 1.5}}
    survey = ComplexItem(
        kind="survey", first_item=1, item_count=3, source={"TransectStyleComplexItem": calc}
    )
    assert "trigger-too-fast" in rules(replace(plan, complex_items=(survey,)))
    assert "trigger-too-fast" not in rules(plan)


WING, VTOL = Px4Profile(fixed_wing=True), Px4Profile(vtol=True)


def test_wings_must_land_unless_told_otherwise() -> None:
    plan = mission(at(0, 22), at(500), plain(20))
    assert predict(plan).feasible
    for wings in (WING, VTOL):
        assert "px4-takeoff-land-required" in [one.rule for one in predict(plan, wings).findings]
        assert predict(plan, replace(wings, mis_tko_land_req=0)).feasible


@pytest.mark.parametrize(
    ("items", "profile", "rule"),
    [
        ((at(0, 22), at(900), at(1000, 21, 0.0)), WING, "px4-land-approach"),
        ((at(0, 22), at(300, 16, -1.0), at(1000, 21, 0.0)), WING, "px4-land-approach"),
        ((at(0, 22), at(0, 17), at(1000, 21, 0.0)), WING, "px4-land-approach"),
        ((at(0, 22), at(0, 31, 30.0, 1001.0), at(1000, 21, 0.0)), WING, "px4-land-approach"),
        ((at(0, 21, 0.0), at(0, 16)), VTOL, "px4-land-first"),
        ((at(0, 22), plain(189), at(900)), VTOL, "px4-land-pattern"),
        ((at(0, 22), plain(189), plain(189), at(0), at(900, 21, 0.0)), WING, "px4-land-pattern"),
        ((at(0, 22), plain(189), plain(20), at(0), at(900, 85, 0.0)), VTOL, "px4-land-pattern"),
    ],
)
def test_wings_that_cannot_land_so(
    items: tuple[MissionItem, ...], profile: Px4Profile, rule: str
) -> None:
    answer = predict(mission(*items), profile)
    assert rule in [one.rule for one in answer.findings]
    assert not answer.feasible


@pytest.mark.parametrize(
    ("items", "profile"),
    [
        ((at(0, 22), at(0), at(1000, 21, 0.0)), WING),
        ((at(0, 22), at(0, 31, 30.0, 100.0), at(1000, 21, 0.0)), WING),
        ((at(0, 22), plain(189), at(0), at(1000, 21, 0.0)), WING),
        ((at(0, 84), plain(189), at(0), at(900, 85, 0.0)), VTOL),
        ((at(0, 22), plain(189), at(0), plain(20)), Px4Profile()),
    ],
)
def test_wings_that_can(items: tuple[MissionItem, ...], profile: Px4Profile) -> None:
    assert predict(mission(*items), profile).feasible
