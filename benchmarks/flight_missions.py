"""Missions of every kind, to be predicted and flown: a name, a plan, a wind."""

import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.plan import Command, Frame, Home, MissionItem, Plan
from missions.wind import CALM, Wind

HOME = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
GROUND_AMSL_M = 129.0
PLANE = LocalPlane(HOME)
NAN = math.nan
GROUND_SPEED, LEAVE_THROTTLE = 1.0, -1.0
Place = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlownMission:
    """One mission. `on_px4` marks those that are flown on PX4, too."""

    name: str
    plan: Plan
    wind: Wind = CALM
    on_px4: bool = False


def every_mission() -> list[FlownMission]:
    """All of them, always the same."""
    own = [*_sweeps(), *_lines(), *_heights(), *_endings(), *_waits(), *_winds()]
    return [*own, *random_places(range(4))]


def _sweeps() -> Iterator[FlownMission]:
    for passes, long_m, apart_m, speed, on_px4 in (
        (6, 300.0, 40.0, 8.0, True),
        (4, 500.0, 60.0, 5.0, False),
        (12, 60.0, 20.0, 10.0, True),
        (20, 25.0, 8.0, 12.0, False),
        (4, 150.0, 30.0, 3.0, False),
    ):
        corners = [
            (north, lane * apart_m, 40.0)
            for lane in range(passes)
            for north in ((0.0, long_m) if lane % 2 == 0 else (long_m, 0.0))
        ]
        name = f"sweep, {passes} passes of {long_m:g} m at {speed:g} m/s"
        yield FlownMission(name=name, plan=_flown(corners, speed=speed), on_px4=on_px4)


def _lines() -> Iterator[FlownMission]:
    for speed, step_m, on_px4 in ((5.0, 12.0, False), (10.0, 15.0, True), (8.0, 40.0, False)):
        places, heading, at = [], 0.3, (0.0, 0.0)
        for index in range(40):
            heading += 0.5 * math.sin(1.7 * index) + 0.25 * math.cos(0.6 * index)
            at = (at[0] + step_m * math.cos(heading), at[1] + step_m * math.sin(heading))
            places.append((*at, 50.0))
        name = f"corridor, 40 bends {step_m:g} m apart at {speed:g} m/s"
        yield FlownMission(name=name, plan=_flown(places, speed=speed), on_px4=on_px4)
    circle = [_round(30.0, 15.0 * k, 45.0) for k in range(49)]
    yield FlownMission(name="orbit, two rounds of 24 corners, 30 m, 5 m/s", plan=_flown(circle))
    wide = [_round(120.0, 30.0 * k, 60.0) for k in range(13)]
    plan = _flown(wide, speed=10.0, acceptance_m=0.0)
    yield FlownMission(name="round, 12 corners, accepted 10 m off, 10 m/s", plan=plan, on_px4=True)
    square = [_spiral(k, 40.0) for k in range(14)]
    yield FlownMission(name="expanding square, 40 m, 10 m/s", plan=_flown(square, speed=10.0))


