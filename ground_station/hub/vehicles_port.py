"""The port by which the hub sees and commands vehicles; the links behind it are not its matter.

Angles are radians, clockwise from true north where they are bearings; latitude and longitude are
degrees, WGS 84. Nothing here is sent to an aircraft; adapters do that.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from missions.plan import Plan


class View(BaseModel):
    """Common settings of what the hub tells its clients: immutable, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class HomeView(View):
    """Where a vehicle says it took off; degrees, metres above mean sea level."""

    latitude_deg: float
    longitude_deg: float
    height_amsl_m: float


class VehicleView(View):
    """What is known of one vehicle now. `None` is 'the vehicle has not said'.

    `linked` is false once the vehicle has been silent for longer than its link allows; the other
    fields then hold what was last heard. `plan_proven` says that the mission on board is the one
    this ground station uploaded: the reported hash equals the predicted one and PX4's verdict after
    the ACK was valid.
    """

    system_id: int = Field(ge=1, le=255)
    drone_id: str
    name: str
    linked: bool
    mode: str | None = None
    armed: bool | None = None
    landed: bool | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    height_amsl_m: float | None = None
    height_above_home_m: float | None = None
    heading_rad: float | None = None
    ground_speed_m_s: float | None = None
    battery_remaining: float | None = Field(default=None, ge=0, le=1)
    mission_current: int | None = None
    mission_total: int | None = None
    mission_hash: int | None = None
    plan_proven: bool = False
    last_heard_s_ago: float | None = None
    home: HomeView | None = None


class UploadResult(StrEnum):
    """`refused`: the vehicle judged the plan bad. `failed`: it could not be brought or proven."""

    PROVEN = "proven"
    REFUSED = "refused"
    FAILED = "failed"


class UploadOutcome(View):
    """What became of an upload. Hashes are those that the vehicle reports, `None` if it did not.

    `verdict` is the vehicle's own word after the ACK (its STATUSTEXT, or 'valid'); `reason` is ours
    and empty where the plan is proven; `items` counts the mission items sent.
    """

    outcome: UploadResult
    mission_hash: int | None = None
    fence_hash: int | None = None
    rally_hash: int | None = None
    verdict: str = ""
    items: int = 0
    reason: str = ""


class VehicleCommand(StrEnum):
    """What an operator can ask of a vehicle in the air or on its dock."""

    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    RETURN = "return"
    LAND = "land"


class CommandResult(StrEnum):
    """`done`: seen in the vehicle's state; `refused`: it said no; `failed`: no answer."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class CommandOutcome(View):
    """What became of a command, and why where it was not done."""

    outcome: CommandResult
    reason: str = ""


class FlownPoint(NamedTuple):
    """One point of a flown path; the time is the vehicle's own UTC."""

    latitude_deg: float
    longitude_deg: float
    height_amsl_m: float
    time: AwareDatetime


LatLon = tuple[float, float]


class PlanOnBoard(View):
    """A vehicle's mission changed or was first known: the ground path it will fly, degrees."""

    system_id: int
    path: tuple[LatLon, ...]


VehicleChange = VehicleView | PlanOnBoard
ChangeListener = Callable[[VehicleChange], None]


class UnknownVehicle(LookupError):
    """No vehicle with this system id has been heard or configured."""

    def __init__(self, *, system_id: int) -> None:
        self.system_id = system_id
        super().__init__(f"no vehicle with system id {system_id}")


class DroneName(NamedTuple):
    """How a system id is called: by machines (`qyran-1`) and on the operator's page."""

    drone_id: str
    name: str


class VehiclePort(Protocol):
    """Every vehicle that the hub can see. All methods run on the hub's event loop.

    `ground_station.vehicles.vehicles_over_links(*, links: Sequence[str],
    names: Mapping[int, DroneName], lean_streams: bool) -> VehiclePort` makes the real one, without
    opening anything; a link is written `udpin:0.0.0.0:14550`. A system id without a name is
    called `system-N`.

    `upload` and `command` are transactions that end with an outcome within their own time limits
    and never raise for what a vehicle or a link does. Every method that takes a system id raises
    `UnknownVehicle` where there is none. `plan` is `None` where this ground station neither
    uploaded nor read one.
    """

    def views(self) -> list[VehicleView]: ...

    async def upload(self, system_id: int, plan: Plan) -> UploadOutcome: ...

    async def command(self, system_id: int, command: VehicleCommand) -> CommandOutcome: ...

    def planned_path(self, system_id: int) -> tuple[LatLon, ...]: ...

    def plan(self, system_id: int) -> Plan | None: ...

    def flown_path(self, system_id: int) -> tuple[FlownPoint, ...]: ...

    def subscribe(self, listener: ChangeListener) -> Callable[[], None]:
        """Call `listener` on each change (a vehicle at most about 4 times a second); the returned
        function ends the subscription. The listener never blocks and never raises."""
        ...

    async def start(self) -> None:
        """Open the links. Raises OSError where a port cannot be had."""
        ...

    async def close(self) -> None:
        """Close the links and end every task."""
        ...
