"""An alarm comes while three drones fly their patrols: the answer is flown, and seen to be safe.

The ground station does what the answer says with its own means: diverts and resumes, verified
uploads, starts. What is judged is where the simulated vehicles truly were.
"""

import asyncio
import itertools
import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
import shapely

from ground_station.flying import wishes as w
from ground_station.hub.vehicles_port import CommandResult, UploadResult
from ground_station.vehicles.upload import VerifiedUpload
from missions.area import Area, Place
from missions.assemble import Assembly, assemble
from missions.fleet.separation import Conflict
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.patterns.round import visiting_round
from missions.plan import Home, Plan
from missions.reaction.aims import Aims
from missions.reaction.answer import How, Reaction
from missions.reaction.apart import kept_apart
from missions.reaction.budget import Budget
from missions.reaction.flyable import Flyable, flyable
from missions.reaction.on_board import Seen, drone_on_board
from missions.reaction.react import react
from missions.reaction.situation import Alarm, Situation
from missions.vehicle import default_vehicle
from sim.vehicle.config import VehicleConfig

CENTRE = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
PLANE = LocalPlane(CENTRE)
HOME_AMSL_M = 129.0
CLEARANCE_M = 10.0
VEHICLE = default_vehicle().model_copy(update={"endurance_s": 1200.0})
DOCKS = ((-150.0, 0.0), (0.0, 0.0), (150.0, 0.0))
HEIGHTS = (40.0, 55.0, 70.0)
# East and north, metres: each drone's own strip of the district.
PLACES = (
    ((-330.0, 80.0), (-240.0, 260.0), (-330.0, 420.0), (-180.0, 420.0), (-160.0, 200.0)),
    ((-60.0, 120.0), (-40.0, 330.0), (30.0, 480.0), (70.0, 300.0), (60.0, 110.0)),
    ((170.0, 120.0), (260.0, 280.0), (200.0, 450.0), (330.0, 430.0), (340.0, 100.0)),
)
SCHOOL = ((100.0, 180.0), (160.0, 180.0), (160.0, 330.0), (100.0, 330.0))
LOOK_S = 30.0
NOTED_EVERY_S = 0.2


def geo(place: tuple[float, float]) -> GeoPoint:
    return PLANE.geo(*place)


ZONE = Area(outer=tuple(map(geo, SCHOOL)), name="school")


def patrol(number: int) -> Plan:
    home = geo(DOCKS[number])
    path = visiting_round(
        tuple(Place(position=geo(place), name=f"{place}") for place in PLACES[number]),
        height=HeightAboveHome(HEIGHTS[number]),
        dwell_s=8.0,
        start=home,
        no_fly=(ZONE,),
    )
    how = Assembly(speed_m_s=8.0, fence_buffer_m=400.0, no_fly=(ZONE,), clearance_m=CLEARANCE_M)
    return assemble(path, Home(position=home, height=HeightAmsl(HOME_AMSL_M)), how)


