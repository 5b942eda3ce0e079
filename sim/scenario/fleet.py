"""A fleet that is flown in simulated time by whoever holds it: a scenario or a test.

No socket, no wall clock, no thread: `run(10.0)` simulates ten seconds and returns.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from missions.geodesy import GeoPoint, LocalPlane
from onboard.mavlink.codec import Encoder, Message, Send
from sim.clock import SteppedClock
from sim.scenario.drone import SimulatedDrone
from sim.scenario.log import RunLog
from sim.scenario.wire import Wire
from sim.vehicle.config import VehicleConfig
from sim.vehicle.fleet import advance_all, vehicles_of
from sim.vehicle.together import Said
from sim.vehicle.vehicle import COMPANION

STEP_S = 0.02
READY_WITHIN_S = 60.0


class NotInTime(AssertionError):
    """What was waited for did not come true within the simulated time allowed."""


class Program(Protocol):
    """Autonomy under test: hears its drone and says what it wants, as `onboard.mavlink` does."""

    def receive(self, message: Message, now_s: float) -> list[Send]: ...
    def tick(self, now_s: float) -> list[Send]: ...


class SimulatedFleet:
    """Drones on their pads about a home, all on one stepped clock.

    `fleet["qyran-1"]` is a drone by its id; iterating gives all. Home is latitude and longitude in
    degrees and the ground's height above mean sea level in metres; a pad is metres north and east
    of it.
    """

    def __init__(
        self,
        vehicles: Sequence[VehicleConfig],
        *,
        home: GeoPoint,
        ground_amsl_m: float,
        pads: Sequence[tuple[float, float]],
        seed: int = 1,
        log: RunLog | None = None,
    ) -> None:
        self.clock = SteppedClock()
        self.home = home
        self.plane = LocalPlane(home)
        self.drones: list[SimulatedDrone] = []
        self._programs: list[tuple[Program, Wire, Encoder]] = []
        self._watchers: list[Callable[[float], None]] = []
        placed = [
            self._placed(config, pad, ground_amsl_m)
            for config, pad in zip(vehicles, pads, strict=True)
        ]
        self._vehicles = vehicles_of(placed, clock=self.clock, seed=seed)
        for vehicle, pad in zip(self._vehicles, pads, strict=True):
            self.drones.append(
                SimulatedDrone(
                    vehicle,
                    fleet=self,
                    pad=pad,
                    seed=str(seed),
                    log=None if log is None else log.of(vehicle.name),
                )
            )

    @property
    def now_s(self) -> float:
        """Simulated seconds since the beginning."""
        return self.clock.now_s()

    def __getitem__(self, drone_id: str) -> SimulatedDrone:
        for drone in self.drones:
            if drone.id == drone_id:
                return drone
        raise KeyError(drone_id)

    def __iter__(self) -> Iterator[SimulatedDrone]:
        return iter(self.drones)

    def __len__(self) -> int:
        return len(self.drones)

    def attach(
        self,
        program: Program,
        drone_id: str,
        *,
        link: str = COMPANION,
        system_id: int | None = None,
        component_id: int = 191,
    ) -> None:
        """Let autonomy hear a drone's link and speak on it, by default as its companion computer.

        191 is MAV_COMP_ID_ONBOARD_COMPUTER; `system_id` is the drone's own where it is not given.
        """
        drone = self[drone_id]
        own = drone.vehicle.config.system_id if system_id is None else system_id
        encoder = Encoder(system_id=own, component_id=component_id)
        wire = drone.links[link]
        wire.listeners.append(lambda message, now_s: self._answer(program, wire, encoder, message))
        self._programs.append((program, wire, encoder))

    def watch(self, watcher: Callable[[float], None]) -> None:
        """Call `watcher` with the simulated second after each step."""
        self._watchers.append(watcher)

    def run(self, seconds: float) -> None:
        """Simulate so many seconds."""
        until_s = self.now_s + seconds - STEP_S / 2
        while self.now_s < until_s:
            self.step()

    def run_until(self, holds: Callable[[], bool], *, at_most_s: float = 600.0) -> float:
        """Simulate until something holds; returns how many seconds that took.

        Raises:
            NotInTime: it did not come true within `at_most_s` simulated seconds.
        """
        began_s = self.now_s
        if not self.run_while(lambda: not holds(), at_most_s=at_most_s):
            raise NotInTime(f"not so within {at_most_s:g} simulated seconds: {self.words()}")
        return self.now_s - began_s

    def run_while(self, holds: Callable[[], bool], *, at_most_s: float) -> bool:
        """Simulate while something holds; False where it still does after `at_most_s`."""
        until_s = self.now_s + at_most_s
        while holds():
            if self.now_s >= until_s:
                return False
            self.step()
        return True

    def ready(self) -> None:
        """Simulate until every drone would arm.

        Raises:
            NotInTime: one does not within a minute.
        """
        self.run_until(lambda: all(drone.ready for drone in self), at_most_s=READY_WITHIN_S)

    def step(self) -> None:
        """Simulate one step of everything."""
        now_s = self.clock.advance(STEP_S)
        for drone, said in zip(self.drones, advance_all(self._vehicles, now_s), strict=True):
            self._transmit(drone, said, now_s)
            for wire in drone.links.values():
                self._transmit(drone, wire.deliver_up(now_s), now_s)
                wire.deliver_down(now_s)
            drone.station.step(now_s)
        for program, wire, encoder in self._programs:
            wire.send(program.tick(now_s), encoder, now_s)
        for watch in self._watchers:
            watch(now_s)

    def words(self) -> str:
        """Where every drone is and what it does, on one line."""
        return "; ".join(f"{drone.id} {drone.words()}" for drone in self)

    def _placed(
        self, config: VehicleConfig, pad: tuple[float, float], ground_amsl_m: float
    ) -> VehicleConfig:
        point = self.plane.geo(pad[1], pad[0])
        place = {"latitude_deg": point.latitude_deg, "longitude_deg": point.longitude_deg}
        return config.model_copy(update=place | {"ground_amsl_m": ground_amsl_m})

    def _transmit(self, drone: SimulatedDrone, outgoing: Sequence[Said], now_s: float) -> None:
        for out in outgoing:
            wire = drone.links.get(out.link)
            if wire is not None:
                wire.transmit(out, now_s)

    def _answer(self, program: Program, wire: Wire, encoder: Encoder, message: Message) -> None:
        wire.send(program.receive(message, self.now_s), encoder, self.now_s)
