"""One drone of a simulated fleet: what a test tells it, and what is so.

Positions are metres north and east of the fleet's home, heights metres above the drone's own home
position; both are the truth of the simulation. `heard` and `texts` are what reached the ground
station over the link.
"""

import math
from typing import TYPE_CHECKING, Literal

from missions.plan import Plan
from onboard.mavlink.codec import Message
from onboard.mavlink.px4_modes import Px4Mode
from sim.faults import LinkFaults
from sim.scenario.station import FROM_THE_FIRST, MISSION_START, Order, Station
from sim.scenario.wire import Log, Wire
from sim.vehicle.vehicle import COMPANION, GROUND, Vehicle

if TYPE_CHECKING:
    from sim.scenario.fleet import SimulatedFleet

ARM, TAKEOFF = 400, 22
ORDER_WITHIN_S = 120.0
Direction = Literal["up", "down", "both"]


class OrderFailed(AssertionError):
    """An order to a drone did not succeed; the message says what the drone answered."""


class SimulatedDrone:
    """A vehicle with its links, its ground station and its faults."""

    def __init__(
        self,
        vehicle: Vehicle,
        *,
        fleet: "SimulatedFleet",
        pad: tuple[float, float],
        seed: str,
        log: Log | None,
    ) -> None:
        self.id = vehicle.name
        self.vehicle = vehicle
        self.links = {
            link: Wire(vehicle, link, seed=f"{seed}/{self.id}/{link}", log=log)
            for link in (GROUND, COMPANION)
        }
        self.station = Station(self.links[GROUND], system_id=vehicle.config.system_id)
        self._fleet = fleet
        self._pad_n_m, self._pad_e_m = pad
        self._reached: set[int] = set()
        self.links[GROUND].listeners.append(self._note)

    # What is so.

    @property
    def armed(self) -> bool:
        """Whether the motors may turn."""
        return self.vehicle.aircraft.commander.armed

    @property
    def ready(self) -> bool:
        """Whether it would arm."""
        return self.vehicle.aircraft.commander.ready

    @property
    def airborne(self) -> bool:
        """Whether it is off the ground."""
        return not self.vehicle.aircraft.landed

    @property
    def mode(self) -> Px4Mode:
        """The flight mode in force."""
        return self.vehicle.aircraft.mode

    @property
    def north_m(self) -> float:
        """North of the fleet's home."""
        return self._pad_n_m + self.vehicle.aircraft.flight.body.position.n

    @property
    def east_m(self) -> float:
        """East of the fleet's home."""
        return self._pad_e_m + self.vehicle.aircraft.flight.body.position.e

    @property
    def height_m(self) -> float:
        """Above the drone's home position."""
        aircraft = self.vehicle.aircraft
        return aircraft.state.home.d - aircraft.flight.body.position.d

    @property
    def ground_speed_m_s(self) -> float:
        """Over the ground."""
        velocity = self.vehicle.aircraft.flight.body.velocity
        return math.hypot(velocity.n, velocity.e)

    @property
    def heading_rad(self) -> float:
        """Clockwise from north."""
        return self.vehicle.aircraft.flight.body.yaw

    @property
    def battery_remaining(self) -> float:
        """Share of the charge, 0..1, as the vehicle reckons it."""
        return self.vehicle.aircraft.battery.remaining

    @property
    def from_home_m(self) -> float:
        """Level distance from the drone's home position."""
        aircraft = self.vehicle.aircraft
        here, home = aircraft.flight.body.position, aircraft.state.home
        return math.hypot(here.n - home.n, here.e - home.e)

    @property
    def home_amsl_m(self) -> float:
        """Height of the drone's home position above mean sea level."""
        return self.vehicle.aircraft.home().height_amsl_m

    @property
    def inside_fence(self) -> bool:
        """Whether it truly is where its fence allows it to be."""
        aircraft = self.vehicle.aircraft
        position = aircraft.flight.body.position
        return aircraft.missions.fence.allows(position, home=aircraft.state.home)

    @property
    def nearest_drone_m(self) -> float:
        """Distance in space to the nearest other drone of the fleet; infinite for the only one."""
        return min(
            (self._distance_m(other) for other in self._fleet.drones if other is not self),
            default=math.inf,
        )

    @property
    def linked(self) -> bool:
        """Whether the ground station heard it within the last five seconds."""
        return self.station.linked(self._fleet.now_s)

    @property
    def mission_ended(self) -> bool:
        """Whether the mission on board was flown to its end."""
        return self.vehicle.aircraft.navigator.mission.finished

    @property
    def heard(self) -> dict[str, Message]:
        """The latest message of each name that the ground station heard."""
        return self.station.heard

    @property
    def texts(self) -> list[str]:
        """Every text that the ground station heard, in order."""
        return [text for _, text in self.station.texts]

    def has_reached(self, item: int) -> bool:
        """Whether the ground station heard that a mission item was reached."""
        return item in self._reached

    def was_told(self, text: str) -> bool:
        """Whether a text that the ground station heard contains this one."""
        return any(text in heard for heard in self.texts)

    # What a test tells it. Each waits, in simulated time, until it is done.

    def upload(self, plan: Plan) -> None:
        """Bring fence, rally points and mission on board.

        Raises:
            OrderFailed: the drone refused an item or the link did not allow it.
        """
        self.do(self.station.upload(plan))

    def fly(self, plan: Plan) -> None:
        """Bring a plan on board, see it judged good, and start it.

        Raises:
            OrderFailed: it was refused, or the link did not allow it.
        """
        self.do(self.station.fly(plan))

    def start(self) -> None:
        """Arm and fly the mission on board from its first item."""
        self.do(self.station.command(MISSION_START, FROM_THE_FIRST))

    def arm(self) -> None:
        """Let the motors turn."""
        self.do(self.station.command(ARM, 1.0))

    def take_off(self, height_m: float = 10.0) -> None:
        """Arm and climb to a height over the pad."""
        nan = math.nan
        amsl_m = self.home_amsl_m + height_m
        self.do(self.station.command(TAKEOFF, nan, nan, nan, nan, nan, nan, amsl_m))
        self.arm()

    def fly_mode(self, mode: Px4Mode) -> None:
        """Change the flight mode: hold, mission, rtl, land ..."""
        self.do(self.station.mode(mode))

    def command(self, command: int, *params: float, component: int = 1) -> None:
        """Any MAV_CMD, addressed to a component of the drone."""
        self.do(self.station.command(command, *params, component=component))

    def set_parameter(self, name: str, value: int | float) -> None:
        """Change one of PX4's parameters."""
        self.do(self.station.parameter(name, value))

    def set_link(
        self, link: str = GROUND, *, direction: Direction = "both", **faults: float | bool
    ) -> None:
        """Make a link bad from now on, or good again without `faults`: see `LinkFaults`.

        `up` is toward the drone.
        """
        self.links[link].set_faults(
            LinkFaults.model_validate(faults),
            up=direction in ("up", "both"),
            down=direction in ("down", "both"),
        )

    def words(self) -> str:
        """Where it is and what it does, on one line."""
        where = "airborne" if self.airborne else "landed"
        return (
            f"{self.mode}, {where}, {self.height_m:.1f} m high, "
            f"{self.from_home_m:.0f} m from home, {self.ground_speed_m_s:.1f} m/s"
        )

    def do(self, order: Order) -> None:
        """Begin an order and simulate until it has ended.

        Raises:
            OrderFailed: it did not succeed, or not within two minutes.
        """
        self.station.begin(order, self._fleet.now_s)
        self._fleet.run_while(lambda: not order.ended, at_most_s=ORDER_WITHIN_S)
        if not order.succeeded:
            raise OrderFailed(f"{self.id}: {order.name}: {order.words}")

    def _distance_m(self, other: "SimulatedDrone") -> float:
        up_m = self._height_amsl_m() - other._height_amsl_m()
        return math.hypot(self.north_m - other.north_m, self.east_m - other.east_m, up_m)

    def _height_amsl_m(self) -> float:
        return self.vehicle.aircraft.geo().height_amsl_m

    def _note(self, message: Message, now_s: float) -> None:
        if message.name == "MISSION_ITEM_REACHED":
            self._reached.add(message.seq)
