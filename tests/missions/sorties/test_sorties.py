"""A plan that one battery does not last for, as sorties: what each flies, and all together."""

import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from missions.checks import check
from missions.checks.around.camera_state import CameraState
from missions.checks.mend.situation import Situation
from missions.checks.px4_profile import Px4Profile
from missions.checks.surroundings import Surroundings
from missions.errors import Failed
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.plan import Fence, FencePolygon, Home, MissionItem, Plan
from missions.plan_time import plan_time_s
from missions.sorties.balance import evened, last_that
from missions.sorties.by_battery import TOO_LONG, at_least_s, split_by_battery
from missions.sorties.forecast import flown
from missions.sorties.split import split
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind
from qyran import main

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
PLANE = LocalPlane(ORIGIN)
FLYER = Vehicle(name="flyer", endurance_s=700.0)
RETURN = MissionItem(command=20, frame=2, params=(0.0,) * 7)


def to(east: float, north: float, up: float = 50.0, *, command: int = 16) -> MissionItem:
    at = PLANE.geo(east, north)
    params = (0.0, 2.0, 0.0, math.nan, at.latitude_deg, at.longitude_deg, up)
    return MissionItem(command=command, frame=3, params=params)


def do(command: int, *params: float) -> MissionItem:
    one, two, three, four, five, six, seven = (*params, *([0.0] * (7 - len(params))))
    return MissionItem(command=command, frame=2, params=(one, two, three, four, five, six, seven))


def flight(*items: MissionItem) -> Plan:
    home = Home(position=ORIGIN, height=HeightAmsl(100.0))
    return Plan(items=(to(0, 0, command=22), *items, RETURN), home=home)


def sorties(plan: Plan, wind: Wind = CALM, vehicle: Vehicle = FLYER) -> tuple[Plan, ...]:
    around = Surroundings(wind=wind)
    situation = Situation(vehicle=vehicle, profile=Px4Profile(), surroundings=around)
    return split_by_battery(plan, situation).plans


def too_long(plan: Plan, wind: Wind = CALM, vehicle: Vehicle = FLYER) -> bool:
    found = check(plan, vehicle=vehicle, surroundings=Surroundings(wind=wind))
    return any(one.rule in TOO_LONG for one in found)


def places(plan: Plan) -> list[tuple[float, float]]:
    return [item.params[4:6] for item in plan.items if item.command == 16]


def sweep(lanes: int, long_m: float = 400.0) -> list[MissionItem]:
    found = []
    for lane in range(lanes):
        east = (100.0, 100.0 + long_m) if lane % 2 == 0 else (100.0 + long_m, 100.0)
        found += [
            to(east[0], 40.0 * lane),
            do(206, 20.0, 0.0, 1.0),
            to(east[1], 40.0 * lane),
            do(206),
        ]
    return found


def test_what_a_battery_lasts_for_stays_one_plan() -> None:
    plan = flight(to(100, 0))
    assert sorties(plan) == (plan,)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    lanes=st.integers(6, 24),
    speed=st.floats(0.0, 5.0),
    direction=st.floats(0.0, 6.28),
    gimbal=st.booleans(),
)
def test_every_sortie_keeps_its_reserve_and_all_fly_every_place_in_order(
    lanes: int, speed: float, direction: float, gimbal: bool
) -> None:
    wind = Wind(speed_m_s=speed, from_rad=direction)
    said = [do(178, 1.0, 7.0, -1.0), *([do(1000, -90.0)] if gimbal else [])]
    plan = flight(*said, *sweep(lanes))
    found = sorties(plan, wind)
    assert not any(too_long(one, wind) for one in found)
    flown = [place for one in found for place in places(one)]
    once = [place for i, place in enumerate(flown) if i == 0 or place != flown[i - 1]]
    assert once == places(plan)


def test_speed_gimbal_and_trigger_are_as_they_were_where_it_is_gone_on() -> None:
    line = [to(150.0 * (k % 4), 10.0 * k) for k in range(1, 60)]
    begun = (do(178, 1.0, 6.0, -1.0), do(1001, -2.0, -2.0), do(1000, -90.0), do(206, 25.0, 0, 1.0))
    first, second, *_ = sorties(flight(*begun, *line, do(206)))
    commands = [item.command for item in second.items]
    assert commands[:6] == [22, 16, 178, 1001, 1000, 206]
    assert second.items[2:6] == begun
    # The way home is not filmed.
    assert first.items[-2].command == 206
    assert first.items[-2].params[0] == 0.0