def _heights() -> Iterator[FlownMission]:
    steps = [(60.0 * k, 20.0, h) for k, h in enumerate((20.0, 80.0, 30.0, 100.0, 25.0))]
    plan = _flown(steps, speed=6.0)
    yield FlownMission(name="climbs and descents on short legs", plan=plan, on_px4=True)
    slopes = [(300.0 * (k % 2), 40.0 * k, 30.0 + 12.0 * (k % 3)) for k in range(7)]
    plan = _flown(slopes, speed=8.0)
    yield FlownMission(name="heights that change along legs", plan=plan)
    towers = [(0.0, 30.0 * (k // 2), 60.0 if k % 4 in (1, 2) else 15.0) for k in range(12)]
    yield FlownMission(name="straight up and down, six times", plan=_flown(towers, speed=5.0))


def _endings() -> Iterator[FlownMission]:
    far, near = [(900.0, 300.0, 50.0)], [(12.0, 6.0, 20.0)]
    plan = _flown(far, speed=10.0)
    yield FlownMission(name="return from 950 m", plan=plan, on_px4=True)
    yield FlownMission(name="return from 13 m, below its height", plan=_flown(near))
    yield FlownMission(name="return from 110 m height", plan=_flown([(150.0, 0.0, 110.0)]))
    plan = _flown([(400.0, 0.0, 60.0)], speed=8.0, landing=(0.0, 0.0))
    yield FlownMission(name="landing at home from 400 m", plan=plan, on_px4=True)
    plan = _flown([(100.0, 100.0, 35.0)], landing=(103.0, 102.0))
    yield FlownMission(name="landing where it is", plan=plan)


def _waits() -> Iterator[FlownMission]:
    items = [_takeoff(30.0), _speed(8.0)]
    for k in range(8):
        items.append(_at(Command.NAV_LOITER_TIME, _round(150.0, 45.0 * k, 30.0), one=15.0))
    plan = _plan([*items, _return()])
    yield FlownMission(name="eight places with 15 s each", plan=plan, on_px4=True)
    items = [_takeoff(20.0)]
    for k in range(6):
        north, east, height = 8.0 * k, 40.0, 20.0
        look = 90.0 * (k % 4)
        items.append(_at(Command.NAV_WAYPOINT, (north, east, height), one=2.0, two=2.0, four=look))
        items.append(_other(Command.NAV_DELAY, 3.0))
        items.append(_other(Command.IMAGE_START_CAPTURE, 0.0, 0.0, 1.0))
    yield FlownMission(name="facade: headings, waits, delays", plan=_plan([*items, _return()]))
    square = [_at(Command.NAV_WAYPOINT, p, two=2.0) for p in _square(120.0, 40.0)]
    items = [_takeoff(40.0), _speed(7.0), *square, _other(Command.DO_JUMP, 2.0, 3.0), _return()]
    yield FlownMission(name="a square jumped back to three times", plan=_plan(items), on_px4=True)
    items = [_takeoff(40.0)]
    for speed, place in zip((3.0, 12.0, 6.0, 9.0), _square(300.0, 40.0), strict=True):
        items += [_speed(speed), _at(Command.NAV_WAYPOINT, place, two=2.0)]
    yield FlownMission(name="another speed on every leg", plan=_plan([*items, _return()]))
    down = _at(Command.NAV_LOITER_TO_ALT, (200.0, 100.0, 25.0), two=50.0)
    items = [_takeoff(90.0), _at(Command.NAV_WAYPOINT, (200.0, 0.0, 90.0)), down, _return()]
    yield FlownMission(name="loiter down to a height", plan=_plan(items))


def _winds() -> Iterator[FlownMission]:
    lanes = [(300.0 * (k in (1, 2, 5, 6)), 50.0 * (k // 2), 40.0) for k in range(8)]
    for speed, from_deg, fly, on_px4 in ((4.0, 0.0, 5.0, False), (5.0, 250.0, 4.0, True)):
        wind = Wind(speed_m_s=speed, from_rad=math.radians(from_deg))
        name = f"sweep in {speed:g} m/s of wind from {from_deg:g} at {fly:g} m/s"
        yield FlownMission(name=name, plan=_flown(lanes, speed=fly), wind=wind, on_px4=on_px4)
    wind = Wind(speed_m_s=4.0, from_rad=0.0)
    plan = _flown(lanes, speed=8.0)
    yield FlownMission(name="more asked for than the air speed allows", plan=plan, wind=wind)


def random_places(seeds: Iterable[int], *, on_px4: bool = False) -> Iterator[FlownMission]:
    """A mission for each seed: places, heights, speeds, stays and radii at random."""
    for seed in seeds:
        dice = random.Random(seed)
        items = [_takeoff(dice.uniform(10.0, 60.0)), _speed(dice.uniform(3.0, 9.0))]
        for _ in range(dice.randint(6, 25)):
            spread = dice.choice((25.0, 100.0, 300.0))
            place = (
                dice.uniform(-spread, spread),
                dice.uniform(-spread, spread),
                dice.uniform(15.0, 70.0),
            )
            stay = dice.choice((0.0, 0.0, 0.0, dice.uniform(1.0, 20.0)))
            radius = dice.choice((0.0, 2.0, 5.0))
            items.append(_at(Command.NAV_WAYPOINT, place, one=stay, two=radius))
        plan = _plan([*items, _return()])
        yield FlownMission(name=f"places at random, seed {seed}", plan=plan, on_px4=on_px4)


def _round(radius_m: float, angle_deg: float, height_m: float) -> Place:
    angle = math.radians(angle_deg)
    return (60.0 + radius_m * math.cos(angle), 20.0 + radius_m * math.sin(angle), height_m)


def _spiral(index: int, step_m: float) -> Place:
    at = [0.0, 0.0]
    for leg in range(index):
        length = step_m * (1 + leg // 2) * (1.0 if leg % 4 < 2 else -1.0)
        at[leg % 2] += length
    return (at[0], at[1], 40.0)


def _square(side_m: float, height_m: float) -> list[Place]:
    corners = ((side_m, 0.0), (side_m, side_m), (0.0, side_m), (0.0, 30.0))
    return [(north, east, height_m) for north, east in corners]


def _flown(
    places: list[Place],
    *,
    speed: float = 5.0,
    acceptance_m: float = 2.0,
    landing: tuple[float, float] | None = None,
) -> Plan:
    ending = _return() if landing is None else _at(Command.NAV_LAND, (*landing, 0.0))
    legs = [_at(Command.NAV_WAYPOINT, place, two=acceptance_m) for place in places]
    return _plan([_takeoff(places[0][2]), _speed(speed), *legs, ending])


def _plan(items: list[MissionItem]) -> Plan:
    home = Home(position=HOME, height=HeightAmsl(GROUND_AMSL_M))
    return Plan(items=tuple(items), home=home)


def _takeoff(height_m: float) -> MissionItem:
    return _at(Command.NAV_TAKEOFF, (0.0, 0.0, height_m))


def _speed(speed_m_s: float) -> MissionItem:
    return _other(Command.DO_CHANGE_SPEED, GROUND_SPEED, speed_m_s, LEAVE_THROTTLE)


def _return() -> MissionItem:
    return _other(Command.NAV_RETURN_TO_LAUNCH)


def _at(
    command: Command, place: Place, *, one: float = 0.0, two: float = 0.0, four: float = NAN
) -> MissionItem:
    geo = PLANE.geo(place[1], place[0])
    params = (one, two, 0.0, four, geo.latitude_deg, geo.longitude_deg, place[2])
    return MissionItem(command=command, frame=Frame.GLOBAL_RELATIVE_ALT_INT, params=params)


def _other(command: Command, one: float = 0.0, two: float = 0.0, three: float = 0.0) -> MissionItem:
    return MissionItem(
        command=command, frame=Frame.MISSION, params=(one, two, three, 0.0, 0.0, 0.0, 0.0)
    )
