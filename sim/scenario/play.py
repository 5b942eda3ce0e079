"""Playing a scenario: entries begin by their triggers, and every expectation gets its verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from missions.geodesy import GeoPoint
from missions.plan import Plan
from sim.scenario.drone import SimulatedDrone
from sim.scenario.entries import ActiveExpectation, ActiveFault, ActiveOrder, Verdict
from sim.scenario.fleet import SimulatedFleet
from sim.scenario.log import RunLog
from sim.scenario.mission import plan_of
from sim.scenario.schema import EVERY_DRONE, DroneEntry, Scenario, Trigger
from sim.vehicle.config import VehicleConfig

LOOK_EVERY_S = 0.1
ENDS_AFTER_REST_S = 5.0
Entry = TypeVar("Entry", bound=Trigger)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """The end of a run: every expectation with its verdict, in the file's order."""

    title: str
    simulated_s: float
    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return all(verdict.passed for verdict in self.verdicts)


def one_drone() -> Scenario:
    """A drone on its pad and nothing else: what a test has that names no scenario."""
    return Scenario(
        title="one drone",
        proves="nothing: a test says what is so",
        drones=(DroneEntry(id="qyran-1"),),
    )


class ScenarioFleet(SimulatedFleet):
    """A scenario's drones; its faults and orders begin by themselves as time is simulated."""

    def __init__(self, scenario: Scenario, *, folder: Path, log: RunLog | None = None) -> None:
        home = scenario.home
        super().__init__(
            [_vehicle(drone, number) for number, drone in enumerate(scenario.drones)],
            home=GeoPoint(latitude_deg=home.latitude_deg, longitude_deg=home.longitude_deg),
            ground_amsl_m=home.ground_amsl_m,
            pads=[(drone.pad.north_m, drone.pad.east_m) for drone in scenario.drones],
            seed=scenario.seed,
            log=log,
        )
        self.scenario = scenario
        self._plans = {
            drone.id: plan_of(drone, plane=self.plane, folder=folder) for drone in scenario.drones
        }
        self._look_at_s = 0.0
        self._rest_s: float | None = None
        self._orders = [ActiveOrder(e, d, w) for e, d, w in self._each(scenario.orders)]
        self._faults = [ActiveFault(e, d, w) for e, d, w in self._each(scenario.faults)]
        self._expected = [ActiveExpectation(e, d, w) for e, d, w in self._each(scenario.expect)]
        self.watch(self._look)

    def play(self) -> Played:
        """Simulate to the end of the scenario: all rest on the ground, or its time is over."""
        self.run_while(self._goes_on, at_most_s=self.scenario.at_most_s)
        return self.verdict()

    def verdict(self) -> Played:
        """The verdicts if the scenario ended now."""
        now_s = self.now_s
        return Played(
            title=self.scenario.title,
            simulated_s=now_s,
            verdicts=tuple(
                verdict
                for entries in (self._orders, self._expected)
                for entry in entries
                for verdict in entry.verdicts(now_s)
            ),
        )

    def plan(self, drone_id: str) -> Plan:
        """The plan that the scenario gives a drone; empty where it gives none."""
        return self._plans[drone_id] or Plan()

    def _look(self, now_s: float) -> None:
        """Begin and end what is due."""
        if now_s < self._look_at_s:
            return
        self._look_at_s = now_s + LOOK_EVERY_S
        for fault in self._faults:
            fault.look(now_s)
        for order in self._orders:
            order.look(now_s, plan=self._plans[order.drone.id], plane=self.plane)
        for expected in self._expected:
            expected.look(now_s)

    def _goes_on(self) -> bool:
        """Until all has rested on the ground for a while with nothing more to come."""
        now_s = self.now_s
        waits = any(each.waits for each in self._orders) or any(
            each.waits for each in self._expected
        )
        if waits or any(drone.armed or drone.airborne for drone in self):
            self._rest_s = None
            return True
        self._rest_s = now_s if self._rest_s is None else self._rest_s
        return now_s - self._rest_s < ENDS_AFTER_REST_S

    def _each(
        self, entries: tuple[Entry, ...]
    ) -> Iterator[tuple[Entry, SimulatedDrone, SimulatedDrone]]:
        """Each entry with each drone that it is about, and the drone that its trigger looks at."""
        for entry in entries:
            for drone in self:
                if entry.drone in (EVERY_DRONE, drone.id):
                    yield entry, drone, drone if entry.of is None else self[entry.of]


def _vehicle(drone: DroneEntry, number: int) -> VehicleConfig:
    return VehicleConfig(
        instance=number,
        drone_id=drone.id,
        heading_deg=drone.heading_deg,
        streams="lean",
        parameters=drone.parameters,
    )
