"""How long missions take: as predicted, and as flown by our simulated vehicle and by PX4."""

import argparse
import math
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.evaluation_data import evaluation_data
from benchmarks.flight_missions import (
    GROUND_AMSL_M,
    HOME,
    FlownMission,
    every_mission,
    random_places,
)
from benchmarks.machine import Machine
from benchmarks.px4_missions import Px4Setup, fly_on_px4
from benchmarks.report import Report, Row, Table, run, told
from benchmarks.winged_missions import WingedMission, winged_missions
from missions.errors import Failed
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.plan import Home, Plan
from missions.plan_time import plan_time_s
from missions.vehicle import known_vehicles
from missions.wind import Wind
from onboard.mavlink.plan_items import MissionType, plan_from_wire
from sim.compare.flight import read_flight
from sim.compare.inputs import inputs_of
from sim.compare.setup import Told, learn_setup
from sim.compare.tlog import read_log
from sim.scenario.fleet import SimulatedFleet
from sim.vehicle.config import VehicleConfig

NAME = "flight_times"
QUAD = known_vehicles()["px4-sih-quadx"]
# The one recorded mission that nobody paused or ended early.
RECORDED = ("11_patrol_lawnmower_2x.gcs",)
LONGEST_S, GOAL = 5000.0, 0.05
NOT_FLOWN = "PX4 was not run: no build was given (--px4 PATH)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One flight, both ways; seconds from arming to knowing that it has landed."""

    name: str
    predicted_s: float
    flown_s: float

    @property
    def off(self) -> float:
        """The prediction's error as a share of the flight."""
        return self.predicted_s / self.flown_s - 1.0

    def row(self) -> Row:
        """For the table."""
        return {
            "mission": self.name,
            "predicted, s": self.predicted_s,
            "flown, s": self.flown_s,
            "off, %": f"{100.0 * self.off:+.2f}",
        }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said on the command line."""
    parser.add_argument("--only", metavar="WORD", default="", help="missions with it in their name")
    parser.add_argument("--px4", type=Path, metavar="PATH", help="a PX4 build to fly on, too")
    parser.add_argument("--px4-first", type=int, default=0, help="the first instance to use")
    parser.add_argument("--px4-count", type=int, default=1, help="instances at a time")
    parser.add_argument("--px4-speed", type=float, default=4.0, help="times real time")
    parser.add_argument(
        "--seeds", type=int, nargs="*", default=[], metavar="N", help="more missions at random"
    )
    parser.add_argument("--no-simulated", action="store_true", help="only PX4 and recordings")


def measure(arguments: argparse.Namespace) -> Report:
    """Fly everything and say how far off the predictions are."""
    machine = Machine.now()
    missions = [*every_mission(), *random_places(arguments.seeds, on_px4=True)]
    chosen = [mission for mission in missions if arguments.only in mission.name]
    tables, notes = [], [_cost(chosen)]
    if not arguments.no_simulated:
        tables.append(_table("Our simulated vehicle", [_simulated(mission) for mission in chosen]))
    tables.append(_table("PX4 v1.17, recorded flights", [_recorded(name) for name in RECORDED]))
    if arguments.px4 is None:
        notes.append(NOT_FLOWN)
    else:
        flown, failed = _on_px4(arguments, chosen)
        tables += [_table("PX4 SIH", flown)]
        notes += failed
    notes += [_summary(table) for table in tables]
    return Report(name=NAME, machine=machine, tables=tables, notes=notes)


def _cost(missions: Sequence[FlownMission]) -> str:
    for mission in missions[:1]:
        plan_time_s(mission.plan, QUAD)
    began_s = time.process_time()
    for mission in missions:
        plan_time_s(mission.plan, QUAD, mission.wind)
    spent_s = time.process_time() - began_s
    return (
        f"A prediction takes {1000.0 * spent_s / max(len(missions), 1):.1f} ms of CPU on average."
    )


def _table(title: str, timed: Sequence[Timed]) -> Table:
    return Table(title=title, rows=[one.row() for one in timed])


def _summary(table: Table) -> str:
    off = [abs(float(str(row["off, %"]))) for row in table.rows]
    within = sum(each <= 100.0 * GOAL for each in off)
    return (
        f"{table.title}: {within} of {len(off)} within {100.0 * GOAL:g} %, "
        f"median {statistics.median(off):.2f} %, worst {max(off):.2f} %."
    )


def _simulated(mission: FlownMission) -> Timed:
    told(mission.name)
    east, north = mission.wind.toward_en_m_s
    config = VehicleConfig(
        payload=False,
        links=("ground", "companion"),
        wind_north_m_s=north,
        wind_east_m_s=east,
    )
    fleet = SimulatedFleet([config], home=HOME, ground_amsl_m=GROUND_AMSL_M, pads=[(0.0, 0.0)])
    fleet.ready()
    (drone,) = fleet
    drone.upload(mission.plan)
    drone.start()
    fleet.run_until(lambda: drone.armed, at_most_s=30.0)
    armed_s = fleet.now_s
    fleet.run_until(lambda: drone.airborne, at_most_s=60.0)
    fleet.run_until(lambda: drone.vehicle.aircraft.landed, at_most_s=LONGEST_S)
    predicted_s = plan_time_s(mission.plan, QUAD, mission.wind)
    return Timed(name=mission.name, predicted_s=predicted_s, flown_s=fleet.now_s - armed_s)


def _recorded(name: str) -> Timed:
    """A recorded flight: its mission predicted from what was uploaded."""
    told(name)
    path = evaluation_data("reference", "px4-traces", f"{name}.tlog.xz")
    log = read_log(path)
    setup = learn_setup(path, log, Told())
    items = [
        each.upload.items
        for each in inputs_of(log)
        if each.upload is not None and each.upload.mission_type is MissionType.MISSION
    ]
    place = GeoPoint(latitude_deg=setup.home.latitude_deg, longitude_deg=setup.home.longitude_deg)
    home = Home(position=place, height=HeightAmsl(setup.home.height_amsl_m))
    plan = Plan(items=plan_from_wire(mission=items[-1]).items, home=home)
    flight = read_flight(log.ours, setup.home)
    stretch = flight.stretches()[0]
    down_s = flight.text_s("Landing detected", stretch.armed_s, stretch.disarmed_s + 1.0)
    wind = _wind(setup.config)
    ended_s = stretch.disarmed_s if down_s is None else down_s
    return Timed(
        name=name,
        predicted_s=plan_time_s(plan, QUAD, wind),
        flown_s=ended_s - stretch.armed_s,
    )


def _wind(config: VehicleConfig) -> Wind:
    north, east = config.wind_north_m_s, config.wind_east_m_s
    return Wind(speed_m_s=math.hypot(north, east), from_rad=math.atan2(-east, -north))


def _on_px4(
    arguments: argparse.Namespace, chosen: Sequence[FlownMission]
) -> tuple[list[Timed], list[str]]:
    """Every marked mission, on as many instances at a time as may be."""
    free = list(range(arguments.px4_first, arguments.px4_first + arguments.px4_count))
    failed: list[str] = []

    def flown(fly: Callable[[int], Timed]) -> Timed | None:
        instance = free.pop()
        try:
            return fly(instance)
        except Failed as failure:
            failed.append(str(failure))
            return None
        finally:
            free.append(instance)

    flights = [_quad_flight(arguments, mission) for mission in chosen if mission.on_px4]
    winged = [mission for mission in winged_missions() if arguments.only in mission.name]
    flights += [_winged_flight(arguments, mission) for mission in winged]
    with ThreadPoolExecutor(max_workers=arguments.px4_count) as pool:
        found = [one for one in pool.map(flown, flights) if one is not None]
    return found, failed


def _quad_flight(arguments: argparse.Namespace, mission: FlownMission) -> Callable[[int], Timed]:
    def fly(instance: int) -> Timed:
        told(f"{mission.name}, on PX4")
        setup = Px4Setup(build=arguments.px4, instance=instance, speed=arguments.px4_speed)
        seen = fly_on_px4(mission.plan, setup, wind=mission.wind)
        predicted_s = plan_time_s(mission.plan, QUAD, mission.wind)
        return Timed(name=mission.name, predicted_s=predicted_s, flown_s=seen.landed_s)

    return fly


def _winged_flight(arguments: argparse.Namespace, mission: WingedMission) -> Callable[[int], Timed]:
    def fly(instance: int) -> Timed:
        told(f"{mission.name}, on PX4")
        setup = Px4Setup(
            build=arguments.px4,
            instance=instance,
            model=mission.model,
            speed=arguments.px4_speed,
            parameters=mission.parameters,
        )
        seen = fly_on_px4(mission.plan, setup)
        predicted_s = plan_time_s(mission.plan, mission.vehicle)
        return Timed(name=mission.name, predicted_s=predicted_s, flown_s=seen.landed_s)

    return fly


if __name__ == "__main__":
    raise SystemExit(run(NAME, __doc__ or "", add_arguments, measure))