@given(count=st.integers(1, 300), until=st.integers(0, 300), near=st.integers(-5, 400))
def test_the_last_that_holds_is_found_from_anywhere_in_few_tries(
    count: int, until: int, near: int
) -> None:
    tried: list[int] = []

    def holds(one: int) -> bool:
        tried.append(one)
        return one < until

    found = last_that(holds, count, near=near)
    assert found == (min(until, count) - 1 if until else None)
    assert all(0 <= one < count for one in tried)
    assert len(tried) <= 2 * math.ceil(math.log2(count + 1)) + 2


@settings(max_examples=60, deadline=None)
@given(
    spots=st.lists(
        st.tuples(st.floats(-900, 900), st.floats(-900, 900), st.floats(0.0, 80.0)),
        min_size=1,
        max_size=12,
    ),
    commanded=st.floats(1.0, 15.0),
    wind=st.floats(0.0, 6.0),
    direction=st.floats(0.0, 6.28),
)
def test_the_time_that_straight_legs_take_at_least_is_never_more_than_the_flight(
    spots: list[tuple[float, float, float]], commanded: float, wind: float, direction: float
) -> None:
    legs = []
    for east, north, radius in spots:
        item = to(east, north)
        legs.append(replace(item, params=(0.0, radius, *item.params[2:])))
    plan = flight(do(178, 1.0, commanded, -1.0), *legs)
    blown = Wind(speed_m_s=wind, from_rad=direction)
    assert at_least_s(plan, FLYER, blown) <= plan_time_s(plan, FLYER, blown)


def test_nothing_is_recorded_on_the_way_to_where_it_is_gone_on() -> None:
    line = [to(150.0 * (k % 4), 10.0 * k) for k in range(1, 60)]
    _, second, *_ = sorties(flight(do(2500), *line, do(2501)))
    camera = CameraState()
    for item in second.items[:2]:
        camera = camera.after(item)
    assert not camera.on


def test_a_leg_longer_than_a_battery_is_cut_within() -> None:
    plan = flight(to(50, 0), to(50, 1500), to(50, -1500), to(50, 0))
    found = sorties(plan)
    assert len(found) > 1
    assert not any(too_long(one) for one in found)


def test_what_no_battery_reaches_is_said() -> None:
    with pytest.raises(Failed, match="no battery lasts"):
        sorties(flight(to(9000, 0), to(9000, 100)))


