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
from sim.scenario.vehicle_truth import VehicleTruth
from sim.scenario.wire import Log, Wire
from sim.vehicle.vehicle import COMPANION, GROUND, Vehicle

if TYPE_CHECKING:
    from sim.scenario.fleet import SimulatedFleet

ARM, TAKEOFF = 400, 22
ORDER_WITHIN_S = 120.0
Direction = Literal["up", "down", "both"]


class OrderFailed(AssertionError):
    """An order to a drone did not succeed; the message says what the drone answered."""


class SimulatedDrone(VehicleTruth):
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
        super().__init__(vehicle, pad=pad, others=fleet.drones)
        self.links = {
            link: Wire(vehicle, link, seed=f"{seed}/{self.id}/{link}", log=log)
            for link in (GROUND, COMPANION)
        }
        self.station = Station(self.links[GROUND], system_id=vehicle.config.system_id)
        self._fleet = fleet
        self._reached: set[int] = set()
        self.links[GROUND].listeners.append(self._note)

    # What the ground station knows.

    @property
    def linked(self) -> bool:
        """Whether the ground station heard it within the last five seconds."""
        return self.station.linked(self._fleet.now_s)

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

    def fly_mode(self, mode: Px4Mode | str) -> None:
        """Change the flight mode: "hold", "mission", "rtl", "land" ..."""
        self.do(self.station.mode(Px4Mode(mode)))

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

    def _note(self, message: Message, now_s: float) -> None:
        if message.name == "MISSION_ITEM_REACHED":
            self._reached.add(message.seq)