@dataclass
class Drone:
    """A drone of the fleet: its bench, its plan, and the truth of its flight."""

    name: str
    bench: Any
    plan: Plan
    track: list[tuple[float, float, float, float]] = field(default_factory=list)
    outcomes: list[Any] = field(default_factory=list)
    items: list[tuple[float, str, int]] = field(default_factory=list)
    landed_with: float = math.nan
    outside_s: float = 0.0

    def note(self, now_s: float) -> None:
        vehicle = self.bench.vehicle
        at = vehicle.aircraft.geo()
        east, north = PLANE.en(
            GeoPoint(latitude_deg=at.latitude_deg, longitude_deg=at.longitude_deg)
        )
        up = at.height_amsl_m - HOME_AMSL_M
        if not vehicle.aircraft.landed:
            self.track.append((now_s, east, north, up))
            self.landed_with = vehicle.aircraft.battery.remaining
            self.outside_s += 0.0 if self._inside_fence() else NOTED_EVERY_S
            state = self.bench.session.state
            self.items.append((now_s, str(state.mode), state.mission_current))

    def _inside_fence(self) -> bool:
        aircraft = self.bench.vehicle.aircraft
        here, home = aircraft.flight.body.position, aircraft.state.home
        return bool(aircraft.missions.fence.allows(here, home=home))

    def items_around(self, asked_s: float) -> tuple[int, int]:
        """The item flown to when it was asked, and the first when it flew its mission again."""
        away = [now_s for now_s, mode, _ in self.items if now_s > asked_s and mode == "hold"]
        before = [item for now_s, mode, item in self.items if now_s <= asked_s]
        after = [item for now_s, mode, item in self.items if now_s > away[-1]]
        return before[-1], after[0]

    def seen(self) -> Seen:
        state = self.bench.session.state
        here = GeoPoint(latitude_deg=state.latitude_deg, longitude_deg=state.longitude_deg)
        return Seen(
            position=here,
            height=HeightAboveHome(state.height_above_home_m),
            battery=state.battery_remaining,
            item=state.mission_current,
            speed_m_s=state.ground_speed_m_s,
            course_rad=state.heading_rad,
            flying=not state.landed,
        )

    async def wish(self, wish: Any) -> None:
        outcome = await self.bench.pilot.do(wish, "Aigul")
        self.outcomes.append((wish.command, outcome.outcome, outcome.reason))
        assert outcome.outcome is CommandResult.DONE, (self.name, wish, outcome.reason)

    async def bring(self, plan: Plan) -> None:
        session = self.bench.session
        upload = VerifiedUpload(vehicle=session.address, plan=plan)
        outcome = await session.run(upload, self.bench.now)
        assert outcome.outcome is UploadResult.PROVEN, (self.name, outcome)
        session.plan = self.plan = plan

    async def do(self, answer: Flyable) -> None:
        """What an answer asks of one drone."""
        for divert in answer.diverts:
            await self.wish(
                w.Divert(
                    latitude_deg=divert.position.latitude_deg,
                    longitude_deg=divert.position.longitude_deg,
                    height_above_home_m=divert.height.m,
                    speed_m_s=divert.speed_m_s,
                    come_back_after_s=divert.come_back_after_s,
                )
            )
            await asyncio.sleep(divert.wait_s)
        if answer.plan is not None:
            await self.wish(w.Hold())
            await self.bring(answer.plan)
            await self.wish(w.Start(at_item=answer.start_item or 0))
        elif answer.start_item is not None:
            await self.wish(w.Jump(to_item=answer.start_item))


@dataclass
class Flight:
    """What came of an alarm into flying patrols."""

    drones: list[Drone]
    answer: Reaction
    asked_s: float
    near: tuple[Conflict, ...]

    def drone(self, name: str) -> Drone:
        return next(drone for drone in self.drones if drone.name == name)


async def answered(drones: list[Drone], alarm: Alarm, *, tied: bool) -> Flight:
    """The answer to an alarm now, and every drone doing what it says until all have landed."""
    fleet = [drone_on_board(one.name, one.plan, VEHICLE, one.seen()) for one in drones]
    held = [tuple(replace(stop, movable=not tied) for stop in one.stops) for one in fleet]
    situation = Situation(
        drones=tuple(replace(one, stops=stops) for one, stops in zip(fleet, held, strict=True)),
        alarms=(alarm,),
        no_fly=(ZONE,),
        clearance_m=CLEARANCE_M,
        aims=Aims(handover_s=600.0 if tied else 1.0),
    )
    answer, near = kept_apart(react(situation, budget=Budget(iterations=3000)))
    asked_s = drones[0].bench.now
    await asyncio.gather(*(drone.do(flyable(answer, drone.name)) for drone in drones))
    for drone in drones:
        assert await drone.bench.session.until(lambda state: state.landed, timeout_s=900.0)
    return Flight(drones=drones, answer=answer, asked_s=asked_s, near=near)


def flown(fly_together: Any, alarm: Alarm, *, tied: bool = False, after_s: float = 75.0) -> Flight:
    """Three drones on patrol from the beginning to the last landing, an alarm on the way."""
    flights: list[Flight] = []

    async def deeds(benches: list[Any]) -> None:
        drones = [
            Drone(name=f"drone {number}", bench=bench, plan=patrol(number))
            for number, bench in enumerate(benches)
        ]
        watch = asyncio.create_task(noted(drones))
        for drone in drones:
            await drone.bring(drone.plan)
        await asyncio.gather(*(drone.wish(w.Start()) for drone in drones))
        await asyncio.sleep(after_s)
        flights.append(await answered(drones, alarm, tied=tied))
        watch.cancel()

    fly_together(deeds, [config(number) for number in range(len(DOCKS))])
    return flights[0]