def test_the_way_to_where_it_is_gone_on_leads_round_an_exclusion() -> None:
    wall = [PLANE.geo(*one) for one in ((300, -400), (340, -400), (340, 400), (300, 400))]
    fence = Fence(polygons=(FencePolygon(ring=tuple(wall), inclusion=False),))
    over = [to(0, 450), to(320, 450), to(600, 450)]
    back = [to(600, 450), to(320, 450), to(0, 450)]
    lanes = [to(500.0 + 300.0 * (k % 2), 30.0 * (k // 2)) for k in range(14)]
    plan = replace(flight(*over, *lanes, *back), fence=fence)
    vehicle = Vehicle(name="flyer", endurance_s=900.0)
    found = sorties(plan, vehicle=vehicle)
    assert len(found) > 1
    for one in found:
        said = {each.rule for each in check(one, vehicle=vehicle, surroundings=Surroundings())}
        assert "leg-across-fence" not in said


def test_loops_are_written_out() -> None:
    square = [to(300, 0), to(300, 300), to(0, 300), to(0, 30)]
    plan = flight(*square, do(177, 1.0, 6.0))
    found = sorties(plan)
    assert len(found) > 1
    flown = [place for one in found for place in places(one)]
    assert flown.count(places(plan)[1]) >= 7
    assert not any(item.command == 177 for one in found for item in one.items)


def test_the_command_writes_sorties_that_check_clean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ring = [[65.5, 44.85], [65.518, 44.85], [65.518, 44.862], [65.5, 44.862], [65.5, 44.85]]
    area = tmp_path / "area.geojson"
    area.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), "utf-8")
    out = tmp_path / "out.plan"
    asked = ["plan", str(area), "--swath-m", "60", "--home", "44.849,65.499,100"]
    assert main([*asked, "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [one["rule"] for one in said["findings"]] == ["split-for-battery"]
    assert len(said["flights"]) > 1
    for one in said["flights"]:
        assert main(["check", one["out"]]) == 0
    assert main(["check", str(out)]) == 1
    assert main(["check", str(out), "--fix", "--out", str(tmp_path / "mended.plan")]) == 0
    assert (tmp_path / "mended-2.plan").exists()
    assert "flight 2 of" in capsys.readouterr().out


class Reckoned:
    """A task of places on a line whose sorties are reckoned: out, along it, and back."""

    def __init__(self, at_m: list[float], battery_s: float) -> None:
        self.at_m, self.battery_s = at_m, battery_s
        self.cut: dict[Plan, tuple[int, int]] = {}

    def places(self, begun: int) -> list[int]:
        return list(range(begun + 1, len(self.at_m)))

    def about_s(self, begun: int, places: Sequence[int]) -> npt.NDArray[np.float64]:
        found = np.array([self.metres(begun, until) for until in places]) / 10.0
        return np.maximum.accumulate(found)

    def metres(self, begun: int, until: int) -> float:
        flown = self.at_m[max(begun, 0) : until + 1]
        legs = sum(abs(b - a) for a, b in itertools.pairwise(flown))
        return abs(flown[0]) + legs + abs(flown[-1])

    def part(self, begun: int, until: int | None) -> Plan:
        last = len(self.at_m) - 1 if until is None else until
        plan = replace(flight(), notes=(f"{begun} to {last}",))
        self.cut[plan] = begun, last
        return plan

    def takes_s(self, plan: Plan) -> float:
        return 60.0 + self.metres(*self.cut[plan]) / 10.0

    def lasts(self, plan: Plan) -> bool:
        return self.takes_s(plan) <= self.battery_s

    def furthest(self) -> tuple[int, ...]:
        """The ends of sorties each of which goes as far as the battery lets it."""
        ends: list[int] = []
        while not self.lasts(self.part(ends[-1] if ends else -1, None)):
            begun = ends[-1] if ends else -1
            ends.append(max(i for i in self.places(begun) if self.lasts(self.part(begun, i))))
        return tuple(ends)

    def times_s(self, ends: tuple[int, ...]) -> list[float]:
        cuts = zip((-1, *ends), (*ends, None), strict=True)
        return [self.takes_s(self.part(*cut)) for cut in cuts]


@settings(max_examples=150, deadline=None)
@given(
    at_m=st.lists(st.floats(-2000.0, 2000.0), min_size=2, max_size=60),
    spare=st.floats(1.0, 3.0),
)
def test_sorties_are_made_even_without_more_of_them_or_more_time(
    at_m: list[float], spare: float
) -> None:
    # There and back by two neighbouring places is always within the battery.
    steps = zip([0.0, *at_m], at_m, strict=False)
    longest_s = 60.0 + max(abs(a) + abs(b - a) + abs(b) for a, b in steps) / 10.0
    task = Reckoned(at_m, spare * longest_s)
    before = task.furthest()
    after = evened(before, task, task.takes_s)
    assert len(after) == len(before)
    assert list(after) == sorted(set(after))
    assert all(time <= task.battery_s for time in task.times_s(after))
    assert max(task.times_s(after)) <= max(task.times_s(before))
    assert sum(task.times_s(after)) <= 1.01 * sum(task.times_s(before)) + 1e-6


def test_sorties_over_lanes_take_about_as_long_as_each_other() -> None:
    plan = flight(*sweep(19))
    found = sorties(plan)
    assert len(found) > 1
    times = [plan_time_s(one, FLYER) for one in found]
    lane_s = 440.0 / FLYER.cruise_speed_m_s
    assert max(times) - min(times) <= 2.0 * lane_s


def test_a_sortie_is_as_long_as_it_can_be_where_nobody_tells_its_time() -> None:
    plan = flight(*sweep(12))
    left = split(plan, lambda one: len(places(one)) <= 10).plans
    assert [len(places(one)) for one in left[:-1]] == [10] * (len(left) - 1)


def test_a_rest_that_is_far_too_long_is_not_flown_to_see_it() -> None:
    plan, asked = flight(*sweep(60)), list[int]()

    def lasts(one: Plan) -> bool:
        asked.append(len(one.items))
        return plan_time_s(one, FLYER) <= 600.0

    made = split(plan, lasts, whole=lambda one: flown(one, FLYER, CALM))
    assert len(made.plans) > 6
    assert max(asked[1:]) < len(plan.items) / 2
    assert [place for one in made.plans for place in places(one)][-1] == places(plan)[-1]
