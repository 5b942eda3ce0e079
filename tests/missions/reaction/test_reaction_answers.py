"""Small situations whose answer a person can see: who goes, why, and how the rest goes on."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from missions.area import Area
from missions.checks import check, predict
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane, distance_m
from missions.heights import HeightAboveHome, HeightAmsl
from missions.plan import Command
from missions.reaction.answer import How, Reaction
from missions.reaction.budget import Budget
from missions.reaction.flyable import flyable
from missions.reaction.react import react
from missions.reaction.situation import Alarm, Landing, RunningDrone, Situation, Stop
from missions.vehicle import Vehicle
from missions.wind import Wind

PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.5))
FLYER = Vehicle(name="flyer", endurance_s=1600.0)
SHORT = Budget(iterations=500)


def at(east_m: float, north_m: float) -> GeoPoint:
    return PLANE.geo(east_m, north_m)


def drone(name: str, east_m: float, north_m: float, **more: object) -> RunningDrone:
    given: dict[str, object] = {
        "vehicle": FLYER,
        "position": at(east_m, north_m),
        "battery_s": 1400.0,
        "landings": (Landing(name=f"dock of {name}", position=at(east_m, north_m - 200.0)),),
    }
    return RunningDrone(name=name, **(given | more))  # type: ignore[arg-type]


def line(name: str, east_m: float, *, count: int = 4) -> tuple[Stop, ...]:
    return tuple(
        Stop(name=f"{name}{i}", position=at(east_m, 300.0 * (i + 1)), dwell_s=5.0, item=3 + i)
        for i in range(count)
    )


def two(**more: object) -> Situation:
    drones = (
        drone("west", 0.0, 0.0, stops=line("w", 0.0)),
        drone("east", 2000.0, 0.0, stops=line("e", 2000.0)),
    )
    alarms = (Alarm(name="fire", position=at(400.0, 0.0), look_s=60.0),)
    return Situation(drones=drones, alarms=alarms, **more)  # type: ignore[arg-type]


def refusal(answer: Reaction, drone: str) -> str:
    return next(each.reason for each in answer.refusals if each.drone == drone)


def box(east_m: float, north_m: float, wide_m: float, high_m: float, name: str = "zone") -> Area:
    corners = ((0.0, 0.0), (wide_m, 0.0), (wide_m, high_m), (0.0, high_m))
    return Area(outer=tuple(at(east_m + x, north_m + y) for x, y in corners), name=name)


def test_the_nearest_goes_and_resumes_its_patrol_where_it_left_it() -> None:
    answer = react(two(), budget=SHORT)
    assert answer.alarms[0].drone == "west"
    assert answer.alarms[0].arrive_s == pytest.approx(40.0 + 10.0 / 3.0, abs=0.1)
    resume = answer.route("west").resume
    assert (resume.how, resume.item, resume.stop) == (How.RESUME, 3, "w0")
    assert resume.left_at == at(0.0, 0.0)
    assert answer.route("east").resume.how is How.CONTINUE
    assert "later" in refusal(answer, "east")
    assert answer.undone == ()


def test_a_drone_that_flies_away_from_the_alarm_is_slower_to_it_than_one_that_stands() -> None:
    still = react(two(), budget=SHORT).alarms[0].arrive_s
    west, east = two().drones
    moving = replace(west, speed_m_s=10.0, course_rad=math.radians(270.0))
    answer = react(replace(two(), drones=(moving, east)), budget=SHORT)
    # It brakes for 3.3 s, and has 17 m more to fly: half of v^2 / a.
    assert answer.alarms[0].arrive_s == pytest.approx((still or 0.0) + 5.0, abs=0.05)


def test_who_is_short_of_battery_does_not_go_and_says_how_much() -> None:
    west, east = two().drones
    weak = replace(west, battery_s=400.0 + 100.0)
    answer = react(replace(two(), drones=(weak, east)), budget=SHORT)
    assert answer.alarms[0].drone == "east"
    assert refusal(answer, "west").startswith("battery: ")
    assert "s short for the way home" in refusal(answer, "west")
    assert answer.undone == () or answer.undone[0].drone == "west"


def test_a_head_wind_on_the_way_home_takes_the_alarm_from_a_drone_that_could_go_in_calm() -> None:
    alarm = Alarm(name="far", position=at(0.0, -3300.0), look_s=0.0)
    dock = (Landing(name="dock", position=at(0.0, 0.0)),)
    lone = drone("lone", 0.0, 0.0, landings=dock, battery_s=400.0 + 720.0)
    calm = Situation(drones=(lone,), alarms=(alarm,))
    assert react(calm, budget=SHORT).alarms[0].drone == "lone"
    blows = Wind(speed_m_s=9.0, from_rad=0.0)
    answer = react(replace(calm, wind=blows), budget=SHORT)
    assert answer.alarms[0].drone is None
    assert refusal(answer, "lone").startswith("battery: ")


def test_stronger_gusts_than_a_drone_may_fly_in_keep_it_from_alarms() -> None:
    blows = Wind(speed_m_s=2.0, from_rad=0.0, gust_m_s=11.0)
    answer = react(two(wind=blows), budget=SHORT)
    assert answer.alarms[0].drone is None
    assert refusal(answer, "west") == "wind: 11 m/s, and its limit is 10 m/s"
    assert len(answer.route("west").visits) == 4


def test_the_way_goes_round_a_zone_and_no_farther_than_it_must() -> None:
    wall = box(180.0, -400.0, 40.0, 700.0)
    answer = react(two(no_fly=(wall,)), budget=SHORT)
    visit = next(one for one in answer.route("west").visits if one.is_alarm)
    places = [at(0.0, 0.0), *visit.via, visit.position]
    flown_m = sum(distance_m(a, b) for a, b in pairwise(places))
    # Over the wall's two upper corners, 10 m off each side.
    least_m = 2.0 * math.hypot(170.0, 310.0) + 60.0
    assert flown_m == pytest.approx(least_m, abs=10.0)
    assert len(visit.via) == 2


def test_an_alarm_in_a_zone_is_looked_at_from_the_nearest_place_outside() -> None:
    answer = react(two(no_fly=(box(300.0, -200.0, 200.0, 220.0),)), budget=SHORT)
    visit = next(one for one in answer.route("west").visits if one.is_alarm)
    assert visit.away_m == pytest.approx(30.0, abs=0.5)
    near_sighted = replace(two().alarms[0], farthest_look_m=20.0)
    blind = replace(two(no_fly=(box(300.0, -200.0, 200.0, 220.0),)), alarms=(near_sighted,))
    answer = react(blind, budget=SHORT)
    assert answer.alarms[0].drone is None
    assert "lies in a no-fly zone" in refusal(answer, "west")


def test_a_stop_inside_a_zone_is_named_as_undone_with_the_reason() -> None:
    answer = react(two(no_fly=(box(-50.0, 550.0, 100.0, 100.0),)), budget=SHORT)
    assert [each.stop.name for each in answer.undone] == ["w1"]
    assert "no-fly zone" in answer.undone[0].reason
    assert answer.route("west").resume.how is How.NEW_PLAN


def test_what_one_battery_no_longer_lasts_for_another_drone_takes_over() -> None:
    west, east = two().drones
    alarm = replace(two().alarms[0], look_s=500.0)
    tight = replace(west, battery_s=400.0 + 750.0)
    answer = react(
        replace(two(), drones=(tight, east), alarms=(alarm,)), budget=Budget(iterations=3000)
    )
    assert answer.alarms[0].drone == "west"
    assert answer.undone == ()
    assert set(answer.route("west").given_away) == set(answer.route("east").taken_over)
    assert answer.route("east").taken_over != ()


def test_an_important_stop_is_kept_where_not_all_can_be_done() -> None:
    lone = two().drones[0]
    weights = (1.0, 1.0, 1.0, 9.0)
    stops = tuple(
        replace(stop, weight=weight) for stop, weight in zip(lone.stops, weights, strict=True)
    )
    alarm = replace(two().alarms[0], look_s=300.0)
    weak = replace(lone, stops=stops, battery_s=400.0 + 685.0)
    answer = react(Situation(drones=(weak,), alarms=(alarm,)), budget=Budget(iterations=2000))
    assert answer.undone
    assert "w3" not in [each.stop.name for each in answer.undone]


def test_a_cancelled_alarm_leaves_everybody_on_the_plans_that_run() -> None:
    answer = react(two().without_alarm("fire"), budget=SHORT)
    assert [route.resume.how for route in answer.routes] == [How.CONTINUE, How.CONTINUE]
    with pytest.raises(BadInput):
        two().without_alarm("flood")


def test_a_lost_drones_stops_are_taken_over() -> None:
    left = replace(two().without_drone("east"), alarms=())
    spare = drone("spare", 1900.0, -100.0, flying=False, battery_s=1600.0)
    answer = react(replace(left, drones=(*left.drones, spare)), budget=Budget(iterations=2000))
    assert set(answer.route("spare").taken_over) == {"e0", "e1", "e2", "e3"}
    assert answer.route("spare").resume.how is How.NEW_PLAN
    assert answer.undone == ()


def test_a_charging_drone_goes_when_it_is_there_first_all_the_same() -> None:
    charging = drone("charging", 420.0, 0.0, flying=False, free_from_s=10.0, battery_s=1600.0)
    situation = two()
    near = replace(situation, drones=(*situation.drones, charging))
    assert react(near, budget=SHORT).alarms[0].drone == "charging"
    slow = replace(charging, free_from_s=100.0)
    answer = react(replace(situation, drones=(*situation.drones, slow)), budget=SHORT)
    assert answer.alarms[0].drone == "west"
    assert "take off only in 100 s" in refusal(answer, "charging")


def test_a_drone_that_is_there_as_soon_and_has_nothing_to_do_goes_instead_of_a_busy_one() -> None:
    idle = drone("idle", 0.0, 12.0, stops=())
    situation = two()
    answer = react(replace(situation, drones=(*situation.drones, idle)), budget=SHORT)
    assert answer.alarms[0].drone == "idle"
    assert "patrol would lose more" in refusal(answer, "west")


def test_stops_before_their_deadline_go_before_others() -> None:
    lone = two().drones[0]
    hurried = replace(lone.stops[3], deadline_s=200.0)
    stops = (*lone.stops[:3], hurried)
    answer = react(
        Situation(drones=(replace(lone, stops=stops),), alarms=two().alarms),
        budget=Budget(iterations=2000),
    )
    visit = next(one for one in answer.route("west").visits if one.task.name == "w3")
    reachable = visit.arrive_s <= 200.0
    assert visit.missed is not reachable


def test_a_stand_off_is_kept_and_circled_where_asked() -> None:
    alarm = replace(two().alarms[0], standoff_m=40.0, orbit=True)
    answer = react(replace(two(), alarms=(alarm,)), budget=SHORT)
    visit = next(one for one in answer.route("west").visits if one.is_alarm)
    assert distance_m(alarm.position, visit.position) == pytest.approx(40.0, abs=0.1)
    assert distance_m(at(0.0, 0.0), visit.position) == pytest.approx(360.0, abs=0.5)
    ready = flyable(answer, "west")
    assert ready.plan is not None
    places = [
        GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
        for item in ready.plan.items
        if item.command == Command.NAV_WAYPOINT
    ]
    circling = [p for p in places if abs(distance_m(alarm.position, p) - 40.0) < 0.2]
    assert len(circling) > 8


def test_who_resumes_is_diverted_round_the_zone_and_comes_back() -> None:
    answer = react(two(no_fly=(box(180.0, -400.0, 40.0, 450.0),)), budget=SHORT)
    ready = flyable(answer, "west")
    assert ready.plan is None
    assert [one.come_back_after_s for one in ready.diverts] == [None, None, 60.0]
    assert flyable(answer, "east").diverts == ()


def test_a_new_plan_is_one_that_px4_takes_and_begins_where_the_drone_is() -> None:
    answer = react(two(no_fly=(box(-50.0, 550.0, 100.0, 100.0),)), budget=SHORT)
    ready = flyable(answer, "west")
    assert ready.plan is not None
    assert predict(ready.plan).accepted
    assert not [f for f in check(ready.plan, vehicle=FLYER) if f.rule.startswith("fence")]
    assert ready.start_item is not None
    dwells = [item for item in ready.plan.items if item.command == Command.NAV_LOITER_TIME]
    assert len(dwells) == len(answer.route("west").visits)
    assert ready.plan.items[-1].command == Command.NAV_RETURN_TO_LAUNCH


def test_a_drone_may_land_at_another_dock_and_its_plan_ends_there() -> None:
    lone = two().drones[0]
    landings = (*lone.landings, Landing(name="north", position=at(0.0, 1500.0)))
    situation = Situation(
        drones=(replace(lone, landings=landings),),
        no_fly=(box(-50.0, 550.0, 100.0, 100.0),),
    )
    answer = react(situation, budget=SHORT)
    assert answer.route("west").landing == "north"
    ready = flyable(answer, "west")
    assert ready.plan is not None
    assert ready.plan.items[-1].command == Command.NAV_LAND


def test_a_winged_drone_goes_in_any_wind_that_it_can_hold_its_course_in() -> None:
    wing = Vehicle(
        name="wing",
        kind="fixed_wing",  # type: ignore[arg-type]
        cruise_speed_m_s=18.0,
        min_airspeed_m_s=12.0,
        max_airspeed_m_s=25.0,
        turn_radius_m=40.0,
        wind_limit_m_s=15.0,
    )
    winged = drone("wing", 0.0, 0.0, vehicle=wing, speed_m_s=18.0)
    alarm = Alarm(name="fire", position=at(2000.0, 0.0), look_s=60.0)
    calm = Situation(drones=(winged,), alarms=(alarm,))
    with_wind = replace(calm, wind=Wind(speed_m_s=9.0, from_rad=math.radians(270.0)))
    in_calm, in_wind = (react(s, budget=SHORT).alarms[0].arrive_s for s in (calm, with_wind))
    assert in_calm is not None
    assert in_wind is not None
    assert in_calm - in_wind == pytest.approx(2000.0 / 18.0 - 2000.0 / 27.0, abs=5.0)


def test_a_leg_is_flown_from_its_begin_to_its_end() -> None:
    leg = Stop(name="row", position=at(0.0, 300.0), leaves_at=at(500.0, 300.0), item=4)
    lone = replace(two().drones[0], stops=(leg,))
    answer = react(Situation(drones=(lone,)), budget=SHORT)
    visit = answer.route("west").visits[0]
    assert visit.leave_s - visit.arrive_s == pytest.approx(500.0 / 10.0 + 10.0 / 3.0, abs=0.1)


def test_heights_of_different_homes_are_put_on_one_level() -> None:
    low = drone("low", 1900.0, -100.0, flying=False, battery_s=1600.0)
    low = replace(low, home_height=HeightAmsl(100.0))
    west, east = two().drones
    lost = replace(east, home_height=HeightAmsl(130.0))
    situation = replace(two(), drones=(west, lost, low), alarms=()).without_drone("east")
    answer = react(situation, budget=Budget(iterations=2000))
    taken = [v for v in answer.route("low").visits if v.task.name.startswith("e")]
    assert taken
    assert {visit.height for visit in taken} == {HeightAboveHome(90.0)}


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"battery_s": math.nan}, "battery_s"),
        ({"battery_s": -1.0}, "battery_s"),
        ({"course_rad": math.inf}, "west"),
        ({"landings": ()}, "landings"),
    ],
)
def test_nonsense_is_refused_by_name(wrong: dict[str, object], where: str) -> None:
    west, east = two().drones
    with pytest.raises(BadInput, match=where):
        react(replace(two(), drones=(replace(west, **wrong), east)), budget=SHORT)


def test_a_place_on_the_other_side_of_the_earth_is_refused_by_name() -> None:
    swapped = Alarm(name="fire", position=GeoPoint(latitude_deg=65.5, longitude_deg=44.85))
    antipode = Alarm(name="fire", position=GeoPoint(latitude_deg=-44.85, longitude_deg=-114.5))
    for alarm in (swapped, antipode):
        with pytest.raises(BadInput, match=r"alarm 'fire': is \d+ km"):
            react(replace(two(), alarms=(alarm,)), budget=SHORT)


def test_zones_far_from_all_that_is_flown_cost_nothing_and_change_nothing() -> None:
    far = tuple(box(20_000.0 + 100.0 * i, 0.0, 50.0, 50.0, name=f"far {i}") for i in range(300))
    near = box(180.0, -400.0, 40.0, 450.0)
    one, other = (react(two(no_fly=zones), budget=SHORT) for zones in ((near,), (near, *far)))
    assert other.routes == one.routes


def test_many_zones_of_many_corners_are_gone_round_in_time() -> None:
    zones = tuple(
        Area(
            name=f"zone {i}-{j}",
            outer=tuple(
                at(
                    150.0 + 160.0 * i + 40.0 * math.cos(a / 20.0 * math.pi),
                    150.0 + 160.0 * j + 40.0 * math.sin(a / 20.0 * math.pi),
                )
                for a in range(40)
            ),
        )
        for i in range(12)
        for j in range(8)
    )
    answer = react(two(no_fly=zones), budget=SHORT)
    assert answer.alarms[0].drone == "west"
    assert answer.undone == ()