def alarm_at(east_m: float, north_m: float) -> Alarm:
    return Alarm(
        name="alarm",
        position=geo((east_m, north_m)),
        look_s=LOOK_S,
        height=HeightAboveHome(60.0),
    )


def apart_m(one: Drone, other: Drone) -> list[tuple[float, float]]:
    """Over the ground and in height, whenever both fly."""
    there = {round(row[0], 2): row for row in other.track}
    pairs = [(row, there[round(row[0], 2)]) for row in one.track if round(row[0], 2) in there]
    return [(math.dist(a[1:3], b[1:3]), abs(a[3] - b[3])) for a, b in pairs]


@pytest.mark.parametrize("place", [(230.0, 330.0), (-20.0, 220.0), (130.0, 255.0), (-300.0, 500.0)])
def test_alarm_is_looked_at_and_every_patrol_done_safely(
    fly_together: Any, place: tuple[float, float]
) -> None:
    flight = flown(fly_together, alarm_at(*place))
    (said,) = flight.answer.alarms
    assert said.drone is not None
    assert said.arrive_s is not None
    visit = next(one for one in flight.answer.route(said.drone).visits if one.is_alarm)
    stand = PLANE.en(visit.position)
    there = [row for row in flight.drone(said.drone).track if math.dist(row[1:3], stand) < 3.0]
    # PX4 counts its dwell from the acceptance radius on.
    assert there[-1][0] - there[0][0] > LOOK_S - 1.0
    # Holding, uploading and starting again take their time.
    late_s = there[0][0] - flight.asked_s - said.arrive_s
    assert -5.0 < late_s < 20.0
    assert not flight.near
    tracks = [np.array(drone.track) for drone in flight.drones]
    everywhere = np.concatenate(tracks)[:, 1:3]
    for each in itertools.chain.from_iterable(PLACES):
        assert np.hypot(*(everywhere - each).T).min() < 3.0
    school = shapely.Polygon(SCHOOL)
    for drone, track in zip(flight.drones, tracks, strict=True):
        assert shapely.LineString(track[:, 1:3]).distance(school) > CLEARANCE_M / 2.0
        assert drone.outside_s == 0.0
        assert drone.landed_with > VEHICLE.reserve_fraction
        assert math.dist(track[-1, 1:3], DOCKS[flight.drones.index(drone)]) < 1.5
    for one, other in itertools.combinations(flight.drones, 2):
        # PX4 is up to 0.8 m off the height that it holds.
        assert all(over > 20.0 or high > 8.0 for over, high in apart_m(one, other))


def test_drone_with_a_plan_of_its_own_comes_back_to_the_leg_it_left(fly_together: Any) -> None:
    flight = flown(fly_together, alarm_at(230.0, 200.0), tied=True)
    going = flight.answer.alarms[0].drone
    assert going is not None
    route = flight.answer.route(going)
    assert route.resume.how is How.RESUME
    drone = flight.drone(going)
    assert [(done[0], done[1]) for done in drone.outcomes] == [
        ("start", CommandResult.DONE),
        ("divert", CommandResult.DONE),
    ]
    # The item flown to is the same before and after, and so is the line to it.
    before, after = drone.items_around(flight.asked_s)
    assert before == after == route.resume.item
    others = [one for one in flight.drones if one is not drone]
    assert all(flight.answer.route(one.name).resume.how is How.CONTINUE for one in others)
    assert all(len(one.outcomes) == 1 for one in others)


async def noted(drones: list[Drone]) -> None:
    while True:
        now_s = asyncio.get_running_loop().time()
        for drone in drones:
            drone.note(now_s)
        await asyncio.sleep(NOTED_EVERY_S)


def config(number: int) -> VehicleConfig:
    at = geo(DOCKS[number])
    return VehicleConfig(
        instance=number,
        drone_id=f"qyran-{number + 1}",
        latitude_deg=at.latitude_deg,
        longitude_deg=at.longitude_deg,
        ground_amsl_m=HOME_AMSL_M,
        payload=False,
        links=("ground", "companion"),
        parameters={"SIM_BAT_DRAIN": VEHICLE.endurance_s},
    )
